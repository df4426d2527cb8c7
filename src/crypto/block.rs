//! AES-256 in CBC mode with nothing that shows a change, as XML encryption has it (XML Encryption 1.1, 5.2.2). Whoever opens
//! with it has verified a signature over the ciphertext before.

use aws_lc_rs::cipher::{
    AES_256, AES_CBC_IV_LEN, DecryptingKey, DecryptionContext, EncryptionContext,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

/// The length of a block, in bytes.
const BLOCK: usize = 16;

/// Decrypts and takes the padding off, of which the last byte tells the length and the others may be anything; `None` for a
/// key or vector of another length, half blocks, and padding that is none.
#[must_use]
pub fn open_aes_256_cbc(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let iv: [u8; AES_CBC_IV_LEN] = iv.try_into().ok()?;
    let key = UnboundCipherKey::new(&AES_256, key).ok()?;
    let key = DecryptingKey::cbc(key).ok()?;
    let mut text = Zeroizing::new(ciphertext.to_vec());
    key.decrypt(&mut text, DecryptionContext::Iv128(FixedLength::from(iv)))
        .ok()?;
    let padding = usize::from(*text.last()?);
    let length = text.len().checked_sub(padding)?;
    ((1..=BLOCK).contains(&padding)).then(|| {
        text.truncate(length);
        text
    })
}

/// Encrypts; the padding is that of PKCS #7, which is one of those that open. `None` for a key or vector of another length.
#[must_use]
pub fn seal_aes_256_cbc(key: &[u8], iv: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let iv: [u8; AES_CBC_IV_LEN] = iv.try_into().ok()?;
    let key = UnboundCipherKey::new(&AES_256, key).ok()?;
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).ok()?;
    let mut ciphertext = text.to_vec();
    let vector = EncryptionContext::Iv128(FixedLength::from(iv));
    key.less_safe_encrypt(&mut ciphertext, vector).ok()?;
    Some(ciphertext)
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::crypto::encoding::from_hex;

    /// NIST SP 800-38A, F.2.6: CBC-AES256.Decrypt.
    const KEY: &str = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
    const IV: &str = "000102030405060708090a0b0c0d0e0f";
    const CIPHERTEXT: &str = "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d";

    fn bytes(digits: &str) -> Vec<u8> {
        from_hex(digits).unwrap()
    }

    #[test]
    fn what_was_sealed_opens() {
        for length in [0, 1, 15, 16, 17, 1000] {
            let text = vec![b'x'; length];
            let sealed = seal_aes_256_cbc(&bytes(KEY), &bytes(IV), &text).unwrap();
            let opened = open_aes_256_cbc(&bytes(KEY), &bytes(IV), &sealed).unwrap();
            assert_eq!(*opened, text, "{length}");
        }
        let vector = seal_aes_256_cbc(
            &bytes(KEY),
            &bytes(IV),
            &bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"),
        );
        assert_eq!(vector.unwrap()[..32], bytes(CIPHERTEXT));
    }

    #[test]
    fn what_has_no_padding_does_not_open() {
        // The vector's second block ends in 0x51, which is no length of padding.
        assert!(open_aes_256_cbc(&bytes(KEY), &bytes(IV), &bytes(CIPHERTEXT)).is_none());
        for (key, iv, text) in [
            (&KEY[2..], IV, CIPHERTEXT),
            (KEY, &IV[2..], CIPHERTEXT),
            (KEY, IV, &CIPHERTEXT[2..]),
            (KEY, IV, ""),
        ] {
            assert!(open_aes_256_cbc(&bytes(key), &bytes(iv), &bytes(text)).is_none());
        }
    }

    #[test]
    fn the_last_byte_of_the_padding_counts_and_the_others_may_be_anything() {
        // What decrypts to a block P opens with another vector to P xor the difference: so any last block can be made.
        let first = bytes("6bc1bee22e409f96e93d7e117393172a");
        let ciphertext = bytes(&CIPHERTEXT[..32]);
        for (padding, left) in [(1, 15), (16, 0), (5, 11)] {
            let mut iv = bytes(IV);
            iv[15] ^= first[15] ^ padding;
            let text = open_aes_256_cbc(&bytes(KEY), &iv, &ciphertext).unwrap();
            assert_eq!(text.as_slice(), &first[..left]);
        }
        for padding in [0, 17, 255] {
            let mut iv = bytes(IV);
            iv[15] ^= first[15] ^ padding;
            assert!(open_aes_256_cbc(&bytes(KEY), &iv, &ciphertext).is_none());
        }
    }
}
