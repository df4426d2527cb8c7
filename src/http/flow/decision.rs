//! What policy decides in a flow, for the audit log.

use super::Refusal;
use crate::audit::AuditEvent;
use crate::http::visit::Visit;
use crate::policy::decide;
use crate::session::{LoginFlow, Session};

/// Writes down what policy says of the service that a flow is for, and why, whenever the flow comes to be decided and
/// somebody is logged in: what strangers ask for is not written, or they could fill the log.
pub(super) async fn record(
    visit: &Visit,
    flow: &LoginFlow,
    session: Option<&Session>,
) -> Result<(), Refusal> {
    let (Some((service, operation)), Some(session)) = (&flow.requirement.service, session) else {
        return Ok(());
    };
    let gateway = &visit.gateway;
    let facts = session.facts(flow.freshness(), gateway.now());
    let decision = decide(gateway.catalogue(), service, *operation, &facts);
    let event = AuditEvent::AccessDecided {
        session: session.handle().to_string(),
        service: service.to_string(),
        operation: operation.to_string(),
        decision: decision.name().to_owned(),
        rules: decision
            .explanation()
            .iter()
            .map(|trace| format!("{}={}", trace.rule.name(), trace.outcome.name()))
            .collect(),
    };
    super::record(visit, event).await
}
