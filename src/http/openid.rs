//! Logins with OpenID Connect at the edge: out with an authorization request, back with a provider's answer, and tokens
//! given back when a session ends.
//!
//! What requests and answers mean is decided in [`login::openid`](crate::login::openid); here they come out of HTTP and go
//! back into it. A refused answer is a 4xx page, one that cannot be checked now a 503; never a redirect.

mod tokens;

use std::sync::Arc;

use axum::extract::{Path, Query, RawQuery};
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::cie;
use super::flow::{self, Browser, CurrentSession, RefusedAnswer};
use super::language::Language;
use super::login::{self, Beginning};
use super::pages::{Action, Refusal};
use super::starts;
use super::state::Gateway;
use super::visit::Visit;
use crate::audit::AuditEvent;
use crate::identity::{AuthenticationMethod, RequiredAssurance};
use crate::login::openid::{
    CIE_CALLBACK, CameBack, ErrorHelp, OpenIdLogin, OpenIdRefusal, OpenIdRelyingParty,
    ProviderError, RefusalKind, SPID_CALLBACK, StartLogin, StartRefusal, Upstream,
};
use crate::session::{BrowserDigest, FlowId, LoginFlow};

pub use tokens::give_back_expired;
pub(super) use tokens::{Watched, give_back, give_back_later, watch};

/// Whom a person is sent to.
#[derive(Clone, Copy)]
pub(super) enum Party<'a> {
    /// A provider of a federation, by its entity id.
    Federated(&'a OpenIdRelyingParty, &'a str),
    /// An ordinary provider.
    Upstream(&'a Upstream),
}

impl Party<'_> {
    fn provider(&self) -> &str {
        match self {
            Self::Federated(_, provider) => provider,
            Self::Upstream(upstream) => &upstream.settings().issuer,
        }
    }

    /// How pages call it: by the name that it publishes, or by its address.
    fn name(&self, visit: &Visit) -> String {
        match self {
            Self::Federated(party, provider) => {
                let trusted = party.trusted(provider, visit.gateway.now());
                trusted.map_or_else(|| (*provider).to_owned(), |trusted| trusted.name.clone())
            }
            Self::Upstream(upstream) => upstream_name(upstream, visit.language).to_owned(),
        }
    }

    async fn start(&self, login: StartLogin<'_>, visit: &Visit) -> Result<String, StartRefusal> {
        let now = visit.gateway.now();
        match self {
            Self::Federated(party, _) => Box::pin(party.start(login, now)).await,
            Self::Upstream(upstream) => Box::pin(upstream.start(login, now)).await,
        }
    }

    async fn callback(
        &self,
        came: CameBack<'_>,
        browser: Option<&BrowserDigest>,
        visit: &Visit,
    ) -> Result<OpenIdLogin, OpenIdRefusal> {
        let now = visit.gateway.now();
        match self {
            Self::Federated(party, _) => Box::pin(party.callback(came, browser, now)).await,
            Self::Upstream(upstream) => Box::pin(upstream.callback(came, browser, now)).await,
        }
    }
}

/// What people call an ordinary provider.
#[must_use]
pub(super) fn upstream_name(upstream: &Upstream, language: Language) -> &str {
    let (italian, english) = &upstream.settings().name;
    match language.code() {
        "it" => italian,
        _ => english,
    }
}

/// Sends the person of a flow to a provider.
///
/// # Errors
/// A page when the provider cannot serve now, or we cannot.
pub(super) async fn start(
    visit: &Visit,
    browser: &Browser,
    party: Party<'_>,
    method: AuthenticationMethod,
    (flow, level): (&LoginFlow, RequiredAssurance),
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let digest = browser.digest();
    let provider = party.provider();
    let login = StartLogin {
        flow: &flow.id,
        browser: &digest,
        provider,
        level,
        force: flow.requirement.force || flow.requirement.max_age.is_some(),
        contacts: flow.requirement.contacts,
        language: visit.language.code(),
    };
    let address = match party.start(login, visit).await {
        Ok(address) => address,
        Err(refusal) => {
            gateway.metrics().login(method, "not-started");
            return Err(not_started(&refusal, &flow.id, party.name(visit)));
        }
    };
    let event = AuditEvent::LoginStarted {
        method,
        provider: provider.to_owned(),
        level,
    };
    flow::record(visit, event).await?;
    Ok(flow::found(address))
}

/// What `/login/openid/ID` is asked with.
#[derive(Debug, Deserialize)]
pub(super) struct StartQuery {
    /// The flow to log in for; without one a login for the portal begins.
    flow: Option<String>,
    /// Without a flow: the level, as its digit.
    level: Option<String>,
}

/// Where a login with an ordinary provider starts: in a flow, or in a new one for the portal at a level.
#[must_use]
pub(super) fn upstream_address(
    upstream: &Upstream,
    flow: Option<&LoginFlow>,
    level: RequiredAssurance,
) -> String {
    let id = &upstream.settings().id;
    match flow {
        Some(flow) => format!("/login/openid/{id}?flow={}", flow.id.as_str()),
        None => format!("/login/openid/{id}?level={}", level.0.digit()),
    }
}

fn upstream<'g>(gateway: &'g Gateway, id: &str) -> Result<&'g Upstream, Refusal> {
    let mut upstreams = gateway.upstreams().iter().map(Arc::as_ref);
    let named = upstreams.find(|upstream| upstream.settings().id == id);
    named.ok_or_else(absent)
}

fn absent() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not-found")
}

/// `GET /login/openid/ID`: sends the person to an ordinary provider.
pub(super) async fn start_upstream(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    Path(id): Path<String>,
    Query(query): Query<StartQuery>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let upstream = upstream(gateway, &id)?;
    starts::admit(&visit).await?;
    let asked = (query.flow.as_deref(), query.level.as_deref());
    let method = AuthenticationMethod::OpenId;
    let beginning = login::beginning(&visit, (&browser, &current), method, asked).await?;
    let (flow, level) = match beginning {
        Beginning::In(flow, level) => (flow, level),
        Beginning::Elsewhere(response) => return Ok(response),
    };
    let party = Party::Upstream(upstream);
    let response = start(&visit, &browser, party, method, (&flow, level)).await?;
    Ok(browser.remembered(gateway, response))
}

fn not_started(refusal: &StartRefusal, flow: &FlowId, provider: String) -> Refusal {
    let page = match refusal {
        StartRefusal::NotTrusted => unreachable(),
        StartRefusal::LevelOutOfReach => Refusal::new(StatusCode::FORBIDDEN, "openid-level"),
        _ => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let page = page.because(refusal.code()).with("provider", provider);
    page.offering(Action::log_in_again(Some(flow)))
}

/// The page for a login with CIE where no provider of the Ministry's can be trusted now.
pub(super) fn unreachable_now(flow: &FlowId) -> Refusal {
    let page = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "cie-unreachable");
    page.because("provider-not-trusted")
        .offering(Action::log_in_again(Some(flow)))
}

fn unreachable() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "openid-unreachable")
}

/// `GET /cie/callback`: takes the Ministry's answer.
pub(super) async fn cie_callback(
    visit: Visit,
    browser: Browser,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let method = AuthenticationMethod::Cie;
    let party = federated(&visit.gateway)?;
    callback(&visit, &browser, (party, method), CIE_CALLBACK, query).await
}

/// `GET /spid/callback/PLACE`: takes the answer of the SPID provider whose place it is.
pub(super) async fn spid_callback(
    visit: Visit,
    browser: Browser,
    Path(place): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let path = format!("{SPID_CALLBACK}{place}");
    let method = AuthenticationMethod::Spid;
    let party = federated(&visit.gateway)?;
    callback(&visit, &browser, (party, method), &path, query).await
}

/// `GET /login/openid/ID/callback`: takes the answer of an ordinary provider.
pub(super) async fn upstream_callback(
    visit: Visit,
    browser: Browser,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let upstream = upstream(&visit.gateway, &id)?;
    let path = upstream.settings().callback_path();
    let (party, method) = (Party::Upstream(upstream), AuthenticationMethod::OpenId);
    callback(&visit, &browser, (party, method), &path, query).await
}

/// The federation's relying party, for an answer of which it is not known yet whose it is.
fn federated(gateway: &Gateway) -> Result<Party<'_>, Refusal> {
    let party = gateway.openid().ok_or_else(absent)?;
    Ok(Party::Federated(party, ""))
}

async fn callback(
    visit: &Visit,
    browser: &Browser,
    (party, method): (Party<'_>, AuthenticationMethod),
    path: &str,
    query: Option<String>,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let came = CameBack {
        path,
        query: &query,
        client_address: visit.client.map(|client| client.0),
    };
    match party.callback(came, browser.known().as_ref(), visit).await {
        Ok(login) => {
            let taken = flow::logged_in(visit, browser, &login.flow, login.identity);
            Box::pin(taken).await
        }
        Err(refusal) => {
            let name = match (party, &refusal.provider) {
                (Party::Federated(party, _), Some(provider)) => {
                    Party::Federated(party, provider).name(visit)
                }
                (party, _) => party.name(visit),
            };
            Err(refused(visit, method, refusal, name).await?)
        }
    }
}

/// The page of a refused answer. It is noted on the way.
async fn refused(
    visit: &Visit,
    method: AuthenticationMethod,
    refusal: OpenIdRefusal,
    provider: String,
) -> Result<Refusal, Refusal> {
    let forbidden = |code| Refusal::new(StatusCode::FORBIDDEN, code);
    let (outcome, page) = match refusal.kind {
        RefusalKind::Answer => ("refused", forbidden("openid-refused")),
        RefusalKind::Provider(error) => ("anomaly", error_page(error)),
        RefusalKind::NoRequest => ("no-request", forbidden("flow-gone")),
        RefusalKind::Unreachable => ("unreachable", unreachable()),
        RefusalKind::Unavailable => (
            "unavailable",
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        ),
    };
    let refused = RefusedAnswer {
        method,
        provider: refusal.provider,
        code: refusal.code.clone().into_owned(),
        anomaly: None,
        evidence: refusal.evidence,
    };
    flow::note_refused(visit, outcome, refused).await?;
    let page = page.with("provider", provider).because(refusal.code);
    // The Ministry may answer in its other protocol.
    let instead = match (method, &refusal.flow) {
        (AuthenticationMethod::Cie, Some(flow)) if is_down(refusal.kind) => {
            cie::by_saml_instead(&visit.gateway, flow)
        }
        _ => None,
    };
    let page = match instead {
        Some(address) => page.offering(Action::new("action-cie-instead", address)),
        None => page,
    };
    Ok(match refusal.kind {
        RefusalKind::NoRequest => page,
        _ => page
            .offering(Action::log_in_again(refusal.flow.as_ref()))
            .offering(Action::new("action-start", "/")),
    })
}

/// Whether the provider does not serve now, whoever comes.
fn is_down(kind: RefusalKind) -> bool {
    match kind {
        RefusalKind::Unreachable => true,
        RefusalKind::Provider(error) => error.help() == ErrorHelp::NotNow,
        _ => false,
    }
}

/// The page of a provider's error: what happened there, and whether it is worth trying again.
fn error_page(error: ProviderError) -> Refusal {
    let page = |code| Refusal::new(StatusCode::FORBIDDEN, code);
    match error.help() {
        ErrorHelp::Denied => page("openid-denied"),
        ErrorHelp::NotDone => page("openid-not-done"),
        ErrorHelp::NotNow => page("openid-not-now"),
        // The person can do nothing about it; operators can.
        ErrorHelp::OurFault => page("openid-our-fault").alarming(),
        ErrorHelp::Unknown => page("openid-unknown"),
    }
}
