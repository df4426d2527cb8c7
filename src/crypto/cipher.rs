//! Authenticated encryption of contents (RFC 7518, section 5) and the wrapping of their keys (RFC 3394).

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_256, AES_CBC_IV_LEN, Algorithm, DecryptionContext, EncryptionContext,
    PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use zeroize::Zeroizing;

use super::digest::constant_time_eq;

/// A cipher that says whether what it opens was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentCipher {
    /// AES-128 in CBC mode with HMAC-SHA-256, half of whose output is the tag (RFC 7518, 5.2.3).
    Aes128CbcHmacSha256,
    /// AES-256 in CBC mode with HMAC-SHA-512, half of whose output is the tag (RFC 7518, 5.2.5).
    Aes256CbcHmacSha512,
    /// AES-128 in Galois counter mode (RFC 7518, 5.3).
    Aes128Gcm,
    /// AES-256 in Galois counter mode.
    Aes256Gcm,
}

/// What a cipher makes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// As long as the text, or up to a block longer.
    pub ciphertext: Vec<u8>,
    /// What shows a change.
    pub tag: Vec<u8>,
}

/// The content does not open: another key, or something was changed. Which of these is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the content cannot be decrypted")]
pub struct CannotDecrypt;

/// Key or initialization vector have another length than the cipher needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the content cannot be encrypted")]
pub struct CannotEncrypt;

impl ContentCipher {
    /// The length of its keys, in bytes.
    #[must_use]
    pub fn key_length(self) -> usize {
        match self {
            Self::Aes128Gcm => 16,
            Self::Aes128CbcHmacSha256 | Self::Aes256Gcm => 32,
            Self::Aes256CbcHmacSha512 => 64,
        }
    }

    /// The length of its initialization vectors, in bytes.
    #[must_use]
    pub fn iv_length(self) -> usize {
        match self {
            Self::Aes128CbcHmacSha256 | Self::Aes256CbcHmacSha512 => AES_CBC_IV_LEN,
            Self::Aes128Gcm | Self::Aes256Gcm => NONCE_LEN,
        }
    }

    /// Encrypts. `iv` is fresh and random for each text under one key; `context` is bound to the text but not kept.
    ///
    /// # Errors
    /// [`CannotEncrypt`] when a length is wrong.
    pub fn seal(
        self,
        key: &[u8],
        iv: &[u8],
        context: &[u8],
        text: &[u8],
    ) -> Result<Sealed, CannotEncrypt> {
        let mut ciphertext = text.to_vec();
        let tag = match self.parts(key) {
            Some(Parts::Cbc(parts)) => {
                let iv: [u8; AES_CBC_IV_LEN] = iv.try_into().map_err(|_| CannotEncrypt)?;
                let vector = EncryptionContext::Iv128(FixedLength::from(iv));
                parts
                    .cipher()
                    .and_then(PaddedBlockEncryptingKey::cbc_pkcs7)
                    .and_then(|key| key.less_safe_encrypt(&mut ciphertext, vector))
                    .map_err(|_| CannotEncrypt)?;
                parts.tag(context, &iv, &ciphertext)
            }
            Some(Parts::Gcm(key)) => {
                let nonce = Nonce::try_assume_unique_for_key(iv).map_err(|_| CannotEncrypt)?;
                let tag = key
                    .seal_in_place_separate_tag(nonce, Aad::from(context), &mut ciphertext)
                    .map_err(|_| CannotEncrypt)?;
                tag.as_ref().to_vec()
            }
            None => return Err(CannotEncrypt),
        };
        Ok(Sealed { ciphertext, tag })
    }

    /// Decrypts. Nothing is decrypted before the tag is found right, so that no padding is ever looked at that its maker
    /// did not sign for.
    ///
    /// # Errors
    /// [`CannotDecrypt`], whatever is wrong.
    pub fn open(
        self,
        key: &[u8],
        iv: &[u8],
        context: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotDecrypt> {
        match self.parts(key) {
            Some(Parts::Cbc(parts)) => {
                let iv: [u8; AES_CBC_IV_LEN] = iv.try_into().map_err(|_| CannotDecrypt)?;
                if !constant_time_eq(&parts.tag(context, &iv, ciphertext), tag) {
                    return Err(CannotDecrypt);
                }
                let mut text = Zeroizing::new(ciphertext.to_vec());
                let vector = DecryptionContext::Iv128(FixedLength::from(iv));
                let length = parts
                    .cipher()
                    .and_then(PaddedBlockDecryptingKey::cbc_pkcs7)
                    .and_then(|key| Ok(key.decrypt(&mut text, vector)?.len()))
                    .map_err(|_| CannotDecrypt)?;
                text.truncate(length);
                Ok(text)
            }
            Some(Parts::Gcm(key)) => {
                let nonce = Nonce::try_assume_unique_for_key(iv).map_err(|_| CannotDecrypt)?;
                let mut text = Zeroizing::new([ciphertext, tag].concat());
                let length = key
                    .open_in_place(nonce, Aad::from(context), &mut text)
                    .map_err(|_| CannotDecrypt)?
                    .len();
                // A tag is always whole: a shorter one would have been read as longer ciphertext.
                if length != ciphertext.len() {
                    return Err(CannotDecrypt);
                }
                text.truncate(length);
                Ok(text)
            }
            None => Err(CannotDecrypt),
        }
    }

    /// `None` for a key of another length.
    fn parts(self, key: &[u8]) -> Option<Parts<'_>> {
        if key.len() != self.key_length() {
            return None;
        }
        // Of a key for CBC the first half authenticates and the second encrypts (RFC 7518, 5.2.2.1).
        let (mac, encryption) = key.split_at(key.len() / 2);
        let cbc = |cipher, digest| {
            Parts::Cbc(CbcParts {
                mac,
                digest,
                encryption,
                cipher,
            })
        };
        let gcm = |cipher| {
            Some(Parts::Gcm(LessSafeKey::new(
                UnboundKey::new(cipher, key).ok()?,
            )))
        };
        match self {
            Self::Aes128CbcHmacSha256 => Some(cbc(&AES_128, hmac::HMAC_SHA256)),
            Self::Aes256CbcHmacSha512 => Some(cbc(&AES_256, hmac::HMAC_SHA512)),
            Self::Aes128Gcm => gcm(&AES_128_GCM),
            Self::Aes256Gcm => gcm(&AES_256_GCM),
        }
    }
}

/// A key as its cipher takes it.
enum Parts<'k> {
    Cbc(CbcParts<'k>),
    Gcm(LessSafeKey),
}

struct CbcParts<'k> {
    mac: &'k [u8],
    digest: hmac::Algorithm,
    encryption: &'k [u8],
    cipher: &'static Algorithm,
}

impl CbcParts<'_> {
    fn cipher(&self) -> Result<UnboundCipherKey, Unspecified> {
        UnboundCipherKey::new(self.cipher, self.encryption)
    }

    /// RFC 7518, 5.2.2.1, steps 4 to 6.
    fn tag(&self, context: &[u8], iv: &[u8], ciphertext: &[u8]) -> Vec<u8> {
        let bits = u64::try_from(context.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(8);
        let mut mac = hmac::Context::with_key(&hmac::Key::new(self.digest, self.mac));
        for part in [context, iv, ciphertext, &bits.to_be_bytes()] {
            mac.update(part);
        }
        let whole = mac.sign();
        let whole = whole.as_ref();
        whole.split_at(whole.len() / 2).0.to_vec()
    }
}

/// AES Key Wrap (RFC 3394) of a content key under a key of 16 or 32 bytes; `None` when a length is wrong.
#[must_use]
pub fn wrap_key(with: &[u8], content_key: &[u8]) -> Option<Vec<u8>> {
    let mut wrapped = vec![0; content_key.len() + 8];
    let length = kek(with)?.wrap(content_key, &mut wrapped).ok()?.len();
    wrapped.truncate(length);
    Some(wrapped)
}

/// Unwraps what [`wrap_key`] wrapped; `None` for another key and for anything that was changed.
#[must_use]
pub fn unwrap_key(with: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut content_key = Zeroizing::new(vec![0; wrapped.len()]);
    let length = kek(with)?.unwrap(wrapped, &mut content_key).ok()?.len();
    content_key.truncate(length);
    Some(content_key)
}

fn kek(key: &[u8]) -> Option<AesKek> {
    let cipher = match key.len() {
        16 => &key_wrap::AES_128,
        32 => &key_wrap::AES_256,
        _ => return None,
    };
    AesKek::new(cipher, key).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::encoding::from_hex;

    const ALL: [ContentCipher; 4] = [
        ContentCipher::Aes128CbcHmacSha256,
        ContentCipher::Aes256CbcHmacSha512,
        ContentCipher::Aes128Gcm,
        ContentCipher::Aes256Gcm,
    ];

    fn bytes(text: &str) -> Vec<u8> {
        from_hex(text).unwrap()
    }

    /// RFC 7518, appendix B: the text, the context and the vector of both its cases.
    fn rfc_7518() -> [Vec<u8>; 3] {
        let text = "A cipher system must not be required to be secret, and it must be able to fall into the hands of \
                    the enemy without inconvenience";
        let context = "The second principle of Auguste Kerckhoffs";
        let iv = bytes("1af38c2dc2b96ffdd86694092341bc04");
        [text.into(), context.into(), iv]
    }

    #[test]
    fn the_examples_of_rfc_7518_appendix_b_come_out() {
        let [text, context, iv] = rfc_7518();
        let key: Vec<u8> = (0..64).collect();
        for (cipher, length, first, tag) in [
            (
                ContentCipher::Aes128CbcHmacSha256,
                32,
                "c80edfa32ddf39d5ef00c0b468834279",
                "652c3fa36b0a7c5b3219fab3a30bc1c4",
            ),
            (
                ContentCipher::Aes256CbcHmacSha512,
                64,
                "4affaaadb78c31c5da4b1b590d10ffbd",
                "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5",
            ),
        ] {
            let key = &key[..length];
            let sealed = cipher.seal(key, &iv, &context, &text).unwrap();
            assert!(sealed.ciphertext.starts_with(&bytes(first)));
            assert_eq!(sealed.tag, bytes(tag));
            let opened = cipher.open(key, &iv, &context, &sealed.ciphertext, &sealed.tag);
            assert_eq!(opened.unwrap().as_slice(), text);
        }
    }

    #[test]
    fn a_change_anywhere_is_noticed() {
        let [text, context, _] = rfc_7518();
        for cipher in ALL {
            let (key, iv) = (vec![7; cipher.key_length()], vec![9; cipher.iv_length()]);
            let Sealed { ciphertext, tag } = cipher.seal(&key, &iv, &context, &text).unwrap();
            let parts = [key, iv, context.clone(), ciphertext, tag];
            let open = |[key, iv, context, ciphertext, tag]: &[Vec<u8>; 5]| {
                cipher.open(key, iv, context, ciphertext, tag)
            };
            assert_eq!(open(&parts).unwrap().as_slice(), text);
            for part in 0..parts.len() {
                for byte in 0..parts[part].len() {
                    let mut changed = parts.clone();
                    changed[part][byte] ^= 0x80;
                    assert_eq!(open(&changed), Err(CannotDecrypt), "{part}, {byte}");
                }
                for length in 0..parts[part].len() {
                    let mut shorter = parts.clone();
                    shorter[part].truncate(length);
                    assert_eq!(open(&shorter), Err(CannotDecrypt), "{part}, {length}");
                }
            }
            // What the tag loses the ciphertext gains.
            let mut moved = parts.clone();
            let byte = moved[4].remove(0);
            moved[3].push(byte);
            assert_eq!(open(&moved), Err(CannotDecrypt));
        }
    }

    #[test]
    fn keys_and_vectors_of_another_length_encrypt_nothing() {
        for cipher in ALL {
            let (key, iv) = (vec![7; cipher.key_length()], vec![9; cipher.iv_length()]);
            assert!(cipher.seal(&key[1..], &iv, b"", b"text").is_err());
            assert!(cipher.seal(&key, &iv[1..], b"", b"text").is_err());
            assert!(cipher.seal(&key, &iv, b"", b"").is_ok());
        }
    }

    #[test]
    fn the_examples_of_rfc_3394_come_out() {
        let content = bytes("00112233445566778899aabbccddeeff");
        for (key, wrapped) in [
            (
                "000102030405060708090a0b0c0d0e0f",
                "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5",
            ),
            (
                "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7",
            ),
        ] {
            let (key, wrapped) = (bytes(key), bytes(wrapped));
            assert_eq!(wrap_key(&key, &content).as_ref(), Some(&wrapped));
            assert_eq!(unwrap_key(&key, &wrapped).unwrap().as_slice(), content);
            for byte in 0..wrapped.len() {
                let mut changed = wrapped.clone();
                changed[byte] ^= 1;
                assert!(unwrap_key(&key, &changed).is_none());
            }
            assert!(unwrap_key(&key[1..], &wrapped).is_none());
            assert!(unwrap_key(&key, &wrapped[..8]).is_none());
            assert!(unwrap_key(&key, &[]).is_none());
        }
    }
}
