//! `/login`: the ways in.

use axum::extract::Query;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::flow::{self, Browser, CurrentSession};
use super::pages::{self, Refusal};
use super::state::Gateway;
use super::visit::Visit;
use crate::identity::{AssuranceLevel, AuthenticationMethod, Methods, RequiredAssurance};
use crate::policy::{Operation, ServiceId};
use crate::session::{FlowOutcome, LoginFlow, Requirement, ReturnTo, Step, WaysIn};

/// What `/login` may be asked with.
#[derive(Debug, Deserialize)]
pub(super) struct LoginQuery {
    /// The flow to go on with.
    flow: Option<String>,
    /// Show the ways in even if an application named one.
    choose: Option<String>,
    /// Without a flow: the level to reach, as its digit.
    level: Option<String>,
    /// Without a flow: the service to open.
    service: Option<String>,
    /// What to do there.
    operation: Option<Operation>,
}

/// `GET /login`: the ways in for a flow, or for the portal at a level.
pub(super) async fn show(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    Query(query): Query<LoginQuery>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let Some(id) = &query.flow else {
        if let Some(service) = &query.service {
            return begin_for(&visit, &browser, &current, service, query.operation).await;
        }
        let ways = gateway.ways_to(level(gateway, query.level.as_deref()));
        return Ok(pages::login(&visit, None, current.session(), ways));
    };
    let flow = flow::find(gateway, &browser, id).await?;
    let session = flow::session_of(gateway, &flow).await?;
    let ways = match flow::peek(gateway, &flow, session.as_ref()).await {
        Step::Choose(ways) => ways,
        Step::Start { ways, .. } if query.choose.is_some() => ways,
        Step::Start { hint, ways } if gateway.hinted_address(&flow, &hint, ways).is_none() => {
            narrowed(ways, &hint)
        }
        _ => return flow::next(&visit, &browser, &flow, session.as_ref()).await,
    };
    Ok(pages::login(&visit, Some(&flow), session.as_ref(), ways))
}

/// The ways in by the method that an application named, if it is one of those that serve; otherwise all of them.
fn narrowed(ways: WaysIn, hint: &str) -> WaysIn {
    let named = AuthenticationMethod::from_name(hint);
    match named.filter(|method| ways.methods.contains(*method)) {
        Some(method) => WaysIn {
            methods: Methods::from_iter([method]),
            ..ways
        },
        None => ways,
    }
}

/// Begins a login for one of the portal's services: by the ways in that open it, or straight on where it is open already.
async fn begin_for(
    visit: &Visit,
    browser: &Browser,
    current: &CurrentSession,
    service: &str,
    operation: Option<Operation>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let service = ServiceId::parse(service)
        .map_err(|_| Refusal::new(StatusCode::NOT_FOUND, "denied-unknown"))?;
    // What opens it is policy's to say: a PIN below the minimum of other logins may do.
    let level = match gateway.pin() {
        Some(_) => RequiredAssurance(AssuranceLevel::Low),
        None => gateway.settings().minimum_level(),
    };
    let requirement = Requirement {
        service: Some((service, operation.unwrap_or(Operation::Consult))),
        ..Requirement::of_level(level)
    };
    let session = current.session();
    flow::begin(visit, browser, session, requirement, ReturnTo::Portal).await
}

/// What `/login/cancel` is asked with.
#[derive(Debug, Deserialize)]
pub(super) struct CancelQuery {
    flow: String,
}

/// `GET /login/cancel`: the person gives up; whoever sent them hears of it. A flow is bound to its browser and gives
/// nothing, so a link may end it.
pub(super) async fn cancel(
    visit: Visit,
    browser: Browser,
    Query(query): Query<CancelQuery>,
) -> Result<Response, Refusal> {
    let found = flow::find(&visit.gateway, &browser, &query.flow).await?;
    let code = "cancelled".to_owned();
    let flows = visit.gateway.flows();
    let changed = flows
        .change(&found.id, |flow| {
            flow.outcome = Some(FlowOutcome::Refused { code: code.clone() });
        })
        .await?;
    let flow = changed.unwrap_or(found);
    let session = flow::session_of(&visit.gateway, &flow).await?;
    flow::next(&visit, &browser, &flow, session.as_ref()).await
}

/// Where a login by one way in is to begin.
pub(super) enum Beginning {
    /// In this flow, at this level.
    In(LoginFlow, RequiredAssurance),
    /// Nowhere: nothing is left to log in for, or by another way in only.
    Elsewhere(Response),
}

/// The flow that an address names, or a new one for the portal at the level that a digit asks for. A new one's response must
/// be [`Browser::remembered`].
///
/// # Errors
/// "Start again" when there is no such flow; "unavailable" when the store fails.
pub(super) async fn beginning(
    visit: &Visit,
    (browser, current): (&Browser, &CurrentSession),
    method: AuthenticationMethod,
    (flow, digit): (Option<&str>, Option<&str>),
) -> Result<Beginning, Refusal> {
    let gateway = &visit.gateway;
    let Some(id) = flow else {
        let level = match method {
            // A PIN opens what its grade opens, and the portal shows what: no more can be asked of it.
            AuthenticationMethod::Pin => RequiredAssurance(AssuranceLevel::Low),
            _ => level(gateway, digit),
        };
        let requirement = Requirement {
            // What is typed here is looked at, whoever is logged in already.
            force: method == AuthenticationMethod::Pin,
            ..Requirement::of_level(level)
        };
        let session = current.session();
        let portal = ReturnTo::Portal;
        let flow = flow::open(gateway, browser, session, requirement, portal).await?;
        return Ok(Beginning::In(flow, level));
    };
    let flow = flow::find(gateway, browser, id).await?;
    let session = flow::session_of(gateway, &flow).await?;
    match flow::level_by(method, gateway, &flow, session.as_ref()).await {
        Some(level) => Ok(Beginning::In(flow, at_least(gateway, method, level))),
        None => {
            let next = Box::pin(flow::next(visit, browser, &flow, session.as_ref()));
            Ok(Beginning::Elsewhere(next.await?))
        }
    }
}

/// The level to ask of a way in: never below the configured minimum, but for a PIN, which proves what it proves.
fn at_least(
    gateway: &Gateway,
    method: AuthenticationMethod,
    level: RequiredAssurance,
) -> RequiredAssurance {
    match method {
        AuthenticationMethod::Pin => level,
        _ => level.max(gateway.settings().minimum_level()),
    }
}

/// The level that a digit asks for, but never below the configured minimum.
#[must_use]
pub fn level(gateway: &Gateway, digit: Option<&str>) -> RequiredAssurance {
    let minimum = gateway.settings().minimum_level();
    digit
        .and_then(|digit| digit.parse().ok())
        .and_then(AssuranceLevel::from_digit)
        .map_or(minimum, |asked| minimum.max(RequiredAssurance(asked)))
}
