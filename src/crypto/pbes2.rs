//! Encryption under a password, as PKCS #12 files have it. For the demo's cards only: nothing of the gateway's own rests
//! on a password that a person can type.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{
    AES_256, AES_256_KEY_LEN, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::pbkdf2;

/// The scheme PBES2 with PBKDF2 (HMAC with SHA-256) and AES-256-CBC (RFC 8018, 5.2, 6.2 and B.2.5), with what has to
/// stand beside the ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pbes2 {
    /// Random, one for each use.
    pub salt: [u8; 16],
    /// How often the derivation turns.
    pub iterations: NonZeroU32,
    /// Random, one for each use.
    pub iv: [u8; 16],
}

/// The cipher failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the data cannot be encrypted")]
pub struct CannotEncrypt;

impl Pbes2 {
    /// Encrypts under a password, with the padding of PKCS #7.
    ///
    /// # Errors
    /// [`CannotEncrypt`] when the cipher fails.
    pub fn encrypt(&self, password: &str, plain: &[u8]) -> Result<Vec<u8>, CannotEncrypt> {
        let mut key = zeroize::Zeroizing::new([0; AES_256_KEY_LEN]);
        pbkdf2::derive(
            pbkdf2::PBKDF2_HMAC_SHA256,
            self.iterations,
            &self.salt,
            password.as_bytes(),
            key.as_mut(),
        );
        let mut data = plain.to_vec();
        let context = EncryptionContext::Iv128(FixedLength::from(self.iv));
        UnboundCipherKey::new(&AES_256, key.as_ref())
            .and_then(PaddedBlockEncryptingKey::cbc_pkcs7)
            .and_then(|key| key.less_safe_encrypt(&mut data, context))
            .map_err(|_| CannotEncrypt)?;
        Ok(data)
    }
}
