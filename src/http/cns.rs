//! Login with a smart card: the pages around the TLS handshake that a card's certificate is shown in.
//!
//! `/login/cns` on the main host makes a ticket and sends the browser to the card host, whose small router ([`router`]) reads
//! the certificate of the connection and sends the browser back with a code. Every page about a card is the main host's:
//! it alone has cookies, and each style sheet that a browser loads from the card host may ask the card for one signature
//! more. What a card proves is decided in [`login::cns`](crate::login::cns).

mod certificate_headers;
mod entrance;
mod host;
mod peer;
mod second_step;

use axum::extract::{Path, Query};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::flow::{self, Browser, CurrentSession, see_other};
use super::login::{self, Beginning};
use super::pages::{self, Refusal};
use super::starts;
use super::state::Gateway;
use super::visit::Visit;
use crate::audit::AuditEvent;
use crate::identity::AuthenticationMethod;
use crate::login::cns::{CnsVerifier, Handovers, Redeemed};
use crate::session::FlowId;

pub use certificate_headers::CertificateHeader;
pub(super) use certificate_headers::tells_of_a_certificate;
pub use entrance::{CardProxy, Entrance};
pub use host::router;
pub use peer::Peer;
pub use second_step::SecondStepWay;
pub(super) use second_step::{answer as code_typed, ask as ask_for_code};

const CNS: AuthenticationMethod = AuthenticationMethod::Cns;

/// Everything that a login with a card takes.
pub struct CardWay {
    /// Where cards are shown.
    pub hosts: CardHosts,
    /// What tells good cards.
    pub verifier: CnsVerifier,
    /// What goes to the card host and comes back.
    pub handovers: Handovers,
    /// What follows some cards, where text messages can be sent.
    pub second_step: Option<SecondStepWay>,
}

/// The origins where cards are shown, without a final slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardHosts {
    /// For cards of today.
    pub current: String,
    /// For cards whose software knows neither TLS 1.3 nor RSA-PSS.
    pub old: Option<String>,
}

/// What `/login/cns` is asked with.
#[derive(Debug, Deserialize)]
pub(super) struct StartQuery {
    /// The flow to log in for; without one a login for the portal begins.
    flow: Option<String>,
    /// Without a flow: the level, as its digit.
    level: Option<String>,
    /// `old`: at the host for old cards.
    card: Option<String>,
}

/// Where a login with a card starts: in a flow, or in a new one for the portal; at the host for old cards, if asked for
/// and there is one.
#[must_use]
pub(super) fn start_address(flow: Option<&FlowId>, at_old_cards: bool) -> String {
    let mut address = "/login/cns".to_owned();
    let flow = flow.map(|flow| format!("flow={}", flow.as_str()));
    let old = at_old_cards.then(|| "card=old".to_owned());
    for (parameter, sign) in flow.into_iter().chain(old).zip(['?', '&']) {
        address.push(sign);
        address.push_str(&parameter);
    }
    address
}

fn way(gateway: &Gateway) -> Result<&CardWay, Refusal> {
    let absent = || Refusal::new(StatusCode::NOT_FOUND, "not-found");
    gateway.cns().ok_or_else(absent)
}

/// `GET /login/cns`: sends the person to the card host.
pub(super) async fn start(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    Query(query): Query<StartQuery>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let way = way(gateway)?;
    starts::admit(&visit).await?;
    let asked = (query.flow.as_deref(), query.level.as_deref());
    let beginning = login::beginning(&visit, (&browser, &current), CNS, asked).await?;
    let (flow, level) = match beginning {
        Beginning::In(flow, level) => (flow, level),
        Beginning::Elsewhere(response) => return Ok(response),
    };
    let old = way.hosts.old.as_ref();
    let old = old.filter(|_| query.card.as_deref() == Some("old"));
    let host = old.unwrap_or(&way.hosts.current);
    let event = AuditEvent::LoginStarted {
        method: CNS,
        provider: host.clone(),
        level,
    };
    flow::record(&visit, event).await?;
    let ticket = way.handovers.ticket(&flow.id, &browser.digest()).await?;
    let there = see_other(&format!("{host}/card?ticket={ticket}"));
    Ok(browser.remembered(gateway, there))
}

/// What `/login/cns/done` is asked with.
#[derive(Debug, Deserialize)]
pub(super) struct DoneQuery {
    code: String,
}

/// `GET /login/cns/done`: takes a login back from the card host.
pub(super) async fn done(
    visit: Visit,
    browser: Browser,
    Query(query): Query<DoneQuery>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let known = browser.known();
    let handovers = &way(gateway)?.handovers;
    let code = match handovers.redeem(&query.code, known.as_ref()).await? {
        Redeemed::Login(login) => {
            let card = login.identity.event().card.as_ref();
            let step = card.and_then(|card| gateway.catalogue().second_step(card));
            return match step {
                Some(step) => second_step::begin(&visit, &browser, *login, step).await,
                None => flow::logged_in(&visit, &browser, &login.flow, login.identity).await,
            };
        }
        Redeemed::OtherBrowser => {
            let code = "other-browser";
            // Worth an alarm: somebody showed their card for a login that another browser began.
            flow::record(&visit, refused(code, None)).await?;
            code
        }
        Redeemed::Unknown => "no-request",
    };
    gateway.metrics().login(CNS, code);
    Err(gone().because(code))
}

/// `GET /login/cns/refused/{id}`: what is wrong with the card, and what to do.
pub(super) async fn show_refusal(
    visit: Visit,
    browser: Browser,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let way = way(&visit.gateway)?;
    let refusal = way.handovers.refusal(&id, browser.known().as_ref()).await?;
    let (flow, refused) = refusal.ok_or_else(gone)?;
    Ok(pages::card_refused(&visit, &refused, &flow, &way.hosts))
}

fn gone() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "flow-gone")
}

/// A card that logged nobody in, for the audit log.
fn refused(code: &str, certificate: Option<String>) -> AuditEvent {
    AuditEvent::LoginRefused {
        method: CNS,
        provider: None,
        code: code.to_owned(),
        anomaly: None,
        evidence: None,
        certificate,
        person: None,
    }
}
