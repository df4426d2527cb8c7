//! Resolves whom to trust in a federation while the gateway serves.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::http::state::Gateway;
use crate::login::openid::trust::TrustRefresher;

/// How often it is looked whether something is due.
const TURN_EVERY: Duration = Duration::from_secs(5);

/// Resolves now and whenever something is due. What fails is an alarm for operators: the last good chain counts until it
/// ends, and nobody logs in by a provider after that.
pub(super) fn keep(refresher: Option<TrustRefresher>, gateway: Gateway) -> Option<JoinHandle<()>> {
    let mut refresher = refresher?;
    Some(tokio::spawn(async move {
        let mut turns = interval(TURN_EVERY);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            let now = gateway.now();
            let round = refresher.refresh_due(now).await;
            for failure in round.failures {
                let (entity, code) = (failure.entity, failure.code);
                tracing::error!(entity, code, "trust-not-resolved");
                gateway.metrics().federation_failure(code);
            }
            let trusted = refresher.live().trusted_until(now);
            let first = trusted.iter().map(|(_, until)| *until).min();
            gateway.metrics().federation_providers(trusted.len(), first);
        }
    }))
}
