//! The ways in which a person can prove who they are.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::AssuranceLevel;

/// A way in. Only those that are built are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthenticationMethod {
    /// SPID: SAML 2.0 with one of the accredited identity providers.
    Spid,
}

impl AuthenticationMethod {
    /// Every method.
    pub const ALL: [Self; 1] = [Self::Spid];

    /// The name used on the command line, in configuration and in tokens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spid => "spid",
        }
    }

    /// The highest level it can prove, with the best of its providers.
    #[must_use]
    pub fn highest_level(self) -> AssuranceLevel {
        match self {
            Self::Spid => AssuranceLevel::High,
        }
    }

    /// The method of a name; `None` for an unknown one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

impl fmt::Display for AuthenticationMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
