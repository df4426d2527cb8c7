//! The compact form of signed messages (RFC 7515, 3.1 and 5.2): taking them apart, and the checks of header and signature.

use serde_json::{Map, Value};

use super::jwt::{JwtProfile, JwtRefusal, KidRule};
use super::{Jwk, JwsAlgorithm, parse_object};
use crate::crypto::encoding::from_base64url;

/// A message that has been taken apart but proves nothing yet.
pub(super) struct Compact<'t> {
    signed: &'t str,
    signature: Vec<u8>,
    pub(super) header: Map<String, Value>,
    pub(super) payload: Vec<u8>,
}

/// What a verified message says of its signature.
pub(super) struct Verified {
    pub(super) algorithm: JwsAlgorithm,
    pub(super) kid: String,
}

impl<'t> Compact<'t> {
    /// Takes a message apart.
    pub(super) fn parse(message: &'t str, max_bytes: usize) -> Result<Self, JwtRefusal> {
        if message.len() > max_bytes {
            return Err(JwtRefusal::TooLong);
        }
        let (signed, signature) = message.rsplit_once('.').ok_or(JwtRefusal::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(JwtRefusal::Form)?;
        let decode = |part| from_base64url(part).ok_or(JwtRefusal::Form);
        Ok(Self {
            signed,
            signature: decode(signature)?,
            header: parse_object(&decode(header)?).map_err(|_| JwtRefusal::Json)?,
            payload: decode(payload)?,
        })
    }

    /// Checks the header against a use, then the signature with the keys that the claimed signer registered.
    pub(super) fn verify(
        &self,
        profile: &JwtProfile,
        keys: &[Jwk],
    ) -> Result<Verified, JwtRefusal> {
        if self.header.contains_key("crit") {
            return Err(JwtRefusal::Critical);
        }
        if brings_a_key(&self.header) {
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
            Some(Value::String(kid)) if !kid.is_empty() => Some(kid.as_str()),
            Some(_) => return Err(JwtRefusal::NoKey),
        };
        match (kid, profile.kid) {
            (None, KidRule::Required) => return Err(JwtRefusal::NoKid),
            (None, KidRule::UnlessOneKey) if keys.len() != 1 => return Err(JwtRefusal::NoKid),
            _ => {}
        }
        let mut fitting = keys
            .iter()
            .filter(|key| key.verifies(algorithm) && kid.is_none_or(|kid| key.kid() == kid))
            .peekable();
        if fitting.peek().is_none() {
            return Err(JwtRefusal::NoKey);
        }
        let signer = fitting
            .find(|key| {
                let (signed, signature) = (self.signed.as_bytes(), &self.signature);
                let with = algorithm.signature();
                key.key().verify(with, signed, signature).is_ok()
            })
            .ok_or(JwtRefusal::Signature)?;
        Ok(Verified {
            algorithm,
            kid: signer.kid().to_owned(),
        })
    }

    /// RFC 8725, 3.11.
    fn check_type(&self, profile: &JwtProfile) -> Result<(), JwtRefusal> {
        let allowed = match media_type(&self.header, "typ") {
            None => profile.may_be_untyped,
            Some(typ) => typ.is_some_and(|typ| profile.types.contains(&typ.as_str())),
        };
        if allowed {
            Ok(())
        } else {
            Err(JwtRefusal::Type)
        }
    }
}

/// Whether a header brings or points to a key. None is ever taken from there (RFC 8725, 3.5 and 3.10).
pub(super) fn brings_a_key(header: &Map<String, Value>) -> bool {
    ["jwk", "jku", "x5u", "x5c"]
        .iter()
        .any(|name| header.contains_key(*name))
}

/// The media type that a header names, in lower case and without `application/`, which may be left out (RFC 7515, 4.1.9 and
/// 4.1.10); the inner `None` when the member is no text.
pub(super) fn media_type(header: &Map<String, Value>, member: &str) -> Option<Option<String>> {
    let named = header.get(member)?;
    Some(named.as_str().map(|named| {
        let named = named.to_ascii_lowercase();
        match named.strip_prefix("application/") {
            Some(short) => short.to_owned(),
            None => named,
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_7520_verify_or_are_refused_for_their_algorithm() {
        const ANY: JwtProfile = JwtProfile {
            algorithms: &JwsAlgorithm::ALL,
            types: &[],
            may_be_untyped: true,
            kid: KidRule::Required,
            max_bytes: 8192,
        };
        let vectors: Value = serde_json::from_str(include_str!("rfc_vectors.json")).unwrap();
        let vectors = vectors["jws"].as_array().unwrap();
        assert_eq!(vectors.len(), 4);
        for vector in vectors {
            let key = Jwk::read(vector["key"].as_object().unwrap()).unwrap();
            let token = vector["token"].as_str().unwrap();
            let compact = Compact::parse(token, ANY.max_bytes).unwrap();
            let verified = compact.verify(&ANY, std::slice::from_ref(&key));
            match vector["payload"].as_str() {
                Some(payload) => {
                    assert_eq!(verified.ok().unwrap().kid, key.kid());
                    assert_eq!(str::from_utf8(&compact.payload), Ok(payload));
                }
                None => assert_eq!(verified.err().unwrap().code(), vector["refusal"]),
            }
        }
    }
}
