//! `/login`: the ways in.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use super::flow::{self, Browser, CurrentSession};
use super::pages::{self, Refusal};
use super::state::Gateway;
use super::visit::Visit;
use crate::identity::{AssuranceLevel, RequiredAssurance};
use crate::session::{FlowOutcome, LoginFlow, Session, Step, next_step};

/// What `/login` may be asked with.
#[derive(Debug, Deserialize)]
pub(super) struct LoginQuery {
    /// The flow to go on with.
    flow: Option<String>,
    /// Show the ways in even if an application named one.
    choose: Option<String>,
    /// Without a flow: the level to reach, as its digit.
    level: Option<String>,
}

/// `GET /login`: the ways in for a flow, or for the portal at a level.
pub(super) async fn show(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    Query(query): Query<LoginQuery>,
) -> Result<Response, Refusal> {
    let Some(id) = &query.flow else {
        let level = level(&visit.gateway, query.level.as_deref());
        return Ok(pages::login(&visit, None, current.session(), level));
    };
    let flow = flow::find(&visit.gateway, &browser, id).await?;
    let session = flow::session_of(&visit.gateway, &flow).await?;
    let chooses = query.choose.is_some();
    match step(&visit.gateway, &flow, session.as_ref()) {
        Step::ChooseProvider { level } => {
            Ok(pages::login(&visit, Some(&flow), session.as_ref(), level))
        }
        Step::Start { provider, level }
            if chooses
                || visit
                    .gateway
                    .way(&provider)
                    .is_none_or(|way| !way.reaches(level)) =>
        {
            Ok(pages::login(&visit, Some(&flow), session.as_ref(), level))
        }
        _ => flow::next(&visit, &browser, &flow, session.as_ref()).await,
    }
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

fn step(gateway: &Gateway, flow: &LoginFlow, session: Option<&Session>) -> Step {
    next_step(flow, session, &gateway.catalogue(), gateway.now())
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
