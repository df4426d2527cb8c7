//! SPID's addresses: where a login starts, where its answer comes in, the published metadata, and single logout.
//!
//! What messages mean is decided in [`login::spid`](crate::login::spid); here they come out of HTTP and go back into it.
//! A refused response is a 4xx page, never a redirect: AgID's acceptance reads the status.

mod logout;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::flow::{self, Browser, CurrentSession};
use super::login::{self, Beginning};
use super::openid::{self, Party};
use super::pages::{Action, Refusal};
use super::saml::{self, send};
use super::starts;
use super::state::Gateway;
use super::visit::Visit;
use crate::audit::AuditEvent;
use crate::identity::AuthenticationMethod;
use crate::login::openid::{OpenIdRelyingParty, Profile};
use crate::login::saml::AcsForm;
use crate::login::spid::{FULL, NotOffered, StartLogin, StartRefusal};
use crate::protocol::saml::authn_request::Purpose;
use crate::protocol::saml::binding::Binding;
use crate::session::FlowId;

pub(super) use logout::{logout_by_post, logout_by_redirect, start_logout};

const SPID: AuthenticationMethod = AuthenticationMethod::Spid;

/// `GET /spid/metadata`.
pub(super) async fn metadata(State(gateway): State<Gateway>) -> Response {
    saml::metadata(gateway.spid().metadata())
}

/// What `/login/spid` is asked with.
#[derive(Debug, Deserialize)]
pub(super) struct StartQuery {
    /// The provider's entity id.
    idp: String,
    /// The flow to log in for; without one a login for the portal begins.
    flow: Option<String>,
    /// Without a flow: the level, as its digit.
    level: Option<String>,
    /// How the request travels: `post` or `redirect`.
    binding: Option<String>,
    /// Which kinds of identity are admitted: the code of a purpose (Avviso 18).
    purpose: Option<String>,
}

/// `GET /login/spid`: sends the person to a provider. Answers 200 with a form that submits itself, or 302.
pub(super) async fn start(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    Query(query): Query<StartQuery>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    starts::admit(&visit).await?;
    let asked = (query.flow.as_deref(), query.level.as_deref());
    let beginning = login::beginning(&visit, (&browser, &current), SPID, asked).await?;
    let (flow, level) = match beginning {
        Beginning::In(flow, level) => (flow, level),
        Beginning::Elsewhere(response) => return Ok(response),
    };
    if let Some(party) = by_openid(gateway, &query.idp) {
        let party = Party::Federated(party, &query.idp);
        let response = openid::start(&visit, &browser, party, SPID, (&flow, level)).await?;
        return Ok(browser.remembered(gateway, response));
    }
    let unreadable = || Refusal::new(StatusCode::BAD_REQUEST, "bad-request");
    let purpose = query
        .purpose
        .as_deref()
        .map(|code| Purpose::from_code(code).ok_or_else(unreadable))
        .transpose()?;
    let binding = match query.binding.as_deref() {
        Some(name) => Binding::from_name(name).ok_or_else(unreadable)?,
        None => preferred_binding(gateway, &query.idp),
    };
    let digest = browser.digest();
    let login = StartLogin {
        flow: &flow.id,
        browser: &digest,
        provider: &query.idp,
        level,
        binding,
        attribute_set: (flow.requirement.contacts && purpose.is_none()).then_some(FULL),
        purpose,
        force: flow.requirement.force || flow.requirement.max_age.is_some(),
    };
    let started = Box::pin(gateway.spid().start(login, gateway.now())).await;
    let message = started.map_err(|refusal| not_started(&refusal, &flow.id))?;
    let event = AuditEvent::LoginStarted {
        method: SPID,
        provider: query.idp.clone(),
        level,
    };
    flow::record(&visit, event).await?;
    Ok(browser.remembered(gateway, send(&visit, message)))
}

/// The relying party that reaches a provider by OpenID Connect: one that no SAML metadata are there of.
fn by_openid<'g>(gateway: &'g Gateway, provider: &str) -> Option<&'g OpenIdRelyingParty> {
    let party = gateway.openid()?;
    let trusted = party.trusted(provider, gateway.now())?;
    let only_there = gateway.spid().providers().find(provider).is_none();
    (only_there && trusted.profile == Profile::Spid).then_some(party)
}

/// POST where the provider takes it: the request then needs no room in an address.
fn preferred_binding(gateway: &Gateway, entity_id: &str) -> Binding {
    let by_post = gateway
        .spid()
        .providers()
        .find(entity_id)
        .and_then(|provider| provider.metadata.as_ref())
        .is_none_or(|metadata| metadata.sso(Binding::Post).is_some());
    if by_post {
        Binding::Post
    } else {
        Binding::Redirect
    }
}

fn not_started(refusal: &StartRefusal, flow: &FlowId) -> Refusal {
    let page = match refusal {
        StartRefusal::NotOffered(NotOffered::LevelOutOfReach { .. }) => {
            Refusal::new(StatusCode::FORBIDDEN, "spid-provider-level")
        }
        StartRefusal::Signing(_) | StartRefusal::Store(_) => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        _ => Refusal::new(StatusCode::BAD_REQUEST, "spid-provider-unknown"),
    };
    page.because(refusal.code())
        .offering(Action::log_in_again(Some(flow)))
}

/// `POST /spid/acs`: takes the answer of a provider.
pub(super) async fn consume(
    visit: Visit,
    browser: Browser,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let (saml_response, relay_state) = saml::answer(&headers, body, "spid-refused")?;
    let acs = AcsForm {
        saml_response: saml_response.into(),
        relay_state: relay_state.as_deref(),
        client_address: visit.client.map(|client| client.0),
    };
    let known = browser.known();
    // Each step in a box of its own: what surrounds it then is small, and moved from place to place at little cost.
    let consuming = gateway.spid().consume(acs, known.as_ref(), gateway.now());
    match Box::pin(consuming).await {
        Ok(login) => {
            let taken = flow::logged_in(&visit, &browser, &login.flow, login.identity);
            Box::pin(taken).await
        }
        Err(refusal) => Err(saml::refused(&visit, SPID, "spid-refused", refusal).await?),
    }
}
