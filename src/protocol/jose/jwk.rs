//! JSON Web Keys and sets of them (RFC 7517): public signature keys only.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::{JwsAlgorithm, parse_object};
use crate::crypto::encoding::{base64url, from_base64url};
use crate::crypto::{KeyKind, PublicKey, PublicParameters, sha256};

/// The longest key set that is read, in bytes.
const MAX_SET_BYTES: usize = 64 * 1024;
/// The most keys a set may have: each may cost a verification.
const MAX_KEYS: usize = 16;

/// Why a key or a set is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwkError {
    /// Not a JSON object with distinct names and a `keys` array, or too long.
    #[error("not a JSON Web Key Set of at most {MAX_SET_BYTES} bytes")]
    NotASet,
    /// A member is missing or has the wrong form.
    #[error("the key has no readable `{0}`")]
    Member(&'static str),
    /// The key has a private part, which nobody but its owner may hold.
    #[error("the key shows its private part: replace it, it is no longer secret")]
    Private,
    /// A symmetric key: it would let the verifier sign.
    #[error("the key is symmetric (`oct`)")]
    Symmetric,
    /// The numbers are no key, or a weak one.
    #[error("the key is not RSA of 2048 bits or more, P-256 or P-384")]
    Unusable,
    /// `alg` is not on the list, or not for this kind of key.
    #[error("the key's `alg` is not accepted or does not fit its kind")]
    Algorithm,
    /// The key is there to encrypt (`use`, `key_ops`).
    #[error("the key is not for verifying signatures")]
    Use,
    /// Two keys of a set have one `kid`.
    #[error("two keys have the same `kid`")]
    SameKid,
    /// No key that can verify a signature.
    #[error("the set has no signature key")]
    Empty,
    /// More keys than one party needs.
    #[error("the set has more than {MAX_KEYS} keys")]
    TooMany,
}

/// A public signature key with its name and its one algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    kid: String,
    algorithm: JwsAlgorithm,
    key: PublicKey,
}

impl Jwk {
    /// One of our own keys; its `kid` is its thumbprint.
    ///
    /// # Errors
    /// [`JwkError::Algorithm`] when the algorithm is not for this kind of key.
    pub fn new(key: PublicKey, algorithm: JwsAlgorithm) -> Result<Self, JwkError> {
        if !algorithm.fits(key.kind()) {
            return Err(JwkError::Algorithm);
        }
        Ok(Self {
            kid: thumbprint(&key),
            algorithm,
            key,
        })
    }

    /// Reads somebody else's key. Without `kid` it is named by its thumbprint; without `alg` it has the usual
    /// algorithm of its kind.
    ///
    /// # Errors
    /// [`JwkError`] names what is wrong.
    pub fn read(members: &Map<String, Value>) -> Result<Self, JwkError> {
        if ["d", "p", "q", "dp", "dq", "qi", "oth"]
            .iter()
            .any(|private| members.contains_key(*private))
        {
            return Err(JwkError::Private);
        }
        let parameters = match text(members, "kty")? {
            "RSA" => PublicParameters::Rsa {
                n: number(members, "n")?,
                e: number(members, "e")?,
            },
            "EC" => PublicParameters::Ec {
                kind: match text(members, "crv")? {
                    "P-256" => KeyKind::P256,
                    "P-384" => KeyKind::P384,
                    _ => return Err(JwkError::Unusable),
                },
                x: number(members, "x")?,
                y: number(members, "y")?,
            },
            "oct" => return Err(JwkError::Symmetric),
            _ => return Err(JwkError::Unusable),
        };
        if !is_for_verifying(members) {
            return Err(JwkError::Use);
        }
        let key = PublicKey::from_parameters(&parameters).map_err(|_| JwkError::Unusable)?;
        let algorithm = match members.get("alg") {
            None => JwsAlgorithm::usual(key.kind()),
            Some(_) => JwsAlgorithm::from_name(text(members, "alg")?).ok_or(JwkError::Algorithm)?,
        };
        let mut jwk = Self::new(key, algorithm)?;
        if members.contains_key("kid") {
            text(members, "kid")?.clone_into(&mut jwk.kid);
        }
        Ok(jwk)
    }

    /// The name that token headers use for it.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its one algorithm.
    #[must_use]
    pub fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The key as JSON, with `kid`, `use` and `alg`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut members = required_members(&self.key);
        members.insert("kid".to_owned(), json!(self.kid));
        members.insert("use".to_owned(), json!("sig"));
        members.insert("alg".to_owned(), json!(self.algorithm.name()));
        Value::Object(members)
    }
}

/// The thumbprint of a key: SHA-256 of its required members in their order, in base64url (RFC 7638).
#[must_use]
pub fn thumbprint(key: &PublicKey) -> String {
    // serde_json sorts the members of a Map and writes no white space, which is what RFC 7638, 3.3, wants.
    base64url(&sha256(
        Value::Object(required_members(key)).to_string().as_bytes(),
    ))
}

fn required_members(key: &PublicKey) -> Map<String, Value> {
    let members = match key.parameters() {
        Some(PublicParameters::Rsa { n, e }) => vec![
            ("kty", "RSA".to_owned()),
            ("n", base64url(&n)),
            ("e", base64url(&e)),
        ],
        Some(PublicParameters::Ec { kind, x, y }) => vec![
            ("kty", "EC".to_owned()),
            (
                "crv",
                match kind {
                    KeyKind::P384 => "P-384".to_owned(),
                    _ => "P-256".to_owned(),
                },
            ),
            ("x", base64url(&x)),
            ("y", base64url(&y)),
        ],
        // A parsed key always has its numbers.
        None => Vec::new(),
    };
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect()
}

fn is_for_verifying(members: &Map<String, Value>) -> bool {
    let for_signatures = members
        .get("use")
        .is_none_or(|usage| usage.as_str() == Some("sig"));
    let verifies = members.get("key_ops").is_none_or(|operations| {
        operations
            .as_array()
            .is_some_and(|list| list.iter().any(|one| one == "verify"))
    });
    for_signatures && verifies
}

fn text<'m>(members: &'m Map<String, Value>, name: &'static str) -> Result<&'m str, JwkError> {
    members
        .get(name)
        .and_then(Value::as_str)
        .ok_or(JwkError::Member(name))
}

fn number(members: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, JwkError> {
    from_base64url(text(members, name)?).ok_or(JwkError::Member(name))
}

/// The public keys of one party: at least one, each with a name of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct JwkSet(Vec<Jwk>);

impl JwkSet {
    /// A set of our own keys; the same key twice counts once.
    ///
    /// # Errors
    /// [`JwkError`] when the set is empty, too large or names two keys alike.
    pub fn new(keys: Vec<Jwk>) -> Result<Self, JwkError> {
        let mut distinct: Vec<Jwk> = Vec::with_capacity(keys.len());
        for key in keys {
            if !distinct.contains(&key) {
                distinct.push(key);
            }
        }
        let repeated = distinct.iter().enumerate().any(|(index, key)| {
            distinct
                .iter()
                .skip(index + 1)
                .any(|other| other.kid == key.kid)
        });
        match distinct.len() {
            0 => Err(JwkError::Empty),
            too_many if too_many > MAX_KEYS => Err(JwkError::TooMany),
            _ if repeated => Err(JwkError::SameKid),
            _ => Ok(Self(distinct)),
        }
    }

    /// Reads a set. Keys for encryption and of unknown kinds are passed over, as RFC 7517, section 5, wants; a key
    /// that is there to verify but cannot be used is an error, so that a mistake is seen when it is made.
    ///
    /// # Errors
    /// [`JwkError`] names what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, JwkError> {
        if bytes.len() > MAX_SET_BYTES {
            return Err(JwkError::NotASet);
        }
        Self::read(&parse_object(bytes).map_err(|_| JwkError::NotASet)?)
    }

    fn read(set: &Map<String, Value>) -> Result<Self, JwkError> {
        let entries = set
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(JwkError::NotASet)?;
        if entries.len() > MAX_KEYS {
            return Err(JwkError::TooMany);
        }
        let mut keys = Vec::with_capacity(entries.len());
        for entry in entries {
            let members = entry.as_object().ok_or(JwkError::NotASet)?;
            let known = matches!(text(members, "kty")?, "RSA" | "EC" | "oct");
            match Jwk::read(members) {
                Ok(key) => keys.push(key),
                Err(JwkError::Use) => {}
                Err(JwkError::Unusable) if !known => {}
                Err(error) => return Err(error),
            }
        }
        Self::new(keys)
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.0
    }

    /// The set as a JWKS document.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "keys": self.0.iter().map(Jwk::to_json).collect::<Vec<_>>() })
    }
}

impl fmt::Debug for JwkSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|key| &key.kid))
            .finish()
    }
}

impl<'de> Deserialize<'de> for JwkSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&Map::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
