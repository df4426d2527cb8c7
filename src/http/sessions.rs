//! `/sessions`: where a person is logged in, and the form that ends it there.

use axum::body::Bytes;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::flow::{self, Browser, CurrentSession, see_other};
use super::form::{self, TOKEN_FIELD};
use super::logout;
use super::oidc::{read, unusable};
use super::openid;
use super::pages::{self, Ended, Refusal};
use super::visit::Visit;
use crate::audit::EndReason;
use crate::session::{Session, SessionHandle, SessionId};

/// What the form asks to end.
enum Asked {
    /// One session.
    One(SessionHandle),
    /// Every session but the one that asks.
    Others,
    /// Every session.
    All,
}

impl Asked {
    fn read(value: Option<&str>) -> Option<Self> {
        match value? {
            "others" => Some(Self::Others),
            "all" => Some(Self::All),
            handle => SessionHandle::parse(handle).map(Self::One),
        }
    }

    fn means(&self, handle: &SessionHandle) -> bool {
        match self {
            Self::One(one) => one == handle,
            Self::Others | Self::All => true,
        }
    }
}

/// `GET /sessions`.
pub(super) async fn show(visit: Visit, current: CurrentSession) -> Result<Response, Refusal> {
    match &current.0 {
        Some((id, session)) => page(&visit, id, session, None).await,
        None => Ok(see_other("/")),
    }
}

/// `POST /sessions`: ends one session, all others, or all. Where that means the one that asks, it is a logout.
pub(super) async fn end(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let form = read(&body)?;
    let field = |name| form.one(name).map_err(|error| unusable(&error));
    let (token, asked) = (field(TOKEN_FIELD)?, field(pages::END_FIELD)?);
    let Some((id, session)) = &current.0 else {
        return Ok(see_other("/"));
    };
    form::check(&visit.gateway, &headers, id, token)?;
    let asked =
        Asked::read(asked).ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, "bad-request"))?;
    let ended = end_others(&visit, session, &asked).await?;
    if !matches!(asked, Asked::Others) && asked.means(session.handle()) {
        return logout::leave(&visit, &browser, &current, "", false).await;
    }
    page(&visit, id, session, Some(Ended(ended))).await
}

/// Ends those of the person's other sessions that are meant; tells how many. A handle of anybody else's names none.
async fn end_others(visit: &Visit, session: &Session, asked: &Asked) -> Result<usize, Refusal> {
    let gateway = &visit.gateway;
    let sessions = gateway.sessions();
    let theirs = sessions.of_person(&session.person().key, gateway.now());
    let (mut ended, mut events) = (0, Vec::new());
    for other in theirs.await? {
        let handle = other.handle();
        let is_meant = handle != session.handle() && asked.means(handle);
        if is_meant && let Some(session) = sessions.end(handle).await? {
            ended += 1;
            openid::give_back_later(gateway, &session);
            events.extend(flow::ended_alone(&session, EndReason::FromElsewhere));
        }
    }
    flow::record_all(visit, events).await?;
    Ok(ended)
}

async fn page(
    visit: &Visit,
    id: &SessionId,
    session: &Session,
    ended: Option<Ended>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let person = &session.person().key;
    let theirs = gateway.sessions().of_person(person, gateway.now()).await?;
    Ok(pages::sessions(visit, id, &theirs, ended))
}
