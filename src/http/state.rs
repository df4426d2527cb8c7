//! What handlers share.

use std::sync::Arc;

use super::settings::Settings;
use crate::crypto::Random;
use crate::identity::{Clock, Timestamp};

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
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::crypto::SystemRandom;
    use crate::http::settings;
    use crate::identity::SystemClock;

    /// A gateway at `base_url` for tests of single pages.
    pub(crate) fn gateway(base_url: &str) -> Gateway {
        Gateway::new(Parts {
            settings: settings::tests::settings(base_url).unwrap(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        })
    }
}
