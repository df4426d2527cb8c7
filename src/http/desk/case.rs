//! `/desk/case/{id}`: an open case.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::again;
use super::guard::{AtDesk, home};
use crate::desk::{Act, CaseId, Task};
use crate::http::flow::see_other;
use crate::http::pages::desk::{self as pages, Open, TaskPage};
use crate::http::pages::{Action, Refusal};
use crate::http::pin::{care, context};
use crate::identity::{FiscalCode, PinGrade};
use crate::pin::{
    Change, Claim, Context, Dossier, Kept, PinRefusal, PinStatus, WriteError, decide,
};

/// How often an act is decided anew because somebody else wrote first. Two operators and a person at once are few.
const MOST_DECISIONS: u32 = 5;

/// A case that its operator has open.
pub(super) struct AtCase {
    pub(super) id: CaseId,
    pub(super) person: FiscalCode,
}

impl AtDesk {
    /// The open case that an address names.
    ///
    /// # Errors
    /// A refusal when it is not this operator's, or was closed by time.
    pub(super) async fn case(&self, id: &str) -> Result<AtCase, Refusal> {
        let gone = || Refusal::new(StatusCode::NOT_FOUND, "desk-case-gone").offering(home());
        let id = CaseId::parse(id).ok_or_else(gone)?;
        let case = self.desk()?.cases().find(&self.on_duty, &id).await?;
        let person = case.ok_or_else(gone)?.person;
        Ok(AtCase { id, person })
    }

    /// Does what a command makes of the dossier of the act's person, as [`decide`] does.
    ///
    /// # Errors
    /// The page that says why it was not done.
    pub(super) async fn carry_out(
        &self,
        case: &AtCase,
        act: &Act,
        command: impl Fn(Dossier, &Context<'_>) -> Result<Change, PinRefusal> + Send,
    ) -> Result<(), Refusal> {
        let back = || Action::new("desk-case-back", case.address());
        self.carry_out_or(back, act, command).await
    }

    /// The same, where a way back is offered when it was not done. It must lead to nothing that the operator had not opened.
    ///
    /// # Errors
    /// As [`carry_out`](Self::carry_out).
    pub(super) async fn carry_out_or(
        &self,
        back: impl Fn() -> Action + Send,
        act: &Act,
        command: impl Fn(Dossier, &Context<'_>) -> Result<Change, PinRefusal> + Send,
    ) -> Result<(), Refusal> {
        let visit = &self.visit;
        let care = care(&visit.gateway)?;
        let by = act.actor();
        let context = Context {
            by: &by,
            ..context(visit, care.rules())
        };
        let command = |kept: Kept| command(kept.dossier, &context);
        let decided = decide(care.pins(), act.person(), MOST_DECISIONS, command);
        match decided.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(why)) => Err(self.not_done(back(), &why)),
            Err(WriteError::Store(error)) => Err(error.into()),
            Err(_) => Err(Refusal::new(StatusCode::CONFLICT, "desk-busy").offering(back())),
        }
    }

    /// The page that says why the rules do not allow something.
    fn not_done(&self, back: Action, why: &PinRefusal) -> Refusal {
        Refusal::new(StatusCode::CONFLICT, "desk-not-done")
            .because(why.code())
            .with("why", pages::why_not(why, self.visit.language))
            .offering(back)
            .offering(home())
    }

    /// What is kept of a person; `None` where nothing is.
    ///
    /// # Errors
    /// "Unavailable" when the store fails.
    pub(super) async fn look(&self, person: &FiscalCode) -> Result<Option<Dossier>, Refusal> {
        let kept = care(&self.visit.gateway)?.pins().load(person).await?;
        Ok(kept.map(|kept| kept.dossier))
    }

    /// Opens a case about a person.
    ///
    /// # Errors
    /// "Unavailable" when the store fails.
    pub(super) async fn open(&self, person: &FiscalCode) -> Result<AtCase, Refusal> {
        let id = self.desk()?.cases().open(&self.on_duty, person).await?;
        let person = person.clone();
        Ok(AtCase { id, person })
    }

    /// Whether this operator has something in hand.
    pub(super) fn has(&self, claim: Option<&Claim>) -> bool {
        let me = self.on_duty.operator().person();
        let now = self.visit.gateway.now();
        claim.is_some_and(|claim| claim.operator == *me && now < claim.until)
    }

    /// A page on which one thing is done in a case, with nothing on it yet.
    pub(super) fn page<'a>(&'a self, title: &'static str, case: &'a AtCase) -> TaskPage<'a> {
        TaskPage {
            at: self.at_work(),
            title,
            person: &case.person,
            back: case.address(),
            lead: Vec::new(),
            rows: Vec::new(),
            pictures: Vec::new(),
            forms: Vec::new(),
        }
    }
}

impl AtCase {
    /// Its page.
    pub(super) fn address(&self) -> String {
        super::case_address(&self.id)
    }

    /// A page of something that is done in it.
    pub(super) fn page(&self, what: &str) -> String {
        format!("{}/{what}", self.address())
    }

    /// Back to its page, which shows what was done.
    pub(super) fn shown(&self) -> Response {
        see_other(&self.address())
    }
}

/// `GET /desk/case/{id}`.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    let case = desk.case(&id).await?;
    let dossier = desk.look(&case.person).await?;
    let open = Open {
        at: desk.at_work(),
        operators: desk.desk()?.operators(),
        rules: care(&desk.visit.gateway)?.rules(),
        person: &case.person,
        dossier: dossier.as_ref(),
    };
    let actions = actions(&desk, &case, dossier.as_ref())?;
    Ok(pages::case(&open, actions))
}

/// What this operator can do in a case now: what is of their role and makes sense. The rules are asked once more when it is
/// done.
fn actions(
    desk: &AtDesk,
    case: &AtCase,
    dossier: Option<&Dossier>,
) -> Result<Vec<Action>, Refusal> {
    let gateway = &desk.visit.gateway;
    let (rules, now) = (care(gateway)?.rules(), gateway.now());
    let status = dossier.map_or(PinStatus::None, |dossier| dossier.status(rules, now));
    let is_ordinary = dossier
        .and_then(Dossier::pin)
        .is_some_and(|pin| pin.grade == PinGrade::Ordinary);
    let was_used = dossier
        .and_then(Dossier::pin)
        .is_some_and(|pin| pin.was_used);
    let is_alive = matches!(
        status,
        PinStatus::Initial(_) | PinStatus::Working(_) | PinStatus::Expired(_)
    );
    let is_free = matches!(
        status,
        PinStatus::None | PinStatus::Revoked | PinStatus::PairEnded
    );
    let is_there = !matches!(status, PinStatus::None | PinStatus::Revoked);
    let has_telephone = dossier.is_some_and(|dossier| dossier.telephone(rules, now).is_some());
    let is_sendable = match dossier {
        Some(dossier) => again::is_sendable(desk, dossier)?,
        None => false,
    };
    let offers = [
        (Task::SendAgain, is_sendable, "desk-again", "again"),
        (Task::Issue, is_free, "desk-issue", "issue"),
        (Task::Register, is_free, "desk-register", "register"),
        (
            Task::Convert,
            is_alive && is_ordinary,
            "desk-convert",
            "convert",
        ),
        (
            Task::Recognise,
            has_telephone,
            "desk-recognise",
            "recognise",
        ),
        (
            Task::Restore,
            was_used && !is_free,
            "desk-restore",
            "restore",
        ),
        (Task::ChangeContacts, is_there, "desk-contacts", "contacts"),
        (Task::Revoke, is_there, "desk-revoke", "revoke"),
    ];
    let role = desk.on_duty.operator().role();
    Ok(offers
        .into_iter()
        .filter(|(task, makes_sense, ..)| *makes_sense && task.is_for(role))
        .map(|(_, _, label, what)| Action::new(label, case.page(what)))
        .collect())
}
