//! The addresses of the test providers.

use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::{Answer, Fields, IdpService};
use crate::demo::idp::pages;
use crate::demo::idp::request::Incoming;
use crate::demo::people::PEOPLE;
use crate::demo::providers::TestFederation;
use crate::protocol::saml::logout::ReceivedLogout;
use crate::protocol::saml::redirect::MessageKind;

pub(super) fn router(service: IdpService) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/{slug}", get(home))
        .route("/{slug}/metadata", get(metadata))
        .route("/{slug}/sso", get(sso_redirect).post(sso_post))
        .route("/{slug}/login", post(login))
        .route("/{slug}/consent", post(consent))
        .route("/{slug}/slo", get(slo_redirect).post(slo_post))
        .route("/{slug}/logout", post(logout))
        .with_state(service)
}

async fn list(State(service): State<IdpService>) -> Response {
    pages::list(&service.0.idps)
}

async fn home(
    State(service): State<IdpService>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let idp = service.idp(&slug)?;
    let session = service.session(idp, &headers).await?;
    let person = session.and_then(|(_, session)| {
        PEOPLE
            .iter()
            .find(|person| person.username == session.person)
    });
    Ok(pages::home(idp, person))
}

async fn metadata(State(service): State<IdpService>, Path(slug): Path<String>) -> Answer {
    let xml = service.idp(&slug)?.metadata();
    Ok(([(CONTENT_TYPE, "application/samlmetadata+xml")], xml).into_response())
}

async fn sso_redirect(
    State(service): State<IdpService>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let query = query.unwrap_or_default();
    service
        .begin(&slug, &headers, Incoming::Redirect(&query))
        .await
}

async fn sso_post(
    State(service): State<IdpService>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Answer {
    let incoming = Incoming::Post {
        message: fields
            .get("SAMLRequest")
            .map(String::as_str)
            .unwrap_or_default(),
        relay_state: fields.get("RelayState").map(String::as_str),
    };
    service.begin(&slug, &headers, incoming).await
}

async fn login(
    State(service): State<IdpService>,
    Path(slug): Path<String>,
    Form(fields): Form<Fields>,
) -> Answer {
    service.log_in(&slug, &fields).await
}

async fn consent(
    State(service): State<IdpService>,
    Path(slug): Path<String>,
    Form(fields): Form<Fields>,
) -> Answer {
    service.agree(&slug, &fields).await
}

async fn logout(
    State(service): State<IdpService>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Answer {
    service.log_out(&slug, &headers).await
}

async fn slo_redirect(
    State(service): State<IdpService>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let idp = service.idp(&slug)?;
    if idp.provider.federation == TestFederation::Cie {
        return service.simple_logout(idp, &headers).await;
    }
    let query = &query.unwrap_or_default();
    service
        .logout_message(&slug, ReceivedLogout::Redirect { query })
        .await
}

async fn slo_post(
    State(service): State<IdpService>,
    Path(slug): Path<String>,
    Form(fields): Form<Fields>,
) -> Answer {
    let kind = if fields.contains_key("SAMLRequest") {
        MessageKind::Request
    } else {
        MessageKind::Response
    };
    let received = ReceivedLogout::Post {
        kind,
        field: fields
            .get(kind.parameter())
            .map(String::as_str)
            .unwrap_or_default(),
        relay_state: fields.get("RelayState").map(String::as_str),
    };
    service.logout_message(&slug, received).await
}
