//! Sealing: what is kept must be unreadable and unchangeable without the store's key.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};

use super::Random;

/// First byte of everything sealed: AES-256-GCM with a random 96-bit nonce in front of the ciphertext.
const VERSION: u8 = 1;

/// The sealed bytes are not of this key and context, or were changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed record cannot be opened with this key")]
pub struct CannotOpen;

/// A symmetric key that seals records.
pub struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Takes 256 bits of key.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the length is right by type")]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(LessSafeKey::new(
            UnboundKey::new(&AES_256_GCM, key).expect("32 bytes"),
        ))
    }

    /// Seals a record. `context` is bound to it but not kept: the same must be given to open it.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "only a record of many gigabytes could fail"
    )]
    pub fn seal(&self, random: &dyn Random, context: &[u8], record: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + record.len() + MAX_TAG_LEN);
        sealed.push(VERSION);
        sealed.extend(nonce);
        let front = sealed.len();
        sealed.extend(record);
        let tag = self
            .0
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                sealed.get_mut(front..).unwrap_or_default(),
            )
            .expect("a record of ordinary size can be sealed");
        sealed.extend(tag.as_ref());
        sealed
    }

    /// Opens a sealed record.
    ///
    /// # Errors
    /// [`CannotOpen`] when key or context differ or a byte was changed.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (version, rest) = sealed.split_first().ok_or(CannotOpen)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>().ok_or(CannotOpen)?;
        if *version != VERSION {
            return Err(CannotOpen);
        }
        let mut record = ciphertext.to_vec();
        let length = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(context),
                &mut record,
            )
            .map_err(|_| CannotOpen)?
            .len();
        record.truncate(length);
        Ok(record)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRandom;

    #[test]
    fn a_sealed_record_opens_with_its_key_and_context_only() {
        let key = SealingKey::new(&[7; 32]);
        let sealed = key.seal(&SystemRandom, b"row 1", b"secret");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(key.open(b"row 1", &sealed).unwrap(), b"secret");
        assert_eq!(key.open(b"row 2", &sealed), Err(CannotOpen));
        assert_eq!(
            SealingKey::new(&[8; 32]).open(b"row 1", &sealed),
            Err(CannotOpen)
        );
    }

    #[test]
    fn a_changed_byte_anywhere_is_noticed() {
        let key = SealingKey::new(&[7; 32]);
        let sealed = key.seal(&SystemRandom, b"", b"secret");
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(key.open(b"", &changed), Err(CannotOpen), "byte {index}");
        }
        assert_eq!(key.open(b"", &[]), Err(CannotOpen));
    }
}
