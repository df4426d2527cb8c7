//! Compact signed tokens (RFC 7515, 3.1; RFC 7519).

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Jwk, JwkError, JwsAlgorithm, parse_object};
use crate::crypto::Signer;
use crate::crypto::encoding::{base64url, from_base64url};
use crate::crypto::signer::CannotSign;

/// What one use of tokens accepts. Each use has its own, so that a token of one use is never taken for another
/// (RFC 8725, 3.11).
#[derive(Debug, Clone, Copy)]
pub struct JwtProfile {
    /// The algorithms this use knows; a key's own algorithm must be among them.
    pub algorithms: &'static [JwsAlgorithm],
    /// The values `typ` may have, without `application/` and in lower case.
    pub types: &'static [&'static str],
    /// Whether a token without `typ` is accepted.
    pub may_be_untyped: bool,
    /// The longest token, in bytes.
    pub max_bytes: usize,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
    /// No key of this name and algorithm.
    #[error("no key fits the token")]
    NoKey,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
}

/// A token that has been taken apart but proves nothing yet.
pub struct UnverifiedJwt<'t> {
    signed: &'t str,
    signature: Vec<u8>,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl<'t> UnverifiedJwt<'t> {
    /// Takes a compact token apart.
    ///
    /// # Errors
    /// [`JwtRefusal`] when it is too long or not of the form.
    pub fn parse(token: &'t str, max_bytes: usize) -> Result<Self, JwtRefusal> {
        if token.len() > max_bytes {
            return Err(JwtRefusal::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtRefusal::Form)?;
        let (header, claims) = signed.split_once('.').ok_or(JwtRefusal::Form)?;
        let decode = |part| from_base64url(part).ok_or(JwtRefusal::Form);
        let object = |bytes: Vec<u8>| parse_object(&bytes).map_err(|_| JwtRefusal::Json);
        Ok(Self {
            signed,
            signature: decode(signature)?,
            header: object(decode(header)?)?,
            claims: object(decode(claims)?)?,
        })
    }

    /// What the token says of its issuer, only to look up that party's keys.
    #[must_use]
    pub fn claimed_issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// Verifies the token with the keys that its claimed issuer registered.
    ///
    /// # Errors
    /// [`JwtRefusal`] names the first rule that the token breaks.
    pub fn verify(self, profile: &JwtProfile, keys: &[Jwk]) -> Result<VerifiedJwt, JwtRefusal> {
        if self.header.contains_key("crit") {
            return Err(JwtRefusal::Critical);
        }
        if ["jwk", "jku", "x5u", "x5c"]
            .iter()
            .any(|name| self.header.contains_key(*name))
        {
            return Err(JwtRefusal::HeaderKey);
        }
        self.check_type(profile)?;
        let algorithm = self
            .header
            .get("alg")
            .and_then(Value::as_str)
            .and_then(JwsAlgorithm::from_name)
            .filter(|algorithm| profile.algorithms.contains(algorithm))
            .ok_or(JwtRefusal::Algorithm)?;
        let kid = match self.header.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.as_str()),
            Some(_) => return Err(JwtRefusal::NoKey),
        };
        let mut fitting = keys
            .iter()
            .filter(|key| key.algorithm() == algorithm && kid.is_none_or(|kid| key.kid() == kid))
            .peekable();
        if fitting.peek().is_none() {
            return Err(JwtRefusal::NoKey);
        }
        let verifies = fitting.any(|key| {
            key.key()
                .verify(
                    algorithm.signature(),
                    self.signed.as_bytes(),
                    &self.signature,
                )
                .is_ok()
        });
        if !verifies {
            return Err(JwtRefusal::Signature);
        }
        Ok(VerifiedJwt {
            claims: self.claims,
        })
    }

    /// RFC 8725, 3.11. Media type names are compared without case, and `application/` may be left out (RFC 7515,
    /// 4.1.9).
    fn check_type(&self, profile: &JwtProfile) -> Result<(), JwtRefusal> {
        let typ = match self.header.get("typ") {
            None if profile.may_be_untyped => return Ok(()),
            None => return Err(JwtRefusal::Type),
            Some(typ) => typ.as_str().ok_or(JwtRefusal::Type)?.to_ascii_lowercase(),
        };
        let short = typ.strip_prefix("application/").unwrap_or(&typ);
        if profile.types.contains(&short) {
            Ok(())
        } else {
            Err(JwtRefusal::Type)
        }
    }
}

/// Claims under a signature that was verified for one use. Only [`UnverifiedJwt::verify`] makes one. `Debug` shows
/// no claim.
pub struct VerifiedJwt {
    claims: Map<String, Value>,
}

impl VerifiedJwt {
    /// A claim of text; `None` when it is missing or something else.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// A claim of time as whole seconds since 1970 UTC (RFC 7519, `NumericDate`); fractions are cut off.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<i64> {
        /// The end of the year 9999: later times are mistakes.
        const LATEST: f64 = 253_402_300_799.0;
        let value = self.claims.get(name)?;
        value.as_i64().or_else(|| {
            let seconds = value.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "within range, and the fraction is meant to go"
            )]
            (0.0..=LATEST).contains(&seconds).then_some(seconds as i64)
        })
    }

    /// Whether the claim is there, of whatever form.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.claims.contains_key(name)
    }

    /// The audiences: one text, or an array of texts; `None` for any other form.
    #[must_use]
    pub fn audiences(&self) -> Option<Vec<&str>> {
        match self.claims.get("aud")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(many) => many.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }

    /// All claims.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

impl fmt::Debug for VerifiedJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedJwt").finish_non_exhaustive()
    }
}

/// A private key with the algorithm and the name under which its public half is published.
#[derive(Clone)]
pub struct JwtSigner {
    signer: Arc<dyn Signer>,
    jwk: Jwk,
}

impl JwtSigner {
    /// A signer for tokens.
    ///
    /// # Errors
    /// [`JwkError::Algorithm`] when the algorithm is not for this kind of key.
    pub fn new(signer: Arc<dyn Signer>, algorithm: JwsAlgorithm) -> Result<Self, JwkError> {
        let jwk = Jwk::new(signer.public_key().clone(), algorithm)?;
        Ok(Self { signer, jwk })
    }

    /// The public half.
    #[must_use]
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Signs claims as a compact token of a type (`JWT`, `at+jwt`).
    ///
    /// # Errors
    /// [`CannotSign`] when the key's holder fails.
    pub fn sign(&self, typ: &str, claims: &Map<String, Value>) -> Result<String, CannotSign> {
        let header = json!({
            "alg": self.jwk.algorithm().name(),
            "kid": self.jwk.kid(),
            "typ": typ,
        });
        let claims = serde_json::to_vec(claims).map_err(|_| CannotSign)?;
        let mut token = format!(
            "{}.{}",
            base64url(header.to_string().as_bytes()),
            base64url(&claims)
        );
        let signature = self
            .signer
            .sign(self.jwk.algorithm().signature(), token.as_bytes())?;
        token.push('.');
        token.push_str(&base64url(&signature));
        Ok(token)
    }
}

impl fmt::Debug for JwtSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtSigner")
            .field("kid", &self.jwk.kid())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
