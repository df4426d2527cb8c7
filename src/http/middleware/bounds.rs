//! Bounds on what strangers may use up: bytes, time, and how much at once.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::http::pages::Refusal;

/// The largest request body, in bytes. A doubly signed SPID response takes some 15 kB of base64.
pub const LARGEST_BODY: usize = 256 * 1024;
/// How much of a body that is too large is read and thrown away, in bytes, so that its sender gets to see the answer.
const MOST_DISCARDED: usize = 16 * 1024 * 1024;
/// How long a body may take to arrive.
const SLOWEST_BODY: Duration = Duration::from_secs(15);
/// How long a handler may take.
const SLOWEST_ANSWER: Duration = Duration::from_secs(30);
/// How many requests are served at once.
const MOST_AT_ONCE: usize = 512;

/// Reads the whole body into memory within bounds of size and time, so that no handler meets a stream.
pub async fn bound_body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = match timeout(SLOWEST_BODY, read(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(refusal)) => return closing(refusal),
        Err(_) => return closing(Refusal::new(StatusCode::REQUEST_TIMEOUT, "too-slow")),
    };
    next.run(Request::from_parts(parts, Body::from(body))).await
}

async fn read(mut body: Body) -> Result<Bytes, Refusal> {
    match Limited::new(&mut body, LARGEST_BODY).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            discard(body).await;
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large"))
        }
        Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "bad-request").because("bad-body")),
    }
}

async fn discard(mut body: Body) {
    let mut left = MOST_DISCARDED;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// A refusal after which the connection closes: whatever follows on it may still be the body.
fn closing(refusal: Refusal) -> Response {
    let mut response = refusal.into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// How many requests are in the house.
#[derive(Debug, Clone)]
pub struct Load(Arc<Semaphore>);

impl Default for Load {
    fn default() -> Self {
        Self::at_most(MOST_AT_ONCE)
    }
}

impl Load {
    /// A load of at most so many requests at once.
    #[must_use]
    pub fn at_most(requests: usize) -> Self {
        Self(Arc::new(Semaphore::new(requests)))
    }
}

/// Turns requests away at once when the house is full, and ends handlers that take too long: a queue would only make
/// everybody wait.
pub async fn shed_load(State(load): State<Load>, request: Request, next: Next) -> Response {
    let Ok(_place) = load.0.try_acquire() else {
        return busy("overloaded");
    };
    match timeout(SLOWEST_ANSWER, next.run(request)).await {
        Ok(response) => response,
        Err(_) => busy("handler-too-slow"),
    }
}

fn busy(reason: &'static str) -> Response {
    let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy").because(reason);
    let mut response = refusal.into_response();
    let soon = HeaderValue::from_static("5");
    response.headers_mut().insert(header::RETRY_AFTER, soon);
    response
}
