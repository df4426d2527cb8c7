//! `/profile`: the page to choose the profile to act in, after a login and whenever the person wants another.

use axum::body::Bytes;
use axum::extract::Query;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::flow::{self, Browser, CurrentSession, see_other};
use super::form::{self, TOKEN_FIELD};
use super::oidc::{read, unusable};
use super::pages::{self, Action, Refusal};
use super::visit::Visit;
use crate::archive::{ArchiveError, Organisation, Profile, ProfileChoice};
use crate::audit::AuditEvent;
use crate::session::{LoginFlow, Session};

impl From<ArchiveError> for Refusal {
    /// Nobody is anything by guess: the person comes again later.
    fn from(_: ArchiveError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "profile-unavailable")
            .because("archives")
            .retry_after(60)
    }
}

/// What `/profile` may be asked with.
#[derive(Debug, Deserialize)]
pub(super) struct ProfileQuery {
    /// The flow to go on with.
    flow: Option<String>,
}

/// The page to choose, in a flow or for the portal.
pub(super) fn address(flow: Option<&LoginFlow>) -> String {
    flow.map_or_else(
        || "/profile".to_owned(),
        |flow| format!("/profile?flow={}", flow.id.as_str()),
    )
}

/// `GET /profile`.
pub(super) async fn show(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    Query(query): Query<ProfileQuery>,
) -> Result<Response, Refusal> {
    let flow = find_flow(&visit, &browser, query.flow.as_deref()).await?;
    let Some((id, session)) = &current.0 else {
        return Ok(see_other(&onward(flow.as_ref())));
    };
    let standing = visit.gateway.standing(session).await?;
    Ok(pages::profiles(
        &visit,
        id,
        session,
        &standing,
        flow.as_ref(),
    ))
}

/// `POST /profile`: takes the choice, if it is one of the person's, and goes on where it was asked for.
pub(super) async fn choose(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let form = read(&body)?;
    let field = |name| form.one(name).map_err(|error| unusable(&error));
    let (token, chosen) = (field(TOKEN_FIELD)?, field(pages::PROFILE_FIELD)?);
    let flow = find_flow(&visit, &browser, field(pages::FLOW_FIELD)?).await?;
    let Some((id, session)) = &current.0 else {
        return Ok(see_other(&onward(flow.as_ref())));
    };
    form::check(&visit.gateway, &headers, id, token)?;
    let standing = visit.gateway.standing(session).await?;
    let choice = chosen.and_then(|key| standing.choice(key)).ok_or_else(|| {
        let again = Action::new("profile-again", address(flow.as_ref()));
        Refusal::new(StatusCode::BAD_REQUEST, "profile-gone").offering(again)
    })?;
    flow::record(&visit, event(session, &choice)).await?;
    let sessions = visit.gateway.sessions();
    let session = sessions.choose_profile(session.handle(), &choice).await?;
    match (flow, session) {
        (Some(flow), Some(session)) => flow::next(&visit, &browser, &flow, Some(&session)).await,
        (flow, _) => Ok(see_other(&onward(flow.as_ref()))),
    }
}

/// The flow that is named, if one is.
async fn find_flow(
    visit: &Visit,
    browser: &Browser,
    id: Option<&str>,
) -> Result<Option<LoginFlow>, Refusal> {
    match id {
        Some(id) => flow::find(&visit.gateway, browser, id).await.map(Some),
        None => Ok(None),
    }
}

/// Where one goes on: the flow, which may want a login first, or the portal.
fn onward(flow: Option<&LoginFlow>) -> String {
    flow.map_or_else(|| "/".to_owned(), flow::address)
}

fn event(session: &Session, choice: &ProfileChoice) -> AuditEvent {
    let profile = choice.professional();
    AuditEvent::ProfileChosen {
        session: session.handle().to_string(),
        profile: profile
            .map_or("personal", |profile| profile.category().name())
            .to_owned(),
        organisation: profile
            .and_then(Profile::organisation)
            .map(Organisation::code)
            .map(|code| code.to_owned().into()),
    }
}
