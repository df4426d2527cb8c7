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

mod asked;
mod breaker;
mod cache;
mod http;
mod profile;
mod registers;

use crate::identity::{Categories, Category, Person, PersonKey, PhoneNumber, Timestamp};
use crate::store::BoxFuture;

pub use asked::AskedSettings;
pub use cache::Remembered;
pub use http::HttpArchive;
pub use profile::{NotAProfile, Organisation, Profile, ProfileChoice};
pub use registers::{HttpRegisters, NoRegisters, RegisterTable, RegisterTableError, Registers};

/// The most professional profiles one person may have. The page to choose one stays readable, and an archive gone wrong
/// fills no memory.
pub const MOST_PROFILES: usize = 64;

/// What the archives know of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    personal: Categories,
    profiles: Vec<Profile>,
    mobile: Option<PhoneNumber>,
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
            mobile: None,
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

    /// The same of somebody whose mobile telephone the institute knows, because they showed once that it is theirs.
    #[must_use]
    pub fn reached_at(self, mobile: Option<PhoneNumber>) -> Self {
        Self { mobile, ..self }
    }

    /// The mobile telephone that the institute knows to be theirs.
    #[must_use]
    pub fn mobile(&self) -> Option<&PhoneNumber> {
        self.mobile.as_ref()
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
                .then(|| [profile.category()].into_iter().collect()),
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
