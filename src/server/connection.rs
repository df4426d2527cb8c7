//! One connection: HTTP/1.1 or HTTP/2, within bounds.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tower::{Service, ServiceExt as _};

use super::Limits;
use crate::http::visit::ClientAddress;

/// The largest head of a request, in bytes. A SAML message in a Redirect URL takes some 4 kB.
const LARGEST_HEAD: usize = 64 * 1024;
/// The most header fields of a request.
const MOST_FIELDS: usize = 64;
/// The most requests at once on one HTTP/2 connection.
const MOST_STREAMS: u32 = 64;
/// How often an HTTP/2 connection is asked whether it is alive, and how long it may take to answer.
const PING: Duration = Duration::from_secs(20);

/// The router as the service of one connection.
pub(super) fn service(
    router: &Router,
    client: SocketAddr,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send + 'static>
+ Clone
+ Send
+ 'static {
    router
        .clone()
        .map_request(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ClientAddress(client.ip()));
            request
        })
}

/// Serves HTTP/1.1.
pub(super) async fn http1<S>(stream: TcpStream, service: S, limits: Limits, watcher: Watcher)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    run(builder(limits).http1_only(), stream, service, watcher).await;
}

/// Serves what the TLS handshake agreed on. Guessing the protocol from the first bytes instead would wait for them
/// without a limit.
pub(super) async fn negotiated<S>(
    stream: TlsStream<TcpStream>,
    service: S,
    limits: Limits,
    watcher: Watcher,
) where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    let builder = match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => builder(limits).http2_only(),
        _ => builder(limits).http1_only(),
    };
    run(builder, stream, service, watcher).await;
}

async fn run<I, S>(builder: Builder<TokioExecutor>, stream: I, service: S, watcher: Watcher)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    let connection = builder
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .into_owned();
    // What a client does wrong on the wire is its own affair; hyper has answered it where it could.
    let _ = watcher.watch(connection).await;
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
