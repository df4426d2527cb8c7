//! Compact signed tokens (RFC 7519): claims under a signature.

mod claims;
mod profiles;
mod signer;

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::jws::Compact;
use super::{Jwk, JwkSet, JwsAlgorithm, parse_object};
pub use signer::JwtSigner;

/// What one use of tokens accepts. Each use has its own, so that a token of one use is never taken for another
/// (RFC 8725, 3.11). Those of the federations are constants here.
#[derive(Debug, Clone, Copy)]
pub struct JwtProfile {
    /// The algorithms this use knows; a key that names its own must name one of them.
    pub algorithms: &'static [JwsAlgorithm],
    /// The values `typ` may have, without `application/` and in lower case.
    pub types: &'static [&'static str],
    /// Whether a token without `typ` is accepted.
    pub may_be_untyped: bool,
    /// Whether the header must name its key.
    pub kid: KidRule,
    /// The longest token, in bytes.
    pub max_bytes: usize,
}

/// Whether the header of a token must name its key (`kid`). A key that it names must be there, whatever the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KidRule {
    /// Always (OpenID Federation 1.0, "Entity Statement": `kid` is required).
    Required,
    /// Unless the signer has one key for signatures only (OpenID Connect Core, 10.1).
    UnlessOneKey,
    /// No: any fitting key of the signer may have signed.
    Optional,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum JwtRefusal {
    /// Longer than its use needs.
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of strict base64url.
    #[error("not a compact JWS of three base64url parts")]
    Form,
    /// The header or the claims are not a JSON object with distinct names.
    #[error("header or claims are not a JSON object with distinct names")]
    Json,
    /// `alg` is missing or not on the list of this use.
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// The header brings or points to a key (`jwk`, `jku`, `x5u`, `x5c`).
    #[error("the header brings its own key")]
    HeaderKey,
    /// The header has `crit`: extensions that must be understood, and none is.
    #[error("the header has critical extensions")]
    Critical,
    /// `typ` is that of another use.
    #[error("the token is of another type")]
    Type,
    /// The header does not name its key where it must.
    #[error("the header names no key")]
    NoKid,
    /// No key of this name and algorithm.
    #[error("no key fits the token")]
    NoKey,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
}

impl JwtRefusal {
    /// A word for logs, counters and the table of a test.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "token_too_long",
            Self::Form => "token_form",
            Self::Json => "token_json",
            Self::Algorithm => "token_algorithm",
            Self::HeaderKey => "token_header_key",
            Self::Critical => "token_critical",
            Self::Type => "token_type",
            Self::NoKid => "token_no_kid",
            Self::NoKey => "token_no_key",
            Self::Signature => "token_signature",
        }
    }
}

/// A token that has been taken apart but proves nothing yet.
pub struct UnverifiedJwt<'t> {
    compact: Compact<'t>,
    claims: Map<String, Value>,
}

impl<'t> UnverifiedJwt<'t> {
    /// Takes a compact token apart.
    ///
    /// # Errors
    /// [`JwtRefusal`] when it is too long or not of the form.
    pub fn parse(token: &'t str, max_bytes: usize) -> Result<Self, JwtRefusal> {
        let compact = Compact::parse(token, max_bytes)?;
        let claims = parse_object(&compact.payload).map_err(|_| JwtRefusal::Json)?;
        Ok(Self { compact, claims })
    }

    /// What the token says of its issuer, only to look up that party's keys.
    #[must_use]
    pub fn claimed_issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// All that the token says. Nothing of it is true yet: it serves to find the keys that can verify it, among them the
    /// keys of an entity configuration, which signs for its own.
    #[must_use]
    pub fn unverified_claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The header, of which nothing is true yet either.
    #[must_use]
    pub fn unverified_header(&self) -> &Map<String, Value> {
        &self.compact.header
    }

    /// Verifies the token with the keys that its claimed issuer registered.
    ///
    /// # Errors
    /// [`JwtRefusal`] names the first rule that the token breaks.
    pub fn verify(self, profile: &JwtProfile, keys: &[Jwk]) -> Result<VerifiedJwt, JwtRefusal> {
        let verified = self.compact.verify(profile, keys)?;
        Ok(VerifiedJwt {
            claims: self.claims,
            algorithm: verified.algorithm,
            kid: verified.kid,
        })
    }
}

/// Takes a token apart and verifies it with the keys of a party that is known beforehand.
///
/// # Errors
/// [`JwtRefusal`] names the first rule that the token breaks.
pub fn verify_compact(
    token: &str,
    profile: &JwtProfile,
    keys: &JwkSet,
) -> Result<VerifiedJwt, JwtRefusal> {
    UnverifiedJwt::parse(token, profile.max_bytes)?.verify(profile, keys.keys())
}

/// Claims under a signature that was verified for one use. Only [`UnverifiedJwt::verify`] makes one. `Debug` shows
/// no claim.
pub struct VerifiedJwt {
    claims: Map<String, Value>,
    algorithm: JwsAlgorithm,
    kid: String,
}

impl VerifiedJwt {
    /// The algorithm that it was signed with.
    #[must_use]
    pub fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// The name of the key that it was signed with.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// All claims.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The claims as a type; `None` when they have another form.
    #[must_use]
    pub fn claims_as<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&Value::Object(self.claims.clone())).ok()
    }
}

impl fmt::Debug for VerifiedJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedJwt").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
