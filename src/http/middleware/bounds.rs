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

use super::certificates::certificate_told;
use crate::http::pages::Refusal;
use crate::http::pin::UPLOAD;
use crate::http::shares::{Share, Shares};
use crate::http::state::Gateway;
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

/// The largest body with a file: the file, and the form around it.
const LARGEST_UPLOAD: usize = 5 * 1024 * 1024 + 64 * 1024;
/// How long one may take to arrive: from a telephone, over a slow line.
const SLOWEST_UPLOAD: Duration = Duration::from_secs(120);
/// How many files may be arriving at once: with [`LARGEST_UPLOAD`] a bound on memory, 81 MiB.
const MOST_UPLOADS: usize = 16;
/// How many of them from one client address.
const MOST_UPLOADS_FROM_ONE: usize = 2;

/// What a request may use up.
#[derive(Clone, Default)]
pub struct Bounds {
    arrivals: Arrivals,
    uploads: Uploads,
    load: Load,
    /// Whose request tells of a client certificate in a header is refused, and counted there.
    no_certificates: Option<Gateway>,
}

impl Bounds {
    /// The same where nobody may tell of a client certificate in a header.
    #[must_use]
    pub fn without_certificates(self, gateway: Gateway) -> Self {
        Self {
            no_certificates: Some(gateway),
            ..self
        }
    }
}

/// Holds a request to its bounds, so that no handler meets a stream, and ends handlers that take too long. When the house
/// is full it turns requests away at once: a queue would only make everybody wait.
pub async fn bound(State(bounds): State<Bounds>, request: Request, next: Next) -> Response {
    let strange = bounds.no_certificates.as_ref();
    if let Some(refusal) = strange.and_then(|gateway| certificate_told(gateway, request.headers()))
    {
        return refusal.into_response();
    }
    let arrivals = match request.uri().path() {
        // The one address that takes a file.
        UPLOAD => &bounds.uploads.0,
        _ => &bounds.arrivals,
    };
    let request = match arrivals.whole(request).await {
        Ok(request) => request,
        Err(answer) => return answer,
    };
    // A request takes its place only once it is whole: a slow body holds none.
    let Ok(_place) = bounds.load.0.try_acquire() else {
        return busy("overloaded");
    };
    match timeout(SLOWEST_ANSWER, next.run(request)).await {
        Ok(response) => response,
        Err(_) => busy("handler-too-slow"),
    }
}

/// The bodies that are arriving. They are counted apart from the requests that are served, so that slow ones do not
/// take the place of whole requests.
#[derive(Debug, Clone)]
struct Arrivals {
    places: Arc<Semaphore>,
    shares: Shares,
    slowest: Duration,
    largest: usize,
}

/// The same for bodies with a file: larger, slower, and few.
#[derive(Debug, Clone)]
struct Uploads(Arrivals);

impl Default for Uploads {
    fn default() -> Self {
        Self(Arrivals {
            places: Arc::new(Semaphore::new(MOST_UPLOADS)),
            shares: Shares::of(MOST_UPLOADS_FROM_ONE),
            slowest: SLOWEST_UPLOAD,
            largest: LARGEST_UPLOAD,
        })
    }
}

impl Default for Arrivals {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(MOST_ARRIVING)),
            shares: Shares::of(MOST_ARRIVING_FROM_ONE),
            slowest: SLOWEST_BODY,
            largest: LARGEST_BODY,
        }
    }
}

impl Arrivals {
    /// Reads the whole body into memory within bounds of size and time.
    async fn whole(&self, request: Request) -> Result<Request, Response> {
        let (parts, body) = request.into_parts();
        if body.is_end_stream() {
            return Ok(Request::from_parts(parts, Body::empty()));
        }
        let Some(arriving) = self.take(parts.extensions.get()) else {
            return Err(close(busy("bodies-arriving")));
        };
        let body = match timeout(self.slowest, read(body, self.largest)).await {
            Ok(Ok(body)) => body,
            Ok(Err(refusal)) => return Err(closing(refusal)),
            Err(_) => {
                let slow = Refusal::new(StatusCode::REQUEST_TIMEOUT, "too-slow");
                return Err(closing(slow));
            }
        };
        drop(arriving);
        Ok(Request::from_parts(parts, Body::from(body)))
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

async fn read(mut body: Body, largest: usize) -> Result<Bytes, Refusal> {
    match Limited::new(&mut body, largest).collect().await {
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
struct Load(Arc<Semaphore>);

impl Default for Load {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_AT_ONCE)))
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
        let mut bounds = Bounds::default();
        bounds.arrivals.slowest = Duration::from_millis(20);
        let router = house().layer(from_fn_with_state(bounds, bound));
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
        let bounds = Bounds {
            load: Load(Arc::new(Semaphore::new(1))),
            ..Bounds::default()
        };
        let busy = Router::new()
            .route("/", post(async || pending::<()>().await))
            .layer(from_fn_with_state(bounds.clone(), bound));
        let first = tokio::spawn(ask(busy.clone(), Body::empty()));
        while bounds.load.0.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let answer = ask(busy, Body::empty()).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert_eq!(
            bounds.load.0.available_permits(),
            1,
            "an aborted request leaves its place"
        );
    }
}
