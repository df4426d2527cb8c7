//! CIE's addresses: where "Entra con CIE" leads, where the Ministry's answers come in, and the published metadata.
//!
//! The Ministry of the Interior speaks two protocols, and an installation may have both: the button leads to the first that
//! can serve. What messages mean is decided in [`login::cie`](crate::login::cie); here they come out of HTTP and go back
//! into it. A refused response is a 4xx page, never a redirect.

use std::sync::Arc;

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
use crate::identity::{AuthenticationMethod, RequiredAssurance, Timestamp};
use crate::login::cie::{CieServiceProvider, CieStartRefusal, StartCieLogin};
use crate::login::openid::OpenIdRelyingParty;
use crate::login::saml::AcsForm;
use crate::protocol::saml::binding::Binding;
use crate::session::{FlowId, LoginFlow, Session};

const CIE: AuthenticationMethod = AuthenticationMethod::Cie;

/// A protocol that the Ministry speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CieProtocol {
    /// SAML 2.0.
    Saml,
    /// OpenID Connect under OpenID Federation.
    OpenId,
}

impl CieProtocol {
    /// How addresses call it.
    fn name(self) -> &'static str {
        match self {
            Self::Saml => "saml",
            Self::OpenId => "openid",
        }
    }
}

/// Everything that a login with CIE takes: a way for each protocol that there is.
pub struct CieWay {
    /// Where the button leads as long as it can serve; otherwise it leads to the other.
    pub first: CieProtocol,
    /// By SAML.
    pub saml: Option<Arc<CieServiceProvider>>,
    /// By OpenID Connect.
    pub openid: Option<CieByOpenId>,
}

/// Logins with CIE by OpenID Connect.
pub struct CieByOpenId {
    /// The relying party.
    pub party: Arc<OpenIdRelyingParty>,
    /// Entity id of the Ministry's provider.
    pub provider: String,
}

/// Whether people can log in with CIE at a level now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CieStanding {
    /// They can.
    Offered,
    /// It does not reach the level.
    Level,
    /// The federation has not vouched for the Ministry's provider lately, and there is no other way.
    Unreachable,
}

/// How one login with CIE goes.
enum Chosen<'a> {
    Saml(&'a CieServiceProvider),
    OpenId(&'a CieByOpenId),
}

impl CieWay {
    /// Whether people can log in at a level at `now`. From memory: nobody waits for the Ministry to see a button.
    #[must_use]
    pub fn standing(&self, level: RequiredAssurance, now: Timestamp) -> CieStanding {
        if self.choose(None, level, now).is_some() {
            return CieStanding::Offered;
        }
        let is_lost = |openid: &CieByOpenId| openid.party.trusted(&openid.provider, now).is_none();
        match &self.openid {
            Some(openid) if is_lost(openid) => CieStanding::Unreachable,
            _ => CieStanding::Level,
        }
    }

    /// Where the login with CIE of a flow starts that an application's hint names, if it can serve at `now`: the hint is the
    /// method, or the entity id that the Ministry has in one of its protocols, which is then the login's.
    #[must_use]
    pub(super) fn hinted_address(
        &self,
        flow: &LoginFlow,
        hint: &str,
        level: RequiredAssurance,
        now: Timestamp,
    ) -> Option<String> {
        let protocol = self.protocol_of(hint);
        if protocol.is_none() && hint != CIE.name() {
            return None;
        }
        self.choose(protocol, level, now)?;
        let address = start_address(Some(flow), level);
        Some(match protocol {
            Some(protocol) => format!("{address}&protocol={}", protocol.name()),
            None => address,
        })
    }

    /// The protocol in which the Ministry has this entity id.
    fn protocol_of(&self, entity_id: &str) -> Option<CieProtocol> {
        let is_saml = |saml: &CieServiceProvider| saml.ministry().entity_id() == entity_id;
        let is_openid = |openid: &CieByOpenId| openid.provider == entity_id;
        if self.saml.as_deref().is_some_and(is_saml) {
            return Some(CieProtocol::Saml);
        }
        let openid = self.openid.as_ref().filter(|openid| is_openid(openid));
        openid.map(|_| CieProtocol::OpenId)
    }

    /// The protocol for a login: the one that was asked for, or the first that can serve.
    fn choose(
        &self,
        asked: Option<CieProtocol>,
        level: RequiredAssurance,
        now: Timestamp,
    ) -> Option<Chosen<'_>> {
        let saml = self.saml.as_deref().filter(|saml| saml.reaches(level));
        let openid = self.openid.as_ref().filter(|openid| {
            let trusted = openid.party.trusted(&openid.provider, now);
            trusted.is_some_and(|trusted| trusted.highest >= level.0)
        });
        let order = match (asked, self.first) {
            (Some(protocol), _) => vec![protocol],
            (None, CieProtocol::Saml) => vec![CieProtocol::Saml, CieProtocol::OpenId],
            (None, CieProtocol::OpenId) => vec![CieProtocol::OpenId, CieProtocol::Saml],
        };
        order.into_iter().find_map(|protocol| match protocol {
            CieProtocol::Saml => saml.map(Chosen::Saml),
            CieProtocol::OpenId => openid.map(Chosen::OpenId),
        })
    }
}

/// What `/login/cie` is asked with.
#[derive(Debug, Deserialize)]
pub(super) struct StartQuery {
    /// The flow to log in for; without one a login for the portal begins.
    flow: Option<String>,
    /// Without a flow: the level, as its digit.
    level: Option<String>,
    /// The protocol; without one it is the first that can serve.
    protocol: Option<CieProtocol>,
    /// How a SAML request travels: `post` or `redirect`.
    binding: Option<String>,
}

/// Where a login with CIE starts: in a flow, or in a new one for the portal at a level.
#[must_use]
pub(super) fn start_address(flow: Option<&LoginFlow>, level: RequiredAssurance) -> String {
    match flow {
        Some(flow) => format!("/login/cie?flow={}", flow.id.as_str()),
        None => format!("/login/cie?level={}", level.0.digit()),
    }
}

/// Where the login with CIE of a flow starts by SAML, where there is one: for whom the Ministry does not answer by OpenID Connect.
#[must_use]
pub(super) fn by_saml_instead(gateway: &Gateway, flow: &FlowId) -> Option<String> {
    gateway.cie()?.saml.as_ref()?;
    let protocol = CieProtocol::Saml.name();
    Some(format!(
        "/login/cie?flow={}&protocol={protocol}",
        flow.as_str()
    ))
}

fn way(gateway: &Gateway) -> Result<&CieWay, Refusal> {
    gateway.cie().ok_or_else(absent)
}

fn by_saml(gateway: &Gateway) -> Result<&CieServiceProvider, Refusal> {
    way(gateway)?.saml.as_deref().ok_or_else(absent)
}

fn absent() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not-found")
}

/// `GET /cie/metadata`.
pub(super) async fn metadata(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    Ok(saml::metadata(by_saml(&gateway)?.metadata()))
}

/// `GET /login/cie`: sends the person to the Ministry.
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
    let beginning = login::beginning(&visit, (&browser, &current), CIE, asked).await?;
    let (flow, level) = match beginning {
        Beginning::In(flow, level) => (flow, level),
        Beginning::Elsewhere(response) => return Ok(response),
    };
    let now = gateway.now();
    let response = match way.choose(query.protocol, level, now) {
        Some(Chosen::Saml(provider)) => {
            let binding = query.binding.as_deref();
            start_saml(&visit, &browser, provider, (&flow, level), binding).await?
        }
        Some(Chosen::OpenId(openid)) => {
            let party = Party::Federated(&openid.party, &openid.provider);
            openid::start(&visit, &browser, party, CIE, (&flow, level)).await?
        }
        None if way.standing(level, now) == CieStanding::Unreachable => {
            return Err(openid::unreachable_now(&flow.id));
        }
        None => return Err(not_started(&CieStartRefusal::Level, &flow.id)),
    };
    Ok(browser.remembered(gateway, response))
}

async fn start_saml(
    visit: &Visit,
    browser: &Browser,
    provider: &CieServiceProvider,
    (flow, level): (&LoginFlow, RequiredAssurance),
    binding: Option<&str>,
) -> Result<Response, Refusal> {
    let unreadable = || Refusal::new(StatusCode::BAD_REQUEST, "bad-request");
    let read = |name| Binding::from_name(name).ok_or_else(unreadable);
    let digest = browser.digest();
    let login = StartCieLogin {
        flow: &flow.id,
        browser: &digest,
        level,
        binding: binding.map(read).transpose()?,
    };
    let started = Box::pin(provider.start(login, visit.gateway.now())).await;
    let message = started.map_err(|refusal| not_started(&refusal, &flow.id))?;
    let event = AuditEvent::LoginStarted {
        method: CIE,
        provider: provider.ministry().entity_id().to_owned(),
        level,
    };
    flow::record(visit, event).await?;
    Ok(send(visit, message))
}

fn not_started(refusal: &CieStartRefusal, flow: &FlowId) -> Refusal {
    let page = match refusal {
        CieStartRefusal::Level => Refusal::new(StatusCode::FORBIDDEN, "cie-level"),
        CieStartRefusal::Binding => Refusal::new(StatusCode::BAD_REQUEST, "bad-request"),
        _ => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    page.because(refusal.code())
        .offering(Action::log_in_again(Some(flow)))
}

/// `POST /cie/acs`: takes the Ministry's answer.
pub(super) async fn consume(
    visit: Visit,
    browser: Browser,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let provider = by_saml(gateway)?;
    let (saml_response, relay_state) = saml::answer(&headers, body, "cie-refused")?;
    let acs = AcsForm {
        saml_response: saml_response.into(),
        relay_state: relay_state.as_deref(),
        client_address: visit.client.map(|client| client.0),
    };
    let known = browser.known();
    let consuming = provider.consume(acs, known.as_ref(), gateway.now());
    match Box::pin(consuming).await {
        Ok(login) => {
            let taken = flow::logged_in(&visit, &browser, &login.flow, login.identity);
            Box::pin(taken).await
        }
        Err(refusal) => Err(saml::refused(&visit, CIE, "cie-refused", refusal).await?),
    }
}

/// Where a browser ends the session that the Ministry has of the person, if one of the logins came from there by SAML.
pub(super) fn ministry_logout<'a>(gateway: &'a Gateway, session: &Session) -> Option<&'a str> {
    let provider = gateway.cie()?.saml.as_deref()?;
    let ministry = provider.ministry().entity_id();
    let mut events = session.all_events();
    events
        .any(|event| event.method == CIE && event.provider == ministry)
        .then(|| provider.simple_logout())?
}
