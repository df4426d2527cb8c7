//! `/desk/case/{id}/call`: a request whose address could not be validated, and what calling the person came to (PIN rules,
//! Asking for one).

use axum::extract::Path;
use axum::response::Response;

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use super::queues::{self, CALLS};
use crate::desk::{Reason, Task};
use crate::http::pages::Fault;
use crate::http::pages::Refusal;
use crate::http::pages::desk::{
    Form, NO_REASON, REASON, Row, TaskPage, contact_rows, details_rows, exception_key, hours_key,
};
use crate::http::pages::in_words;
use crate::http::pin::care;
use crate::pin::Request;

/// The field of the button that was pressed.
const CAME_TO: &str = "came_to";
const RIGHT: &str = "right";
const WRONG: &str = "wrong";
const RELEASE: &str = "release";

/// `GET`: the request, for whoever has it in hand.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    desk.allow(Task::CheckAddress)?;
    let case = desk.case(&id).await?;
    page(&desk, &case, "", &[]).await
}

/// `POST`: the data are right, or wrong, or the call is given back.
pub(super) async fn decide(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let desk = &posted.desk;
    let case = desk.case(&id).await?;
    let came_to = posted.typed.get(CAME_TO);
    if came_to == RELEASE {
        return queues::give_back(desk, &case, &CALLS).await;
    }
    let typed = posted.typed.get(REASON.name);
    let Ok(reason) = Reason::parse(typed) else {
        return page(desk, &case, typed, &[NO_REASON]).await;
    };
    let act = desk.act(Task::CheckAddress, &case.person, reason)?;
    match came_to {
        RIGHT => {
            let minted = care(&desk.visit.gateway)?.mint().await?;
            desk.carry_out(&case, &act, |dossier, context| {
                dossier.confirm_call(minted.clone(), act.reason(), context)
            })
            .await?;
        }
        WRONG => {
            desk.carry_out(&case, &act, |dossier, context| {
                dossier.refuse_call(act.reason(), context)
            })
            .await?;
        }
        _ => return page(desk, &case, typed, &[]).await,
    }
    Ok(case.shown())
}

async fn page(
    desk: &AtDesk,
    case: &AtCase,
    reason: &str,
    faults: &[Fault],
) -> Result<Response, Refusal> {
    let dossier = desk.look(&case.person).await?;
    let request = dossier.as_ref().and_then(|dossier| dossier.request());
    // Who has not taken it sees the case, where it says who has.
    let Some(request) = request.filter(|request| desk.has(request.claim.as_ref())) else {
        return Ok(case.shown());
    };
    let texts = desk.visit.language;
    let address = case.page("call");
    let form = Form::new(address.clone(), desk.token(), texts)
        .reason(reason, faults)
        .adding("desk-call-right", CAME_TO, RIGHT)
        .adding("desk-call-wrong", CAME_TO, WRONG);
    let release =
        Form::new(address, desk.token(), texts)
            .aside()
            .adding("desk-release", CAME_TO, RELEASE);
    let page = TaskPage {
        lead: vec![texts.say("desk-call-lead")],
        rows: rows(desk, request),
        forms: vec![form, release],
        ..desk.page("desk-call", case)
    };
    Ok(page.show())
}

/// What the person filled in.
fn rows(desk: &AtDesk, request: &Request) -> Vec<Row> {
    let texts = desk.visit.language;
    let application = &request.application;
    let mut rows = vec![Row::new(
        texts,
        "desk-request-since",
        [in_words(request.asked, texts)],
    )];
    if let Some(exception) = application.exception {
        rows.push(Row::new(
            texts,
            "desk-exception",
            [texts.say(exception_key(exception))],
        ));
    }
    rows.extend(details_rows(&application.details, texts));
    rows.extend(contact_rows(&application.contacts, texts));
    if let Some(hours) = application.hours {
        rows.push(Row::new(texts, "desk-hours", [texts.say(hours_key(hours))]));
    }
    rows
}
