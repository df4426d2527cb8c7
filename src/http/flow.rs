//! Login flows at the edge: how one is opened, found again, and led on by the session's dispatcher.
//!
//! Steps never call one another. A handler stores what its step gave and comes back to [`next`], which asks
//! [`next_step`] and turns the answer into a redirect or a page.

mod acting;
mod browser;
mod decision;
mod login;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use super::desk;
use super::forward_auth;
use super::oidc;
use super::openid;
use super::pages::{self, Refusal};
use super::profile;
use super::state::Gateway;
use super::visit::Visit;
use crate::audit::{AuditError, AuditEvent, AuditRecord};
use crate::identity::{RequiredAssurance, VerifiedIdentity};
use crate::session::{
    Actor, Before, FlowId, FlowOutcome, FlowRefusal, LoginFlow, NewFlow, Requirement, ReturnTo,
    Session, SessionId, Step, next_step,
};
use crate::store::StoreError;

pub(super) use acting::{Acting, level_by, peek};
pub use browser::Browser;
pub(super) use decision::{decided, denied_texts};
pub(super) use login::{RefusedAnswer, ended_alone, note_refused};

impl From<StoreError> for Refusal {
    /// We are broken, not the person: said so, and never gone on without the store.
    fn from(_: StoreError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").because("store")
    }
}

impl From<AuditError> for Refusal {
    /// What cannot be proved afterwards does not happen.
    fn from(_: AuditError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").because("audit")
    }
}

/// The session of whoever asks, if there is one.
pub struct CurrentSession(pub Option<(SessionId, Session)>);

impl CurrentSession {
    /// The session.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.0.as_ref().map(|(_, session)| session)
    }
}

impl FromRequestParts<Gateway> for CurrentSession {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Gateway,
    ) -> Result<Self, Self::Rejection> {
        let Some(id) = gateway.settings().cookies().session(&parts.headers) else {
            return Ok(Self(None));
        };
        let session = gateway.sessions().find(&id, gateway.now()).await?;
        let session = session.filter(|session| !session.is_by_first_half());
        login::note_ended_with_pin(gateway).await?;
        Ok(Self(session.map(|session| (id, session))))
    }
}

/// Opens a flow for this browser. The response must be [`Browser::remembered`].
///
/// # Errors
/// A refusal when the store fails.
pub async fn open(
    gateway: &Gateway,
    browser: &Browser,
    session: Option<&Session>,
    requirement: Requirement,
    return_to: ReturnTo,
) -> Result<LoginFlow, Refusal> {
    let new = NewFlow {
        browser: browser.digest(),
        session: session.map(|session| session.handle().clone()),
        requirement,
        return_to,
    };
    Ok(gateway.flows().begin(new, gateway.now()).await?)
}

/// Opens a flow and leads it on: what an application's request comes to once it is understood.
///
/// # Errors
/// A refusal when the store fails or the flow leads nowhere.
pub async fn begin(
    visit: &Visit,
    browser: &Browser,
    session: Option<&Session>,
    requirement: Requirement,
    return_to: ReturnTo,
) -> Result<Response, Refusal> {
    let flow = open(&visit.gateway, browser, session, requirement, return_to).await?;
    let response = next(visit, browser, &flow, session).await?;
    Ok(browser.remembered(&visit.gateway, response))
}

/// The flow that an address names, if it is this browser's and still open.
///
/// # Errors
/// The refusal "start again" when it is not; "unavailable" when the store fails.
pub async fn find(gateway: &Gateway, browser: &Browser, id: &str) -> Result<LoginFlow, Refusal> {
    let id = FlowId::parse(id).ok_or_else(gone)?;
    let digest = browser.digest();
    let flow = gateway.flows().find(&id, &digest, gateway.now()).await?;
    flow.ok_or_else(gone)
}

fn gone() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "flow-gone")
}

/// The session that a flow goes with: the one it began with or established.
///
/// # Errors
/// A refusal when the store fails.
pub async fn session_of(gateway: &Gateway, flow: &LoginFlow) -> Result<Option<Session>, Refusal> {
    match &flow.session {
        Some(handle) => Ok(gateway
            .sessions()
            .find_by_handle(handle, gateway.now())
            .await?),
        None => Ok(None),
    }
}

/// Takes a login that was proved in a flow: raises the session or begins one, changes its cookie, and leads the flow on.
///
/// # Errors
/// "Start again" when the flow is not this browser's or has ended; "unavailable" when the store or the audit log fails.
pub async fn logged_in(
    visit: &Visit,
    browser: &Browser,
    id: &FlowId,
    identity: VerifiedIdentity,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let now = gateway.now();
    let digest = browser.digest();
    let flow = gateway.flows().find(id, &digest, now).await?;
    let mut flow = flow.ok_or_else(gone)?;
    let method = identity.event().method;
    let sessions = gateway.sessions();
    // Another tab may have logged in since this flow began.
    let latest = sessions.of_browser(&digest, now).await?;
    let there = latest.map(|session| session.handle().clone());
    let there = there.or_else(|| flow.session.clone());
    let establishing = sessions.establish(there.as_ref(), identity, visit.origin(), now);
    let established = Box::pin(establishing).await?;
    sessions
        .remember_browser(&digest, established.session.handle())
        .await?;
    let session = &established.session;
    openid::watch(gateway, session);
    let note = |flow: &mut LoginFlow| {
        flow.session = Some(session.handle().clone());
        flow.outcome = Some(FlowOutcome::LoggedIn);
    };
    let acting = Acting::of(gateway, Some(session)).await;
    // Somebody else was logged in here: the person who is now must know before going on.
    let goes_on = match &established.before {
        Before::OtherPersonEnded(ended) => {
            openid::give_back_later(gateway, ended);
            false
        }
        _ => true,
    };
    let mut events = login::events(&established);
    if goes_on {
        note(&mut flow);
        events.extend(decision::event(gateway, &flow, acting.actor()));
    }
    record_all(visit, events).await?;
    gateway.metrics().login(method, "success");

    // Not before the login is proved: a flow that knows the session leads on without it.
    let flow = gateway.flows().change(id, note).await?.ok_or_else(gone)?;
    let response = if goes_on {
        // Who is not let in where they wanted to go is logged in all the same, and the page says what to do.
        let led = lead(visit, browser, &flow, acting.actor()).await;
        led.unwrap_or_else(IntoResponse::into_response)
    } else {
        pages::other_person(visit, session, &flow)
    };
    if session.is_by_first_half() {
        // The application that asked hears of it; the browser gets nothing to open anything else with.
        return Ok(response);
    }
    let cookie = gateway.settings().cookies().set_session(&established.id);
    Ok(with_cookie(response, cookie))
}

/// Writes an event with the circumstances of the visit to the audit log.
///
/// # Errors
/// "Unavailable" when it could not be written; what it should prove must then not go on.
pub async fn record(visit: &Visit, event: AuditEvent) -> Result<(), Refusal> {
    record_all(visit, vec![event]).await
}

/// The same for everything that a request did so far, so that it waits for the disk once.
///
/// # Errors
/// As [`record`].
pub(super) async fn record_all(visit: &Visit, events: Vec<AuditEvent>) -> Result<(), Refusal> {
    let now = visit.gateway.now();
    let records = events.into_iter().map(|event| AuditRecord {
        reference: Some(visit.reference.to_string()),
        client_address: visit.client.map(|client| client.0.into()),
        ..AuditRecord::new(event, now)
    });
    let audit = visit.gateway.audit();
    Ok(audit.record_all(records.collect()).await?)
}

/// Leads a flow on by one step.
///
/// # Errors
/// A refusal when the flow leads nowhere for a person, or the store fails.
pub async fn next(
    visit: &Visit,
    browser: &Browser,
    flow: &LoginFlow,
    session: Option<&Session>,
) -> Result<Response, Refusal> {
    let acting = Acting::of(&visit.gateway, session).await;
    let actor = acting.actor();
    if let Some(event) = decision::event(&visit.gateway, flow, actor) {
        record(visit, event).await?;
    }
    lead(visit, browser, flow, actor).await
}

/// The step itself, whose decision is in the audit log.
async fn lead(
    visit: &Visit,
    browser: &Browser,
    flow: &LoginFlow,
    actor: Option<Actor<'_>>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    match next_step(flow, actor, &gateway.catalogue(), gateway.now()) {
        Step::Choose(_) => Ok(see_other(&address(flow))),
        Step::Start { hint, ways } => {
            // A hint that leads nowhere is only a hint: the person chooses.
            let hinted = gateway.hinted_address(flow, &hint, ways);
            Ok(see_other(&hinted.unwrap_or_else(|| address(flow))))
        }
        Step::ChooseProfile => Ok(see_other(&profile::address(Some(flow)))),
        // In boxes of their own, so that what leads here does not carry the room that they need from place to place.
        Step::Refuse { reason } => Box::pin(refuse(visit, browser, flow, reason)).await,
        Step::Return(target) => Box::pin(hand_over(visit, browser, flow, target, Ok(actor))).await,
    }
}

/// Ends a flow that leads nowhere: the application hears of it, or the person does.
async fn refuse(
    visit: &Visit,
    browser: &Browser,
    flow: &LoginFlow,
    reason: FlowRefusal,
) -> Result<Response, Refusal> {
    let target = flow.return_to.clone();
    hand_over(visit, browser, flow, target, Err(reason)).await
}

/// Finishes the flow and gives the person back to whoever sent them, with the session or the reason why not.
async fn hand_over(
    visit: &Visit,
    browser: &Browser,
    flow: &LoginFlow,
    target: ReturnTo,
    outcome: Result<Option<Actor<'_>>, FlowRefusal>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let digest = browser.digest();
    let flows = gateway.flows();
    let finished = flows.finish(&flow.id, &digest, gateway.now()).await?;
    finished.ok_or_else(gone)?;
    match (target, outcome) {
        (ReturnTo::Portal, Ok(_)) => Ok(see_other("/")),
        (ReturnTo::Desk, Ok(_)) => Ok(see_other(desk::HOME)),
        (ReturnTo::Site { .. }, Ok(None)) => {
            Err(Refusal::new(StatusCode::FORBIDDEN, "not-achieved"))
        }
        (
            ReturnTo::Site {
                origin,
                target,
                browser,
            },
            Ok(Some(actor)),
        ) => forward_auth::hand_over(gateway, actor.session, (&origin, &target), browser).await,
        (ReturnTo::Portal | ReturnTo::Desk | ReturnTo::Site { .. }, Err(reason)) => {
            match decision::refusal_of(visit, flow, reason) {
                Some(refusal) => Err(refusal),
                None => Ok(see_other("/")),
            }
        }
        (ReturnTo::OpenId { authorization }, outcome) => {
            oidc::hand_over(visit, &authorization, outcome).await
        }
    }
}

/// The page of a flow's ways in.
#[must_use]
pub fn address(flow: &LoginFlow) -> String {
    format!("/login?flow={}", flow.id.as_str())
}

/// The page of all ways in, whichever an application named: of a flow, or for the portal.
#[must_use]
pub fn choose_address(flow: Option<&FlowId>) -> String {
    flow.map_or_else(
        || "/login".to_owned(),
        |flow| format!("/login?choose&flow={}", flow.as_str()),
    )
}

/// Where a login with a provider starts: in a flow, or in a new one for the portal.
#[must_use]
pub fn start_address(
    flow: Option<&LoginFlow>,
    entity_id: &str,
    level: RequiredAssurance,
) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    match flow {
        Some(flow) => query.append_pair("flow", flow.id.as_str()),
        None => query.append_pair("level", &level.0.digit().to_string()),
    };
    query.append_pair("idp", entity_id);
    format!("/login/spid?{}", query.finish())
}

/// A redirect that a browser follows by GET, whatever brought it here.
#[must_use]
pub fn see_other(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// A 302 to an address that was made of parsed and encoded parts.
#[must_use]
pub(super) fn found(address: String) -> Response {
    let Ok(location) = HeaderValue::try_from(address) else {
        return pages::empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = pages::empty(StatusCode::FOUND);
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// A response with a cookie.
#[must_use]
pub fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
