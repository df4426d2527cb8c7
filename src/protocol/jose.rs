//! JSON Web Signatures, Encryption, Keys and Tokens (RFC 7515 to 7519, 7638), as narrow as RFC 8725 asks. Pure: bytes in,
//! verified values out; no clock (times in claims are for the caller to judge), no network, crypto through `crypto` alone.
//!
//! **To read a signed token** of a party whose keys are known: [`verify_compact`] with the [`JwtProfile`] of its use and the
//! party's [`JwkSet`]. Where the keys depend on what the token says of itself: [`UnverifiedJwt::parse`], look at
//! [`UnverifiedJwt::unverified_claims`] for no other purpose, then [`UnverifiedJwt::verify`]. Either gives a [`VerifiedJwt`],
//! which nothing else can make.
//!
//! **To read an encrypted one**: [`decrypt_compact`] with a [`JweProfile`] and our [`JweKey`]s gives [`Decrypted`], of which
//! nothing proves who made it: what is inside is a signed token, verified as above.
//!
//! **To read keys**: [`JwkSet::parse_as`] or, inside a claim, [`JwkSet::read`], with the [`JwkRules`] of whose they are.
//! **To write**: [`JwtSigner`] signs, [`encrypt_compact`] encrypts; our keys are named by their [`thumbprint`].
//!
//! What a use accepts is a list that the caller gives, never what the token asks for. There is no `none` and no HMAC, no
//! RSA1_5, no direct and no password key, no compression. A header that brings or points to a key, or asks for an extension
//! (`crit`), is refused. Every refusal has a code.

mod algorithm;
mod encryption;
mod json;
mod jwe;
mod jwk;
mod jws;
mod jwt;

pub use algorithm::JwsAlgorithm;
pub use encryption::{ContentEncryption, KeyManagement};
pub use json::{JsonRefusal, parse_object};
pub use jwe::{Decrypted, JweKey, JweProfile, JweRefusal, decrypt_compact, encrypt_compact};
pub use jwk::{EncryptionJwk, Jwk, JwkError, JwkRules, JwkSet, thumbprint};
pub use jwt::{
    JwtProfile, JwtRefusal, JwtSigner, KidRule, UnverifiedJwt, VerifiedJwt, verify_compact,
};
