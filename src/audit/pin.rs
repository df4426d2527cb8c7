//! What can happen to a PIN, and who can make it happen.

use serde::{Deserialize, Serialize};

use crate::identity::{DeskRole, FiscalCode};

/// Who did something to a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinActor {
    /// The person whose PIN it is, or who says so: what they proved stands with the step.
    Holder,
    /// Somebody at the desk.
    Operator {
        /// Who.
        person: FiscalCode,
        /// In what role.
        role: DeskRole,
    },
    /// The gateway itself, when a date came.
    System,
    /// Whoever runs `varco pin import`.
    Import,
}

impl PinActor {
    /// The operator, where it is one.
    #[must_use]
    pub fn operator(&self) -> Option<&FiscalCode> {
        match self {
            Self::Operator { person, .. } => Some(person),
            Self::Holder | Self::System | Self::Import => None,
        }
    }

    /// The operator's role, where it is one.
    #[must_use]
    pub fn role(&self) -> Option<DeskRole> {
        match self {
            Self::Operator { role, .. } => Some(*role),
            Self::Holder | Self::System | Self::Import => None,
        }
    }
}

macro_rules! steps {
    ($($(#[$doc:meta])* $step:ident = $name:literal,)+) => {
        /// What happened to a PIN.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum PinStep {
            $($(#[$doc])* #[serde(rename = $name)] $step,)+
        }

        impl PinStep {
            /// Every step.
            pub const ALL: &'static [Self] = &[$(Self::$step,)+];

            /// The name used in the audit and by texts.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$step => $name,)+
                }
            }
        }
    };
}

steps! {
    /// A PIN was asked for, and an operator has to call the person.
    Requested = "requested",
    /// An operator took a request to call the person.
    CallClaimed = "call-claimed",
    /// An operator gave a request back.
    CallReleased = "call-released",
    /// An operator called and found the person's data wrong: the request was closed.
    RequestRefused = "request-refused",
    /// A PIN was issued: both halves left.
    Issued = "issued",
    /// The first half was made anew and sent again.
    HalfResent = "half-resent",
    /// A new pair of halves left, with a new letter.
    LetterResent = "letter-resent",
    /// The first half alone was used, for a request that takes it.
    HalfUsed = "half-used",
    /// A pair of halves died of too many wrong tries.
    PairDied = "pair-died",
    /// A pair of halves was not used in its time.
    PairEnded = "pair-ended",
    /// The initial PIN was used, and the working one took its place.
    FirstAccess = "first-access",
    /// The hash was made anew with the pepper, cost or scheme in force.
    Rehashed = "rehashed",
    /// A guided procedure gave a new PIN.
    Renewed = "renewed",
    /// The holder was told that the PIN will expire.
    Warned = "warned",
    /// The PIN was not used for too long.
    SwitchedOff = "switched-off",
    /// Too many wrong PINs came from devices that the holder never used: only those the holder knows get in.
    ClosedToStrangers = "closed-to-strangers",
    /// Too many wrong PINs came from a device of the holder: nobody gets in.
    Locked = "locked",
    /// A link to restore the PIN was sent.
    RestoreAsked = "restore-asked",
    /// The PIN was restored: the old one stopped, and both halves of a new one left.
    Restored = "restored",
    /// The PIN was revoked.
    Revoked = "revoked",
    /// A conversion was begun, and its form made.
    ConversionBegun = "conversion-begun",
    /// The signed form came: operators have to decide.
    ConversionSubmitted = "conversion-submitted",
    /// An operator took a conversion to look at it.
    ConversionClaimed = "conversion-claimed",
    /// An operator gave a conversion back.
    ConversionReleased = "conversion-released",
    /// An operator is for accepting it, and another has to look.
    AcceptanceProposed = "acceptance-proposed",
    /// An operator is for rejecting it, and another has to look.
    RejectionProposed = "rejection-proposed",
    /// A second operator agreed: the PIN is dispositive.
    ConversionAccepted = "conversion-accepted",
    /// A second operator agreed: the PIN stays ordinary.
    ConversionRejected = "conversion-rejected",
    /// The form did not come in its time, or the person gave it up.
    ConversionDropped = "conversion-dropped",
    /// An office raised the PIN to dispositive.
    GradeRaised = "grade-raised",
    /// An application took a request that counts once the PIN is dispositive.
    ProvisionalTaken = "provisional-taken",
    /// A temporary telephone PIN was made.
    TelephonePinMade = "telephone-pin-made",
    /// The contact centre recognised the person by the telephone PIN.
    TelephonePinUsed = "telephone-pin-used",
    /// The telephone PIN ended.
    TelephonePinEnded = "telephone-pin-ended",
    /// Contacts were changed.
    ContactsChanged = "contacts-changed",
    /// The PIN came with an import.
    Imported = "imported",
    /// Somebody at the desk looked the person up.
    LookedUp = "looked-up",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_step_is_what_is_stored() {
        for step in PinStep::ALL {
            assert_eq!(serde_json::to_value(step).unwrap(), step.name());
        }
    }
}
