//! Vocabulary, pure: who a person is, how they proved it, and how sure we are.
//!
//! In: values parsed at the edges. Out: types that the rest of Varco speaks. Nothing here knows a protocol, a store
//! or a page; this is layer 0 and uses nothing of ours.

mod birth;
mod card;
mod category;
mod clock;
mod email;
mod event;
mod fiscal_code;
mod grade;
mod health_card;
mod italy;
mod letters;
mod level;
mod method;
mod person;
mod phone;
mod places;
mod postal;
mod redacted;
mod set;
mod text;

pub use birth::{PlaceCode, PlaceCodeError, Sex};
pub use card::{Card, CardKind, CardKinds, SecondStep};
pub use category::{Categories, Category};
pub use clock::{Clock, SystemClock, Timestamp};
pub use email::{EmailAddress, EmailAddressError};
pub use event::{
    AuthenticationEvent, AuthenticationProof, EvidenceId, SamlSession, VerifiedIdentity,
};
pub use fiscal_code::{Contradiction, Declared, FiscalCode, FiscalCodeError};
pub use grade::{DeskRole, PinGrade};
pub use health_card::{HealthCardNumber, HealthCardNumberError};
pub use italy::{midnight_in_italy, time_in_italy};
pub use letters::spelled;
pub use level::{AchievedAssurance, AssertedAssurance, AssuranceLevel, RequiredAssurance};
pub use method::{AuthenticationMethod, Methods};
pub use person::{Company, Person, PersonKey};
pub use phone::{PhoneNumber, PhoneNumberError};
pub use places::{Place, Places};
pub use postal::{Country, CountryError, PostalAddress, PostalAddressError, PostalFields};
pub use redacted::Redacted;
pub use text::{Line, LineError, PersonalName};
