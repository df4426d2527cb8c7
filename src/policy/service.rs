//! What a service is called and what one does there.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest service id, in bytes: ids come in `resource` parameters of strangers.
const LONGEST: usize = 64;

/// The name of a service: Italian, kebab case, as in `la-mia-pensione-futura`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServiceId(String);

/// The text is not the name of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a service id is 1 to 64 lower-case letters and digits, in words joined by single hyphens")]
pub struct ServiceIdError;

impl ServiceId {
    /// Reads a service id.
    ///
    /// # Errors
    /// [`ServiceIdError`] when the text is not kebab case or too long.
    pub fn parse(text: &str) -> Result<Self, ServiceIdError> {
        let word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if text.len() > LONGEST || !text.split('-').all(word) {
            return Err(ServiceIdError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ServiceId {
    type Error = ServiceIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ServiceId> for String {
    fn from(id: ServiceId) -> Self {
        id.0
    }
}

/// What a person does in a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Look at what is there.
    Consult,
    /// Ask for something or change something.
    Request,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 2] = [Self::Consult, Self::Request];

    /// The name used on the command line and in configuration: `consult` or `request`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Consult => "consult",
            Self::Request => "request",
        }
    }

    /// The operation of a name; `None` for anything but the two of [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_id_is_kebab_case() {
        for good in ["naspi", "730-precompilato", "la-mia-pensione-futura"] {
            assert_eq!(ServiceId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "-", "a--b", "a-", "-a", "NASpI", "a b", "a/b", "è"] {
            assert_eq!(ServiceId::parse(bad), Err(ServiceIdError), "{bad:?}");
        }
        assert!(ServiceId::parse(&"a".repeat(64)).is_ok());
        assert!(ServiceId::parse(&"a".repeat(65)).is_err());
    }
}
