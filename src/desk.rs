//! The desk: what operators of the institute do for people who stand before them or call, and who of them may do what.
//!
//! In: a session at the highest level whose person is on the list of operators, and what they typed. Out: an [`Act`] for
//! each thing that is done, which is the proof that this operator may do it, to this person, for a reason that they gave;
//! nothing is done without one, and the audit log gets it together with what it changed. Layer 4: uses `session`,
//! `audit` and the store's ports; knows no page.

mod act;
mod case;
mod operator;
mod task;

pub use act::{Act, NotAllowed, Reason, ReasonError};
pub use case::{CASE_LIFE, Case, CaseId, Cases};
pub use operator::{Entry, OnDuty, Operator, OperatorSettings, Operators};
pub use task::Task;

use std::sync::Arc;

use crate::crypto::Random;
use crate::store::ExpiringStore;

/// The desk of an installation.
pub struct Desk {
    operators: Operators,
    cases: Cases,
}

impl Desk {
    /// A desk with these operators.
    #[must_use]
    pub fn new(
        operators: Operators,
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            operators,
            cases: Cases::new(store, random),
        }
    }

    /// Who works at it.
    #[must_use]
    pub fn operators(&self) -> &Operators {
        &self.operators
    }

    /// What they have open.
    #[must_use]
    pub fn cases(&self) -> &Cases {
        &self.cases
    }
}
