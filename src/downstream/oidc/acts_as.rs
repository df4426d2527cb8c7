//! In which profile the person acts, as tokens and `/userinfo` tell it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::archive::{Capacity, Organisation, Profile, ProfileChoice};
use crate::identity::Category;

/// The profile that a person acted in when a code was made. What the code gives tells of that one, whatever they choose
/// later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ActsAs {
    categories: Vec<Category>,
    organisation: Option<Organisation>,
}

impl ActsAs {
    /// What is told of a capacity; `None` where it is not known, and then nothing is.
    pub(super) fn of(capacity: &Capacity) -> Option<Self> {
        let Capacity::Acting {
            profile,
            categories,
        } = capacity
        else {
            return None;
        };
        let organisation = ProfileChoice::professional(profile).and_then(Profile::organisation);
        Some(Self {
            categories: categories.iter().collect(),
            organisation: organisation.cloned(),
        })
    }

    /// Its claims, under names of this issuer: `category`, a list, and `organisation` where the person acts for one.
    pub(super) fn claims(&self, issuer: &str) -> Map<String, Value> {
        let names: Vec<&str> = self.categories.iter().map(|one| one.name()).collect();
        let organisation = self
            .organisation
            .as_ref()
            .map(|one| json!({"code": one.code(), "name": one.name()}));
        [
            ("category", Some(json!(names))),
            ("organisation", organisation),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((format!("{issuer}/claims/{name}"), value?)))
        .collect()
    }
}
