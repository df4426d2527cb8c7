//! Hashes of PINs: Argon2id over a keyed hash (RFC 9106; PIN rules, Security of the procedure).
//!
//! A PIN has so little in it that whoever holds the hashes alone could try every one of them. So Argon2id is fed not the PIN
//! but its HMAC under a *pepper*, a key that is never where the hashes are. Peppers are numbered: a new one serves for what
//! is hashed from then on, and a hash under an old one is [`Verdict::RightButOld`] at its next right use.

use std::fmt;
use std::num::NonZeroU32;

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::pbkdf2;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::encoding::{base64url, from_base64url};
use super::{Random, constant_time_eq, hmac_sha256, sha256};

/// Bytes of salt of a new hash (RFC 9106, 3.1).
const SALT: usize = 16;
/// Bytes of a hash.
const LENGTH: usize = 32;
/// The most iterations of PBKDF2 that a hash of before may ask for: more would be a way to keep a thread busy.
const MOST_ITERATIONS: u32 = 2_000_000;

/// What a hash costs to make (RFC 9106, 4). The lanes are one: many people log in at once, each on one core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinHashCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for PinHashCost {
    /// 19 MiB and two passes.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

/// A key that PINs are hashed with, and its number.
#[derive(Clone)]
pub struct Pepper {
    version: u32,
    key: Zeroizing<[u8; 32]>,
}

impl Pepper {
    /// 256 bits of key under a number that no other key ever had.
    #[must_use]
    pub fn new(version: u32, key: [u8; 32]) -> Self {
        Self {
            version,
            key: Zeroizing::new(key),
        }
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper({}, [redacted])", self.version)
    }
}

/// A PIN's hash as it is kept. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PinHash(Scheme);

#[derive(Clone, PartialEq, Eq)]
enum Scheme {
    /// Argon2id over the HMAC under a pepper.
    Peppered {
        pepper: u32,
        cost: PinHashCost,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
    /// PBKDF2 with HMAC-SHA-256 over the PIN itself: what existing PINs are imported with. It is upgraded at its next use.
    Pbkdf2 {
        iterations: NonZeroU32,
        salt: Vec<u8>,
        hash: Vec<u8>,
    },
}

/// Why a hash cannot be read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinHashError {
    /// The text is no hash of a scheme that is known here.
    #[error("not a hash of a PIN in a scheme that is known here")]
    Unreadable,
    /// The hash was made with a pepper that is not there.
    #[error("the pepper {0} is missing, with which a PIN was hashed")]
    NoPepper(u32),
    /// A cost that Argon2 does not have.
    #[error("a PIN cannot be hashed at this cost")]
    Cost,
}

/// Says that a secret was right, for the one hash that it was held against. Only [`PinHasher::verify`] makes one. It can be
/// kept in a flow between two pages, which nobody but Varco writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinMatch {
    of: [u8; 32],
}

impl PinMatch {
    /// Whether it is this hash that the secret was right for.
    #[must_use]
    pub fn is_of(&self, hash: &PinHash) -> bool {
        constant_time_eq(&self.of, &hash.digest())
    }
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The secret is right.
    Right(PinMatch),
    /// The secret is right, and its hash should be made anew: another pepper, cost or scheme is in force.
    RightButOld(PinMatch),
    /// It is wrong, or there is nothing to hold it against.
    Wrong,
}

impl Verdict {
    /// The proof, where the secret was right.
    #[must_use]
    pub fn matched(self) -> Option<PinMatch> {
        match self {
            Self::Right(matched) | Self::RightButOld(matched) => Some(matched),
            Self::Wrong => None,
        }
    }
}

/// Makes hashes and compares secrets with them. Either takes tens of milliseconds of one core: never on a thread that
/// serves others, and never without a bound on how many at once.
#[derive(Debug, Clone)]
pub struct PinHasher {
    cost: PinHashCost,
    current: Pepper,
    previous: Vec<Pepper>,
}

impl PinHasher {
    /// A hasher. `previous` are the peppers of hashes that are still kept.
    ///
    /// # Errors
    /// [`PinHashError::Cost`] when Argon2 has no such cost.
    pub fn new(
        cost: PinHashCost,
        current: Pepper,
        previous: Vec<Pepper>,
    ) -> Result<Self, PinHashError> {
        params(cost)?;
        Ok(Self {
            cost,
            current,
            previous,
        })
    }

    /// The hash of a secret.
    ///
    /// # Errors
    /// [`PinHashError::Cost`] when there is not the memory for it.
    pub fn hash(&self, secret: &[u8], random: &dyn Random) -> Result<PinHash, PinHashError> {
        let mut salt = vec![0; SALT];
        random.fill(&mut salt);
        let hash = argon2id(self.cost, &self.current, &salt, secret, LENGTH)?;
        Ok(PinHash(Scheme::Peppered {
            pepper: self.current.version,
            cost: self.cost,
            salt,
            hash: hash.to_vec(),
        }))
    }

    /// Compares a secret with a hash. Without one the same work is done for nothing, so that the time does not tell
    /// whether there is somebody to compare with; and a hash of before costs no less than one of today.
    ///
    /// # Errors
    /// [`PinHashError::NoPepper`] when the hash's pepper is not there; [`PinHashError::Cost`] when there is not the memory.
    pub fn verify(&self, secret: &[u8], kept: Option<&PinHash>) -> Result<Verdict, PinHashError> {
        let Some(kept) = kept else {
            self.work_for_nothing(secret)?;
            return Ok(Verdict::Wrong);
        };
        let right = PinMatch { of: kept.digest() };
        match &kept.0 {
            Scheme::Peppered {
                pepper,
                cost,
                salt,
                hash,
            } => {
                let key = self.pepper(*pepper)?;
                let made = argon2id(*cost, key, salt, secret, hash.len())?;
                let is_old = *pepper != self.current.version || *cost != self.cost;
                Ok(match constant_time_eq(&made, hash) {
                    false => Verdict::Wrong,
                    true if is_old => Verdict::RightButOld(right),
                    true => Verdict::Right(right),
                })
            }
            Scheme::Pbkdf2 {
                iterations,
                salt,
                hash,
            } => {
                self.work_for_nothing(secret)?;
                let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
                let same = pbkdf2::verify(algorithm, *iterations, salt, secret, hash).is_ok();
                Ok(if same {
                    Verdict::RightButOld(right)
                } else {
                    Verdict::Wrong
                })
            }
        }
    }

    fn work_for_nothing(&self, secret: &[u8]) -> Result<(), PinHashError> {
        argon2id(self.cost, &self.current, &[0; SALT], secret, LENGTH).map(drop)
    }

    fn pepper(&self, version: u32) -> Result<&Pepper, PinHashError> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .find(|pepper| pepper.version == version)
            .ok_or(PinHashError::NoPepper(version))
    }
}

fn params(cost: PinHashCost) -> Result<Params, PinHashError> {
    Params::new(cost.memory_kib, cost.passes, 1, Some(LENGTH)).map_err(|_| PinHashError::Cost)
}

fn argon2id(
    cost: PinHashCost,
    pepper: &Pepper,
    salt: &[u8],
    secret: &[u8],
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, PinHashError> {
    let keyed = Zeroizing::new(hmac_sha256(pepper.key.as_slice(), secret));
    let mut out = Zeroizing::new(vec![0; length]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params(cost)?)
        .hash_password_into(keyed.as_slice(), salt, &mut out)
        .map_err(|_| PinHashError::Cost)?;
    Ok(out)
}

impl PinHash {
    /// The hash that a PIN was imported with: PBKDF2 with HMAC-SHA-256 over its characters in upper case.
    ///
    /// # Errors
    /// [`PinHashError::Unreadable`] for no or too many iterations, a salt of more than 64 bytes, or another length than 32.
    pub fn pbkdf2(iterations: u32, salt: Vec<u8>, hash: Vec<u8>) -> Result<Self, PinHashError> {
        let iterations = NonZeroU32::new(iterations).filter(|n| n.get() <= MOST_ITERATIONS);
        let fits = hash.len() == LENGTH && salt.len() <= 64;
        match iterations {
            Some(iterations) if fits => Ok(Self(Scheme::Pbkdf2 {
                iterations,
                salt,
                hash,
            })),
            _ => Err(PinHashError::Unreadable),
        }
    }

    fn digest(&self) -> [u8; 32] {
        sha256(String::from(self.clone()).as_bytes())
    }
}

impl From<PinHash> for String {
    fn from(PinHash(scheme): PinHash) -> Self {
        match scheme {
            Scheme::Peppered {
                pepper,
                cost,
                salt,
                hash,
            } => format!(
                "argon2id${pepper}${}${}${}${}",
                cost.memory_kib,
                cost.passes,
                base64url(&salt),
                base64url(&hash)
            ),
            Scheme::Pbkdf2 {
                iterations,
                salt,
                hash,
            } => format!(
                "pbkdf2-sha256${iterations}${}${}",
                base64url(&salt),
                base64url(&hash)
            ),
        }
    }
}

impl TryFrom<String> for PinHash {
    type Error = PinHashError;

    fn try_from(text: String) -> Result<Self, PinHashError> {
        const NO: PinHashError = PinHashError::Unreadable;
        let number = |text: &str| text.parse::<u32>().map_err(|_| NO);
        let bytes = |text: &str| from_base64url(text).ok_or(NO);
        match text.split('$').collect::<Vec<_>>().as_slice() {
            ["argon2id", pepper, memory, passes, salt, hash] => {
                let cost = PinHashCost {
                    memory_kib: number(memory)?,
                    passes: number(passes)?,
                };
                let (salt, hash) = (bytes(salt)?, bytes(hash)?);
                let fits = hash.len() == LENGTH && (8..=64).contains(&salt.len());
                if !fits || params(cost).is_err() {
                    return Err(NO);
                }
                Ok(Self(Scheme::Peppered {
                    pepper: number(pepper)?,
                    cost,
                    salt,
                    hash,
                }))
            }
            ["pbkdf2-sha256", iterations, salt, hash] => {
                Self::pbkdf2(number(iterations)?, bytes(salt)?, bytes(hash)?)
            }
            _ => Err(NO),
        }
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash([redacted])")
    }
}

#[cfg(test)]
mod tests;
