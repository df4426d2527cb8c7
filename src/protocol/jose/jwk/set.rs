//! Sets of keys (RFC 7517, section 5).

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::{EncryptionJwk, Jwk, JwkError, text};
use crate::protocol::jose::parse_object;

/// The longest key set that is read, in bytes.
pub(super) const MAX_SET_BYTES: usize = 64 * 1024;
/// The most keys a set may have: each may cost a verification.
pub(super) const MAX_KEYS: usize = 16;

/// Whose set is read. A private or symmetric key makes every set invalid, and so does a name that two keys have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwkRules {
    /// A set that our own operator configures: a key that is there to verify but cannot be used is an error, so that a
    /// mistake is seen when it is made.
    Configured,
    /// A set that another party publishes: a key that cannot be used here is passed over (RFC 7517, section 5).
    Published,
    /// The same of an entity in a federation, where every key that is used must have a `kid` (OpenID Federation 1.0,
    /// `jwks`; our rules on CIE, B2).
    Federation,
}

/// The public keys of one party: one for signatures at least, each with a name of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct JwkSet {
    signing: Vec<Jwk>,
    encryption: Vec<EncryptionJwk>,
}

impl JwkSet {
    /// A set of keys for signatures; the same key twice counts once.
    ///
    /// # Errors
    /// [`JwkError`] when the set is empty, too large or names two keys alike.
    pub fn new(keys: Vec<Jwk>) -> Result<Self, JwkError> {
        Self::with_encryption(keys, Vec::new())
    }

    /// A set of keys for signatures and of keys for encryption; the same key twice for one use counts once.
    ///
    /// # Errors
    /// [`JwkError`] when the set has no key for signatures, is too large or names two keys alike.
    pub fn with_encryption(
        keys: Vec<Jwk>,
        encryption: Vec<EncryptionJwk>,
    ) -> Result<Self, JwkError> {
        let set = Self {
            signing: distinct(keys),
            encryption: distinct(encryption),
        };
        let mut names = Vec::with_capacity(set.signing.len() + set.encryption.len());
        for kid in set.kids() {
            if names.contains(&kid) {
                return Err(JwkError::SameKid);
            }
            names.push(kid);
        }
        match names.len() {
            too_many if too_many > MAX_KEYS => Err(JwkError::TooMany),
            _ if set.signing.is_empty() => Err(JwkError::Empty),
            _ => Ok(set),
        }
    }

    /// Reads a set that our own operator configured ([`JwkRules::Configured`]).
    ///
    /// # Errors
    /// [`JwkError`] names what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, JwkError> {
        Self::parse_as(JwkRules::Configured, bytes)
    }

    /// Reads a JWKS document.
    ///
    /// # Errors
    /// [`JwkError`] names what is wrong.
    pub fn parse_as(rules: JwkRules, bytes: &[u8]) -> Result<Self, JwkError> {
        if bytes.len() > MAX_SET_BYTES {
            return Err(JwkError::NotASet);
        }
        Self::read(rules, &parse_object(bytes).map_err(|_| JwkError::NotASet)?)
    }

    /// Reads a set that is part of something larger, such as the claim `jwks`: its length is bounded there.
    ///
    /// # Errors
    /// [`JwkError`] names what is wrong.
    pub fn read(rules: JwkRules, set: &Map<String, Value>) -> Result<Self, JwkError> {
        let entries = set
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(JwkError::NotASet)?;
        if entries.len() > MAX_KEYS {
            return Err(JwkError::TooMany);
        }
        let (mut keys, mut encryption) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in entries {
            let members = entry.as_object().ok_or(JwkError::NotASet)?;
            let known = matches!(text(members, "kty")?, "RSA" | "EC" | "oct");
            let before = keys.len() + encryption.len();
            match Jwk::read(members) {
                Ok(key) => keys.push(key),
                Err(error @ (JwkError::Private | JwkError::Symmetric)) => return Err(error),
                Err(JwkError::Use) => encryption.extend(EncryptionJwk::read(members)),
                Err(JwkError::Unusable) if !known => {}
                Err(error) if rules == JwkRules::Configured => return Err(error),
                Err(_) => {}
            }
            let taken = keys.len() + encryption.len() > before;
            if taken && rules == JwkRules::Federation && !members.contains_key("kid") {
                return Err(JwkError::Unnamed);
            }
        }
        Self::with_encryption(keys, encryption)
    }

    /// The keys for signatures.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.signing
    }

    /// The keys for encryption; often there are none.
    #[must_use]
    pub fn encryption_keys(&self) -> &[EncryptionJwk] {
        &self.encryption
    }

    /// The set as a JWKS document.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let signing = self.signing.iter().map(Jwk::to_json);
        let encryption = self.encryption.iter().map(EncryptionJwk::to_json);
        json!({ "keys": signing.chain(encryption).collect::<Vec<_>>() })
    }

    fn kids(&self) -> impl Iterator<Item = &str> {
        let encryption = self.encryption.iter().map(EncryptionJwk::kid);
        self.signing.iter().map(Jwk::kid).chain(encryption)
    }
}

fn distinct<K: PartialEq>(keys: Vec<K>) -> Vec<K> {
    let mut distinct = Vec::with_capacity(keys.len());
    for key in keys {
        if !distinct.contains(&key) {
            distinct.push(key);
        }
    }
    distinct
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.kids()).finish()
    }
}

impl<'de> Deserialize<'de> for JwkSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(JwkRules::Configured, &Map::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
