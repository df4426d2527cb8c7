//! The OpenID Provider's addresses. What they mean is decided in [`downstream::oidc`](crate::downstream::oidc); here
//! texts come out of HTTP and go back into it.
//!
//! A browser that an application sends by POST comes without our session cookie, which is `SameSite=Lax`: such a
//! request is made once more from here, so that nobody is asked to log in again for the method's sake.

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use super::flow::{self, Browser, CurrentSession, see_other};
use super::pages::{self, Refusal};
use super::state::Gateway;
use super::visit::Visit;
use crate::downstream::oidc::{
    AuthorizationRefusal, Denial, ErrorCode, Parameters, ProtocolError, TokenRequest,
    UserInfoRefusal, UserInfoRequest,
};
use crate::policy::{Decision, DenyReason};
use crate::session::{Actor, FlowRefusal, ReturnTo};

/// How long the published documents may be kept: keys change by publishing the new one well before it is used.
const PUBLIC: HeaderValue = HeaderValue::from_static("public, max-age=300");
const FORM: &str = "application/x-www-form-urlencoded";

/// `GET /.well-known/openid-configuration` and `GET /.well-known/oauth-authorization-server`.
pub(super) async fn discovery(State(gateway): State<Gateway>) -> Response {
    published(gateway.oidc().discovery().to_owned())
}

/// `GET /jwks`.
pub(super) async fn jwks(State(gateway): State<Gateway>) -> Response {
    published(gateway.oidc().jwks().to_json().to_string())
}

fn published(document: String) -> Response {
    let mut response = json_text(StatusCode::OK, document);
    response.headers_mut().insert(header::CACHE_CONTROL, PUBLIC);
    response
}

/// `GET /authorize`.
pub(super) async fn authorize(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let parameters = read(query.unwrap_or_default().as_bytes())?;
    Box::pin(begin(&visit, &browser, &current, &parameters)).await
}

async fn begin(
    visit: &Visit,
    browser: &Browser,
    current: &CurrentSession,
    parameters: &Parameters,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let session = current.session();
    let begun = gateway.oidc().begin(parameters, session, gateway.now());
    match Box::pin(begun).await {
        Ok(begun) => {
            let requirement = begun.pending.requirement();
            let return_to = ReturnTo::OpenId {
                authorization: begun.id,
            };
            flow::begin(visit, browser, session, requirement, return_to).await
        }
        Err(refusal) => refused(visit, refusal),
    }
}

/// `POST /authorize` (OpenID Connect Core, 3.1.2.1).
pub(super) async fn authorize_posted(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    body: Bytes,
) -> Result<Response, Refusal> {
    let parameters = read(&body)?;
    if is_from_here(&parameters) {
        return begin(&visit, &browser, &current, &parameters).await;
    }
    Ok(again_from_here(&visit, "/authorize", &parameters))
}

/// The parameters of a query or form that a browser brought.
pub(super) fn read(encoded: &[u8]) -> Result<Parameters, Refusal> {
    Parameters::parse(encoded).map_err(|error| unusable(&error))
}

/// The field that marks a request that our own page posts once more. Whoever sends it from elsewhere is taken at his
/// word, without the session that only our page's post brings along.
const FROM_HERE: &str = "varco_from_here";

/// Whether our own page made this request of another site's.
pub(super) fn is_from_here(parameters: &Parameters) -> bool {
    parameters.pairs().any(|(name, _)| name == FROM_HERE)
}

/// The same request from here, so that the session cookie comes along: by GET; or by POST, if it carries an ID token,
/// which must not stand in an address that browsers remember and proxies log.
pub(super) fn again_from_here(visit: &Visit, path: &str, parameters: &Parameters) -> Response {
    let all = |wanted: &str| -> Vec<&str> {
        let pairs = parameters.pairs().filter(|(name, _)| *name == wanted);
        pairs.map(|(_, value)| value).collect()
    };
    if !all("id_token_hint").is_empty() {
        let mut fields: Vec<_> = parameters.pairs().collect();
        fields.push((FROM_HERE, "1"));
        let onward = [all("redirect_uri"), all("post_logout_redirect_uri")].concat();
        return pages::post_again(visit, path, fields, &onward);
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters.pairs())
        .finish();
    see_other(&format!("{path}?{query}"))
}

/// Gives the browser back to the application that sent it, with a code or the reason why there is none.
pub(super) async fn hand_over(
    visit: &Visit,
    authorization: &str,
    outcome: Result<Option<Actor<'_>>, FlowRefusal>,
) -> Result<Response, Refusal> {
    let oidc = visit.gateway.oidc();
    let denial = match outcome {
        Ok(Some(actor)) => {
            let gateway = &visit.gateway;
            let answer = oidc.answer(authorization, actor, gateway.sessions(), gateway.now());
            return match Box::pin(answer).await {
                Ok(location) => Ok(see_other(&location)),
                Err(refusal) => refused(visit, refusal),
            };
        }
        Ok(None) => Denial::LoginRequired,
        Err(reason) => denial(&reason),
    };
    refused(visit, oidc.deny(authorization, denial).await)
}

fn denial(reason: &FlowRefusal) -> Denial {
    match reason {
        FlowRefusal::BrokenOff { .. } => Denial::Cancelled,
        FlowRefusal::LoginRequired | FlowRefusal::StepUpRequired => Denial::LoginRequired,
        FlowRefusal::ProfileRequired => Denial::ProfileRequired,
        FlowRefusal::NotAchieved(_)
        | FlowRefusal::OutOfReach
        | FlowRefusal::Denied(Decision::Deny {
            reason: DenyReason::OutOfReach,
            ..
        }) => Denial::Unreachable,
        FlowRefusal::Denied(Decision::Deny {
            reason: DenyReason::CategoriesUnavailable,
            ..
        }) => Denial::TryLater,
        FlowRefusal::Denied(_) => Denial::NotPermitted,
    }
}

/// Tells the application where it may be told, and the person otherwise.
fn refused(visit: &Visit, refusal: AuthorizationRefusal) -> Result<Response, Refusal> {
    let Some(location) = refusal.location else {
        return Err(unusable(&refusal.error));
    };
    log(visit, &refusal.error);
    Ok(see_other(&location))
}

/// The page for a request that cannot be answered to anybody else.
pub(super) fn unusable(error: &ProtocolError) -> Refusal {
    let (status, page) = match error.reason {
        _ if error.is_ours() => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        "authorization_unknown" => (StatusCode::BAD_REQUEST, "flow-gone"),
        _ => (StatusCode::BAD_REQUEST, "openid-request"),
    };
    Refusal::new(status, page).because(error.reason)
}

/// `POST /token`.
pub(super) async fn token(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    match Box::pin(trade(&visit, &headers, &body)).await {
        Ok(response) => response,
        Err(error) => refuse(&visit, &error),
    }
}

/// Tells an application's server what is wrong (RFC 6749, 5.2).
pub(super) fn refuse(visit: &Visit, error: &ProtocolError) -> Response {
    log(visit, error);
    let mut response = json_error(error);
    if error.code == ErrorCode::InvalidClient {
        let basic = HeaderValue::from_static("Basic realm=\"token\"");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, basic);
    }
    response
}

/// A form that an application's server posted.
pub(super) struct ServerForm<'h> {
    /// The `Authorization` header.
    pub(super) authorization: Option<&'h str>,
    /// What was posted.
    pub(super) parameters: Parameters,
}

/// Reads a form that an application's server posted.
pub(super) fn form_of<'h>(
    headers: &'h HeaderMap,
    body: &[u8],
) -> Result<ServerForm<'h>, ProtocolError> {
    if !is_form(headers) {
        return Err(not_a_form());
    }
    Ok(ServerForm {
        parameters: Parameters::parse(body)?,
        authorization: text(headers, &header::AUTHORIZATION)?,
    })
}

async fn trade(visit: &Visit, headers: &HeaderMap, body: &[u8]) -> Result<Response, ProtocolError> {
    let form = form_of(headers, body)?;
    let request = TokenRequest {
        authorization: form.authorization,
        form: &form.parameters,
    };
    let gateway = &visit.gateway;
    let traded = gateway
        .oidc()
        .token(request, gateway.sessions(), gateway.now());
    let (event, answer) = match traded.await {
        Ok(issued) => (Some(issued.event), Ok(issued.response)),
        Err(refusal) => (refusal.event, Err(refusal.error)),
    };
    // What cannot be proved afterwards is not handed over.
    if let Some(event) = event {
        flow::record(visit, event)
            .await
            .map_err(|_| ProtocolError::unavailable("audit_failed"))?;
    }
    answer.map(|tokens| json_of(StatusCode::OK, &tokens))
}

/// `GET /userinfo`.
pub(super) async fn user_info(visit: Visit, headers: HeaderMap) -> Response {
    told(&visit, &headers, None).await
}

/// `POST /userinfo`: the token in the header, or in a form (RFC 6750, 2.2).
pub(super) async fn user_info_posted(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    match Parameters::parse(if is_form(&headers) { &body } else { &[] }) {
        Ok(form) => told(&visit, &headers, Some(&form)).await,
        Err(error) => bearer_refusal(&visit, UserInfoRefusal::Refused(error)),
    }
}

async fn told(visit: &Visit, headers: &HeaderMap, form: Option<&Parameters>) -> Response {
    let gateway = &visit.gateway;
    let authorization = match text(headers, &header::AUTHORIZATION) {
        Ok(authorization) => authorization,
        Err(error) => return bearer_refusal(visit, UserInfoRefusal::Refused(error)),
    };
    let request = UserInfoRequest {
        authorization,
        form,
    };
    let claims = gateway
        .oidc()
        .user_info(request, gateway.sessions(), gateway.now());
    match claims.await {
        Ok(claims) => json_of(StatusCode::OK, &claims),
        Err(refusal) => bearer_refusal(visit, refusal),
    }
}

/// RFC 6750, 3: what is wrong stands in a header; nothing does when no token was shown.
fn bearer_refusal(visit: &Visit, refusal: UserInfoRefusal) -> Response {
    let (mut response, challenge) = match refusal {
        UserInfoRefusal::NoToken => (
            json_of(StatusCode::UNAUTHORIZED, &json!({})),
            "Bearer".to_owned(),
        ),
        UserInfoRefusal::Refused(error) => {
            log(visit, &error);
            (
                json_error(&error),
                format!(
                    "Bearer error=\"{}\", error_description=\"{}\"",
                    error.code.as_str(),
                    error.description
                ),
            )
        }
    };
    if let Ok(challenge) = HeaderValue::try_from(challenge) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Only the reason goes to the log; nothing of it comes from the request.
fn log(visit: &Visit, error: &ProtocolError) {
    if error.is_ours() {
        tracing::error!(reason = error.reason, reference = %visit.reference, "openid refused");
    } else {
        tracing::info!(reason = error.reason, reference = %visit.reference, "openid refused");
    }
}

fn json_error(error: &ProtocolError) -> Response {
    let status = match error.code {
        ErrorCode::InvalidClient | ErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
        ErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({ "error": error.code, "error_description": error.description });
    json_of(status, &body)
}

pub(super) fn json_of(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => json_text(status, text),
        Err(_) => json_text(StatusCode::INTERNAL_SERVER_ERROR, "{}".to_owned()),
    }
}

fn json_text(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    // RFC 6749, 5.1 asks for both; the edge adds `Cache-Control: no-store`.
    let no_cache = HeaderValue::from_static("no-cache");
    response.headers_mut().insert(header::PRAGMA, no_cache);
    response
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM))
}

fn not_a_form() -> ProtocolError {
    ProtocolError::invalid_request(
        "not_a_form",
        "the body must be application/x-www-form-urlencoded",
    )
}

/// A header's text; one that is there twice is refused, like a parameter.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ProtocolError> {
    let mut values = headers.get_all(name).iter();
    let malformed = ProtocolError::invalid_request("header_form", "a header is malformed");
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| malformed),
        (Some(_), Some(_)) => Err(malformed),
    }
}
