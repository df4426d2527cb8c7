//! JSON Web Signatures, Keys and Tokens (RFC 7515, 7517, 7518, 7519), as narrow as RFC 8725 asks.
//!
//! In: compact tokens and key sets from strangers or from our own keys. Out: [`VerifiedJwt`], which only
//! [`UnverifiedJwt::verify`] can make, and signed tokens.
//!
//! A key has one algorithm, taken from its registration and never from a token. A token whose header names another
//! algorithm, brings or points to a key, or asks for an extension (`crit`) is refused. There is no `none`, no HMAC
//! and no encryption here. May use `crypto`; has no clock: times in claims are for the caller to judge.

mod algorithm;
mod json;
mod jwk;
mod jwt;

pub use algorithm::JwsAlgorithm;
pub use json::{JsonRefusal, parse_object};
pub use jwk::{Jwk, JwkError, JwkSet, thumbprint};
pub use jwt::{JwtProfile, JwtRefusal, JwtSigner, UnverifiedJwt, VerifiedJwt};
