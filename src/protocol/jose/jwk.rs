//! JSON Web Keys (RFC 7517): public keys only, each for signatures or for encryption.

mod set;

use serde_json::{Map, Value, json};

use super::{JwsAlgorithm, KeyManagement};
use crate::crypto::encoding::{base64url, from_base64url};
use crate::crypto::{KeyKind, PublicKey, PublicParameters, sha256};

pub use set::{JwkRules, JwkSet};
use set::{MAX_KEYS, MAX_SET_BYTES};

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
    #[error("the key is not RSA of 2048 bits or more, P-256, P-384 or P-521")]
    Unusable,
    /// `alg` is not on the list, or not for this kind of key.
    #[error("the key's `alg` is not accepted or does not fit its kind")]
    Algorithm,
    /// The key is there for something else (`use`, `key_ops`).
    #[error("the key is not for this use")]
    Use,
    /// The key has no name, where each must have one.
    #[error("a key has no `kid`")]
    Unnamed,
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

/// A public key for signatures, with its name and, mostly, its one algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    kid: String,
    algorithm: Option<JwsAlgorithm>,
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
            algorithm: Some(algorithm),
            key,
        })
    }

    /// Reads somebody else's key. Without `kid` it is named by its thumbprint.
    ///
    /// # Errors
    /// [`JwkError`] names what is wrong.
    pub fn read(members: &Map<String, Value>) -> Result<Self, JwkError> {
        let key = || public_key(members);
        if !is_for_verifying(members) {
            // What no set may show is told first.
            return Err(match key() {
                Err(error @ (JwkError::Private | JwkError::Symmetric)) => error,
                _ => JwkError::Use,
            });
        }
        let key = key()?;
        let algorithm = match members.get("alg") {
            None => None,
            Some(_) => {
                let named = JwsAlgorithm::from_name(text(members, "alg")?);
                let fitting = named.filter(|algorithm| algorithm.fits(key.kind()));
                Some(fitting.ok_or(JwkError::Algorithm)?)
            }
        };
        Ok(Self {
            kid: name(members, &key)?,
            algorithm,
            key,
        })
    }

    /// The name that token headers use for it.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm that its owner named for it.
    #[must_use]
    pub fn algorithm(&self) -> Option<JwsAlgorithm> {
        self.algorithm
    }

    /// Whether a signature with an algorithm can be its: the one that its owner named, or else any for its kind, of those
    /// that the use of the token knows.
    #[must_use]
    pub fn verifies(&self, algorithm: JwsAlgorithm) -> bool {
        match self.algorithm {
            Some(own) => own == algorithm,
            None => algorithm.fits(self.key.kind()),
        }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The key as JSON, with `kid`, `use` and `alg`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let algorithm = self.algorithm.map(JwsAlgorithm::name);
        described(&self.key, &self.kid, "sig", algorithm)
    }
}

/// A public key that content keys are encrypted to (`"use": "enc"`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptionJwk {
    kid: String,
    algorithm: Option<KeyManagement>,
    key: PublicKey,
}

impl EncryptionJwk {
    /// One of our own keys; its `kid` is its thumbprint.
    ///
    /// # Errors
    /// [`JwkError::Algorithm`] when the algorithm is not for this kind of key.
    pub fn new(key: PublicKey, algorithm: KeyManagement) -> Result<Self, JwkError> {
        if !algorithm.fits(key.kind()) {
            return Err(JwkError::Algorithm);
        }
        Ok(Self {
            kid: thumbprint(&key),
            algorithm: Some(algorithm),
            key,
        })
    }

    /// Reads somebody else's key. Without `kid` it is named by its thumbprint.
    ///
    /// # Errors
    /// [`JwkError`] names what is wrong; [`JwkError::Use`] unless `use` is `enc`.
    pub fn read(members: &Map<String, Value>) -> Result<Self, JwkError> {
        let key = public_key(members)?;
        if members.get("use").and_then(Value::as_str) != Some("enc") {
            return Err(JwkError::Use);
        }
        let algorithm = match members.get("alg") {
            None => None,
            Some(_) => {
                let named = KeyManagement::from_name(text(members, "alg")?);
                let fitting = named.filter(|algorithm| algorithm.fits(key.kind()));
                Some(fitting.ok_or(JwkError::Algorithm)?)
            }
        };
        Ok(Self {
            kid: name(members, &key)?,
            algorithm,
            key,
        })
    }

    /// The name that message headers use for it.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm that its owner named for it.
    #[must_use]
    pub fn algorithm(&self) -> Option<KeyManagement> {
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
        let algorithm = self.algorithm.map(KeyManagement::name);
        described(&self.key, &self.kid, "enc", algorithm)
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

/// The members that say what a public key is (RFC 7518, 6.2.1 and 6.3.1).
pub(super) fn required_members(key: &PublicKey) -> Map<String, Value> {
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
                    KeyKind::P521 => "P-521".to_owned(),
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

/// Reads what [`required_members`] writes.
pub(super) fn public_key(members: &Map<String, Value>) -> Result<PublicKey, JwkError> {
    if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]
        .iter()
        .any(|private| members.contains_key(*private))
        && members.get("kty").is_none_or(|kty| kty != "oct")
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
                "P-521" => KeyKind::P521,
                _ => return Err(JwkError::Unusable),
            },
            x: number(members, "x")?,
            y: number(members, "y")?,
        },
        "oct" => return Err(JwkError::Symmetric),
        _ => return Err(JwkError::Unusable),
    };
    PublicKey::from_parameters(&parameters).map_err(|_| JwkError::Unusable)
}

fn described(key: &PublicKey, kid: &str, usage: &str, algorithm: Option<&str>) -> Value {
    let mut members = required_members(key);
    members.insert("kid".to_owned(), json!(kid));
    members.insert("use".to_owned(), json!(usage));
    if let Some(algorithm) = algorithm {
        members.insert("alg".to_owned(), json!(algorithm));
    }
    Value::Object(members)
}

fn name(members: &Map<String, Value>, key: &PublicKey) -> Result<String, JwkError> {
    match members.get("kid") {
        None => Ok(thumbprint(key)),
        Some(_) => match text(members, "kid")? {
            "" => Err(JwkError::Member("kid")),
            kid => Ok(kid.to_owned()),
        },
    }
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

#[cfg(test)]
mod tests;
