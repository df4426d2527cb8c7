//! What a person is to the institute: services are for some categories and not for others.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A category of users. Only those that the catalogue tells apart are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// A natural person in their own affairs.
    Citizen,
    /// CAF, patronati, labour consultants, lawyers: people who act for those who delegated them.
    Intermediary,
    /// A company, by a person who may act for it.
    Company,
    /// A public body, by a person who may act for it.
    PublicBody,
    /// A doctor or a local health authority.
    Doctor,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 5] = [
        Self::Citizen,
        Self::Intermediary,
        Self::Company,
        Self::PublicBody,
        Self::Doctor,
    ];

    /// The name used on the command line and in configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::Intermediary => "intermediary",
            Self::Company => "company",
            Self::PublicBody => "public-body",
            Self::Doctor => "doctor",
        }
    }

    /// The category of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.name() == name)
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of categories.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Categories(u8);

impl Categories {
    /// No category at all: nothing is open to it.
    pub const NONE: Self = Self(0);

    /// Whether a category is in the set.
    #[must_use]
    pub fn contains(self, category: Category) -> bool {
        self.0 & category.bit() != 0
    }

    /// Whether two sets have a category in common.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether the set has no category.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The categories, in the order of [`Category::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL
            .into_iter()
            .filter(move |category| self.contains(*category))
    }
}

impl FromIterator<Category> for Categories {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> Self {
        Self(
            categories
                .into_iter()
                .fold(0, |set, category| set | category.bit()),
        )
    }
}

impl fmt::Display for Categories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let names: Vec<&str> = self.iter().map(Category::name).collect();
        f.write_str(&names.join(", "))
    }
}

impl fmt::Debug for Categories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
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
        }
        let all = Categories::from_iter(Category::ALL);
        assert!(all.iter().eq(Category::ALL));
        assert_eq!(Categories::NONE.to_string(), "none");
    }
}
