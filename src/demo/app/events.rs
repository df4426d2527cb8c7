//! What the application hears without having asked: security event tokens that the gateway pushes (RFC 8935).
//!
//! In: a POST whose body is a token, from whoever has the secret of the way. Out: 202 once the token is believed and written
//! down, which is all that an acknowledgement says; 400 with the name of what is wrong, so that it is told again when
//! that is put right.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::DateTime;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::book::Heard;
use super::relying_party::RelyingParty;
use super::{SampleApp, pages};
use crate::crypto::constant_time_eq;
use crate::protocol::jose::{JwsAlgorithm, JwtProfile, KidRule, verify_compact};

/// Where events go, and where people read them.
pub const EVENTS: &str = "/events";
/// Where programs read them.
pub const EVENTS_JSON: &str = "/events.json";

/// What event tokens may be (RFC 8417, 2.3).
const EVENT: JwtProfile = JwtProfile {
    algorithms: &[JwsAlgorithm::Es256],
    types: &["secevent+jwt"],
    may_be_untyped: false,
    kid: KidRule::Required,
    max_bytes: 16 * 1024,
};
const KIND: &str = "application/secevent+jwt";
/// CAEP 1.0, 3.4.
const ASSURANCE_LEVEL_CHANGE: &str =
    "https://schemas.openid.net/secevent/caep/event-type/assurance-level-change";

/// Why an event is not acknowledged.
enum NotHeard {
    /// It is wrong: one of the names of RFC 8935, 2.4, and more for whoever reads logs.
    Wrong(&'static str, &'static str),
    /// It cannot be looked at now.
    Later,
}

use NotHeard::Wrong;

impl IntoResponse for NotHeard {
    fn into_response(self) -> Response {
        match self {
            Wrong(err, description) => {
                let told = json!({ "err": err, "description": description });
                (StatusCode::BAD_REQUEST, Json(told)).into_response()
            }
            Self::Later => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
}

/// `POST /events`.
pub(super) async fn hear(
    State(app): State<SampleApp>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match listen(&app, &headers, &body).await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(why) => why.into_response(),
    }
}

async fn listen(app: &SampleApp, headers: &HeaderMap, body: &[u8]) -> Result<(), NotHeard> {
    let is_kind = |kind: &str| {
        let essence = kind.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(KIND)
    };
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let shown = value(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let shown = shown.unwrap_or_default().as_bytes();
    let relying_party = &app.0.relying_party;
    if !constant_time_eq(shown, relying_party.events_secret().as_bytes()) {
        return Err(Wrong("authentication_failed", "the bearer token"));
    }
    if !value(CONTENT_TYPE).is_some_and(is_kind) {
        return Err(Wrong("invalid_request", "the content type"));
    }
    let token = std::str::from_utf8(body).map_err(|_| Wrong("invalid_request", "not a token"))?;
    // What this application does not know it acknowledges: being told again would not help.
    if let Some(heard) = relying_party.read_event(token).await? {
        app.0.book.hear(heard);
    }
    Ok(())
}

impl RelyingParty {
    /// What a token tells, if it is believed; `None` when it tells nothing that this application knows.
    async fn read_event(&self, token: &str) -> Result<Option<Heard>, NotHeard> {
        let keys = self.keys().await.map_err(|_| NotHeard::Later)?;
        let event = verify_compact(token, &EVENT, &keys)
            .map_err(|_| Wrong("invalid_key", "the signature does not count"))?;
        if event.text("iss") != Some(self.issuer()) {
            return Err(Wrong("invalid_issuer", "another issuer"));
        }
        if event.audiences() != Some(vec![self.audience()]) {
            return Err(Wrong("invalid_audience", "for another application"));
        }
        let incomplete = || Wrong("invalid_request", "a claim is missing");
        let id = event.text("jti").ok_or_else(incomplete)?;
        let told = event.claims().get("events").and_then(Value::as_object);
        let told = told.ok_or_else(incomplete)?.get(ASSURANCE_LEVEL_CHANGE);
        let Some(change) = told.and_then(Value::as_object) else {
            return Ok(None);
        };
        let text = |of: &Map<String, Value>, name: &str| {
            let text = of.get(name).and_then(Value::as_str);
            text.map(str::to_owned).ok_or_else(incomplete)
        };
        let about = event.claims().get("sub_id").and_then(Value::as_object);
        let about = about.ok_or_else(incomplete)?;
        // RFC 9493, 3.2.4.
        if text(about, "format")? != "iss_sub" || text(about, "iss")? != self.issuer() {
            return Err(Wrong("invalid_request", "about nobody that is known here"));
        }
        let at = change.get("event_timestamp").and_then(Value::as_i64);
        let at = at.and_then(|at| DateTime::from_timestamp(at, 0));
        let receipts = change.get(&format!("{}/claims/receipts", self.issuer()));
        let receipts = receipts.and_then(Value::as_array).into_iter().flatten();
        Ok(Some(Heard {
            id: id.to_owned(),
            at: at.ok_or_else(incomplete)?,
            sub: text(about, "sub")?,
            from: text(change, "previous_level")?,
            to: text(change, "current_level")?,
            receipts: receipts
                .filter_map(|receipt| receipt.as_str().map(str::to_owned))
                .collect(),
        }))
    }
}

/// `GET /events`.
pub(super) async fn show(State(app): State<SampleApp>) -> Response {
    pages::events(&app.0.book.heard())
}

/// `GET /events.json`: the same for programs.
pub(super) async fn list(State(app): State<SampleApp>) -> Response {
    Json(app.0.book.heard()).into_response()
}
