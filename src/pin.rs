//! The life of a PIN, pure: what `rules/pin.md` calls the credential, from its request to its end.
//!
//! In: a person's [`Dossier`], what somebody asks for, and a [`Context`] with the time, randomness, the rules and who it is.
//! Out: a [`Change`] or a [`PinRefusal`]. A change is the dossier as it is after it, the messages that it announces and its
//! audit records; a [`PinStore`] writes all of it in one transaction, or nothing, so no end of the process loses a letter or
//! leaves half a PIN. Commands are methods of [`Dossier`], one file a stage, each rule a test by name.
//!
//! Hashes take long and are made before, outside: commands take [`MintedPin`]s and, as a proof that somebody knew a secret,
//! [`PinMatch`](crate::crypto::PinMatch)es. Layer 3: uses `identity`, `crypto`, `audit` and the types of the store's port.

mod calendar;
mod change;
mod conversion;
mod dates;
mod decide;
mod dossier;
mod first_access;
mod issue;
mod letters;
mod office;
mod outgoing;
mod person;
mod provisional;
mod records;
mod refusal;
mod renewal;
mod request;
mod restore;
mod revocation;
mod rules;
mod secret;
mod stages;
mod status;
mod store;
mod telephone;
#[cfg(test)]
mod testing;
mod tries;

pub use change::{Change, Context};
pub use decide::{MOST_DECISIONS, decide, decide_if, dossier_of};
pub use dossier::{Dossier, HistoryEntry, MonthlyUse};
pub use outgoing::{Addressee, ChangeNotice, MessageKind, Outgoing, Recipient};
pub use person::{
    Contact, Contacts, ContactsMissing, DeliveryHours, DocumentKind, Exception, IdentityDocument,
    PersonalDetails,
};
pub use provisional::Provisional;
pub use records::Imported;
pub use refusal::PinRefusal;
pub use rules::PinRules;
pub use secret::{Half, InitialPin, MintedHalf, MintedPin, NotAPin, TelephoneCode, WorkingPin};
pub use stages::{
    Applicant, Application, Claim, Conversion, IssueCause, OfficeVisit, Opinion, Pair, Pin,
    PinChannel, PinState, Request, RestoreLink, TelephonePin, TelephoneTerm, Upload, Working,
};
pub use status::PinStatus;
pub use store::{
    BlobId, DueMessage, Index, Kept, MessageId, Page, PinStore, Queue, Version, WriteError,
};
pub use tries::Device;
