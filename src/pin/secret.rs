//! The secrets: the two halves of the initial PIN, the working PIN, the PIN for the telephone.
//!
//! Each is made by us, hashed at once, and otherwise only in a message that carries it or on the one page that shows it. None
//! shows in `Debug`, and each is wiped from memory when it goes.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use super::PersonalDetails;
use crate::crypto::{PinHash, PinHashError, PinHasher, Random};
use crate::identity::FiscalCode;

/// What secrets are made of: no 0 and O, no 1, I and L, which people take for one another.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const DIGITS: &[u8; 10] = b"0123456789";

/// How long each secret is: half an initial PIN, a working PIN, a telephone PIN (PIN rules, The credential).
const LENGTH: usize = 8;

/// The text is no PIN of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the form of a PIN")]
pub struct NotAPin;

/// Eight characters that must not be seen.
#[derive(Clone, PartialEq, Eq)]
struct Eight(Zeroizing<[u8; LENGTH]>);

impl Eight {
    fn generate(alphabet: &[u8], random: &dyn Random) -> Self {
        let mut characters = Zeroizing::new([0; LENGTH]);
        for character in characters.iter_mut() {
            *character = one_of(alphabet, random);
        }
        Self(characters)
    }

    /// Reads what a person typed: case and the spaces and hyphens that divide it are forgiven.
    fn parse(text: &str, is_allowed: impl Fn(u8) -> bool) -> Result<Self, NotAPin> {
        let mut characters = Zeroizing::new([0; LENGTH]);
        let mut typed = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-'));
        for character in characters.iter_mut() {
            let byte = typed.next().ok_or(NotAPin)?.to_ascii_uppercase();
            *character = is_allowed(byte).then_some(byte).ok_or(NotAPin)?;
        }
        typed
            .next()
            .is_none()
            .then_some(Self(characters))
            .ok_or(NotAPin)
    }

    fn expose(&self) -> &str {
        std::str::from_utf8(self.0.as_slice()).unwrap_or_default()
    }
}

/// One of some characters, each as likely as any other: what is beyond the last whole round of a byte is drawn again.
fn one_of(alphabet: &[u8], random: &dyn Random) -> u8 {
    let whole = 256 / alphabet.len() * alphabet.len();
    loop {
        let mut byte = [0];
        random.fill(&mut byte);
        let drawn = usize::from(byte[0]);
        if let Some(character) = alphabet
            .get(drawn % alphabet.len())
            .filter(|_| drawn < whole)
        {
            return *character;
        }
    }
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident of $alphabet:expr, typed $is_allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Eight);

        impl $name {
            /// Reads what a person typed; case, spaces and hyphens are forgiven.
            ///
            /// # Errors
            /// [`NotAPin`] when it is not of this form.
            pub fn parse(text: &str) -> Result<Self, NotAPin> {
                Eight::parse(text, $is_allowed).map(Self)
            }

            /// The secret, for its page or its message.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose()
            }

            /// Its hash. It takes long: see [`PinHasher`].
            ///
            /// # Errors
            /// [`PinHashError`] when it cannot be hashed.
            pub fn hash(
                &self,
                hasher: &PinHasher,
                random: &dyn Random,
            ) -> Result<PinHash, PinHashError> {
                hasher.hash(self.expose().as_bytes(), random)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

secret! {
    /// One half of an initial PIN. Alone it opens nothing.
    Half of ALPHABET, typed |byte| ALPHABET.contains(&byte)
}

secret! {
    /// The PIN that a person logs in with. PINs that were imported may have any letter and digit; ours have none that people
    /// mistake.
    WorkingPin of ALPHABET, typed |byte| byte.is_ascii_alphanumeric()
}

secret! {
    /// The temporary PIN by which the contact centre recognises a person on the telephone: digits, which are easily said.
    TelephoneCode of DIGITS, typed |byte| byte.is_ascii_digit()
}

impl Half {
    /// A new half.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        Self(Eight::generate(ALPHABET, random))
    }
}

impl Serialize for Half {
    /// A message that carries a half is kept, sealed, until it was sent.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Half {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl TelephoneCode {
    /// A new one.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        Self(Eight::generate(DIGITS, random))
    }
}

impl WorkingPin {
    /// A new working PIN for a person: never part of their name, nor of their fiscal code (PIN rules, More facts).
    #[must_use]
    pub fn generate(
        person: &FiscalCode,
        details: Option<&PersonalDetails>,
        random: &dyn Random,
    ) -> Self {
        loop {
            let pin = Self(Eight::generate(ALPHABET, random));
            if pin.is_fit_for(person, details) {
                return pin;
            }
        }
    }

    /// Whether a person may have it: it is no part of their name, and no eight consecutive characters of their fiscal code.
    #[must_use]
    pub fn is_fit_for(&self, person: &FiscalCode, details: Option<&PersonalDetails>) -> bool {
        let is_in = |text: &str| text.contains(self.expose());
        let letters = |text: &str| -> String {
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            letters.collect::<String>().to_ascii_uppercase()
        };
        let is_in_name = details.is_some_and(|details| {
            let (name, surname) = (details.name.expose(), details.surname.expose());
            is_in(&letters(&format!("{name}{surname}{name}")))
        });
        !is_in_name && !is_in(person.expose())
    }
}

/// The PIN of the first access: two halves, which reach the person by two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialPin {
    /// What comes at once, by SMS, e-mail or PEC.
    pub first: Half,
    /// What comes by letter.
    pub second: Half,
}

impl InitialPin {
    /// Reads sixteen characters that a person typed.
    ///
    /// # Errors
    /// [`NotAPin`] for another text.
    pub fn parse(text: &str) -> Result<Self, NotAPin> {
        let mut typed = text.to_owned();
        typed.retain(|char| !matches!(char, ' ' | '-'));
        let halves = typed.split_at_checked(LENGTH).ok_or(NotAPin);
        let pin = halves.and_then(|(first, second)| {
            Ok(Self {
                first: Half::parse(first)?,
                second: Half::parse(second)?,
            })
        });
        typed.zeroize();
        pin
    }
}

/// A half that was just made, with its hash: what commands that send one take. It is made beforehand, where the time that a
/// hash takes keeps nobody waiting.
#[derive(Debug, Clone)]
pub struct MintedHalf {
    pub(super) half: Half,
    pub(super) hash: PinHash,
}

impl MintedHalf {
    /// Makes a half and its hash.
    ///
    /// # Errors
    /// [`PinHashError`] when it cannot be hashed.
    pub fn mint(hasher: &PinHasher, random: &dyn Random) -> Result<Self, PinHashError> {
        let half = Half::generate(random);
        let hash = half.hash(hasher, random)?;
        Ok(Self { half, hash })
    }
}

/// An initial PIN that was just made, its halves hashed apart.
#[derive(Debug, Clone)]
pub struct MintedPin {
    pub(super) first: MintedHalf,
    pub(super) second: MintedHalf,
}

impl MintedPin {
    /// Makes two halves and their hashes.
    ///
    /// # Errors
    /// [`PinHashError`] when they cannot be hashed.
    pub fn mint(hasher: &PinHasher, random: &dyn Random) -> Result<Self, PinHashError> {
        Ok(Self {
            first: MintedHalf::mint(hasher, random)?,
            second: MintedHalf::mint(hasher, random)?,
        })
    }

    /// The first half, which an operator of the contact centre reads to the person on the telephone (PIN rules, Asking for
    /// one). Nobody is ever shown the second.
    #[must_use]
    pub fn first_half(&self) -> &Half {
        &self.first.half
    }
}

#[cfg(test)]
mod tests;
