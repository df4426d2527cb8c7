//! `/logout`: the page that asks, and the form that does it.

use axum::extract::Form;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::flow::{self, CurrentSession, see_other, with_cookie};
use super::form;
use super::pages::{self, LogoutOutcome, Refusal};
use super::visit::Visit;
use crate::audit::{AuditEvent, EndReason};

/// `GET /logout`: asks whether to, and from where.
pub(super) async fn ask(visit: Visit, current: CurrentSession) -> Response {
    match &current.0 {
        Some((id, session)) => pages::ask_logout(&visit, session, &form::token(id)),
        None => see_other("/"),
    }
}

/// The form of the page.
#[derive(Debug, Deserialize)]
pub(super) struct LogoutForm {
    token: Option<String>,
}

/// `POST /logout`: ends the session here.
pub(super) async fn end(
    visit: Visit,
    current: CurrentSession,
    headers: HeaderMap,
    Form(posted): Form<LogoutForm>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let Some((id, session)) = &current.0 else {
        // It ended by itself meanwhile: what the person wanted is so.
        return Ok(pages::logged_out(&visit, LogoutOutcome::Complete));
    };
    if !form::is_genuine(gateway, &headers, id, posted.token.as_deref()) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "forged"));
    }
    gateway.sessions().end(id.handle()).await?;
    let ended = AuditEvent::SessionEnded {
        session: session.handle().to_string(),
        reason: EndReason::LoggedOut,
    };
    flow::record(&visit, ended).await?;
    let page = pages::logged_out(&visit, LogoutOutcome::Complete);
    Ok(with_cookie(
        page,
        gateway.settings().cookies().clear_session(),
    ))
}
