//! `/desk/case/{id}/again`: a half that did not come is sent once more, or a new letter (PIN rules, Numbers). It goes where the
//! one before went, and no operator sees it.

use axum::extract::Path;
use axum::response::Response;

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use super::paper::{both, reason};
use crate::desk::Task;
use crate::http::flow::see_other;
use crate::http::language::Language;
use crate::http::pages::desk::{Form, REASON, Row, TaskPage, hours_key, why_not};
use crate::http::pages::{Asks, Fault, Field, How, Refusal};
use crate::http::pin::{Typed, What, care, context};
use crate::pin::{Contact, DeliveryHours, Dossier, PinRefusal, PinStatus};

const WHAT: &str = "what";
const HOURS: &str = "hours";

static WHAT_ASKED: Asks = Asks {
    name: WHAT,
    label: "pin-again-what",
    hint: None,
    how: How::Choice,
    autocomplete: "off",
    required: true,
};

static HOURS_ASKED: Asks = Asks {
    name: HOURS,
    label: "desk-hours",
    hint: Some("desk-again-hours-hint"),
    how: How::List,
    autocomplete: "off",
    required: false,
};

/// What can be sent to somebody now.
struct Sendable {
    /// What there is to choose from; nothing where nothing waits.
    what: Vec<What>,
    /// Why a letter cannot be had, though one may be wanted.
    no_letter: Option<PinRefusal>,
}

impl Sendable {
    fn of(desk: &AtDesk, dossier: &Dossier) -> Result<Self, Refusal> {
        let visit = &desk.visit;
        let rules = care(&visit.gateway)?.rules();
        let has_contact = !dossier.contacts().is_empty();
        let status = dossier.status(rules, visit.gateway.now());
        let waits = matches!(status, PinStatus::Initial(_));
        let letter = dossier.check_new_letter(&context(visit, rules));
        let first = (has_contact && waits).then_some(What::FirstHalf);
        let new_letter = (has_contact && letter.is_ok()).then_some(What::Letter);
        Ok(Self {
            what: first.into_iter().chain(new_letter).collect(),
            no_letter: letter
                .err()
                .filter(|why| matches!(why, PinRefusal::NoLetterBefore(_))),
        })
    }
}

/// Whether anything can be sent once more.
pub(super) fn is_sendable(desk: &AtDesk, dossier: &Dossier) -> Result<bool, Refusal> {
    Ok(!Sendable::of(desk, dossier)?.what.is_empty())
}

/// `GET`: the form.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    desk.allow(Task::SendAgain)?;
    let case = desk.case(&id).await?;
    page(&desk, &case, &Typed::default(), &[]).await
}

/// `POST`: sends it.
pub(super) async fn send(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let (desk, typed) = (&posted.desk, &posted.typed);
    desk.allow(Task::SendAgain)?;
    let case = desk.case(&id).await?;
    let what = What::from_name(typed.get(WHAT)).ok_or_else(|| {
        vec![Fault {
            field: WHAT,
            text: "pin-again-what-missing",
        }]
    });
    let (what, reason) = match both(what, reason(typed)) {
        Ok(filled) => filled,
        Err(faults) => return page(desk, &case, typed, &faults).await,
    };
    let act = desk.act(Task::SendAgain, &case.person, reason)?;
    let care = care(&desk.visit.gateway)?;
    match what {
        What::FirstHalf => {
            let minted = care.mint_half().await?;
            desk.carry_out(&case, &act, |dossier, context| {
                dossier.resend_first_half(minted.clone(), Some(act.reason()), context)
            })
            .await?;
        }
        What::Letter => {
            let minted = care.mint().await?;
            let hours = DeliveryHours::from_name(typed.get(HOURS));
            desk.carry_out(&case, &act, |dossier, context| {
                dossier.send_new_letter(hours, minted.clone(), Some(act.reason()), context)
            })
            .await?;
        }
    }
    Ok(see_other(&case.address()))
}

async fn page(
    desk: &AtDesk,
    case: &AtCase,
    typed: &Typed,
    faults: &[Fault],
) -> Result<Response, Refusal> {
    let dossier = desk.look(&case.person).await?;
    let Some(dossier) = dossier else {
        return Ok(case.shown());
    };
    let sendable = Sendable::of(desk, &dossier)?;
    // What cannot be had is not offered: the case says what the PIN is now.
    if sendable.what.is_empty() {
        return Ok(case.shown());
    }
    let texts = desk.visit.language;
    let mut what = Field::new(&WHAT_ASKED, typed.get(WHAT), faults, texts);
    let option = |what: &What| (what.name().to_owned(), texts.say(what.text()));
    what.offer(sendable.what.iter().map(option).collect());
    let mut fields = vec![what];
    if sendable.what.contains(&What::Letter) {
        let mut hours = Field::new(&HOURS_ASKED, typed.get(HOURS), faults, texts);
        hours.offer(hours_to_choose(texts));
        fields.push(hours);
    }
    let form = Form::new(case.page("again"), desk.token(), texts)
        .with(fields)
        .reason(typed.get(REASON.name), faults)
        .button("pin-again-send");
    let no_letter = sendable.no_letter.map(|why| why_not(&why, texts));
    let page = TaskPage {
        lead: std::iter::once(texts.say("desk-again-lead"))
            .chain(no_letter)
            .collect(),
        rows: destinations(&dossier, &sendable, texts),
        forms: vec![form],
        ..desk.page("desk-again", case)
    };
    Ok(page.show())
}

fn hours_to_choose(texts: Language) -> Vec<(String, String)> {
    let any = (String::new(), texts.say("desk-again-hours-any"));
    let hours =
        DeliveryHours::ALL.map(|hours| (hours.name().to_owned(), texts.say(hours_key(hours))));
    std::iter::once(any).chain(hours).collect()
}

/// Where what is sent will go.
fn destinations(dossier: &Dossier, sendable: &Sendable, texts: Language) -> Vec<Row> {
    let quickest = dossier.contacts().all().next();
    let first = quickest.map(|contact| {
        let to = match contact {
            Contact::Mobile(number) => number.expose().to_owned(),
            Contact::Email(address) | Contact::Pec(address) => address.expose().to_owned(),
        };
        Row::new(texts, "desk-again-first-to", [to])
    });
    let letter = dossier
        .details()
        .filter(|_| sendable.what.contains(&What::Letter))
        .map(|details| Row::new(texts, "desk-again-letter-to", details.residence.lines()));
    first.into_iter().chain(letter).collect()
}
