//! What is known of whoever asks.

use std::time::Duration;

use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, CardKind, Categories,
};

/// A login that still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    /// What it is still worth.
    pub level: AchievedAssurance,
    /// The way in.
    pub method: AuthenticationMethod,
    /// How long ago it was.
    pub age: Duration,
    /// What card it was made with. `None` for a way in without cards; by CNS, only where a login is supposed with
    /// whatever card would do.
    pub card: Option<CardKind>,
}

impl Login {
    /// A login that is supposed: just made, and by CNS with whatever card is wanted.
    #[must_use]
    pub fn supposed(level: AssuranceLevel, method: AuthenticationMethod) -> Self {
        Self {
            level: AchievedAssurance(level),
            method,
            age: Duration::ZERO,
            card: None,
        }
    }

    /// Whether it was made with the first half of an initial PIN alone: that opens what says so, and nothing else.
    #[must_use]
    pub fn is_by_first_half(&self) -> bool {
        self.level.0 == AssuranceLevel::BelowLow
    }

    /// The level that policy takes it for: never above what its way in can prove, whatever anybody claims.
    #[must_use]
    pub fn worth(&self) -> AchievedAssurance {
        self.level
            .min(AchievedAssurance(self.method.highest_level()))
    }
}

/// What is known of a person's categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KnownCategories {
    /// Nobody is logged in, so there is nobody to know them of.
    #[default]
    NotYet,
    /// These, in the profile that the person acts in.
    Known(Categories),
    /// The archives did not answer. That closes: a decision is never a guess.
    Unavailable,
}

/// What is known of whoever asks. By default nothing: nobody is logged in, and no application asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts<'a> {
    /// Every login that still counts.
    pub logins: &'a [Login],
    /// The person's categories.
    pub categories: KnownCategories,
    /// The id of the application that asks; `None` when the gateway asks for itself.
    pub client: Option<&'a str>,
}
