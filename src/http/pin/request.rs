//! `/pin/request`: asking for a PIN online (PIN rules, Asking for one).
//!
//! The form has a page for each of the rules' steps. It keeps nothing here: what was typed before goes along unseen in the
//! next page and is read again with it, so that every page says what is wrong beside its fields, going back loses nothing, and
//! what is sent at the end was checked at the end. The answer is the same whatever the institute knows of the person.

mod asks;
mod page;
pub(super) mod read;

use axum::body::Bytes;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::care::{PinCare, Sent, care};
use super::typed::Typed;
use crate::http::flow::see_other;
use crate::http::pages::{self, Action, Refusal};
use crate::http::visit::Visit;
use asks::{Step, names};
use page::{BACK, GO, STEP};

pub(super) use page::REQUEST;
use read::Draft;

// What the desk asks and reads as this form does.
pub(in crate::http) use asks::{
    BIRTH, CONTACTS, COUNTRY, DELIVERY, GROUP, HOME_ABROAD, POSTAL_CODE, PROVINCE, on_record,
};
pub(in crate::http) use page::options;
pub(in crate::http) use read::{Page, Today, Who, birth, contacts, day, home, hours, reachable};

/// Where the person is told what happens now.
const DONE: &str = "/pin/request/done";

/// `GET /pin/request`: the first page.
pub(in crate::http) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    let today = today(&visit, care(&visit.gateway)?);
    Ok(page::show(&visit, &Typed::default(), Step::Who, &[], today))
}

/// `POST /pin/request`: a page that was filled in.
pub(in crate::http) async fn answer(
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = Sent::read(&visit, &headers, &body, names().chain([STEP, GO]))?;
    let (care, typed) = (sent.care, &sent.typed);
    let unknown = || Refusal::new(StatusCode::BAD_REQUEST, "bad-request");
    let step = Step::from_name(typed.get(STEP)).ok_or_else(unknown)?;
    let today = today(&visit, care);
    if typed.get(GO) == BACK
        && let Some(before) = step.before()
    {
        return Ok(page::show(&visit, typed, before, &[], today));
    }
    let draft = match Draft::read(typed, step, today) {
        Ok(draft) => draft,
        Err((wrong, faults)) => return Ok(page::show(&visit, typed, wrong, &faults, today)),
    };
    if let Some(next) = step.next() {
        return Ok(page::show(&visit, typed, next, &[], today));
    }
    send(&visit, care, draft).await?;
    sent.next_beat().await;
    Ok(see_other(DONE))
}

/// `GET /pin/request/done`: what happens now, whoever asked for whom.
pub(in crate::http) async fn done(visit: Visit) -> Result<Response, Refusal> {
    care(&visit.gateway)?;
    let texts = visit.language;
    let paragraphs = [
        "pin-request-done",
        "pin-request-done-call",
        "pin-request-done-had",
    ];
    let paragraphs = paragraphs.map(|key| texts.say(key)).into();
    let actions = vec![Action::new("action-start", "/")];
    Ok(pages::notice(
        &visit,
        "pin-request-done-title",
        paragraphs,
        actions,
    ))
}

fn today<'a>(visit: &Visit, care: &'a PinCare) -> Today<'a> {
    Today {
        now: visit.gateway.now(),
        rules: care.rules(),
    }
}

/// Sends the request: the PIN is issued where the register confirms the residence, and waits for a call otherwise.
async fn send(visit: &Visit, care: &PinCare, draft: Draft) -> Result<(), Refusal> {
    care.admit(visit).await?;
    let broken = || Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "broken").because("pin-form");
    let (person, application) = draft.finish(visit.language.code()).ok_or_else(broken)?;
    // Everything is done for everybody: what is spared for some would show in the time.
    let minted = care.mint().await?;
    let residence = &application.details.residence;
    let is_confirmed = match care
        .registers()
        .lives_at(&person, residence, visit.gateway.now())
        .await
    {
        Ok(is_confirmed) => is_confirmed,
        Err(error) => {
            tracing::warn!(code = "registers-unavailable", reason = error.code());
            false
        }
    };
    let asked = care.change_for_strangers(visit, &person, |dossier, context| {
        dossier.ask(application.clone(), is_confirmed, minted.clone(), context)
    });
    // Whether it was refused is nobody's business but the person's, and they know.
    let _ = asked.await?;
    Ok(())
}
