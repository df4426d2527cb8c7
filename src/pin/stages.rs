//! What a dossier holds: the PIN and where it is in its life, and what is under way beside it.
//!
//! These are values to read. Only the commands of [`Dossier`](super::Dossier) change them.

use serde::{Deserialize, Serialize};

use super::person::{
    Contact, Contacts, DeliveryHours, Exception, IdentityDocument, PersonalDetails,
};
use super::store::BlobId;
use crate::crypto::PinHash;
use crate::identity::{DeskRole, FiscalCode, Line, PinGrade, Redacted, Timestamp};

/// By which way a PIN was issued (PIN rules, Asking for one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PinChannel {
    /// Asked for on the web.
    Online,
    /// Asked for on the telephone.
    ContactCentre,
    /// At an office.
    Office,
    /// There before Varco.
    Imported,
}

/// A person's PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Names it; a restored PIN is another one.
    pub id: String,
    /// What it is good for.
    pub grade: PinGrade,
    /// How it was issued first.
    pub channel: PinChannel,
    /// When.
    pub issued: Timestamp,
    /// Whether it, or one that it took the place of by a restore, was ever used.
    pub was_used: bool,
    /// Where in its life it is. Dates that have come and that nobody wrote down yet do not show here: see
    /// [`Dossier::status`](super::Dossier::status).
    pub state: PinState,
}

/// Where in its life a PIN is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinState {
    /// Two halves are on their way, for the first access.
    Initial(Pair),
    /// It opens what its grade opens.
    Working(Working),
    /// The halves died, of wrong tries or of age, before they were used.
    PairEnded {
        /// When.
        since: Timestamp,
    },
    /// It was not used for too long.
    SwitchedOff {
        /// When.
        since: Timestamp,
    },
    /// Too many failures came from a device of the holder.
    Locked {
        /// When.
        since: Timestamp,
    },
    /// It was revoked.
    Revoked {
        /// When.
        since: Timestamp,
    },
}

/// Why two halves were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssueCause {
    /// A first PIN, or one after a revocation.
    Issue,
    /// The PIN before it was lost.
    Restore,
}

/// The two halves of an initial PIN, hashed apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The half that came at once.
    pub first: PinHash,
    /// The half that came by letter.
    pub second: PinHash,
    /// When they were made.
    pub made: Timestamp,
    /// The first moment at which they are no longer good.
    pub ends: Timestamp,
    /// How many tries there were.
    pub tries: u32,
    /// How often the first half was sent again.
    #[serde(default)]
    pub resent: u32,
    /// Why they were sent.
    pub cause: IssueCause,
}

/// A PIN that a person logs in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Working {
    /// Its hash.
    pub hash: PinHash,
    /// Since when it is this one.
    pub set: Timestamp,
    /// The first moment at which it has expired; `None` for never.
    pub expires: Option<Timestamp>,
    /// When it was used last.
    pub used: Timestamp,
    /// Tries since the last success, from devices that the holder never used.
    pub strangers: u32,
    /// Tries since the last success, from devices of the holder.
    pub familiar: u32,
    /// How many days before the expiry the last warning was sent.
    pub warned: Option<u32>,
}

/// What a person fills in to ask for a PIN, every part parsed (PIN rules, Online form).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Who they are and where they live. Whether it fits the fiscal code was checked before.
    pub details: PersonalDetails,
    /// How to reach them.
    pub contacts: Contacts,
    /// When somebody takes the letter.
    pub hours: Option<DeliveryHours>,
    /// The code of their language.
    pub language: String,
    /// Why they get a PIN although issuance has ended.
    pub exception: Option<Exception>,
}

/// A request that the contact centre's operators have to check by calling the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Names it.
    pub id: String,
    /// When it was made.
    pub asked: Timestamp,
    /// What was filled in.
    pub application: Application,
    /// Who has it in hand.
    pub claim: Option<Claim>,
}

/// Who stands at the desk of an office (PIN rules, Asking for one: never a delegate, but guardians and parents).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicant {
    /// The person whose PIN it is.
    Holder,
    /// Their guardian, curator or support administrator.
    Guardian(FiscalCode),
    /// A parent of theirs.
    Parent(FiscalCode),
    /// Somebody whom they sent.
    Delegate,
}

/// What an operator of an office registers with form MV35.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeVisit {
    /// When.
    pub at: Timestamp,
    /// Who registered it.
    pub operator: FiscalCode,
    /// Who came.
    pub applicant: Applicant,
    /// The document that they showed.
    pub document: IdentityDocument,
    /// The number under which the signed form is filed.
    pub form: Line<40>,
    /// The office, which prints the envelope.
    pub office: Line<60>,
}

/// Somebody at the desk has something in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who.
    pub operator: FiscalCode,
    /// In what role.
    pub role: DeskRole,
    /// The first moment at which others may take it.
    pub until: Timestamp,
}

/// A conversion from ordinary to dispositive, on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// Names it.
    pub id: String,
    /// The code that is printed on its form and ties the form to it.
    pub code: String,
    /// When it was begun.
    pub begun: Timestamp,
    /// The first moment at which its form is no longer taken.
    pub ends: Timestamp,
    /// The document that the person confirmed.
    pub document: IdentityDocument,
    /// The signed form, once it came.
    pub upload: Option<Upload>,
    /// Who has it in hand.
    pub claim: Option<Claim>,
    /// What operators said so far, each another one.
    pub opinions: Vec<Opinion>,
}

/// A file that a person uploaded, checked, kept sealed beside the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Where it is kept.
    pub blob: BlobId,
    /// How many pages it has.
    pub pages: u32,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// When it came.
    pub at: Timestamp,
}

/// What an operator says to a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Who.
    pub operator: FiscalCode,
    /// Whether they are for accepting it.
    pub accept: bool,
    /// Why.
    pub reason: Redacted<String>,
    /// When.
    pub at: Timestamp,
}

/// A link that restores a PIN, until it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreLink {
    /// SHA-256 of what the link carries, in hexadecimal.
    pub digest: String,
    /// The first moment at which it is no longer good.
    pub ends: Timestamp,
    /// Where the two halves go: two contacts on record.
    pub to: [Contact; 2],
}

/// How long a telephone PIN is good (PIN rules, More facts).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TelephoneTerm {
    /// One day.
    Day,
    /// One week.
    Week,
    /// One month.
    Month,
    /// Three months.
    ThreeMonths,
}

impl TelephoneTerm {
    /// Every term, the shortest first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::ThreeMonths];

    /// The name used by forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::ThreeMonths => "three-months",
        }
    }

    /// The term of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|term| term.name() == name)
    }
}

/// A temporary PIN to be recognised by on the telephone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelephonePin {
    /// Its hash.
    pub hash: PinHash,
    /// When it was made.
    pub made: Timestamp,
    /// The first moment at which it is no longer good.
    pub ends: Timestamp,
    /// Tries since the last success.
    pub tries: u32,
}
