//! What a PIN is at a moment.

use super::calendar::after_months;
use super::dossier::Dossier;
use super::rules::PinRules;
use super::stages::{Pair, Pin, PinState, Working};
use crate::identity::Timestamp;

/// What a PIN is at a moment, dates that have come included, whether or not they were written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinStatus<'a> {
    /// There is none.
    None,
    /// Two halves wait for the first access.
    Initial(&'a Pair),
    /// The halves are dead.
    PairEnded,
    /// It opens what its grade opens.
    Working(&'a Working),
    /// Right, it begins the guided renewal.
    Expired(&'a Working),
    /// It was not used for too long: it takes a restore.
    SwitchedOff,
    /// It is locked: it takes a restore.
    Locked,
    /// It was revoked: a new one has to be asked for.
    Revoked,
}

impl PinStatus<'_> {
    /// Its name, for pages, the desk and reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Initial(_) => "initial",
            Self::PairEnded => "pair-ended",
            Self::Working(_) => "working",
            Self::Expired(_) => "expired",
            Self::SwitchedOff => "switched-off",
            Self::Locked => "locked",
            Self::Revoked => "revoked",
        }
    }
}

impl Dossier {
    /// What the PIN is at `now`.
    #[must_use]
    pub fn status(&self, rules: &PinRules, now: Timestamp) -> PinStatus<'_> {
        let Some(Pin { state, .. }) = &self.pin else {
            return PinStatus::None;
        };
        match state {
            PinState::Initial(pair) if now < pair.ends && pair.tries < rules.pair_tries => {
                PinStatus::Initial(pair)
            }
            PinState::Initial(_) | PinState::PairEnded { .. } => PinStatus::PairEnded,
            PinState::Working(working) if working.familiar >= rules.most_failures => {
                PinStatus::Locked
            }
            PinState::Working(working) if working.is_unused(rules, now) => PinStatus::SwitchedOff,
            PinState::Working(working) if working.has_expired(now) => PinStatus::Expired(working),
            PinState::Working(working) => PinStatus::Working(working),
            PinState::SwitchedOff { .. } => PinStatus::SwitchedOff,
            PinState::Locked { .. } => PinStatus::Locked,
            PinState::Revoked { .. } => PinStatus::Revoked,
        }
    }
}

impl Working {
    /// Whether it has expired at `now`.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// The first moment at which it is switched off, if it is not used until then.
    #[must_use]
    pub fn unused_from(&self, rules: &PinRules) -> Timestamp {
        after_months(self.used, rules.unused_months)
    }

    /// Whether it was not used for so long that it is switched off (PIN rules, More facts).
    #[must_use]
    pub fn is_unused(&self, rules: &PinRules, now: Timestamp) -> bool {
        self.unused_from(rules) <= now
    }

    /// Whether nobody gets in from a device that the holder never used: a stranger failed too often.
    #[must_use]
    pub fn is_closed_to_strangers(&self, rules: &PinRules) -> bool {
        self.strangers >= rules.most_failures
    }
}
