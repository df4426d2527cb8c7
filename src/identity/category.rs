//! What a person is to the institute: services are for some categories and not for others.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::set::set_of;

/// A category of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// A natural person in their own affairs. Everybody is one.
    Citizen,
    /// A worker of the private-sector scheme.
    WorkerPrivate,
    /// A worker of the public employees' scheme.
    WorkerPublic,
    /// Somebody who draws a pension.
    Pensioner,
    /// Somebody who is out of work.
    Unemployed,
    /// A resident abroad without an Italian document, who can have neither SPID nor CIE: the one to whom the PIN is left.
    ResidentAbroad,
    /// Labour consultants, accountants, lawyers and CAF: people who act for those who delegated them.
    Intermediary,
    /// A patronato: an office that helps people with their applications for nothing.
    Patronato,
    /// A company, by a person who may act for it.
    Company,
    /// A public body, by a person who may act for it.
    PublicBody,
    /// A professional in their own practice.
    Professional,
    /// A doctor or a local health authority.
    Doctor,
    /// A bank, by a person who may act for it.
    Bank,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 13] = [
        Self::Citizen,
        Self::WorkerPrivate,
        Self::WorkerPublic,
        Self::Pensioner,
        Self::Unemployed,
        Self::ResidentAbroad,
        Self::Intermediary,
        Self::Patronato,
        Self::Company,
        Self::PublicBody,
        Self::Professional,
        Self::Doctor,
        Self::Bank,
    ];

    /// The name used on the command line, in configuration and in tokens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::WorkerPrivate => "worker-private",
            Self::WorkerPublic => "worker-public",
            Self::Pensioner => "pensioner",
            Self::Unemployed => "unemployed",
            Self::ResidentAbroad => "resident-abroad",
            Self::Intermediary => "intermediary",
            Self::Patronato => "patronato",
            Self::Company => "company",
            Self::PublicBody => "public-body",
            Self::Professional => "professional",
            Self::Doctor => "doctor",
            Self::Bank => "bank",
        }
    }

    /// The category of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.name() == name)
    }

    /// Whether it is a person in their own affairs. The other categories are profiles, in which a person acts for
    /// somebody else or in their trade, one at a time.
    #[must_use]
    pub fn is_personal(self) -> bool {
        match self {
            Self::Citizen
            | Self::WorkerPrivate
            | Self::WorkerPublic
            | Self::Pensioner
            | Self::Unemployed
            | Self::ResidentAbroad => true,
            Self::Intermediary
            | Self::Patronato
            | Self::Company
            | Self::PublicBody
            | Self::Professional
            | Self::Doctor
            | Self::Bank => false,
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

set_of! {
    /// A set of categories. To the empty one nothing is open.
    Categories(u16) of Category
}

impl Categories {
    /// The categories of a person in their own affairs: see [`Category::is_personal`].
    #[must_use]
    pub fn personal() -> Self {
        Category::ALL
            .into_iter()
            .filter(|category| category.is_personal())
            .collect()
    }

    /// These and whatever else somebody of them may be: a person in their own affairs is of all their personal categories
    /// at once, a professional profile of one alone.
    #[must_use]
    pub fn with_companions(self) -> Self {
        if self.intersects(Self::personal()) {
            self.or(Self::personal())
        } else {
            self
        }
    }

    /// Every category.
    pub const ALL: Self = Self(0b1_1111_1111_1111);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_those_of_configuration() {
        for category in Category::ALL {
            assert_eq!(Category::from_name(category.name()), Some(category));
            let json = serde_json::to_value(category).unwrap();
            assert_eq!(json, category.name());
        }
        assert_eq!(Category::from_name("Citizen"), None);
    }

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        for one in Category::ALL {
            let set = Categories::from_iter([one]);
            for other in Category::ALL {
                assert_eq!(set.contains(other), one == other);
                assert_eq!(set.intersects(Categories::from_iter([other])), one == other);
            }
            assert!(!set.intersects(Categories::NONE));
            assert_eq!(set.and(Categories::ALL), set);
            assert_eq!(set.or(Categories::NONE), set);
            assert!(!Categories::ALL.without(set).contains(one));
        }
        assert!(Categories::ALL.iter().eq(Category::ALL));
        assert_eq!(Categories::from_iter(Category::ALL), Categories::ALL);
        assert_eq!(Categories::NONE.to_string(), "none");
    }

    #[test]
    fn somebody_of_a_personal_category_may_be_of_all_of_them_and_a_profile_stands_alone() {
        let of = |categories: &[Category]| categories.iter().copied().collect::<Categories>();
        let pensioner = of(&[Category::Pensioner]);
        assert_eq!(pensioner.with_companions(), Categories::personal());
        let company = of(&[Category::Company]);
        assert_eq!(company.with_companions(), company);
        assert_eq!(
            of(&[Category::Citizen, Category::Company]).with_companions(),
            Categories::personal().or(company)
        );
        assert_eq!(Categories::NONE.with_companions(), Categories::NONE);
    }

    #[test]
    fn the_personal_categories_are_those_of_a_person_in_their_own_affairs() {
        assert_eq!(
            Categories::personal().to_string(),
            "citizen, worker-private, worker-public, pensioner, unemployed, resident-abroad"
        );
    }
}
