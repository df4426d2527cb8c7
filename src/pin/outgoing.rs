//! What leaves: messages to people, and events to applications, as rows of the outbox.
//!
//! A row says what to tell and not how: adapters find the words, in the person's language. Secrets are in rows until they
//! were sent, sealed by the store, and then gone.

use serde::{Deserialize, Serialize};

use super::person::{Contact, DeliveryHours};
use super::secret::Half;
use crate::identity::{
    AchievedAssurance, EmailAddress, FiscalCode, Line, PhoneNumber, PinGrade, PostalAddress,
    Redacted, Timestamp,
};

/// One thing to send, to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Names this message for ever: whoever is handed it twice sends it once.
    pub reference: String,
    /// Where to.
    pub to: Recipient,
    /// What to tell.
    pub kind: MessageKind,
    /// The code of the recipient's language, as `it`.
    pub language: String,
}

/// Where a message goes, and by which way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// By text message.
    Sms(PhoneNumber),
    /// By e-mail.
    Email(EmailAddress),
    /// By certified e-mail.
    Pec(EmailAddress),
    /// By post.
    Letter(Addressee),
    /// Printed at an office into a sealed envelope, which the operator hands over (PIN rules, Asking for one).
    Envelope {
        /// The name on it.
        name: Redacted<String>,
        /// The office that prints it.
        office: Line<60>,
    },
    /// To an application, as a signed event.
    Application {
        /// Its client id.
        client: String,
    },
}

impl Recipient {
    /// The way by its name, for logs, queues and metrics.
    #[must_use]
    pub fn channel(&self) -> &'static str {
        match self {
            Self::Sms(_) => "sms",
            Self::Email(_) => "email",
            Self::Pec(_) => "pec",
            Self::Letter(_) => "letter",
            Self::Envelope { .. } => "envelope",
            Self::Application { .. } => "application",
        }
    }
}

impl From<Contact> for Recipient {
    fn from(contact: Contact) -> Self {
        match contact {
            Contact::Mobile(number) => Self::Sms(number),
            Contact::Email(address) => Self::Email(address),
            Contact::Pec(address) => Self::Pec(address),
        }
    }
}

/// Whom a letter is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// Name and family name.
    pub name: Redacted<String>,
    /// Where it goes.
    pub address: PostalAddress,
    /// When somebody is at home to take it.
    pub hours: Option<DeliveryHours>,
}

/// What a message tells, with what it needs to tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Secret: the first half of an initial PIN.
    FirstHalf {
        /// The eight characters.
        half: Half,
        /// The first moment at which the pair is no longer good.
        ends: Timestamp,
    },
    /// Secret: the second half of an initial PIN.
    SecondHalf {
        /// The eight characters.
        half: Half,
        /// The first moment at which the pair is no longer good.
        ends: Timestamp,
    },
    /// Secret: a whole initial PIN, for the sealed envelope of an office.
    WholePin {
        /// The first eight characters.
        first: Half,
        /// The other eight.
        second: Half,
        /// What the PIN is good for.
        grade: PinGrade,
        /// The first moment at which it is no longer good.
        ends: Timestamp,
    },
    /// Secret: the link that restores a PIN.
    RestoreLink {
        /// What the link carries.
        token: Redacted<String>,
        /// The first moment at which it is no longer good.
        ends: Timestamp,
    },
    /// Something changed; said to every contact on record (PIN rules, Security of the procedure).
    Notice {
        /// What.
        change: ChangeNotice,
        /// When, UTC.
        at: Timestamp,
    },
    /// To an application: a person's PIN proves more now (CAEP, assurance-level-change). It is signed when it is sent.
    AssuranceRaised {
        /// Whose.
        person: FiscalCode,
        /// What the PIN proved before.
        previous: AchievedAssurance,
        /// What it proves now.
        current: AchievedAssurance,
        /// When, UTC.
        at: Timestamp,
        /// Identifiers of the receipts of the provisional submissions that count now.
        receipts: Vec<String>,
    },
}

impl MessageKind {
    /// Whether it carries something that only its recipient may know.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match self {
            Self::FirstHalf { .. }
            | Self::SecondHalf { .. }
            | Self::WholePin { .. }
            | Self::RestoreLink { .. } => true,
            Self::Notice { .. } | Self::AssuranceRaised { .. } => false,
        }
    }

    /// Its name, for texts, manifests and metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::FirstHalf { .. } => "first-half",
            Self::SecondHalf { .. } => "second-half",
            Self::WholePin { .. } => "whole-pin",
            Self::RestoreLink { .. } => "restore-link",
            Self::Notice { change, .. } => change.name(),
            Self::AssuranceRaised { .. } => "assurance-raised",
        }
    }
}

/// What changed, as a person is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeNotice {
    /// The request was taken; somebody will call.
    RequestTaken,
    /// The request was closed: the check of the data failed.
    RequestRefused {
        /// What the operator wrote for the person.
        reason: Redacted<String>,
    },
    /// The first half of the initial PIN alone was used, for a request that takes it.
    HalfUsed,
    /// A PIN was issued.
    Issued {
        /// Its grade.
        grade: PinGrade,
    },
    /// The working PIN took the place of the initial one.
    FirstAccess {
        /// The first moment at which it will have expired; `None` for never.
        expires: Option<Timestamp>,
    },
    /// A new working PIN took the place of the expired one.
    Renewed {
        /// The first moment at which it will have expired; `None` for never.
        expires: Option<Timestamp>,
    },
    /// The PIN will expire.
    WillExpire {
        /// In how many days.
        days: u32,
        /// The first moment at which it will have expired.
        expires: Timestamp,
    },
    /// The PIN was not used for too long and is switched off.
    SwitchedOff,
    /// Too many wrong PINs: nobody gets in from a device that was never used before.
    ClosedToStrangers,
    /// Too many wrong PINs: nobody gets in.
    Locked,
    /// Somebody asked to restore the PIN, and its link was sent.
    RestoreAsked,
    /// The PIN was restored: the old one is dead.
    Restored,
    /// The PIN was revoked.
    Revoked,
    /// The pair of halves died, of wrong tries or of age.
    PairEnded,
    /// The signed form of a conversion came.
    ConversionSubmitted,
    /// The PIN is dispositive.
    Converted,
    /// The PIN stays ordinary.
    ConversionRejected {
        /// What the operator wrote for the person.
        reason: Redacted<String>,
    },
    /// A temporary telephone PIN was made.
    TelephonePinMade {
        /// The first moment at which it is no longer good.
        ends: Timestamp,
    },
    /// The contacts were changed. Goes to the old ones, too.
    ContactsChanged,
}

impl ChangeNotice {
    /// Its name, for texts and metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::RequestTaken => "request-taken",
            Self::RequestRefused { .. } => "request-refused",
            Self::HalfUsed => "half-used",
            Self::Issued { .. } => "issued",
            Self::FirstAccess { .. } => "first-access",
            Self::Renewed { .. } => "renewed",
            Self::WillExpire { .. } => "will-expire",
            Self::SwitchedOff => "switched-off",
            Self::ClosedToStrangers => "closed-to-strangers",
            Self::Locked => "locked",
            Self::RestoreAsked => "restore-asked",
            Self::Restored => "restored",
            Self::Revoked => "revoked",
            Self::PairEnded => "pair-ended",
            Self::ConversionSubmitted => "conversion-submitted",
            Self::Converted => "converted",
            Self::ConversionRejected { .. } => "conversion-rejected",
            Self::TelephonePinMade { .. } => "telephone-pin-made",
            Self::ContactsChanged => "contacts-changed",
        }
    }
}
