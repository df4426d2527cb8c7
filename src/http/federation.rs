//! What a federation asks us: our entity configuration, and whom we have resolved. What they say is decided in
//! [`login::openid::entity`](crate::login::openid::entity). No answer here makes us ask anybody, and none is signed more than
//! once.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::state::Gateway;
use crate::downstream::oidc::Parameters;
use crate::login::openid::entity::{FederationError, OwnEntity, ResolveQuestion};

/// Keys change by publishing the new one well before it is used.
const PUBLIC: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// `GET /.well-known/openid-federation` (OpenID Federation 1.0, section 9).
pub(super) async fn configuration(State(gateway): State<Gateway>) -> Response {
    let Some(entity) = gateway.federation() else {
        return refused(FederationError::NotFound);
    };
    match entity.configuration(gateway.now()) {
        Ok(token) => {
            let mut response = signed("application/entity-statement+jwt", token.as_bytes());
            response.headers_mut().insert(header::CACHE_CONTROL, PUBLIC);
            response
        }
        Err(error) => {
            tracing::error!(%error, "federation-configuration-unsigned");
            refused(FederationError::ServerError)
        }
    }
}

/// `GET /resolve` (OpenID Federation 1.0, section 8.3, and the Italian profile's older names).
pub(super) async fn resolve(State(gateway): State<Gateway>, RawQuery(query): RawQuery) -> Response {
    let answer = match gateway.federation() {
        Some(entity) => answer(entity, &query.unwrap_or_default(), &gateway),
        None => Err(FederationError::NotFound),
    };
    match answer {
        Ok(token) => signed("application/resolve-response+jwt", token.as_bytes()),
        Err(error) => refused(error),
    }
}

fn answer(
    entity: &OwnEntity,
    query: &str,
    gateway: &Gateway,
) -> Result<std::sync::Arc<str>, FederationError> {
    let read = Parameters::parse(query.as_bytes());
    let read = read.map_err(|_| FederationError::InvalidRequest("sub"))?;
    let all = |names: [&str; 2]| {
        let values = names.into_iter().flat_map(|name| read.all(name));
        values.map(str::to_owned).collect()
    };
    let subject = read.one("sub");
    let subject = subject.map_err(|_| FederationError::InvalidRequest("sub"))?;
    let question = ResolveQuestion {
        subject: subject.map(str::to_owned),
        anchors: all(["trust_anchor", "anchor"]),
        types: all(["entity_type", "type"]),
    };
    entity.resolve(&question, gateway.now())
}

fn signed(kind: &'static str, token: &[u8]) -> Response {
    let mut response = Response::new(Body::from(token.to_vec()));
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// OpenID Federation 1.0, section 8.9.
fn refused(error: FederationError) -> Response {
    let body = json!({"error": error.code(), "error_description": error.to_string()});
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = match error {
        FederationError::InvalidRequest(_) => StatusCode::BAD_REQUEST,
        FederationError::InvalidTrustAnchor | FederationError::NotFound => StatusCode::NOT_FOUND,
        FederationError::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
