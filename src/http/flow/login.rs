//! What a login did, and what ended with it or elsewhere, for the audit log.

use crate::audit::{AuditEvent, AuditRecord, EndReason};
use crate::http::pages::Refusal;
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::identity::{AuthenticationMethod, EvidenceId};
use crate::session::{Before, Established, Session};

/// The events of a login, in their order.
pub(super) fn events(established: &Established) -> Vec<AuditEvent> {
    let session = established.session.handle().to_string();
    let mut events = Vec::new();
    if let Before::OtherPersonEnded(ended) = &established.before {
        events.extend(ended_alone(ended, EndReason::OtherPerson));
    }
    if let Some(login) = established.session.events().last() {
        events.push(AuditEvent::LoginSucceeded {
            person: established.session.person().key.clone(),
            session: session.clone(),
            method: login.method,
            provider: login.provider.clone(),
            level: login.level,
            evidence: login.evidence.clone(),
            card: login.card.clone(),
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

/// An answer of a provider that logged nobody in.
pub(in crate::http) struct RefusedAnswer {
    pub(in crate::http) method: AuthenticationMethod,
    /// The provider that was asked, where it answered a request of this browser's.
    pub(in crate::http) provider: Option<String>,
    /// The reason code.
    pub(in crate::http) code: String,
    /// The number that the provider gave.
    pub(in crate::http) anomaly: Option<u8>,
    /// What the register kept of it.
    pub(in crate::http) evidence: Option<EvidenceId>,
}

/// Counts a refused answer by its outcome, and writes it down where it answered a request: what a stranger sends is not
/// written down, or it could fill the log.
///
/// # Errors
/// "Unavailable" when the audit log fails.
pub(in crate::http) async fn note_refused(
    visit: &Visit,
    outcome: &'static str,
    refused: RefusedAnswer,
) -> Result<(), Refusal> {
    let RefusedAnswer {
        method,
        provider,
        code,
        anomaly,
        evidence,
    } = refused;
    visit.gateway.metrics().login(method, outcome);
    if provider.is_none() {
        return Ok(());
    }
    let event = AuditEvent::LoginRefused {
        method,
        provider,
        code,
        anomaly,
        evidence,
        certificate: None,
        person: None,
    };
    super::record(visit, event).await
}

/// Writes down the sessions that ended at their use because their PIN was stopped.
///
/// # Errors
/// "Unavailable" when the audit log fails.
pub(super) async fn note_ended_with_pin(gateway: &Gateway) -> Result<(), Refusal> {
    let ended = gateway.sessions().take_ended_with_pin();
    if ended.is_empty() {
        return Ok(());
    }
    let now = gateway.now();
    let events = ended
        .iter()
        .flat_map(|session| ended_alone(session, EndReason::PinStopped))
        .map(|event| AuditRecord::new(event, now));
    Ok(gateway.audit().record_all(events.collect()).await?)
}

/// The end of a session whose providers cannot be asked to end theirs: they are asked through the person's own browser,
/// which is another one, or is busy with a login.
pub(in crate::http) fn ended_alone(
    session: &Session,
    reason: EndReason,
) -> impl Iterator<Item = AuditEvent> {
    let (handle, missed) = (session.handle().to_string(), session.kept_at_providers());
    let partial = (!missed.is_empty()).then(|| AuditEvent::LogoutPartial {
        session: handle.clone(),
        missed,
    });
    let ended = AuditEvent::SessionEnded {
        session: handle,
        reason,
    };
    std::iter::once(ended).chain(partial)
}
