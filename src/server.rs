//! Listeners: from a socket to the router.
//!
//! In: connections from strangers, bounded in number, time and header size before anything is parsed. Out: requests to
//! an axum router, each with the [`ClientAddress`](crate::http::visit::ClientAddress) it came from; until
//! [`Shutdown`] is called, after which no connection is taken and those there are end in their own time. [`tls`] makes
//! the TLS configuration, [`health`] the router of the telemetry listener. Layer 5: uses `http` and what is below.

mod activity;
mod connection;
pub mod health;
mod shutdown;
pub mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use activity::Activity;
use connection::End;
pub use shutdown::{Hangups, Shutdown, ShutdownTrigger};

use crate::http::shares::Shares;

/// What a listener lets strangers use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many connections are held at once; further ones wait in the kernel's queue.
    pub connections: usize,
    /// How many of them one client address may hold, an IPv6 /64 network counting as one address; further ones are
    /// closed at once.
    pub connections_per_address: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long the head of a request may take to arrive; also how long a connection may be without a request under
    /// way.
    pub head: Duration,
    /// How long connections may take to end after [`Shutdown`], and an idle one to hand over what is left of its last
    /// answer: a little more than the slowest handler.
    pub end: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_address: 256,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(20),
            end: Duration::from_secs(35),
        }
    }
}

/// How long to wait when the system has no file descriptor for another connection.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(100);

/// What a listener speaks.
#[derive(Clone)]
pub enum Transport {
    /// HTTP/2 and HTTP/1.1 over TLS.
    Tls(Arc<ServerConfig>),
    /// HTTP/1.1 in the open; [`Listener::bind`] allows it on loopback only.
    DangerPlain,
}

/// A bound socket that does not serve yet.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    transport: Transport,
    limits: Limits,
}

impl Listener {
    /// Binds an address. Port 0 lets the system choose: [`address`](Self::address) tells what it chose.
    ///
    /// # Errors
    /// What the system says; `InvalidInput` for plain HTTP on an address that is not loopback.
    pub async fn bind(address: SocketAddr, transport: Transport) -> io::Result<Self> {
        if matches!(transport, Transport::DangerPlain) && !address.ip().is_loopback() {
            let message = "plain HTTP is for loopback addresses only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Self {
            socket,
            address,
            transport,
            limits: Limits::default(),
        })
    }

    /// The same listener with other limits.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The address that is bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then lets connections end in their own time, but not for ever.
    pub async fn serve(self, router: Router, mut shutdown: Shutdown) {
        let connections = Arc::new(Semaphore::new(self.limits.connections));
        let shares = Shares::of(self.limits.connections_per_address);
        let graceful = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(&connections) => accepted,
                () = shutdown.called() => break,
            };
            let Some((place, stream, client)) = accepted else {
                continue;
            };
            let Some(share) = shares.take(client.ip()) else {
                tracing::debug!(reason = "address-has-its-share", "connection closed");
                continue;
            };
            let watcher = graceful.watcher();
            let activity = Activity::default();
            let service = connection::service(&router, client, &activity);
            let transport = self.transport.clone();
            let end = End {
                activity,
                shutdown: shutdown.clone(),
                limits: self.limits,
            };
            tokio::spawn(async move {
                match transport {
                    Transport::DangerPlain => {
                        connection::http1(stream, service, end).await;
                    }
                    Transport::Tls(config) => {
                        let handshake = TlsAcceptor::from(config).accept(stream);
                        if let Ok(Ok(stream)) = timeout(end.limits.handshake, handshake).await {
                            connection::negotiated(stream, service, end).await;
                        }
                    }
                }
                drop((place, share, watcher));
            });
        }
        drop(self.socket);
        if timeout(self.limits.end, graceful.shutdown()).await.is_err() {
            tracing::warn!(reason = "connections-cut", "shutdown");
        }
    }

    /// The next connection, once there is a place for it; nothing when the system could not give one.
    async fn accept(
        &self,
        connections: &Arc<Semaphore>,
    ) -> Option<(tokio::sync::OwnedSemaphorePermit, TcpStream, SocketAddr)> {
        let place = Arc::clone(connections).acquire_owned().await.ok()?;
        match self.socket.accept().await {
            Ok((stream, client)) => {
                // Answers are written whole; waiting to fill packets would only delay them.
                let _ = stream.set_nodelay(true);
                Some((place, stream, client))
            }
            Err(error) => {
                // A client that is gone before it is taken is everyday; out of descriptors is not, and trying again
                // at once would spin.
                if !matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) {
                    tracing::error!(reason = "cannot-accept", "listener");
                    sleep(EXHAUSTED_PAUSE).await;
                }
                None
            }
        }
    }
}
