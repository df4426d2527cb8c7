//! `/desk/case/{id}/issue` and `/desk/case/{id}/register`: a PIN is given, at an office or on the telephone (PIN rules, Asking
//! for one).

use axum::extract::Path;
use axum::response::Response;

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use super::paper::{self, both, reason};
use super::person::{self, By};
use crate::desk::Task;
use crate::http::pages::desk::{Form, REASON, Row, TaskPage};
use crate::http::pages::{Fault, Refusal};
use crate::http::papers::Asked;
use crate::http::pin::{Typed, care};
use crate::identity::Line;

/// `GET`: the form of an office.
pub(super) async fn ask_at_office(
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    desk.allow(Task::Issue)?;
    let case = desk.case(&id).await?;
    Ok(office_page(&desk, &case, &Typed::default(), &[]))
}

/// `POST`: a PIN *dispositivo* at once, whole, in a sealed envelope that the office prints; or the form to sign is printed.
pub(super) async fn issue_at_office(
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let (desk, typed) = (&posted.desk, &posted.typed);
    desk.allow(Task::Issue)?;
    let case = desk.case(&id).await?;
    let office = desk.office()?;
    let now = desk.visit.gateway.now();
    let application = person::read(desk, &case, By::Office, typed)?;
    if paper::is_to_print(typed) {
        return match both(application, paper::read_unsigned(typed, now)) {
            Ok((application, shown)) => desk.print(&case, Asked::Issue(&application), &shown).await,
            Err(faults) => Ok(office_page(desk, &case, typed, &faults)),
        };
    }
    let visit = paper::read(desk, office, typed, now);
    let filled = both(both(application, visit), reason(typed));
    let ((application, visit), reason) = match filled {
        Ok(filled) => filled,
        Err(faults) => return Ok(office_page(desk, &case, typed, &faults)),
    };
    let act = desk.act(Task::Issue, &case.person, reason)?;
    let minted = care(&desk.visit.gateway)?.mint().await?;
    desk.carry_out(&case, &act, |dossier, context| {
        let visit = paper::at(&visit, context);
        dossier.issue_at_office(&application, visit, minted.clone(), act.reason(), context)
    })
    .await?;
    Ok(envelope(desk, &case, "desk-issued-title", office))
}

/// The page that says where the sealed envelope is.
pub(super) fn envelope(
    desk: &AtDesk,
    case: &AtCase,
    title: &'static str,
    office: &Line<60>,
) -> Response {
    let texts = desk.visit.language;
    let printed = texts.say_with("desk-envelope", "office", office.expose());
    let done = TaskPage {
        lead: vec![printed, texts.say("desk-envelope-note")],
        ..desk.page(title, case)
    };
    done.show()
}

fn office_page(desk: &AtDesk, case: &AtCase, typed: &Typed, faults: &[Fault]) -> Response {
    let texts = desk.visit.language;
    let form = Form::new(case.page("issue"), desk.token(), texts)
        .with(person::fields(By::Office, typed, faults, texts))
        .with(paper::fields(desk, typed, faults))
        .reason(typed.get(REASON.name), faults)
        .button("desk-issue")
        .printing();
    let page = TaskPage {
        lead: vec![texts.say("desk-issue-lead")],
        forms: vec![form],
        ..desk.page("desk-issue", case)
    };
    page.show()
}

/// `GET`: the form of the contact centre.
pub(super) async fn ask_by_telephone(
    desk: AtDesk,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    desk.allow(Task::Register)?;
    let case = desk.case(&id).await?;
    Ok(telephone_page(&desk, &case, &Typed::default(), &[]))
}

/// `POST`: a PIN *ordinario*. This answer shows its first half, to be read aloud; nothing shows it again.
pub(super) async fn register(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let (desk, typed) = (&posted.desk, &posted.typed);
    desk.allow(Task::Register)?;
    let case = desk.case(&id).await?;
    let application = person::read(desk, &case, By::Telephone, typed)?;
    let (application, reason) = match both(application, reason(typed)) {
        Ok(filled) => filled,
        Err(faults) => return Ok(telephone_page(desk, &case, typed, &faults)),
    };
    let act = desk.act(Task::Register, &case.person, reason)?;
    let minted = care(&desk.visit.gateway)?.mint().await?;
    desk.carry_out(&case, &act, |dossier, context| {
        dossier.register_call(&application, minted.clone(), act.reason(), context)
    })
    .await?;
    let texts = desk.visit.language;
    let half = minted.first_half().expose();
    let (left, right) = half.split_at_checked(4).unwrap_or((half, ""));
    let done = TaskPage {
        lead: vec![texts.say("desk-first-half-lead")],
        rows: vec![Row::aloud(
            texts,
            "desk-first-half",
            format!("{left} {right}"),
        )],
        ..desk.page("desk-issued-title", &case)
    };
    Ok(done.show())
}

fn telephone_page(desk: &AtDesk, case: &AtCase, typed: &Typed, faults: &[Fault]) -> Response {
    let texts = desk.visit.language;
    let form = Form::new(case.page("register"), desk.token(), texts)
        .with(person::fields(By::Telephone, typed, faults, texts))
        .reason(typed.get(REASON.name), faults)
        .button("desk-register");
    let page = TaskPage {
        lead: vec![texts.say("desk-register-lead")],
        forms: vec![form],
        ..desk.page("desk-register", case)
    };
    page.show()
}
