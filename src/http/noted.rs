//! Which decisions the audit log has already.
//!
//! A page behind a proxy asks dozens of times in a second, and the answer is the same each time. The log gets the first,
//! and each that differs from the one before it: what was open to whom, from when to when, can still be told, and
//! nobody can fill the log by pressing a key. Each node remembers for itself; one that begins anew, or forgets because it
//! remembers too much, writes an answer once more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::policy::{Decision, Operation, ServiceId};
use crate::session::SessionHandle;

/// How many sessions are remembered at least, and half of how many at most.
const MOST_SESSIONS: usize = 16 * 1024;
/// How many answers are remembered of a session. More than any catalogue has services.
const MOST_ANSWERS: usize = 128;

/// The decisions that the audit log has.
#[derive(Default)]
pub(super) struct Noted(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    young: HashMap<SessionHandle, Vec<Answer>>,
    old: HashMap<SessionHandle, Vec<Answer>>,
}

/// The last answer for a service.
struct Answer {
    service: ServiceId,
    operation: Operation,
    decision: (&'static str, &'static str),
}

/// A decision's name and its reason: what the log would show to have changed.
fn shown(decision: &Decision) -> (&'static str, &'static str) {
    let reason = match decision {
        Decision::Deny { reason, .. } => reason.code(),
        _ => "",
    };
    (decision.name(), reason)
}

impl Noted {
    /// Whether the log has this as the last answer for the service in this session.
    pub(super) fn has(
        &self,
        session: &SessionHandle,
        (service, operation): (&ServiceId, Operation),
        decision: &Decision,
    ) -> bool {
        // Each change below is complete before it returns.
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |answers: &[Answer]| {
            let mut same = answers
                .iter()
                .filter(|answer| answer.operation == operation && answer.service == *service);
            same.next().map(|answer| answer.decision)
        };
        let young = memory.young.get(session).and_then(|answers| of(answers));
        let last = young.or_else(|| of(memory.old.get(session)?));
        last == Some(shown(decision))
    }

    /// Remembers what was written.
    pub(super) fn note(
        &self,
        session: &SessionHandle,
        (service, operation): (&ServiceId, Operation),
        decision: &Decision,
    ) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.young.len() >= MOST_SESSIONS {
            memory.old = std::mem::take(&mut memory.young);
        }
        let answers = memory.young.entry(session.clone()).or_default();
        answers.retain(|answer| answer.operation != operation || answer.service != *service);
        if answers.len() >= MOST_ANSWERS {
            answers.remove(0);
        }
        answers.push(Answer {
            service: service.clone(),
            operation,
            decision: shown(decision),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Random, SystemRandom};
    use crate::policy::DenyReason;

    fn session() -> SessionHandle {
        let random: &dyn Random = &SystemRandom;
        SessionHandle::parse(&random.token()).unwrap()
    }

    fn denied(reason: DenyReason) -> Decision {
        Decision::Deny {
            reason,
            explanation: Vec::new(),
        }
    }

    #[test]
    fn an_answer_is_news_until_it_was_noted_and_again_when_it_changes() {
        let noted = Noted::default();
        let (one, other) = (session(), session());
        let naspi = ServiceId::parse("naspi").unwrap();
        let what = (&naspi, Operation::Consult);
        let permit = Decision::Permit {
            explanation: Vec::new(),
        };
        assert!(!noted.has(&one, what, &permit));
        noted.note(&one, what, &permit);
        assert!(noted.has(&one, what, &permit));
        assert!(!noted.has(&other, what, &permit));
        assert!(!noted.has(&one, (&naspi, Operation::Request), &permit));
        let wrong = denied(DenyReason::WrongCategory);
        assert!(!noted.has(&one, what, &wrong));
        noted.note(&one, what, &wrong);
        assert!(!noted.has(&one, what, &denied(DenyReason::OutOfReach)));
        assert!(!noted.has(&one, what, &permit), "it changed back");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let noted = Noted::default();
        let naspi = ServiceId::parse("naspi").unwrap();
        let wrong = denied(DenyReason::WrongCategory);
        let first = session();
        noted.note(&first, (&naspi, Operation::Consult), &wrong);
        for _ in 0..2 * MOST_SESSIONS + 1 {
            noted.note(&session(), (&naspi, Operation::Consult), &wrong);
        }
        let memory = noted.0.lock().unwrap();
        assert!(memory.young.len() + memory.old.len() <= 2 * MOST_SESSIONS);
        drop(memory);
        assert!(!noted.has(&first, (&naspi, Operation::Consult), &wrong));
        for number in 0..=MOST_ANSWERS {
            let service = ServiceId::parse(&format!("s{number}")).unwrap();
            noted.note(&first, (&service, Operation::Consult), &wrong);
        }
        let memory = noted.0.lock().unwrap();
        assert_eq!(memory.young[&first].len(), MOST_ANSWERS);
    }
}
