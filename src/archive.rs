//! Who a person is in the institute's archives: the port, and what is asked of it.
//!
//! In: a person's key. Out: a [`Standing`]: what they are in their own affairs, and the professional profiles in which they
//! may act for others. A person acts in one profile at a time ([`ProfileChoice`]); its categories alone count, so that
//! nobody opens a company's service by what they are as a citizen. What a session remembers is the choice; the standing is
//! asked for whenever something is decided, so that a profile the archives took back closes at once. An archive that does
//! not answer opens nothing: there is no guess ([`Capacity::Unavailable`]).
//!
//! Layer 3: uses `identity` and the store's future type. The adapters are the table in `store::sqlite` and the one that
//! asks over HTTP, beneath.

mod breaker;
mod cache;
mod http;

use serde::{Deserialize, Serialize};

use crate::identity::{Categories, Category, Person, PersonKey, Redacted, Timestamp};
use crate::store::BoxFuture;

pub use cache::Remembered;
pub use http::{HttpArchive, HttpArchiveSettings};

/// The most professional profiles one person may have. The page to choose one stays readable, and an archive gone wrong
/// fills no memory.
pub const MOST_PROFILES: usize = 64;

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
    fn is(&self, other: &Self) -> bool {
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

/// What the archives know of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    personal: Categories,
    profiles: Vec<Profile>,
}

impl Standing {
    /// What is known of a person whom the archives do not know: they are a citizen.
    #[must_use]
    pub fn citizen() -> Self {
        Self::new([], [])
    }

    /// A standing of personal categories and professional profiles. Everybody is a citizen; a category that is not
    /// personal counts only as a profile; a profile that is there twice counts once, and those beyond
    /// [`MOST_PROFILES`] do not count.
    #[must_use]
    pub fn new(
        personal: impl IntoIterator<Item = Category>,
        profiles: impl IntoIterator<Item = Profile>,
    ) -> Self {
        let mut standing = Self {
            personal: personal
                .into_iter()
                .filter(|category| category.is_personal())
                .chain([Category::Citizen])
                .collect(),
            profiles: Vec::new(),
        };
        for profile in profiles {
            standing.add(profile);
        }
        standing
    }

    fn add(&mut self, profile: Profile) {
        let known = self.profiles.iter().any(|other| other.is(&profile));
        if !known && self.profiles.len() < MOST_PROFILES {
            self.profiles.push(profile);
        }
    }

    /// The same, with what the person's login proves by itself: a professional identity of a legal person (SPID
    /// Avviso 18) may act for its company, whether or not the archives know it.
    #[must_use]
    pub fn with_login_of(mut self, person: &Person) -> Self {
        if let Some(company) = &person.company {
            let number = company
                .fiscal_number
                .as_ref()
                .or(company.vat_number.as_ref());
            let organisation = number.and_then(|number| {
                Organisation::new(number.expose().clone(), company.name.expose().clone()).ok()
            });
            if let Ok(profile) = Profile::new(Category::Company, organisation) {
                self.add(profile);
            }
        }
        self
    }

    /// The categories in their own affairs.
    #[must_use]
    pub fn personal(&self) -> Categories {
        self.personal
    }

    /// The professional profiles.
    #[must_use]
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Every profile that the person can act in, the personal one first.
    pub fn choices(&self) -> impl Iterator<Item = ProfileChoice> {
        let professional = self.profiles.iter().cloned();
        std::iter::once(ProfileChoice::Personal)
            .chain(professional.map(ProfileChoice::Professional))
    }

    /// The choice of a [`key`](ProfileChoice::key), if the person has it.
    #[must_use]
    pub fn choice(&self, key: &str) -> Option<ProfileChoice> {
        self.choices().find(|choice| choice.key() == key)
    }

    /// What the person is in a profile; `None` when it is not theirs (any more).
    #[must_use]
    pub fn categories_in(&self, choice: &ProfileChoice) -> Option<Categories> {
        match choice {
            ProfileChoice::Personal => Some(self.personal),
            ProfileChoice::Professional(profile) => self
                .profiles
                .iter()
                .any(|other| other.is(profile))
                .then(|| [profile.category].into_iter().collect()),
        }
    }

    /// In what capacity the person acts who chose `chosen`. Who has one profile only need not choose; a choice that the
    /// archives no longer list is none.
    #[must_use]
    pub fn capacity(&self, chosen: Option<&ProfileChoice>) -> Capacity {
        let only = self.profiles.is_empty().then_some(ProfileChoice::Personal);
        let choice = chosen
            .filter(|choice| self.categories_in(choice).is_some())
            .cloned()
            .or(only);
        match choice.map(|choice| (self.categories_in(&choice), choice)) {
            Some((Some(categories), profile)) => Capacity::Acting {
                profile,
                categories,
            },
            _ => Capacity::Undecided,
        }
    }
}

/// In what capacity a person acts, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capacity {
    /// In a profile that is theirs.
    Acting {
        /// The profile.
        profile: ProfileChoice,
        /// What it makes them.
        categories: Categories,
    },
    /// They have several profiles and have not chosen, or the chosen one is no longer theirs.
    Undecided,
    /// The archives did not answer.
    Unavailable,
}

impl Capacity {
    /// The profile that the person acts in.
    #[must_use]
    pub fn profile(&self) -> Option<&ProfileChoice> {
        match self {
            Self::Acting { profile, .. } => Some(profile),
            Self::Undecided | Self::Unavailable => None,
        }
    }
}

/// The archives did not say who a person is. Nothing opens without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// They cannot be asked now: the code says why, and names nobody.
    #[error("the archives are not available: {0}")]
    Unavailable(&'static str),
    /// They answered what cannot be understood: the code says what.
    #[error("the archives' answer cannot be used: {0}")]
    Unusable(&'static str),
}

impl ArchiveError {
    /// The reason code, for logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(code) | Self::Unusable(code) => code,
        }
    }
}

/// Where the institute keeps who a person is.
pub trait Archive: Send + Sync {
    /// What the archives know of a person now. Somebody they do not know is a citizen, not an error.
    ///
    /// # Errors
    /// [`ArchiveError`] when they do not answer, or not what can be understood.
    fn standing<'a>(
        &'a self,
        person: &'a PersonKey,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, ArchiveError>>;
}

/// No archives: everybody is a citizen, and what their login proves.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoArchive;

impl Archive for NoArchive {
    fn standing<'a>(
        &'a self,
        _: &'a PersonKey,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, ArchiveError>> {
        Box::pin(async { Ok(Standing::citizen()) })
    }
}

#[cfg(test)]
mod tests;
