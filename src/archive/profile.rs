//! In what a person may act: for themselves, or in a professional profile, mostly of an organisation.

use serde::{Deserialize, Serialize};

use crate::identity::{Category, Redacted};

/// The longest code of an organisation, in bytes.
const LONGEST_CODE: usize = 32;

/// The longest name of an organisation, in bytes.
const LONGEST_NAME: usize = 200;

/// The organisation that a person acts for. Either value may be a natural person's: a professional's practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawOrganisation")]
pub struct Organisation {
    code: Redacted<String>,
    name: Redacted<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOrganisation {
    code: String,
    name: String,
}

/// Why something is no profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAProfile {
    /// The organisation's code is empty, too long, or has other characters than letters, digits and `-._/`.
    #[error(
        "the organisation's code has to be 1 to {LONGEST_CODE} letters, digits and any of `-._/`"
    )]
    Code,
    /// The organisation's name is empty, too long, or has control characters.
    #[error(
        "the organisation's name has to be 1 to {LONGEST_NAME} bytes without control characters"
    )]
    Name,
    /// A category of a person in their own affairs is no professional profile.
    #[error("`{0}` is a category of people in their own affairs")]
    Personal(Category),
}

impl Organisation {
    /// An organisation with the code that the institute knows it by, and its name.
    ///
    /// # Errors
    /// [`NotAProfile`] when either breaks its rule.
    pub fn new(code: impl Into<String>, name: impl Into<String>) -> Result<Self, NotAProfile> {
        let (code, name) = (code.into(), name.into());
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte);
        if !(1..=LONGEST_CODE).contains(&code.len()) || !code.bytes().all(is_code) {
            return Err(NotAProfile::Code);
        }
        let blank = name.trim().is_empty();
        if blank || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(NotAProfile::Name);
        }
        Ok(Self {
            code: code.into(),
            name: name.into(),
        })
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        self.code.expose()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.expose()
    }
}

impl TryFrom<RawOrganisation> for Organisation {
    type Error = NotAProfile;

    fn try_from(raw: RawOrganisation) -> Result<Self, Self::Error> {
        Self::new(raw.code, raw.name)
    }
}

/// A professional profile: one category, and the organisation where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawProfile")]
pub struct Profile {
    category: Category,
    organisation: Option<Organisation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProfile {
    category: Category,
    organisation: Option<Organisation>,
}

impl Profile {
    /// A profile of a category that is not personal.
    ///
    /// # Errors
    /// [`NotAProfile::Personal`] for one that is.
    pub fn new(
        category: Category,
        organisation: Option<Organisation>,
    ) -> Result<Self, NotAProfile> {
        if category.is_personal() {
            return Err(NotAProfile::Personal(category));
        }
        Ok(Self {
            category,
            organisation,
        })
    }

    /// What the person acts as.
    #[must_use]
    pub fn category(&self) -> Category {
        self.category
    }

    /// For whom.
    #[must_use]
    pub fn organisation(&self) -> Option<&Organisation> {
        self.organisation.as_ref()
    }

    /// Whether two profiles are one: an organisation is known by its code, and its name may change.
    pub(super) fn is(&self, other: &Self) -> bool {
        let code = |profile: &Self| profile.organisation.clone().map(|o| o.code);
        self.category == other.category && code(self) == code(other)
    }
}

impl TryFrom<RawProfile> for Profile {
    type Error = NotAProfile;

    fn try_from(raw: RawProfile) -> Result<Self, Self::Error> {
        Self::new(raw.category, raw.organisation)
    }
}

/// The profile that a person acts in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileChoice {
    /// In their own affairs: the personal categories together.
    Personal,
    /// In one professional profile, and nothing else.
    Professional(Profile),
}

impl ProfileChoice {
    /// The profile, where it is a professional one.
    #[must_use]
    pub fn professional(&self) -> Option<&Profile> {
        match self {
            Self::Personal => None,
            Self::Professional(profile) => Some(profile),
        }
    }

    /// A text that tells the profiles of one person apart: what the page to choose sends back. It is only ever compared
    /// with those of the profiles there are.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Personal => "personal".to_owned(),
            Self::Professional(profile) => match &profile.organisation {
                Some(organisation) => format!("{}:{}", profile.category, organisation.code()),
                None => profile.category.to_string(),
            },
        }
    }
}
