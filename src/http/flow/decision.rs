//! What policy decides in a flow, for the audit log.

use crate::audit::AuditEvent;
use crate::http::state::Gateway;
use crate::policy::{Decision, Operation, ServiceId, decide};
use crate::session::{LoginFlow, Session};

/// What policy says of the service that a flow is for, and why, whenever the flow comes to be decided and somebody is
/// logged in: what strangers ask for is not written, or they could fill the log.
pub(super) fn event(
    gateway: &Gateway,
    flow: &LoginFlow,
    session: Option<&Session>,
) -> Option<AuditEvent> {
    let (service, operation) = flow.requirement.service.as_ref()?;
    let session = session?;
    let now = gateway.now();
    let logins = session.logins(flow.freshness(), now);
    let facts = session.facts(&logins);
    let decision = decide(&gateway.catalogue(), service, *operation, &facts, now);
    Some(decided(session, (service, *operation), &decision))
}

/// What policy decided for a session, as the audit log writes it.
pub(in crate::http) fn decided(
    session: &Session,
    (service, operation): (&ServiceId, Operation),
    decision: &Decision,
) -> AuditEvent {
    AuditEvent::AccessDecided {
        session: session.handle().to_string(),
        service: service.to_string(),
        operation: operation.to_string(),
        decision: decision.name().to_owned(),
        rules: decision
            .explanation()
            .iter()
            .map(|trace| format!("{}={}", trace.rule.name(), trace.outcome.name()))
            .collect(),
    }
}
