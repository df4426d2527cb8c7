//! `/pin/revoke`: the end of a PIN whose holder has none of the contacts on record any more, by the number of the *tessera
//! sanitaria* (PIN rules, Lost PIN).
//!
//! Whoever has the number is told that no PIN is left, whether or not there was one; whoever has not, that it does not match,
//! whether or not there is one.

use axum::body::Bytes;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::asked::{CODE, FISCAL_CODE, fiscal_code, line};
use super::care::{Sent, care};
use super::request::REQUEST;
use super::typed::Typed;
use crate::http::pages::{self, Action, Asks, Button, Fault, Field, FormPage, How, Refusal};
use crate::http::visit::Visit;
use crate::identity::{FiscalCode, HealthCardNumber};

pub(super) const REVOKE: &str = "/pin/revoke";
const CARD: &str = "health_card";

static ASKED: [Asks; 2] = [
    CODE,
    Asks {
        how: How::Digits(25),
        hint: Some("pin-health-card-hint"),
        ..line(CARD, "pin-health-card", 25)
    },
];

/// `GET /pin/revoke`: the form.
pub(in crate::http) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    care(&visit.gateway)?;
    Ok(show(&visit, &Typed::default(), &[]))
}

/// `POST /pin/revoke`: revokes the PIN of whoever has the card.
pub(in crate::http) async fn answer(
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = Sent::read(&visit, &headers, &body, [FISCAL_CODE, CARD])?;
    let (care, typed) = (sent.care, &sent.typed);
    let (person, card) = match read(typed) {
        Ok(read) => read,
        Err(faults) => return Ok(show(&visit, typed, &faults)),
    };
    care.admit(&visit).await?;
    care.admit_try(&visit, &person).await?;
    let unavailable = |_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    let known = care
        .registers()
        .has_health_card(&person, &card, visit.gateway.now());
    let known = known.await;
    let is_theirs = known.map_err(unavailable)?;
    if is_theirs {
        let revoked = care.change(&visit, &person, |dossier, context| {
            dossier.revoke(None, context)
        });
        // There may have been none: then none is left, too.
        let _ = revoked.await?;
    }
    sent.next_beat().await;
    if !is_theirs {
        let fault = Fault {
            field: CARD,
            text: "pin-health-card-unknown",
        };
        return Ok(show(&visit, typed, &[fault]));
    }
    let texts = visit.language;
    let paragraphs = ["pin-revoked", "pin-revoked-next"].map(|key| texts.say(key));
    let actions = vec![
        Action::new("pin-hub-instead", "/login"),
        Action::new("pin-hub-request", REQUEST),
    ];
    Ok(pages::notice(
        &visit,
        "pin-revoked-title",
        paragraphs.into(),
        actions,
    ))
}

fn read(typed: &Typed) -> Result<(FiscalCode, HealthCardNumber), Vec<Fault>> {
    let card = match typed.get(CARD) {
        "" => Err("pin-health-card-missing"),
        text => HealthCardNumber::parse(text).map_err(|_| "pin-health-card-wrong"),
    };
    let card = card.map_err(|text| Fault { field: CARD, text });
    match (fiscal_code(typed), card) {
        (Ok(code), Ok(card)) => Ok((code, card)),
        (code, card) => Err(code.err().into_iter().chain(card.err()).collect()),
    }
}

fn show(visit: &Visit, typed: &Typed, faults: &[Fault]) -> Response {
    let texts = visit.language;
    let mut page = FormPage::new("pin-revoke-title", REVOKE);
    page.lead = vec![texts.say("pin-revoke-lead")];
    page.fields = Field::all(&ASKED, |name| typed.get(name), faults, texts);
    page.notes = vec![texts.say("pin-revoke-note")];
    page.buttons = vec![Button {
        label: "pin-revoke-now",
        name: "go",
        value: "revoke",
    }];
    page.show(visit)
}
