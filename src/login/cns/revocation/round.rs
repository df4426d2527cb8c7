//! What came of bringing lists.

use super::gather::Gathered;
use crate::identity::Timestamp;
use crate::protocol::x509::{IssuerId, Serial};

/// What a round brought.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Round {
    /// The cards that were not named before.
    pub newly_revoked: Vec<(IssuerId, Serial)>,
    /// What failed.
    pub failures: Vec<Failure>,
}

/// A list that was not brought or not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The host or the name of the file.
    pub at: String,
    /// The reason code, of a fetch or of a list.
    pub code: &'static str,
}

/// Why the cards of a trusted authority cannot log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanting {
    /// No list of it is held.
    NoList,
    /// The one that ends last ended then.
    Ended(Timestamp),
}

impl Round {
    pub(super) fn add(&mut self, gathered: Gathered) {
        let issuer = gathered.issuer;
        let newly = gathered.newly.into_iter();
        self.newly_revoked
            .extend(newly.map(|serial| (issuer, serial)));
    }

    pub(super) fn fail(&mut self, at: &str, code: &'static str) {
        let at = at.to_owned();
        self.failures.push(Failure { at, code });
    }

    /// The reason codes of what failed.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        self.failures.iter().map(|failure| failure.code).collect()
    }

    /// Both rounds as one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.newly_revoked.extend(other.newly_revoked);
        self.failures.extend(other.failures);
        self
    }
}
