//! Single logout at the edge: asked by us after a local logout, or by a provider.

use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use crate::audit::{AuditEvent, EndReason};
use crate::http::flow::{self, Browser, see_other};
use crate::http::openid;
use crate::http::pages::{self, LogoutOutcome as Told, Refusal};
use crate::http::saml::{SamlForm, refused_form, send};
use crate::http::visit::Visit;
use crate::identity::SamlSession;
use crate::login::spid::{LogoutFailure, LogoutOutcome, NextLogout, RequestedLogout};
use crate::protocol::saml::logout::ReceivedLogout;
use crate::protocol::saml::redirect::MessageKind;
use crate::session::{Session, SessionHandle};

/// Asks the providers behind an ended session to end theirs; `continuation` is where the person goes afterwards, empty
/// for the page that says goodbye. `None` when no provider has a session to end.
///
/// # Errors
/// The page that tells of a partial logout cannot fail; a refusal comes when the audit log does.
pub(in crate::http) async fn start_logout(
    visit: &Visit,
    browser: &Browser,
    session: &Session,
    continuation: &str,
) -> Result<Option<Response>, Refusal> {
    let gateway = &visit.gateway;
    let mut at_providers = Vec::new();
    for event in session.all_events() {
        if let Some(saml) = &event.saml
            && !at_providers.contains(saml)
        {
            at_providers.push(saml.clone());
        }
    }
    let digest = browser.digest();
    let started = gateway.spid().start_logout(
        session.handle(),
        &at_providers,
        &digest,
        continuation,
        gateway.now(),
    );
    let missed = match started.await {
        Ok(NextLogout {
            message: Some(message),
            ..
        }) => return Ok(Some(browser.remembered(gateway, send(visit, message)))),
        Ok(NextLogout { missed, .. }) if missed.is_empty() => return Ok(None),
        Ok(NextLogout { missed, .. }) => missed,
        Err(failure) => {
            tracing::error!(reason = failure.code(), reference = %visit.reference, "logout");
            let with_session = |saml: &SamlSession| saml.session_index.is_some();
            let asked = at_providers.into_iter().filter(with_session);
            asked.map(|saml| saml.identity_provider).collect()
        }
    };
    Ok(Some(partial(visit, session.handle(), missed).await?))
}

/// The local session has ended all the same: the person is told that the rest has not, and the audit log who is left.
async fn partial(
    visit: &Visit,
    session: &SessionHandle,
    missed: Vec<String>,
) -> Result<Response, Refusal> {
    let event = AuditEvent::LogoutPartial {
        session: session.to_string(),
        missed,
    };
    flow::record(visit, event).await?;
    Ok(pages::logged_out(visit, Told::Partial))
}

/// `GET /spid/slo`: HTTP-Redirect. The query is taken as it came: its very octets are signed.
pub(in crate::http) async fn logout_by_redirect(
    visit: Visit,
    browser: Browser,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let received = ReceivedLogout::Redirect { query: &query };
    receive(&visit, &browser, received).await
}

/// `POST /spid/slo`: HTTP-POST.
pub(in crate::http) async fn logout_by_post(
    visit: Visit,
    browser: Browser,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let form = SamlForm::read(&headers, &body).ok_or_else(|| refused_form("slo-refused"))?;
    let (kind, field) = match (&form.request, &form.response) {
        (Some(field), None) => (MessageKind::Request, field),
        (None, Some(field)) => (MessageKind::Response, field),
        _ => return Err(refused_form("slo-refused")),
    };
    let received = ReceivedLogout::Post {
        kind,
        field,
        relay_state: form.relay_state.as_deref(),
    };
    receive(&visit, &browser, received).await
}

async fn receive(
    visit: &Visit,
    browser: &Browser,
    received: ReceivedLogout<'_>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let known = browser.known();
    let outcome = gateway
        .spid()
        .receive_logout(received, known.as_ref(), gateway.now())
        .await
        .map_err(|failure| refused(&failure))?;
    match outcome {
        LogoutOutcome::Requested(request) => answer(visit, &request).await,
        LogoutOutcome::Answered {
            next: Some(message),
            ..
        } => Ok(send(visit, message)),
        LogoutOutcome::Answered {
            session, missed, ..
        } if !missed.is_empty() => partial(visit, &session, missed).await,
        LogoutOutcome::Answered { continuation, .. } if continuation.is_empty() => {
            Ok(pages::logged_out(visit, Told::Complete))
        }
        LogoutOutcome::Answered { continuation, .. } => Ok(see_other(&continuation)),
    }
}

/// Ends what the provider asks to end, and says so: Success even where there was nothing.
async fn answer(visit: &Visit, request: &RequestedLogout) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let sessions = gateway.sessions();
    let (provider, name_id) = (&request.provider, &request.name_id);
    let mut ended = Vec::new();
    if request.session_indexes.is_empty() {
        ended.extend(sessions.end_by_saml(provider, name_id, None).await?);
    }
    for index in &request.session_indexes {
        ended.extend(sessions.end_by_saml(provider, name_id, Some(index)).await?);
    }
    let event = AuditEvent::LogoutRequested {
        provider: provider.clone(),
        ended: ended.len(),
    };
    flow::record(visit, event).await?;
    for session in &ended {
        openid::give_back_later(gateway, session);
        let event = AuditEvent::SessionEnded {
            session: session.handle().to_string(),
            reason: EndReason::Provider,
        };
        flow::record(visit, event).await?;
    }
    let answer = gateway.spid().answer_logout(request, true, gateway.now());
    let answer = answer.map_err(|failure| refused(&failure))?;
    Ok(send(visit, answer))
}

fn refused(failure: &LogoutFailure) -> Refusal {
    let page = match failure {
        LogoutFailure::Signing(_) | LogoutFailure::Store(_) => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        _ => Refusal::new(StatusCode::FORBIDDEN, "slo-refused"),
    };
    page.because(failure.code())
}
