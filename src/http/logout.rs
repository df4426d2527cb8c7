//! `/logout`: the page that asks, the form that does it, and the same begun by an application (OpenID Connect
//! RP-Initiated Logout 1.0).

use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::response::Response;
use http::HeaderMap;

use super::cie;
use super::flow::{self, Browser, CurrentSession, see_other, with_cookie};
use super::form::{self, TOKEN_FIELD};
use super::oidc::{again_from_here, is_from_here, read, unusable};
use super::openid;
use super::pages::{self, LogoutOutcome, Refusal};
use super::spid;
use super::visit::Visit;
use crate::audit::{AuditEvent, EndReason};
use crate::downstream::oidc::{LogoutPlan, Parameters};

/// `GET /logout`: asks whether to, unless the application proves that the person wants it.
pub(super) async fn ask(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let parameters = read(query.unwrap_or_default().as_bytes())?;
    if parameters.is_empty() && current.session().is_none() {
        return Ok(see_other("/"));
    }
    carry_out(&visit, &browser, &current, &parameters, false).await
}

/// `POST /logout`: our own page's form, which carries its token; or an application's, which does not.
pub(super) async fn end(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let parameters = read(&body)?;
    let token = parameters.one(TOKEN_FIELD).map_err(|e| unusable(&e))?;
    if token.is_none() && is_from_here(&parameters) {
        return carry_out(&visit, &browser, &current, &parameters, false).await;
    }
    if token.is_none() {
        return Ok(again_from_here(&visit, "/logout", &parameters));
    }
    // Without a session there is nothing to forge: it ended by itself meanwhile.
    if let Some((id, _)) = &current.0 {
        form::check(&visit.gateway, &headers, id, token)?;
    }
    carry_out(&visit, &browser, &current, &parameters, true).await
}

async fn carry_out(
    visit: &Visit,
    browser: &Browser,
    current: &CurrentSession,
    parameters: &Parameters,
    confirmed: bool,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let plan = gateway
        .oidc()
        .plan_logout(parameters, current.session(), confirmed)
        .map_err(|error| unusable(&error))?;
    match (plan, &current.0) {
        (
            LogoutPlan::Ask {
                client,
                fields,
                then,
            },
            Some((id, session)),
        ) => {
            let client = client
                .as_ref()
                .map(|name| name.in_language(visit.language.code()));
            let question = pages::LogoutQuestion {
                token: &form::token(id),
                client,
                fields: &fields,
                then: then.as_deref(),
            };
            Ok(pages::ask_logout(visit, session, &question))
        }
        (LogoutPlan::End { then } | LogoutPlan::Ask { then, .. }, _) => {
            // Only the person decides where to log out, on our page; an application that sends the field does not.
            let only_here =
                confirmed && parameters.one(pages::WHERE_FIELD) == Ok(Some(pages::HERE));
            let then = then.unwrap_or_default();
            leave(visit, browser, current, &then, only_here).await
        }
    }
}

/// Ends the session of whoever asks, and unless `only_here` those at its providers. `then` is where the person goes
/// afterwards, empty for the page that says goodbye.
pub(super) async fn leave(
    visit: &Visit,
    browser: &Browser,
    current: &CurrentSession,
    then: &str,
    only_here: bool,
) -> Result<Response, Refusal> {
    end_session(visit, current).await?;
    // Tokens are ours: they go back wherever else the person stays logged in.
    let all_given_back = match current.session() {
        Some(session) => openid::give_back(visit, session).await?,
        None => true,
    };
    let session = current.session().filter(|_| !only_here);
    // The Ministry's page is where the browser stays: the person goes there last, and by themselves where they are
    // expected elsewhere.
    let at_ministry = session.and_then(|session| cie::ministry_logout(&visit.gateway, session));
    let onward = match at_ministry {
        Some(ministry) if then.is_empty() => ministry,
        _ => then,
    };
    // The provider's session ends after ours, so that a provider that does not answer keeps nobody logged in.
    let at_provider = match session {
        Some(session) => spid::start_logout(visit, browser, session, onward).await?,
        None => None,
    };
    let response = match (at_provider, at_ministry) {
        (Some(response), _) => response,
        (None, Some(ministry)) if !then.is_empty() => pages::ministry_left(visit, ministry, then),
        (None, _) if !onward.is_empty() => see_other(onward),
        (None, _) if !all_given_back => pages::logged_out(visit, LogoutOutcome::Partial),
        (None, _) => pages::logged_out(visit, LogoutOutcome::Complete),
    };
    let cookie = visit.gateway.settings().cookies().clear_session();
    Ok(with_cookie(response, cookie))
}

async fn end_session(visit: &Visit, current: &CurrentSession) -> Result<(), Refusal> {
    let Some((id, session)) = &current.0 else {
        return Ok(());
    };
    visit.gateway.sessions().end(id.handle()).await?;
    let ended = AuditEvent::SessionEnded {
        session: session.handle().to_string(),
        reason: EndReason::LoggedOut,
    };
    flow::record(visit, ended).await
}
