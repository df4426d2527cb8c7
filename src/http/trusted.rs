//! Keeps it fresh whom we trust in a federation, while the gateway serves.

use super::state::Gateway;
use crate::login::openid::trust::TrustRefresher;

/// Turns again and again: resolves what is due, and tells logs and metrics. What fails is an alarm for operators: the last
/// good chain counts until it ends, and nobody logs in by a provider after that.
pub struct TrustKeeper(TrustRefresher);

impl TrustKeeper {
    /// A keeper of what this resolves.
    #[must_use]
    pub fn new(refresher: TrustRefresher) -> Self {
        Self(refresher)
    }

    /// One turn. It takes as long as the slowest server may; nobody waits for it.
    pub async fn turn(&mut self, gateway: &Gateway) {
        let now = gateway.now();
        let round = self.0.refresh_due(now).await;
        for failure in round.failures {
            let (entity, code) = (failure.entity, failure.code);
            tracing::error!(entity, code, "trust-not-resolved");
            gateway.metrics().federation_failure(code);
        }
        let trusted = self.0.live().trusted_until(now);
        let first = trusted.iter().map(|(_, until)| *until).min();
        gateway.metrics().federation_providers(trusted.len(), first);
    }
}
