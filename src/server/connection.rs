//! One connection: the TLS handshake, and HTTP/1.1 or HTTP/2 after it, within bounds.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rustls::server::Acceptor;
use rustls::{HandshakeKind, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use tower::{Service, ServiceExt as _, service_fn};

use super::activity::Activity;
use super::socket::Stream;
use super::{Limits, Shutdown, Transport};
use crate::http::cns::Peer;
use crate::http::visit::ClientAddress;

/// The largest head of a request, in bytes. A SAML message in a Redirect URL takes some 4 kB.
const LARGEST_HEAD: usize = 64 * 1024;
/// The most header fields of a request.
const MOST_FIELDS: usize = 64;
/// The most requests at once on one HTTP/2 connection.
const MOST_STREAMS: u32 = 64;
/// How often an HTTP/2 connection is asked whether it is alive, and how long it may take to answer.
const PING: Duration = Duration::from_secs(20);

/// What a connection is served with.
pub(super) struct Connection {
    pub(super) router: Router,
    /// What is under way on it: nothing for too long ends it.
    pub(super) activity: Activity,
    /// The end of the server.
    pub(super) shutdown: Shutdown,
    pub(super) limits: Limits,
}

/// What every request of a connection carries, whatever its headers say.
#[derive(Clone, Default)]
struct Facts {
    client: Option<SocketAddr>,
    peer: Option<Peer>,
}

impl Connection {
    /// Serves one connection to its end.
    pub(super) async fn serve(self, stream: Stream, transport: Transport) {
        match (stream, transport) {
            (Stream::Tcp(stream, client), Transport::DangerPlain) => {
                self.http1(stream, Facts::of(client)).await;
            }
            (Stream::Tcp(stream, client), Transport::Tls(config)) => {
                if let Some(stream) = self.handshake(stream, || config).await {
                    self.negotiated(stream, Facts::of(client)).await;
                }
            }
            (Stream::Tcp(stream, client), Transport::Cards(tls)) => {
                if let Some(stream) = self.handshake(stream, || tls.current()).await {
                    let peer = Some(peer(&stream));
                    let facts = Facts::of(client);
                    self.http1(stream, Facts { peer, ..facts }).await;
                }
            }
            // TLS is for TCP only: a `LocalListener` has no other transport.
            #[cfg(unix)]
            (Stream::Unix(stream), _) => self.http1(stream, Facts::default()).await,
        }
    }

    /// The TLS handshake, if it comes about in time. Who does not even begin is given up sooner: a handshake that waits for
    /// a person is one whose client said that it is there.
    async fn handshake(
        &self,
        stream: TcpStream,
        config: impl FnOnce() -> Arc<ServerConfig>,
    ) -> Option<TlsStream<TcpStream>> {
        let handshake = async {
            let hello = LazyConfigAcceptor::new(Acceptor::default(), stream);
            let begun = timeout(self.limits.hello, hello).await.ok()?.ok()?;
            begun.into_stream(config()).await.ok()
        };
        timeout(self.limits.handshake, handshake).await.ok()?
    }

    /// Serves HTTP/1.1.
    async fn http1<I>(self, stream: I, facts: Facts)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let builder = builder(self.limits).http1_only();
        self.run(builder, stream, facts).await;
    }

    /// Serves what the TLS handshake agreed on. Guessing the protocol from the first bytes instead would wait for them
    /// without a limit.
    async fn negotiated(self, stream: TlsStream<TcpStream>, facts: Facts) {
        let builder = match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => builder(self.limits).http2_only(),
            _ => builder(self.limits).http1_only(),
        };
        self.run(builder, stream, facts).await;
    }

    async fn run<I>(mut self, builder: Builder<TokioExecutor>, stream: I, facts: Facts)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service(&self.router, facts, &self.activity);
        let connection = builder
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .into_owned();
        let mut connection = pin!(connection);
        // What a client does wrong on the wire is its own affair; hyper has answered it where it could.
        tokio::select! {
            _ = connection.as_mut() => return,
            () = self.shutdown.called() => {}
            () = self.activity.idle(self.limits.head) => {}
        }
        // An answer whose reader is slow is still handed over, but not for ever.
        connection.as_mut().graceful_shutdown();
        let _ = timeout(self.limits.end, connection).await;
    }
}

impl Facts {
    fn of(client: SocketAddr) -> Self {
        Self {
            client: Some(client),
            peer: None,
        }
    }
}

/// What the handshake told.
fn peer(stream: &TlsStream<TcpStream>) -> Peer {
    let (_, connection) = stream.get_ref();
    let chain = connection.peer_certificates().unwrap_or_default();
    Peer::new(
        connection.server_name().map(str::to_owned),
        chain
            .iter()
            .map(|certificate| certificate.to_vec())
            .collect(),
        connection.handshake_kind() == Some(HandshakeKind::Full)
            || connection.handshake_kind() == Some(HandshakeKind::FullWithHelloRetryRequest),
    )
}

/// The router as the service of one connection.
fn service(
    router: &Router,
    facts: Facts,
    activity: &Activity,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send + 'static>
+ Clone
+ Send
+ 'static {
    let router = router.clone();
    let activity = activity.clone();
    let is_used = Arc::new(AtomicBool::new(false));
    service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        let extensions = request.extensions_mut();
        if let Some(client) = facts.client {
            extensions.insert(ClientAddress(client.ip()));
        }
        if let Some(peer) = &facts.peer {
            // One request at a time: this is HTTP/1.1.
            let is_used = is_used.swap(true, Ordering::Relaxed);
            extensions.insert(if is_used { peer.used() } else { peer.clone() });
        }
        let router = router.clone();
        let under_way = activity.begin();
        async move {
            let response = router.oneshot(request).await;
            drop(under_way);
            response
        }
    })
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
