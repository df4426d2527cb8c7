//! A person as their identity provider describes them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{FiscalCode, Redacted};

/// What makes two logins the same person: the fiscal code, or for eIDAS users without one the identity code that the
/// provider assigned (SPID technical rules, attributes).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKey {
    /// The Italian fiscal code of a natural person.
    FiscalCode(FiscalCode),
    /// The provider's `spidCode`, for a person who has no Italian fiscal code.
    SpidCode(Redacted<String>),
}

impl PersonKey {
    /// A text that is equal exactly when the keys are: input for keyed hashes, never shown.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self {
            Self::FiscalCode(code) => format!("cf:{}", code.expose()),
            Self::SpidCode(code) => format!("spid:{}", code.expose()),
        }
    }
}

/// The company a professional identity acts for (SPID Avviso 18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// `companyName`.
    pub name: Redacted<String>,
    /// `companyFiscalNumber`, without its prefix.
    pub fiscal_number: Option<Redacted<String>>,
    /// `ivaCode`, without its prefix.
    pub vat_number: Option<Redacted<String>>,
    /// `registeredOffice`.
    pub registered_office: Option<Redacted<String>>,
}

/// Who a person is. Only the key is certain to be there: providers deliver the rest unevenly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What makes two logins the same person.
    pub key: PersonKey,
    /// Given name.
    pub given_name: Option<Redacted<String>>,
    /// Family name.
    pub family_name: Option<Redacted<String>>,
    /// Date of birth.
    pub birth_date: Option<Redacted<NaiveDate>>,
    /// Belfiore code of the place of birth.
    pub birth_place: Option<Redacted<String>>,
    /// `M` or `F`, as the provider writes it.
    pub gender: Option<Redacted<String>>,
    /// E-mail address.
    pub email: Option<Redacted<String>>,
    /// Mobile telephone number.
    pub mobile_phone: Option<Redacted<String>>,
    /// Certified e-mail (PEC).
    pub digital_address: Option<Redacted<String>>,
    /// The company a professional identity acts for.
    pub company: Option<Company>,
}

impl Person {
    /// A person of whom nothing but the key is known.
    #[must_use]
    pub fn new(key: PersonKey) -> Self {
        Self {
            key,
            given_name: None,
            family_name: None,
            birth_date: None,
            birth_place: None,
            gender: None,
            email: None,
            mobile_phone: None,
            digital_address: None,
            company: None,
        }
    }

    /// The fiscal code, where the person has one.
    #[must_use]
    pub fn fiscal_code(&self) -> Option<&FiscalCode> {
        match &self.key {
            PersonKey::FiscalCode(code) => Some(code),
            PersonKey::SpidCode(_) => None,
        }
    }

    /// Whether more is known than who the person is: how to reach them, or where they were born.
    #[must_use]
    pub fn has_contacts(&self) -> bool {
        let contacts = [
            &self.birth_place,
            &self.gender,
            &self.email,
            &self.mobile_phone,
            &self.digital_address,
        ];
        contacts.into_iter().any(Option::is_some)
    }

    /// The person as described now, and where this description is silent as an earlier one of the same person has it: a
    /// provider tells only what it is asked for. The company is not filled in: it is of one login alone.
    #[must_use]
    pub fn or_as_known(self, earlier: &Self) -> Self {
        Self {
            given_name: self.given_name.or_else(|| earlier.given_name.clone()),
            family_name: self.family_name.or_else(|| earlier.family_name.clone()),
            birth_date: self.birth_date.or_else(|| earlier.birth_date.clone()),
            birth_place: self.birth_place.or_else(|| earlier.birth_place.clone()),
            gender: self.gender.or_else(|| earlier.gender.clone()),
            email: self.email.or_else(|| earlier.email.clone()),
            mobile_phone: self.mobile_phone.or_else(|| earlier.mobile_phone.clone()),
            digital_address: self
                .digital_address
                .or_else(|| earlier.digital_address.clone()),
            key: self.key,
            company: self.company,
        }
    }

    /// Given and family name for a page, or `None` when the provider gave neither.
    #[must_use]
    pub fn display_name(&self) -> Option<String> {
        let names: Vec<&str> = [&self.given_name, &self.family_name]
            .into_iter()
            .flatten()
            .map(|name| name.expose().as_str())
            .collect();
        (!names.is_empty()).then(|| names.join(" "))
    }
}
