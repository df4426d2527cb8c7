//! What handlers share.

use std::sync::Arc;

use super::metrics::Metrics;
use super::settings::Settings;
use super::ways::WayIn;
use crate::audit::AuditLog;
use crate::crypto::Random;
use crate::downstream::oidc::OpenIdProvider;
use crate::identity::{Clock, Timestamp};
use crate::policy::Catalogue;
use crate::session::{Flows, Sessions};
use crate::store::ExpiringStore;

/// The gateway, cheap to clone: the state of the router. It is assembled from its [`Parts`] in one place, by `cli` or
/// by a test.
#[derive(Clone)]
pub struct Gateway(Arc<Parts>);

/// Everything that a gateway is made of.
pub struct Parts {
    /// Where the gateway lives and whose it is.
    pub settings: Settings,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where unguessable bytes come from.
    pub random: Arc<dyn Random>,
    /// Where short-lived things are kept.
    pub store: Arc<dyn ExpiringStore>,
    /// Who is logged in.
    pub sessions: Sessions,
    /// Who is on the way.
    pub flows: Flows,
    /// What opens with what.
    pub catalogue: Arc<Catalogue>,
    /// The providers that people may choose.
    pub ways: Vec<WayIn>,
    /// What applications see.
    pub oidc: OpenIdProvider,
    /// What happened.
    pub audit: Arc<dyn AuditLog>,
    /// What is counted.
    pub metrics: Metrics,
}

impl Gateway {
    /// A gateway of these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Where the gateway lives and whose it is.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Where unguessable bytes come from.
    #[must_use]
    pub fn random(&self) -> &dyn Random {
        self.0.random.as_ref()
    }

    /// Where short-lived things are kept.
    #[must_use]
    pub fn store(&self) -> &dyn ExpiringStore {
        self.0.store.as_ref()
    }

    /// Who is logged in.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// Who is on the way.
    #[must_use]
    pub fn flows(&self) -> &Flows {
        &self.0.flows
    }

    /// What opens with what.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    /// The providers that people may choose.
    #[must_use]
    pub fn ways(&self) -> &[WayIn] {
        &self.0.ways
    }

    /// The provider with an entity id.
    #[must_use]
    pub fn way(&self, entity_id: &str) -> Option<&WayIn> {
        self.0.ways.iter().find(|way| way.entity_id == entity_id)
    }

    /// What applications see.
    #[must_use]
    pub fn oidc(&self) -> &OpenIdProvider {
        &self.0.oidc
    }

    /// What happened.
    #[must_use]
    pub fn audit(&self) -> &dyn AuditLog {
        self.0.audit.as_ref()
    }

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::audit::{AuditRecord, Recording};
    use crate::crypto::{KeyKind, SigningKey, SystemRandom};
    use crate::downstream::oidc::{Clients, ProviderKeys};
    use crate::http::settings;
    use crate::identity::{AssuranceLevel, SystemClock};
    use crate::policy::DEFAULT_CATALOGUE;
    use crate::session::SessionLimits;
    use crate::store::MemoryStore;

    /// An audit log that keeps nothing: these tests look at pages.
    struct NoAudit;

    impl AuditLog for NoAudit {
        fn record(&self, _: AuditRecord) -> Recording<'_, ()> {
            Box::pin(async { Ok(()) })
        }
    }

    /// A gateway at `base_url` for tests of single pages.
    pub(crate) fn gateway(base_url: &str) -> Gateway {
        let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let limits = SessionLimits::default();
        let way = |name: &str, highest| WayIn {
            name: name.to_owned(),
            entity_id: format!("https://{}.example", name.to_lowercase()),
            highest,
        };
        let catalogue = Arc::new(Catalogue::parse(DEFAULT_CATALOGUE).unwrap());
        let oidc = OpenIdProvider::new(
            base_url.to_owned(),
            Clients::default(),
            ProviderKeys {
                es256: Arc::new(SigningKey::generate(KeyKind::P256).unwrap()),
                rs256: None,
                previous: Vec::new(),
                subject_secret: [1; 32],
            },
            Arc::clone(&catalogue),
            &store,
            Arc::clone(&random),
        );
        Gateway::new(Parts {
            settings: settings::tests::settings(base_url).unwrap(),
            clock: Arc::new(SystemClock),
            sessions: Sessions::new(Arc::clone(&store), limits, Arc::clone(&random)),
            flows: Flows::new(Arc::clone(&store), Arc::clone(&random)),
            random,
            store,
            catalogue,
            ways: vec![
                way("Alfa", AssuranceLevel::High),
                way("Beta", AssuranceLevel::Substantial),
            ],
            oidc: oidc.unwrap(),
            audit: Arc::new(NoAudit),
            metrics: Metrics::default(),
        })
    }
}
