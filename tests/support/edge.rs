//! A gateway on a real socket.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinHandle;
use url::Url;
use varco::audit::{AuditLog, AuditRecord, Recording};
use varco::crypto::{KeyKind, Random, SigningKey, SystemRandom};
use varco::downstream::oidc::{Clients, OpenIdProvider, ProviderKeys};
use varco::http::metrics::Metrics;
use varco::http::router::router;
use varco::http::settings::{Organization, Settings};
use varco::http::state::{Gateway, Parts};
use varco::identity::{AssuranceLevel, RequiredAssurance};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE};
use varco::server::{Limits, Listener, ShutdownTrigger, Transport};
use varco::session::{Flows, SessionLimits, Sessions};
use varco::store::{ExpiringStore, MemoryStore};

use super::clock::TestClock;

/// An audit log that is not looked at.
struct Unread;

impl AuditLog for Unread {
    fn record(&self, _: AuditRecord) -> Recording<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// A gateway of whose parts only the edge is looked at.
pub fn gateway() -> Gateway {
    let clock = Arc::new(TestClock::new());
    let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(clock.clone()));
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let organization = Organization {
        name: "Istituto di prova".to_owned(),
        site: Url::parse("https://istituto.example").unwrap(),
        support: Url::parse("mailto:aiuto@istituto.example").unwrap(),
    };
    let base_url = Url::parse("http://127.0.0.1").unwrap();
    let minimum = RequiredAssurance(AssuranceLevel::Substantial);
    let catalogue = Arc::new(Catalogue::parse(DEFAULT_CATALOGUE).unwrap());
    let keys = ProviderKeys {
        es256: Arc::new(SigningKey::generate(KeyKind::P256).unwrap()),
        rs256: None,
        previous: Vec::new(),
        subject_secret: [1; 32],
    };
    let oidc = OpenIdProvider::new(
        "http://127.0.0.1".to_owned(),
        Clients::default(),
        keys,
        catalogue.clone(),
        &store,
        random.clone(),
    );
    let spid = super::spid::service_provider("http://127.0.0.1", &store, Arc::default());
    Gateway::new(Parts {
        settings: Settings::new(base_url, true, organization, minimum).unwrap(),
        clock,
        sessions: Sessions::new(store.clone(), SessionLimits::default(), random.clone()),
        flows: Flows::new(store.clone(), random.clone()),
        random,
        store,
        catalogue,
        oidc: oidc.unwrap(),
        spid,
        audit: Arc::new(Unread),
        metrics: Metrics::default(),
    })
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
