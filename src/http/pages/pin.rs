//! Pages of the login with a PIN: the form, the new PIN of a guided procedure, what comes first when one has expired, and
//! what refuses.

use std::time::Duration;

use axum::response::Response;
use http::StatusCode;

use super::{Action, Layout, PagePolicy, Refusal, html};
use crate::http::flow::choose_address;
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::login::pin::Procedure;
use crate::session::{FlowId, LoginFlow, ReturnTo};

/// The field that names the flow.
pub(in crate::http) const PIN_FLOW_FIELD: &str = "flow";
/// The field of the fiscal code.
pub(in crate::http) const PERSON_FIELD: &str = "person";
/// The field of the PIN, the one there is or the new one.
pub(in crate::http) const PIN_FIELD: &str = "pin";
/// The field that names a guided procedure.
pub(in crate::http) const PROCEDURE_FIELD: &str = "step";

/// Where SPID and CIE are to be had, for people who have neither.
const GET_SPID: &str = "https://www.spid.gov.it/richiedi-spid";
const GET_CIE: &str = "https://www.cartaidentita.interno.gov.it/richiedi/";

/// Where a login with the PIN begins: in a flow, or in a new one for the portal.
#[must_use]
pub(in crate::http) fn pin_address(flow: Option<&FlowId>) -> String {
    let flow = flow.map(|flow| format!("?flow={}", flow.as_str()));
    format!("/login/pin{}", flow.unwrap_or_default())
}

/// The link on the page of the ways in; nothing where there is no login with a PIN, or it is open to nobody any more.
pub(super) fn pin_button(visit: &Visit, flow: Option<&LoginFlow>) -> Option<String> {
    let gateway = &visit.gateway;
    let way = gateway.pin()?;
    way.is_open(&gateway.catalogue(), gateway.now())
        .then(|| pin_address(flow.map(|flow| &flow.id)))
}

/// Where the other ways in are. A login for the portal that began with the PIN asked for no more than a PIN can prove:
/// who turns to another way in begins one of the portal's usual level.
fn others(flow: &LoginFlow) -> String {
    let requirement = &flow.requirement;
    let for_portal = requirement.service.is_none() && flow.return_to == ReturnTo::Portal;
    choose_address((!for_portal).then_some(&flow.id))
}

/// The form. `wrong` is the key of what to say of the last attempt, and `person` what was typed there.
#[must_use]
pub(in crate::http) fn pin_form(
    visit: &Visit,
    flow: &LoginFlow,
    person: &str,
    wrong: Option<&'static str>,
) -> Response {
    let page = FormPage {
        layout: Layout::new(visit, visit.language.say("pin-title")),
        flow: flow.id.as_str(),
        person,
        wrong: wrong.map(|key| visit.language.say(key)),
        other: others(flow),
        has_care: visit.gateway.pin_care().is_some(),
    };
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    html(status, &page, PagePolicy::of_login(visit))
}

#[derive(askama::Template)]
#[template(path = "pin_login.html")]
struct FormPage<'a> {
    layout: Layout<'a>,
    flow: &'a str,
    person: &'a str,
    wrong: Option<String>,
    other: String,
    /// Whether who has no PIN, or lost it, can be helped here.
    has_care: bool,
}

impl FormPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// The page that shows a new PIN, once, and asks for it. `again` after something else was typed.
#[must_use]
pub(in crate::http) fn new_pin(
    visit: &Visit,
    (procedure, step): (Procedure, &str),
    pin: &str,
    again: bool,
) -> Response {
    let texts = visit.language;
    let (lead, note) = match procedure {
        Procedure::FirstAccess => ("pin-first-lead", "pin-first-note"),
        Procedure::Renewal => ("pin-renewed-lead", "pin-renewed-note"),
    };
    let page = NewPage {
        layout: Layout::new(visit, texts.say("pin-first-title")),
        lead: texts.say(lead),
        note: texts.say(note),
        wrong: again.then(|| texts.say("pin-new-wrong")),
        pin,
        step,
    };
    let status = match again {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    html(status, &page, PagePolicy::of_login(visit))
}

#[derive(askama::Template)]
#[template(path = "pin_new.html")]
struct NewPage<'a> {
    layout: Layout<'a>,
    lead: String,
    note: String,
    wrong: Option<String>,
    pin: &'a str,
    step: &'a str,
}

impl NewPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// The page for a right PIN that has expired: SPID and CIE first (PIN rules, Numbers), then the renewal.
#[must_use]
pub(in crate::http) fn pin_expired(visit: &Visit, step: &str, flow: &LoginFlow) -> Response {
    let page = ExpiredPage {
        layout: Layout::new(visit, visit.language.say("pin-expired-title")),
        other: others(flow),
        get_spid: GET_SPID,
        get_cie: GET_CIE,
        step,
    };
    html(StatusCode::OK, &page, PagePolicy::of_login(visit))
}

#[derive(askama::Template)]
#[template(path = "pin_expired.html")]
struct ExpiredPage<'a> {
    layout: Layout<'a>,
    other: String,
    get_spid: &'a str,
    get_cie: &'a str,
    step: &'a str,
}

impl ExpiredPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// The refusal of who has to wait.
#[must_use]
pub(in crate::http) fn pin_wait(visit: &Visit, flow: &LoginFlow, wait: Duration) -> Refusal {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "pin-wait")
        .with("wait", in_words(visit.language, seconds))
        .retry_after(seconds)
        .offering(Action::new("action-other-way", others(flow)))
        .offering(Action::new("action-pin-again", pin_address(Some(&flow.id))))
}

/// A time to wait in words: seconds, or else minutes that have begun.
fn in_words(texts: Language, seconds: u64) -> String {
    let (key, count) = match seconds {
        0..60 => ("pin-wait-seconds", seconds),
        60 => ("pin-wait-minute", 1),
        _ => ("pin-wait-minutes", seconds.div_ceil(60)),
    };
    texts.say_with(key, "count", &count.to_string())
}

/// The refusal when too many PINs are being looked at.
#[must_use]
pub(in crate::http) fn pin_busy(flow: Option<&LoginFlow>) -> Refusal {
    let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "pin-busy").retry_after(5);
    let again = pin_address(flow.map(|flow| &flow.id));
    let others = flow.map_or_else(|| choose_address(None), others);
    refusal
        .offering(Action::new("action-pin-again", again))
        .offering(Action::new("action-other-way", others))
}

/// The refusal of whose category has no login with a PIN, not any more or never: it leads to what there is instead.
#[must_use]
pub(in crate::http) fn pin_closed(flow: Option<&LoginFlow>) -> Refusal {
    let others = flow.map_or_else(|| choose_address(None), others);
    Refusal::new(StatusCode::FORBIDDEN, "pin-closed")
        .offering(Action::new("action-other-way", others))
        .offering(Action::new("action-get-spid", GET_SPID))
        .offering(Action::new("action-get-cie", GET_CIE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_words() {
        let texts = Language::from_code("en").unwrap();
        for (seconds, words) in [
            (1, "1 seconds"),
            (30, "30 seconds"),
            (60, "one minute"),
            (61, "2 minutes"),
            (3600, "60 minutes"),
        ] {
            assert_eq!(in_words(texts, seconds), words);
        }
    }
}
