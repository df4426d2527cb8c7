//! What handlers share.

use std::sync::Arc;

use super::metrics::Metrics;
use super::settings::Settings;
use crate::crypto::Random;
use crate::identity::{Clock, Timestamp};
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

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::crypto::SystemRandom;
    use crate::http::settings;
    use crate::identity::SystemClock;
    use crate::session::SessionLimits;
    use crate::store::MemoryStore;

    /// A gateway at `base_url` for tests of single pages.
    pub(crate) fn gateway(base_url: &str) -> Gateway {
        let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let limits = SessionLimits::default();
        Gateway::new(Parts {
            settings: settings::tests::settings(base_url).unwrap(),
            clock: Arc::new(SystemClock),
            sessions: Sessions::new(Arc::clone(&store), limits, Arc::clone(&random)),
            flows: Flows::new(Arc::clone(&store), Arc::clone(&random)),
            random,
            store,
            metrics: Metrics::default(),
        })
    }
}
