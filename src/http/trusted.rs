//! Keeps up whom a federation vouches for, and writes down what somebody must look at.

use super::state::Gateway;
use crate::audit::{AuditEvent, AuditRecord, TrustChange};
use crate::login::openid::trust::TrustRefresher;

/// How many events wait at most while the audit log cannot be written. The first ones tell how it began.
const MOST_WAITING: usize = 1000;

/// Turns again and again: resolves who is due, and writes down what changed. What cannot be written now is in the next turn.
pub struct TrustKeeper {
    refresher: TrustRefresher,
    unwritten: Vec<AuditRecord>,
}

impl TrustKeeper {
    /// A keeper of what this refresher fills.
    #[must_use]
    pub fn new(refresher: TrustRefresher) -> Self {
        Self {
            refresher,
            unwritten: Vec::new(),
        }
    }

    /// One turn. It takes as long as the slowest server may; nobody waits for it.
    pub async fn turn(&mut self, gateway: &Gateway) {
        let (now, metrics) = (gateway.now(), gateway.metrics());
        let round = self.refresher.refresh_due(now).await;
        for failure in round.failures {
            let (entity, code) = (failure.entity, failure.code);
            tracing::error!(entity, code, "trust-not-resolved");
            metrics.federation_failure(code);
        }
        for event in round.changes {
            log(&event);
            if self.unwritten.len() < MOST_WAITING {
                self.unwritten.push(AuditRecord::new(event, now));
            }
        }
        let trusted = self.refresher.live().trusted_until(now);
        let first = trusted.iter().map(|(_, until)| *until).min();
        metrics.federation_providers(trusted.len(), first);
        metrics.federation_alarms(self.refresher.alarms());
        self.write_down(gateway).await;
    }

    async fn write_down(&mut self, gateway: &Gateway) {
        if self.unwritten.is_empty() {
            return;
        }
        match gateway.audit().record_all(self.unwritten.clone()).await {
            Ok(()) => self.unwritten.clear(),
            Err(error) => {
                tracing::error!(%error, left = self.unwritten.len(), "trust-changes-not-recorded");
            }
        }
    }
}

/// An alarm is an error in the logs, its end is none.
fn log(event: &AuditEvent) {
    let AuditEvent::TrustChanged { entity, change } = event else {
        return;
    };
    let what = change.name();
    match change {
        TrustChange::Restored => tracing::info!(entity, what, "trust-changed"),
        TrustChange::AnchorRefused { code } | TrustChange::ProviderRefused { code, .. } => {
            tracing::error!(entity, what, code, "trust-changed");
        }
        TrustChange::AnchorKeysDiffer { .. } | TrustChange::Ended { .. } => {
            tracing::error!(entity, what, "trust-changed");
        }
    }
}
