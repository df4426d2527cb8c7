//! The ways in which a person can prove who they are.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::AssuranceLevel;
use super::set::set_of;

/// A way in. The first four are those that the rules speak of; which of them an installation offers is its own affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthenticationMethod {
    /// SPID: SAML 2.0 with one of the accredited identity providers.
    Spid,
    /// CIE: the electronic identity card, by way of the Ministry of the Interior.
    Cie,
    /// CNS: a smart card or token with an authentication certificate.
    Cns,
    /// The institute's own PIN, a legacy.
    Pin,
    /// An ordinary OpenID Connect provider that the installation has chosen to believe.
    OpenId,
}

impl AuthenticationMethod {
    /// Every method.
    pub const ALL: [Self; 5] = [Self::Spid, Self::Cie, Self::Cns, Self::Pin, Self::OpenId];

    /// The name used on the command line, in configuration and in tokens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spid => "spid",
            Self::Cie => "cie",
            Self::Cns => "cns",
            Self::Pin => "pin",
            Self::OpenId => "openid",
        }
    }

    /// The highest level it can prove, with the best of its providers, cards or grades.
    #[must_use]
    pub fn highest_level(self) -> AssuranceLevel {
        match self {
            Self::Spid | Self::Cie | Self::Cns | Self::OpenId => AssuranceLevel::High,
            Self::Pin => AssuranceLevel::Substantial,
        }
    }

    /// Whether whoever vouches for the person can tell how to reach them: SPID's providers know a telephone and an e-mail
    /// address, a card and its Ministry and a PIN do not.
    #[must_use]
    pub fn tells_contacts(self) -> bool {
        self == Self::Spid
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

set_of! {
    /// A set of ways in.
    Methods(u8) of AuthenticationMethod
}

impl Methods {
    /// Every way in.
    pub const ALL: Self = Self(0b1_1111);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_those_of_configuration() {
        for method in AuthenticationMethod::ALL {
            assert_eq!(AuthenticationMethod::from_name(method.name()), Some(method));
            let json = serde_json::to_value(method).unwrap();
            assert_eq!(json, method.name());
        }
        assert_eq!(AuthenticationMethod::from_name("SPID"), None);
    }

    #[test]
    fn all_methods_are_all_of_them() {
        assert_eq!(Methods::from_iter(AuthenticationMethod::ALL), Methods::ALL);
        assert_eq!(Methods::ALL.to_string(), "spid, cie, cns, pin, openid");
        assert_eq!(Methods::NONE.to_string(), "none");
    }

    #[test]
    fn a_pin_never_reaches_the_highest_level() {
        for method in AuthenticationMethod::ALL {
            let reaches = method.highest_level() == AssuranceLevel::High;
            assert_eq!(reaches, method != AuthenticationMethod::Pin, "{method}");
        }
    }
}
