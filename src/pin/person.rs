//! What the institute knows of a person, as far as a PIN needs it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::identity::{
    EmailAddress, Line, PersonalName, PhoneNumber, PlaceCode, PostalAddress, Redacted, Sex,
    Timestamp, time_in_italy,
};

/// Who a person is and where they live: what the form asks before the contacts (PIN rules, Asking for one).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalDetails {
    /// Given names.
    pub name: PersonalName,
    /// Family name.
    pub surname: PersonalName,
    /// Sex.
    pub sex: Redacted<Sex>,
    /// Date of birth.
    pub birth_date: Redacted<NaiveDate>,
    /// Place of birth.
    pub birth_place: Redacted<PlaceCode>,
    /// Where letters go.
    pub residence: PostalAddress,
}

impl PersonalDetails {
    /// Name and family name, as they stand on an envelope.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.name.expose(), self.surname.expose())
    }

    /// How many whole years old the person is, by the calendar of Italy.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Option<u32> {
        time_in_italy(now)
            .date()
            .years_since(*self.birth_date.expose())
    }
}

/// How to reach a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// A telephone that takes text messages.
    pub mobile: Option<PhoneNumber>,
    /// A telephone that does not.
    pub landline: Option<PhoneNumber>,
    /// Ordinary e-mail.
    pub email: Option<EmailAddress>,
    /// Certified e-mail.
    pub pec: Option<EmailAddress>,
}

/// Something of the contacts that a request needs is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactsMissing {
    /// No telephone number at all.
    #[error("at least one telephone number is needed")]
    Telephone,
    /// Neither an e-mail address nor a PEC.
    #[error("at least one e-mail address is needed; a PEC counts")]
    Mail,
}

impl Contacts {
    /// Whether a request can go on with them: at least one telephone number and at least one e-mail address, for which a PEC
    /// counts (PIN rules, Online form).
    ///
    /// # Errors
    /// [`ContactsMissing`] says what is not there.
    pub fn check(&self) -> Result<(), ContactsMissing> {
        if self.mobile.is_none() && self.landline.is_none() {
            return Err(ContactsMissing::Telephone);
        }
        if self.email.is_none() && self.pec.is_none() {
            return Err(ContactsMissing::Mail);
        }
        Ok(())
    }

    /// Whether there is nothing to write to.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Every contact that a message can reach, the quickest first.
    pub fn all(&self) -> impl Iterator<Item = Contact> + '_ {
        let mobile = self.mobile.iter().cloned().map(Contact::Mobile);
        let pec = self.pec.iter().cloned().map(Contact::Pec);
        let email = self.email.iter().cloned().map(Contact::Email);
        mobile.chain(pec).chain(email)
    }

    /// Whether something that a person claims to be a contact of theirs is on record.
    #[must_use]
    pub fn has(&self, contact: &Contact) -> bool {
        self.all().any(|known| known == *contact)
    }
}

/// One contact that messages can reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// By text message.
    Mobile(PhoneNumber),
    /// By e-mail.
    Email(EmailAddress),
    /// By certified e-mail.
    Pec(EmailAddress),
}

/// When somebody is at home to take the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryHours {
    /// From 8 to 13.
    Morning,
    /// From 13 to 18.
    Afternoon,
    /// From 18 to 20.
    Evening,
}

impl DeliveryHours {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Morning, Self::Afternoon, Self::Evening];

    /// The name used by forms and by the manifest of letters.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Morning => "morning",
            Self::Afternoon => "afternoon",
            Self::Evening => "evening",
        }
    }

    /// The choice of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hours| hours.name() == name)
    }
}

/// Why a person gets a PIN although issuance has ended (PIN rules, After 1 October 2020).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exception {
    /// Not of age: the date of birth says so.
    Minor,
    /// Not a citizen of the European Union, without an Italian document.
    NoItalianDocument,
    /// Under guardianship, curatorship or support administration.
    UnderGuardianship,
}

impl Exception {
    /// Every exception.
    pub const ALL: [Self; 3] = [
        Self::Minor,
        Self::NoItalianDocument,
        Self::UnderGuardianship,
    ];

    /// The name used by forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::NoItalianDocument => "no-italian-document",
            Self::UnderGuardianship => "under-guardianship",
        }
    }

    /// The exception of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }
}

/// An identity document that a person showed or copied (PIN rules, More facts).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Its number.
    pub number: Line<20>,
    /// Who issued it.
    pub issuer: Line<80>,
    /// The last day on which it is valid.
    pub expires: NaiveDate,
}

impl IdentityDocument {
    /// Whether it is valid on the day that it is in Italy.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        time_in_italy(now).date() <= self.expires
    }
}

/// The documents that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// *Carta d'identità*.
    IdentityCard,
    /// *Patente di guida*.
    DrivingLicence,
    /// *Passaporto*.
    Passport,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::IdentityCard, Self::DrivingLicence, Self::Passport];

    /// The name used by forms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IdentityCard => "identity-card",
            Self::DrivingLicence => "driving-licence",
            Self::Passport => "passport",
        }
    }

    /// The kind of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
