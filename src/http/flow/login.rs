//! What a login did, for the audit log.

use crate::audit::{AuditEvent, EndReason};
use crate::session::{Before, Established};

/// The events of a login, in their order.
pub(super) fn events(established: &Established) -> Vec<AuditEvent> {
    let session = established.session.handle().to_string();
    let mut events = Vec::new();
    if let Before::OtherPersonEnded(ended) = &established.before {
        events.push(AuditEvent::SessionEnded {
            session: ended.handle().to_string(),
            reason: EndReason::OtherPerson,
        });
    }
    if let Some(login) = established.session.events().last() {
        events.push(AuditEvent::LoginSucceeded {
            person: established.session.person().key.clone(),
            session: session.clone(),
            method: login.method,
            provider: login.provider.clone(),
            level: login.level,
            evidence: login.evidence.clone(),
        });
        let level = login.level;
        events.push(match established.before {
            Before::SamePerson => AuditEvent::SessionRaised { session, level },
            Before::New | Before::OtherPersonEnded(_) => {
                AuditEvent::SessionStarted { session, level }
            }
        });
    }
    events
}
