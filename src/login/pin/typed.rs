//! What a person typed where a PIN belongs.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::crypto::{PinHash, PinHashError, PinHasher, PinMatch, Verdict};
use crate::pin::{InitialPin, NotAPin, PinState, WorkingPin};

/// What a person typed where a PIN belongs: eight characters, or the sixteen of the first access.
#[derive(Debug, Clone)]
pub enum TypedPin {
    /// A working PIN.
    Working(WorkingPin),
    /// Both halves of an initial PIN.
    Initial(InitialPin),
}

/// The hashes to hold it against, where there is something to hold it against.
#[derive(Debug, Clone)]
pub(super) enum Against {
    Nothing,
    Working(PinHash),
    Half(PinHash),
    Pair(PinHash, PinHash),
}

/// What was found right, as it goes from page to page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Proven {
    Working { matched: PinMatch, is_old: bool },
    Half(PinMatch),
    Pair(PinMatch, PinMatch),
}

impl TypedPin {
    /// Reads what was typed; case, spaces and hyphens are forgiven.
    ///
    /// # Errors
    /// [`NotAPin`] for what has the form of neither.
    pub fn parse(text: &str) -> Result<Self, NotAPin> {
        let working = WorkingPin::parse(text).map(Self::Working);
        working.or_else(|_| InitialPin::parse(text).map(Self::Initial))
    }

    /// As text.
    pub(super) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Working(pin) => pin.expose().to_owned(),
            Self::Initial(pin) => format!("{}{}", pin.first.expose(), pin.second.expose()),
        })
    }

    /// What to hold it against in a state of the person's PIN that a try was counted in. A first half alone counts only where
    /// that `takes_half`.
    pub(super) fn against(&self, state: &PinState, takes_half: bool) -> Against {
        match (self, state) {
            (Self::Working(_), PinState::Initial(pair)) if takes_half => {
                Against::Half(pair.first.clone())
            }
            (Self::Working(_), PinState::Working(there)) => Against::Working(there.hash.clone()),
            (Self::Initial(_), PinState::Initial(pair)) => {
                Against::Pair(pair.first.clone(), pair.second.clone())
            }
            _ => Against::Nothing,
        }
    }

    /// Holds it against what there is. What was typed alone decides how many hashes are made, so the time tells nothing of
    /// whom it was typed for.
    pub(super) fn compare(
        &self,
        against: &Against,
        hasher: &PinHasher,
    ) -> Result<Option<Proven>, PinHashError> {
        match self {
            Self::Working(pin) => {
                let kept = match against {
                    Against::Working(hash) | Against::Half(hash) => Some(hash),
                    Against::Nothing | Against::Pair(..) => None,
                };
                let verdict = hasher.verify(pin.expose().as_bytes(), kept)?;
                if matches!(against, Against::Half(_)) {
                    return Ok(verdict.matched().map(Proven::Half));
                }
                let is_old = matches!(verdict, Verdict::RightButOld(_));
                let matched = verdict.matched();
                Ok(matched.map(|matched| Proven::Working { matched, is_old }))
            }
            Self::Initial(pin) => {
                let (first, second) = match against {
                    Against::Pair(first, second) => (Some(first), Some(second)),
                    Against::Nothing | Against::Working(_) | Against::Half(_) => (None, None),
                };
                let first = hasher.verify(pin.first.expose().as_bytes(), first)?;
                let second = hasher.verify(pin.second.expose().as_bytes(), second)?;
                let both = first.matched().zip(second.matched());
                Ok(both.map(|(first, second)| Proven::Pair(first, second)))
            }
        }
    }
}
