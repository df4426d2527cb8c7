//! PKCS #12 files (RFC 7292), as browsers import cards: one private key with its certificate and its issuer's, under a
//! password.
//!
//! Written here because it is this much: a whole library for it would bring a second set of ciphers into the program
//! (docs/decisions/0019). The ciphers are those that OpenSSL 3 writes by default, and NSS and Chromium read.

use std::num::{NonZeroU16, NonZeroU32};

use crate::crypto::encoding::der;
use crate::crypto::pbes2::{CannotEncrypt, Pbes2};
use crate::crypto::{Random, hmac_sha256, sha256};

// Object identifiers, as DER has them.
/// `pkcs7-data`.
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// `pkcs7-encryptedData`.
const ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06];
/// `pkcs8ShroudedKeyBag`.
const KEY_BAG: &[u8] = &[
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x02,
];
/// `certBag`.
const CERTIFICATE_BAG: &[u8] = &[
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x03,
];
/// `x509Certificate` (PKCS #9).
const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01];
/// `friendlyName` (PKCS #9).
const FRIENDLY_NAME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x14];
/// `localKeyId` (PKCS #9).
const LOCAL_KEY_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15];
/// `PBES2` (RFC 8018).
const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
/// `PBKDF2` (RFC 8018).
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c];
/// `hmacWithSHA256`.
const HMAC_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09];
/// `aes256-CBC`.
const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];
/// `sha256`.
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

// Tags.
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const BMP_STRING: u8 = 0x1e;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]`, of a primitive and of a constructed value.
const FIRST: u8 = 0x80;
const FIRST_OF_MORE: u8 = 0xa0;

/// The password stands in the demo's own output: turning longer would protect nothing.
const ITERATIONS: NonZeroU16 = match NonZeroU16::new(2048) {
    Some(often) => often,
    None => NonZeroU16::MIN,
};

/// What goes into a file.
pub(super) struct Contents<'a> {
    /// What the browser lists it as.
    pub(super) name: &'a str,
    /// PKCS #8 of the private key, in DER.
    pub(super) key: &'a [u8],
    /// The key's certificate, in DER.
    pub(super) certificate: &'a [u8],
    /// The certificate of its issuer, in DER.
    pub(super) issuer: &'a [u8],
}

/// A file under a password.
///
/// # Errors
/// [`CannotEncrypt`] when the cipher fails.
pub(super) fn file(
    contents: &Contents<'_>,
    password: &str,
    random: &dyn Random,
) -> Result<Vec<u8>, CannotEncrypt> {
    let shroud = Shroud { password, random };
    // Both are marked as belonging together by the certificate's digest.
    let attributes = [
        attribute(FRIENDLY_NAME, &der(BMP_STRING, &[&bmp(contents.name)])),
        attribute(LOCAL_KEY_ID, &der(OCTETS, &[&sha256(contents.certificate)])),
    ]
    .concat();
    let certificates = der(
        SEQUENCE,
        &[
            &certificate_bag(contents.certificate, &attributes),
            &certificate_bag(contents.issuer, &[]),
        ],
    );
    let (scheme, encrypted) = shroud.encrypt(&certificates)?;
    let encrypted_content = der(
        SEQUENCE,
        &[&object(DATA), &scheme, &der(FIRST, &[&encrypted])],
    );
    let certificates = content(
        ENCRYPTED_DATA,
        &der(SEQUENCE, &[&integer(0), &encrypted_content]),
    );

    let (scheme, encrypted) = shroud.encrypt(contents.key)?;
    let key = der(SEQUENCE, &[&scheme, &der(OCTETS, &[&encrypted])]);
    let keys = der(SEQUENCE, &[&bag(KEY_BAG, &key, &attributes)]);
    let keys = content(DATA, &der(OCTETS, &[&keys]));

    let safe = der(SEQUENCE, &[&certificates, &keys]);
    Ok(der(
        SEQUENCE,
        &[
            &integer(3),
            &content(DATA, &der(OCTETS, &[&safe])),
            &shroud.authenticator(&safe),
        ],
    ))
}

struct Shroud<'a> {
    password: &'a str,
    random: &'a dyn Random,
}

impl Shroud<'_> {
    fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        bytes
    }

    /// The algorithm's identifier with its parameters, and the ciphertext.
    fn encrypt(&self, plain: &[u8]) -> Result<(Vec<u8>, Vec<u8>), CannotEncrypt> {
        let scheme = Pbes2 {
            salt: self.random(),
            iterations: NonZeroU32::from(ITERATIONS),
            iv: self.random(),
        };
        let derivation = der(
            SEQUENCE,
            &[
                &der(OCTETS, &[&scheme.salt]),
                &integer(ITERATIONS.get()),
                &der(SEQUENCE, &[&object(HMAC_SHA256), &der(0x05, &[])]),
            ],
        );
        let cipher = der(OCTETS, &[&scheme.iv]);
        let parameters = der(
            SEQUENCE,
            &[
                &der(SEQUENCE, &[&object(PBKDF2), &derivation]),
                &der(SEQUENCE, &[&object(AES_256_CBC), &cipher]),
            ],
        );
        let encrypted = scheme.encrypt(self.password, plain)?;
        Ok((der(SEQUENCE, &[&object(PBES2), &parameters]), encrypted))
    }

    /// `MacData` over the safe (RFC 7292, 5.1).
    fn authenticator(&self, safe: &[u8]) -> Vec<u8> {
        let salt = self.random();
        let mac = hmac_sha256(&authenticator_key(self.password, &salt), safe);
        let algorithm = der(SEQUENCE, &[&object(SHA256), &der(0x05, &[])]);
        let digest = der(SEQUENCE, &[&algorithm, &der(OCTETS, &[&mac])]);
        der(
            SEQUENCE,
            &[&digest, &der(OCTETS, &[&salt]), &integer(ITERATIONS.get())],
        )
    }
}

/// The key of the authenticator: the derivation of RFC 7292, B.2, for purpose 3 (B.3) with SHA-256, whose one block is
/// as long as the key.
fn authenticator_key(password: &str, salt: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let fill = |text: &[u8]| -> Vec<u8> {
        let length = text.len().div_ceil(BLOCK) * BLOCK;
        text.iter().copied().cycle().take(length).collect()
    };
    let password = [bmp(password), vec![0, 0]].concat();
    let mut digest = sha256(&[vec![3; BLOCK], fill(salt), fill(&password)].concat());
    for _ in 1..ITERATIONS.get() {
        digest = sha256(&digest);
    }
    digest
}

fn certificate_bag(certificate: &[u8], attributes: &[u8]) -> Vec<u8> {
    let octets = der(FIRST_OF_MORE, &[&der(OCTETS, &[certificate])]);
    let value = der(SEQUENCE, &[&object(X509_CERTIFICATE), &octets]);
    bag(CERTIFICATE_BAG, &value, attributes)
}

/// `SafeBag`, with these attributes if there are any.
fn bag(kind: &[u8], value: &[u8], attributes: &[u8]) -> Vec<u8> {
    let attributes = match attributes {
        [] => Vec::new(),
        some => der(SET, &[some]),
    };
    let value = der(FIRST_OF_MORE, &[value]);
    der(SEQUENCE, &[&object(kind), &value, &attributes])
}

fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[&object(kind), &der(SET, &[value])])
}

/// `ContentInfo` (RFC 5652, 3).
fn content(kind: &[u8], value: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[&object(kind), &der(FIRST_OF_MORE, &[value])])
}

fn object(identifier: &[u8]) -> Vec<u8> {
    der(OBJECT, &[identifier])
}

/// A number below 2^15, in its shortest form.
fn integer(number: u16) -> Vec<u8> {
    match number.to_be_bytes() {
        [0, low] if low < 0x80 => der(INTEGER, &[&[low]]),
        bytes => der(INTEGER, &[&bytes]),
    }
}

/// Text as `BMPString` has it: two bytes a character.
fn bmp(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::crypto::encoding::hex;

    /// The derivation against the one of OpenSSL 3 (`openssl kdf -kdfopt pass:.. -kdfopt id:3 PKCS12KDF`).
    #[test]
    fn the_authenticator_s_key_is_the_one_that_others_derive() {
        let salt = [7; 16];
        let password = [bmp("prova"), vec![0, 0]].concat();
        let output = Command::new("openssl")
            .args(["kdf", "-keylen", "32", "-binary"])
            .args(["-kdfopt", "digest:SHA256"])
            .args(["-kdfopt", &format!("hexpass:{}", hex(&password))])
            .args(["-kdfopt", &format!("hexsalt:{}", hex(&salt))])
            .args(["-kdfopt", &format!("iter:{ITERATIONS}")])
            .args(["-kdfopt", "id:3", "PKCS12KDF"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(output.stdout, authenticator_key("prova", &salt));
    }

    #[test]
    fn numbers_are_written_in_their_shortest_form() {
        assert_eq!(integer(3), [2, 1, 3]);
        assert_eq!(integer(0x80), [2, 2, 0, 0x80]);
        assert_eq!(integer(ITERATIONS.get()), [2, 2, 8, 0]);
    }
}
