//! A gateway on a real socket.

use std::net::SocketAddr;

use tokio::task::JoinHandle;
use varco::http::router::router;
use varco::http::state::Gateway;
use varco::server::{Limits, Listener, ShutdownTrigger, Transport};

use super::gateway::TestGateway;

/// A gateway that no application uses.
pub fn gateway() -> Gateway {
    TestGateway::with_clients(Vec::new()).gateway
}

/// A server that runs until told to end.
pub struct Served {
    pub address: SocketAddr,
    trigger: ShutdownTrigger,
    task: JoinHandle<()>,
}

impl Served {
    pub async fn start(router: axum::Router, transport: Transport, limits: Limits) -> Self {
        let anywhere = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(anywhere, transport).await.unwrap();
        let address = listener.address();
        let (trigger, shutdown) = ShutdownTrigger::new();
        let task = tokio::spawn(listener.within(limits).serve(router, shutdown));
        Self {
            address,
            trigger,
            task,
        }
    }

    /// The edge over plain HTTP.
    pub async fn edge() -> Self {
        Self::start(router(gateway()), Transport::DangerPlain, Limits::default()).await
    }

    /// Calls for the end and waits for it.
    pub async fn end(self) {
        self.trigger.call();
        self.task.await.unwrap();
    }

    pub fn call_for_the_end(&self) {
        self.trigger.call();
    }
}
