//! One connection: HTTP/1.1 or HTTP/2, within bounds.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tower::{Service, ServiceExt as _, service_fn};

use super::activity::Activity;
use super::{Limits, Shutdown};
use crate::http::visit::ClientAddress;

/// The largest head of a request, in bytes. A SAML message in a Redirect URL takes some 4 kB.
const LARGEST_HEAD: usize = 64 * 1024;
/// The most header fields of a request.
const MOST_FIELDS: usize = 64;
/// The most requests at once on one HTTP/2 connection.
const MOST_STREAMS: u32 = 64;
/// How often an HTTP/2 connection is asked whether it is alive, and how long it may take to answer.
const PING: Duration = Duration::from_secs(20);

/// What ends a connection.
pub(super) struct End {
    /// What is under way on it: nothing for too long ends it.
    pub(super) activity: Activity,
    /// The end of the server.
    pub(super) shutdown: Shutdown,
    pub(super) limits: Limits,
}

/// The router as the service of one connection.
pub(super) fn service(
    router: &Router,
    client: SocketAddr,
    activity: &Activity,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send + 'static>
+ Clone
+ Send
+ 'static {
    let router = router.clone();
    let activity = activity.clone();
    service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ClientAddress(client.ip()));
        let router = router.clone();
        let under_way = activity.begin();
        async move {
            let response = router.oneshot(request).await;
            drop(under_way);
            response
        }
    })
}

/// Serves HTTP/1.1.
pub(super) async fn http1<S>(stream: TcpStream, service: S, end: End)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    run(builder(end.limits).http1_only(), stream, service, end).await;
}

/// Serves what the TLS handshake agreed on. Guessing the protocol from the first bytes instead would wait for them
/// without a limit.
pub(super) async fn negotiated<S>(stream: TlsStream<TcpStream>, service: S, end: End)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    let builder = match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => builder(end.limits).http2_only(),
        _ => builder(end.limits).http1_only(),
    };
    run(builder, stream, service, end).await;
}

async fn run<I, S>(builder: Builder<TokioExecutor>, stream: I, service: S, mut end: End)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    let connection = builder
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .into_owned();
    let mut connection = pin!(connection);
    // What a client does wrong on the wire is its own affair; hyper has answered it where it could.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = end.shutdown.called() => {}
        () = end.activity.idle(end.limits.head) => {}
    }
    // An answer whose reader is slow is still handed over, but not for ever.
    connection.as_mut().graceful_shutdown();
    let _ = timeout(end.limits.end, connection).await;
}

fn builder(limits: Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(MOST_FIELDS)
        .max_buf_size(LARGEST_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(u32::try_from(LARGEST_HEAD).unwrap_or(u32::MAX));
    builder
}
