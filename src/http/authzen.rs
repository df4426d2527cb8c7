//! `/access/v1/evaluation` and `/access/v1/evaluations`: decisions for callers that prove who they are.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::flow::decided;
use super::state::Gateway;
use crate::audit::{AuditError, AuditRecord};
use crate::downstream::authzen::{
    Caller, Decided, Evaluated, Malformed, Present, Questions, evaluate, metadata,
};
use crate::store::StoreError;

/// 1.0, Request Identification: the caller's own name for its request, repeated in the answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest of them that is repeated, in bytes.
const LONGEST_REQUEST_ID: usize = 128;

/// `GET /.well-known/authzen-configuration`.
pub(super) async fn configuration(State(gateway): State<Gateway>) -> Response {
    let document = metadata(&gateway.settings().origin());
    let mut response = json_answer(StatusCode::OK, &document);
    let public = HeaderValue::from_static("public, max-age=300");
    response.headers_mut().insert(header::CACHE_CONTROL, public);
    response
}

/// `POST /access/v1/evaluation`.
pub(super) async fn evaluation(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&gateway, &headers, &body, Questions::one).await
}

/// `POST /access/v1/evaluations`.
pub(super) async fn evaluations(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&gateway, &headers, &body, Questions::list).await
}

async fn answer(
    gateway: &Gateway,
    headers: &HeaderMap,
    body: &[u8],
    read: fn(&[u8]) -> Result<Questions, Malformed>,
) -> Response {
    let mut response = match caller(gateway, headers) {
        None => unauthorized(),
        Some(caller) => match read_json(headers, body, read) {
            Err(malformed) => refusal(StatusCode::BAD_REQUEST, &malformed.to_string()),
            Ok(questions) => decide(gateway, caller, &questions).await,
        },
    };
    if let Some(id) = request_id(headers) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn caller<'g>(gateway: &'g Gateway, headers: &HeaderMap) -> Option<&'g Caller> {
    let mut shown = headers.get_all(header::AUTHORIZATION).iter();
    match (shown.next(), shown.next()) {
        (Some(shown), None) => gateway.callers().authenticate(shown.to_str().ok()?),
        _ => None,
    }
}

fn read_json(
    headers: &HeaderMap,
    body: &[u8],
    read: fn(&[u8]) -> Result<Questions, Malformed>,
) -> Result<Questions, Malformed> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()?.split(';').next());
    if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        return Err(Malformed::new("content-type", "must be application/json"));
    }
    read(body)
}

async fn decide(gateway: &Gateway, caller: &Caller, questions: &Questions) -> Response {
    let Ok(present) = sessions(gateway, questions).await else {
        return unavailable("store");
    };
    let catalogue = gateway.catalogue();
    let mut evaluated = evaluate(caller, questions, &present, &catalogue, gateway.now());
    // What cannot be written is not told.
    for one in &evaluated.decided {
        if record(gateway, one).await.is_err() {
            return unavailable("audit");
        }
    }
    if add_tickets(gateway, caller, &mut evaluated).await.is_err() {
        return unavailable("store");
    }
    let mut answers: Vec<Value> = evaluated.answers.iter().map(|one| one.to_json()).collect();
    let whole = match questions.is_list {
        true => json!({ "evaluations": answers }),
        false => answers.pop().unwrap_or_default(),
    };
    json_answer(StatusCode::OK, &whole)
}

/// Adds the tickets of requests that are taken provisionally, if the caller asks for an application that is registered with us:
/// it shows them for the receipts, and hears when the requests count (PIN rules, From ordinario to dispositivo).
async fn add_tickets(
    gateway: &Gateway,
    caller: &Caller,
    evaluated: &mut Evaluated<'_>,
) -> Result<(), StoreError> {
    let Some(client) = caller.client() else {
        return Ok(());
    };
    for one in &evaluated.decided {
        if !one.is_taken_provisionally {
            continue;
        }
        let ticket = gateway.oidc().ticket_in(client, one.session, one.asked);
        let answer = evaluated.answers.get_mut(one.place);
        if let (Some(ticket), Some(answer)) = (ticket.await?, answer) {
            answer.add_ticket(ticket);
        }
    }
    Ok(())
}

/// Those of the sessions asked about that there are.
async fn sessions(gateway: &Gateway, questions: &Questions) -> Result<Vec<Present>, StoreError> {
    let mut present = Vec::new();
    for handle in questions.sessions() {
        let found = gateway.sessions().find_by_handle(handle, gateway.now());
        if let Some(session) = found.await? {
            let capacity = gateway.capacity(&session).await;
            present.push(Present { session, capacity });
        }
    }
    Ok(present)
}

/// Tells the audit log what it does not know yet.
async fn record(gateway: &Gateway, one: &Decided<'_>) -> Result<(), AuditError> {
    let (noted, session) = (gateway.noted(), one.session.handle());
    if !noted.has(session, one.asked, &one.decision) {
        let event = decided(one.session, one.asked, &one.decision);
        let record = AuditRecord::new(event, gateway.now());
        gateway.audit().record(record).await?;
        noted.note(session, one.asked, &one.decision);
    }
    Ok(())
}

fn request_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut ids = headers.get_all(&REQUEST_ID).iter();
    let id = ids.next().filter(|id| id.len() <= LONGEST_REQUEST_ID)?;
    let sound = id.as_bytes().iter().all(u8::is_ascii_graphic) && ids.next().is_none();
    sound.then(|| id.clone())
}

fn unauthorized() -> Response {
    let mut response = refusal(StatusCode::UNAUTHORIZED, "the caller is not known");
    let bearer = HeaderValue::from_static("Bearer");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, bearer);
    response
}

fn unavailable(reason: &'static str) -> Response {
    tracing::error!(reason, "authzen");
    refusal(StatusCode::SERVICE_UNAVAILABLE, "try again later")
}

/// 1.0, Error Responses: an error message string.
fn refusal(status: StatusCode, message: &str) -> Response {
    json_answer(status, &Value::String(message.to_owned()))
}

fn json_answer(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
