//! What policy decides in a flow: for the audit log, and for the page that refuses.

use http::StatusCode;

use crate::audit::AuditEvent;
use crate::http::pages::{Explained, Refusal};
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::policy::{Decision, DenyReason, Operation, RuleTrace, ServiceId};
use crate::session::{Actor, FlowRefusal, LoginFlow, Session};

/// What policy says of the service that a flow is for, and why, whenever the flow comes to be decided and somebody is
/// logged in: what strangers ask for is not written, or they could fill the log.
pub(super) fn event(
    gateway: &Gateway,
    flow: &LoginFlow,
    actor: Option<Actor<'_>>,
) -> Option<AuditEvent> {
    let (service, operation) = flow.requirement.service.as_ref()?;
    let session = actor?.session;
    let decision = flow.decision(actor, &gateway.catalogue(), gateway.now())?;
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
        rules: decision.explanation().iter().map(RuleTrace::code).collect(),
    }
}

/// The page for a flow that ended badly; nothing for a person who only gave up.
pub(super) fn refusal_of(visit: &Visit, flow: &LoginFlow, reason: FlowRefusal) -> Option<Refusal> {
    let denied = |code| Refusal::new(StatusCode::FORBIDDEN, code);
    let (refusal, decision) = match reason {
        FlowRefusal::BrokenOff { .. } => return None,
        FlowRefusal::Denied(decision) => (
            denied(decision.reason().map_or("not-achieved", denied_texts)),
            Some(decision),
        ),
        FlowRefusal::OutOfReach => (denied("denied-level"), None),
        FlowRefusal::NotAchieved(decision) => (denied("not-achieved"), decision),
        FlowRefusal::LoginRequired | FlowRefusal::StepUpRequired | FlowRefusal::ProfileRequired => {
            (denied("not-achieved"), None)
        }
    };
    let service = flow.requirement.service.as_ref();
    Some(match (service, decision) {
        (Some((service, operation)), Some(decision)) => {
            refusal.explained(Explained::new(visit, service, *operation, &decision))
        }
        _ => refusal,
    })
}

/// The texts that tell a person why a service is closed to them.
pub(in crate::http) fn denied_texts(reason: DenyReason) -> &'static str {
    match reason {
        DenyReason::UnknownService | DenyReason::UnknownOperation => "denied-unknown",
        DenyReason::WrongClient => "denied-client",
        DenyReason::WrongCategory => "denied-category",
        DenyReason::CategoriesUnknown | DenyReason::CategoriesUnavailable => "denied-archives",
        DenyReason::OutOfReach => "denied-level",
    }
}
