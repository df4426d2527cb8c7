//! One thing that an operator does: allowed, about somebody, for a reason.

use std::fmt;

use super::{OnDuty, Operator, Task};
use crate::audit::{AuditEvent, PinActor, PinStep};
use crate::identity::{FiscalCode, PersonKey, Redacted};

/// The fewest and most characters of a reason.
const LENGTH: std::ops::RangeInclusive<usize> = 5..=500;

/// Why an operator does something, in their own words: one line that the audit log keeps. `Debug` does not show it, since
/// it may name people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(Redacted<String>);

/// The text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason is one line of 5 to 500 characters")]
pub struct ReasonError;

impl Reason {
    /// The reason of whoever takes work from a queue, gives it back, or asks who is on the telephone: the work itself.
    #[must_use]
    pub fn of_the_work() -> Self {
        Self("work".to_owned().into())
    }

    /// Reads a reason; white space around it is forgiven.
    ///
    /// # Errors
    /// [`ReasonError`] when it is too short to say anything, too long, or more than a line.
    pub fn parse(text: &str) -> Result<Self, ReasonError> {
        let text = text.trim();
        let letters = text.chars().filter(|char| char.is_alphanumeric()).count();
        let is_one_line = !text.chars().any(char::is_control);
        (letters >= *LENGTH.start() && text.chars().count() <= *LENGTH.end() && is_one_line)
            .then(|| Self(text.to_owned().into()))
            .ok_or(ReasonError)
    }
}

/// Why an operator may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// It is the work of another role.
    #[error("this is the work of another role")]
    Role,
    /// It would be about the operator: nobody serves themselves.
    #[error("nobody serves themselves at the desk")]
    Oneself,
}

impl NotAllowed {
    /// The reason code for the log.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Role => "desk-role",
            Self::Oneself => "desk-oneself",
        }
    }
}

/// Leave for one thing: this operator may do this to this person, and said why. Only [`OnDuty::act`] gives one.
#[derive(Clone)]
pub struct Act {
    operator: Operator,
    task: Task,
    person: FiscalCode,
    reason: Reason,
}

impl Act {
    pub(super) fn new(
        on_duty: &OnDuty,
        task: Task,
        person: &FiscalCode,
        reason: Reason,
    ) -> Result<Self, NotAllowed> {
        let operator = on_duty.operator();
        if !task.is_for(operator.role()) {
            return Err(NotAllowed::Role);
        }
        if operator.person() == person {
            return Err(NotAllowed::Oneself);
        }
        Ok(Self {
            operator: operator.clone(),
            task,
            person: person.clone(),
            reason,
        })
    }

    /// Who does it.
    #[must_use]
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// What.
    #[must_use]
    pub fn task(&self) -> Task {
        self.task
    }

    /// To whom.
    #[must_use]
    pub fn person(&self) -> &FiscalCode {
        &self.person
    }

    /// Why, as changes and the audit log take it.
    #[must_use]
    pub fn reason(&self) -> Redacted<String> {
        self.reason.0.clone()
    }

    /// Who does it, as changes and the audit log take it.
    #[must_use]
    pub fn actor(&self) -> PinActor {
        PinActor::Operator {
            person: self.operator.person().clone(),
            role: self.operator.role(),
        }
    }

    /// What the audit log gets of a look at a person's credential: it changes nothing, and is written all the same.
    #[must_use]
    pub fn looked_up(&self) -> AuditEvent {
        AuditEvent::PinChanged {
            person: PersonKey::FiscalCode(self.person.clone()),
            pin: None,
            step: PinStep::LookedUp,
            grade: None,
            by: self.actor(),
            reason: Some(self.reason()),
        }
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Act")
            .field("task", &self.task)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_in_one_line() {
        for good in [" Richiesta allo sportello ", "MV35 1", &"a".repeat(500)] {
            assert!(Reason::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "    ",
            "......",
            "ok ok",
            "a\nb c d e",
            &"a".repeat(501),
        ] {
            assert_eq!(Reason::parse(bad), Err(ReasonError), "{bad}");
        }
        let reason = Reason::parse("Anna allo sportello").unwrap();
        assert!(!format!("{reason:?}").contains("Anna"));
    }
}
