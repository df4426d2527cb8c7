//! What a round brought.

use crate::audit::AuditEvent;
use crate::protocol::federation::EntityId;

/// What a round brought.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Round {
    /// The providers that were resolved.
    pub refreshed: Vec<String>,
    /// What failed: anchors, lists and providers.
    pub failures: Vec<TrustFailure>,
    /// What somebody must look at, or need no longer: events for the audit log, each told once.
    pub changes: Vec<AuditEvent>,
}

/// Something that was not resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustFailure {
    /// The entity.
    pub entity: String,
    /// The reason code.
    pub code: &'static str,
}

impl Round {
    pub(super) fn fail(&mut self, entity: &EntityId, code: &'static str) {
        let entity = entity.to_string();
        self.failures.push(TrustFailure { entity, code });
    }
}
