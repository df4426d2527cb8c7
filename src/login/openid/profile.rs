//! What differs from one kind of provider to another.

use crate::identity::AuthenticationMethod;

/// The rules that a provider of a federation keeps, and we with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The Ministry of the Interior's, for the electronic identity card.
    Cie,
    /// AgID's, for SPID.
    Spid,
}

impl Profile {
    /// The way in that a login by it is.
    #[must_use]
    pub fn method(self) -> AuthenticationMethod {
        match self {
            Self::Cie => AuthenticationMethod::Cie,
            Self::Spid => AuthenticationMethod::Spid,
        }
    }

    /// Whether an answer without `iss` is refused (RFC 9207; B8). A wrong one is refused in every profile.
    #[must_use]
    pub fn wants_issuer_in_answer(self) -> bool {
        self == Self::Cie
    }

    /// The scopes that are asked for (B7). `offline_access` is not among them: no session is extended by a refresh.
    #[must_use]
    pub fn scope(self) -> &'static str {
        match self {
            Self::Cie => "openid profile",
            // What is to be told of the person stands in `claims` alone.
            Self::Spid => "openid",
        }
    }
}
