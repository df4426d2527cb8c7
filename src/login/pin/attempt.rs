//! What is looked at, and what came of it.

use std::time::Duration;

use super::devices::Device;
use super::logins::Right;
use super::typed::TypedPin;
use crate::identity::FiscalCode;
use crate::pin::{Dossier, PinState};

/// Something that was typed, and from where.
#[derive(Debug, Clone)]
pub struct Attempt<'a> {
    /// Whose PIN it should be.
    pub person: &'a FiscalCode,
    /// What was typed.
    pub secret: TypedPin,
    /// Whether the first half of an initial PIN alone is enough here (PIN rules, Emergency rule of March 2020).
    pub takes_half: bool,
    /// The device, where it says one.
    pub device: Option<Device>,
    /// The network, where it is somebody's.
    pub source: Option<String>,
}

impl Attempt<'_> {
    /// Whether what was typed may be half of the initial PIN that a dossier waits for.
    pub(super) fn is_half_of(&self, dossier: &Dossier) -> bool {
        let state = dossier.pin().map(|pin| &pin.state);
        self.takes_half && matches!(state, Some(PinState::Initial(_)))
    }
}

/// What came of an attempt.
#[derive(Debug)]
pub enum Checked {
    /// It was right.
    Right(Box<Right>),
    /// It was not looked at, or was wrong.
    Refused(PinRefused),
}

/// Why an attempt was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinRefused {
    /// Not before this has passed.
    Wait(Duration),
    /// Too many are being looked at.
    Busy,
    /// It was wrong. The code is for the audit; whoever typed it is told the same whatever it is.
    Wrong {
        /// Why there was nothing right to type, or `wrong`.
        code: &'static str,
        /// Whether this PIN has just turned out to be one that is tried on everybody.
        is_alarm: bool,
    },
}

impl PinRefused {
    /// The reason code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Wait(_) => "wait",
            Self::Busy => "busy",
            Self::Wrong { code, .. } => code,
        }
    }
}
