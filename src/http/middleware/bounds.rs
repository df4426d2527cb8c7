//! Bounds on what strangers may use up: bytes, time, and how much at once.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::http::pages::Refusal;
use crate::http::shares::{Share, Shares};
use crate::http::visit::ClientAddress;

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
/// How many bodies may be arriving at once: with [`LARGEST_BODY`] a bound on memory, 256 MiB.
const MOST_ARRIVING: usize = 1024;
/// How many of them from one client address. A body of an honest client takes milliseconds.
const MOST_ARRIVING_FROM_ONE: usize = 32;

/// Reads the whole body into memory within bounds of size and time, so that no handler meets a stream.
pub async fn bound_body(
    State(arrivals): State<Arrivals>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, Body::empty())).await;
    }
    let Some(arriving) = arrivals.take(parts.extensions.get()) else {
        return close(busy("bodies-arriving"));
    };
    let body = match timeout(arrivals.slowest, read(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(refusal)) => return closing(refusal),
        Err(_) => return closing(Refusal::new(StatusCode::REQUEST_TIMEOUT, "too-slow")),
    };
    drop(arriving);
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// The bodies that are arriving. They are counted apart from the requests that are served, so that slow ones do not
/// take the place of whole requests.
#[derive(Debug, Clone)]
pub struct Arrivals {
    places: Arc<Semaphore>,
    shares: Shares,
    slowest: Duration,
}

impl Default for Arrivals {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MOST_ARRIVING)),
            shares: Shares::of(MOST_ARRIVING_FROM_ONE),
            slowest: SLOWEST_BODY,
        }
    }
}

impl Arrivals {
    /// The same for bodies that take at most so long.
    #[must_use]
    pub fn within(self, slowest: Duration) -> Self {
        Self { slowest, ..self }
    }

    /// A place for one more body, if there is one for this client.
    fn take(
        &self,
        client: Option<&ClientAddress>,
    ) -> Option<(OwnedSemaphorePermit, Option<Share>)> {
        let share = match client {
            Some(client) => Some(self.shares.take(client.0)?),
            None => None,
        };
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some((place, share))
    }
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
    close(refusal.into_response())
}

fn close(mut response: Response) -> Response {
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
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
        .because(reason)
        .retry_after(5)
        .into_response()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::pending;

    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use tower::ServiceExt as _;

    use super::*;

    /// A body whose beginning comes and whose rest never does.
    struct Stalled(bool);

    impl hyper::body::Body for Stalled {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
            if std::mem::take(&mut self.0) {
                let beginning = Bytes::from_static(b"a=");
                return std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(beginning))));
            }
            std::task::Poll::Pending
        }
    }

    async fn ask(router: Router, body: Body) -> Response {
        let request = Request::post("/").body(body).unwrap();
        router.oneshot(request).await.unwrap()
    }

    fn house() -> Router {
        Router::new().route("/", post(async || "in"))
    }

    #[tokio::test]
    async fn a_body_that_stops_coming_is_given_up() {
        let time = Arrivals::default().within(Duration::from_millis(20));
        let router = house().layer(from_fn_with_state(time, bound_body));
        let answer = ask(router.clone(), Body::new(Stalled(true))).await;
        assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(answer.headers()[header::CONNECTION], "close");
        assert_eq!(
            ask(router, Body::from("a=b")).await.status(),
            StatusCode::OK
        );
    }

    #[tokio::test]
    async fn a_full_house_turns_requests_away_at_once() {
        let load = Load::at_most(1);
        let busy = Router::new()
            .route("/", post(async || pending::<()>().await))
            .layer(from_fn_with_state(load.clone(), shed_load));
        let first = tokio::spawn(ask(busy.clone(), Body::empty()));
        while load.0.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let answer = ask(busy, Body::empty()).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert_eq!(
            load.0.available_permits(),
            1,
            "an aborted request leaves its place"
        );
    }
}
