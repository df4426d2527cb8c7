//! Why a command changes nothing.

use crate::identity::Timestamp;

use super::person::ContactsMissing;

/// Why a command changes nothing. [`code`](Self::code) can be logged and names nobody; what a stranger is told about somebody
/// else's PIN must not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinRefusal {
    /// The contacts are not enough.
    #[error("{0}")]
    Contacts(ContactsMissing),
    /// PINs are issued to the excepted groups alone, and the person is of none.
    #[error("PINs are issued no more")]
    IssuanceEnded,
    /// The person says to be a minor and is of age.
    #[error("the person is of age")]
    OfAge,
    /// Somebody else than the person asks, who is neither guardian nor parent at an office.
    #[error("nobody may ask for somebody else's PIN")]
    Delegate,
    /// The person has a PIN already.
    #[error("there is a PIN already")]
    AlreadyIssued,
    /// There is an open request already.
    #[error("there is a request already")]
    AlreadyRequested,
    /// There is no PIN, or not in the state that this needs.
    #[error("the PIN is not in a state that allows this")]
    WrongState,
    /// The PIN is locked.
    #[error("the PIN is locked")]
    Locked,
    /// The PIN is closed to devices that its holder never used.
    #[error("the PIN is closed to unknown devices")]
    ClosedToStrangers,
    /// The proof is for another secret than the one that is kept now.
    #[error("the proof is for another PIN")]
    NotProven,
    /// A letter cannot be had before this moment.
    #[error("no letter before {0}")]
    NoLetterBefore(Timestamp),
    /// The data do not say where a letter goes.
    #[error("no address is on record")]
    NoAddress,
    /// The claimed contacts are not two different ones on record.
    #[error("the contacts are not on record")]
    ContactsUnknown,
    /// The PIN was never used: it cannot be restored, only revoked.
    #[error("the PIN was never used")]
    NeverUsed,
    /// The link, form or code is not the one that is waited for, or is too old.
    #[error("not what is waited for")]
    Stale,
    /// Somebody else has it in hand.
    #[error("somebody else has it in hand")]
    Claimed,
    /// Nobody has it in hand: it has to be taken first.
    #[error("it has to be taken in hand first")]
    NotClaimed,
    /// The same operator may not decide twice.
    #[error("a second operator has to decide")]
    SameOperator,
    /// Only somebody at the desk may do it, in a role that is allowed to.
    #[error("only the desk may do this")]
    NotAtTheDesk,
    /// An operator may not act on their own PIN.
    #[error("nobody serves themselves")]
    OwnPin,
    /// A reason is needed.
    #[error("a reason is needed")]
    NoReason,
    /// The identity document has expired.
    #[error("the document has expired")]
    DocumentExpired,
    /// The PIN has the higher grade already.
    #[error("the PIN is dispositive already")]
    AlreadyDispositive,
    /// There are as many already as are kept.
    #[error("there are too many already")]
    TooMany,
    /// Nothing is to be done.
    #[error("nothing to do")]
    Nothing,
}

impl PinRefusal {
    /// The reason code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Contacts(ContactsMissing::Telephone) => "telephone-missing",
            Self::Contacts(ContactsMissing::Mail) => "mail-missing",
            Self::IssuanceEnded => "issuance-ended",
            Self::OfAge => "of-age",
            Self::Delegate => "delegate",
            Self::AlreadyIssued => "already-issued",
            Self::AlreadyRequested => "already-requested",
            Self::WrongState => "wrong-state",
            Self::Locked => "locked",
            Self::ClosedToStrangers => "closed-to-strangers",
            Self::NotProven => "not-proven",
            Self::NoLetterBefore(_) => "no-letter",
            Self::NoAddress => "no-address",
            Self::ContactsUnknown => "contacts-unknown",
            Self::NeverUsed => "never-used",
            Self::Stale => "stale",
            Self::Claimed => "claimed",
            Self::NotClaimed => "not-claimed",
            Self::SameOperator => "same-operator",
            Self::NotAtTheDesk => "not-at-the-desk",
            Self::OwnPin => "own-pin",
            Self::NoReason => "no-reason",
            Self::DocumentExpired => "document-expired",
            Self::AlreadyDispositive => "already-dispositive",
            Self::TooMany => "too-many",
            Self::Nothing => "nothing",
        }
    }
}

impl From<ContactsMissing> for PinRefusal {
    fn from(missing: ContactsMissing) -> Self {
        Self::Contacts(missing)
    }
}
