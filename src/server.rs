//! Listeners: from a socket to the router.
//!
//! In: connections from strangers, bounded in number, time and header size before anything is parsed. Out: requests to
//! an axum router, each with the [`ClientAddress`](crate::http::visit::ClientAddress) it came from; until
//! [`Shutdown`] is called, after which no connection is taken and those there are end in their own time. [`tls`] makes
//! the TLS configuration, [`cards`] that of the hosts where smart cards are shown, [`health`] the router of the telemetry
//! listener. Layer 5: uses `http` and what is below.

mod activity;
pub mod cards;
mod connection;
pub mod health;
mod shutdown;
mod socket;
pub mod tls;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

use activity::Activity;
pub use cards::CardTls;
use connection::Connection;
pub use shutdown::{Hangups, Shutdown, ShutdownTrigger};
use socket::{Socket, Stream};

use crate::http::shares::Shares;

/// What a listener lets strangers use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many connections are held at once; further ones wait in the kernel's queue.
    pub connections: usize,
    /// How many of them one client address may hold, an IPv6 /64 network counting as one address; further ones are
    /// closed at once.
    pub connections_per_address: usize,
    /// How long a client may take to begin a TLS handshake: to send its first message.
    pub hello: Duration,
    /// How long the whole handshake may take.
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
            hello: Duration::from_secs(10),
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(20),
            end: Duration::from_secs(35),
        }
    }
}

impl Limits {
    /// What the card host lets strangers use up: people look for their card and type its code while the handshake waits, so
    /// it may take long, and every handshake that waits holds a place. They are the card host's own places, and whoever
    /// says nothing at all does not get so long.
    #[must_use]
    pub fn of_cards(handshake: Duration) -> Self {
        Self {
            connections: 2048,
            connections_per_address: 128,
            handshake,
            ..Self::default()
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
    /// HTTP/1.1 over TLS that asks for a client certificate. Each request has the
    /// [`Peer`](crate::http::cns::Peer) of its connection.
    Cards(CardTls),
    /// HTTP/1.1 in the open; [`Listener::bind`] allows it on loopback only.
    DangerPlain,
}

/// A bound TCP socket that does not serve yet.
pub struct Listener {
    door: Door,
    address: SocketAddr,
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
        let door = Door {
            socket: Socket::Tcp(socket),
            transport,
            limits: Limits::default(),
        };
        Ok(Self { door, address })
    }

    /// The same listener with other limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.door.limits = limits;
        self
    }

    /// The same listener for smart cards: whoever has to know the address first, to configure what tells good cards, binds it
    /// before.
    #[must_use]
    pub fn for_cards(mut self, tls: CardTls) -> Self {
        self.door.transport = Transport::Cards(tls);
        self
    }

    /// The address that is bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then lets connections end in their own time, but not for ever.
    pub async fn serve(self, router: Router, shutdown: Shutdown) {
        self.door.serve(router, shutdown).await;
    }
}

/// A bound Unix socket that does not serve yet: plain HTTP/1.1 for a proxy on this machine.
pub struct LocalListener(Door);

impl LocalListener {
    /// Binds a path. The socket's owner and its group may use it.
    ///
    /// # Errors
    /// What the system says; `AddrInUse` when somebody answers there already.
    pub async fn bind(path: &Path) -> io::Result<Self> {
        Ok(Self(Door {
            socket: Socket::bind_unix(path).await?,
            transport: Transport::DangerPlain,
            limits: Limits::default(),
        }))
    }

    /// Serves until `shutdown`, as [`Listener::serve`] does.
    pub async fn serve(self, router: Router, shutdown: Shutdown) {
        self.0.serve(router, shutdown).await;
    }
}

/// A bound socket, what is spoken there, and within which limits.
struct Door {
    socket: Socket,
    transport: Transport,
    limits: Limits,
}

impl Door {
    async fn serve(self, router: Router, mut shutdown: Shutdown) {
        let connections = Arc::new(Semaphore::new(self.limits.connections));
        let shares = Shares::of(self.limits.connections_per_address);
        let graceful = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(&connections) => accepted,
                () = shutdown.called() => break,
            };
            let Some((place, stream)) = accepted else {
                continue;
            };
            let share = match &stream {
                Stream::Tcp(_, client) => match shares.take(client.ip()) {
                    Some(share) => Some(share),
                    None => {
                        tracing::debug!(reason = "address-has-its-share", "connection closed");
                        continue;
                    }
                },
                #[cfg(unix)]
                Stream::Unix(_) => None,
            };
            let watcher = graceful.watcher();
            let connection = Connection {
                router: router.clone(),
                activity: Activity::default(),
                shutdown: shutdown.clone(),
                limits: self.limits,
            };
            let transport = self.transport.clone();
            tokio::spawn(async move {
                connection.serve(stream, transport).await;
                drop((place, share, watcher));
            });
        }
        drop(self.socket);
        if tokio::time::timeout(self.limits.end, graceful.shutdown())
            .await
            .is_err()
        {
            tracing::warn!(reason = "connections-cut", "shutdown");
        }
    }

    /// The next connection, once there is a place for it; nothing when the system could not give one.
    async fn accept(&self, connections: &Arc<Semaphore>) -> Option<(OwnedSemaphorePermit, Stream)> {
        let place = Arc::clone(connections).acquire_owned().await.ok()?;
        match self.socket.accept().await {
            Ok(stream) => Some((place, stream)),
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
