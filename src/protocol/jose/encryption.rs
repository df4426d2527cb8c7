//! The closed lists of JWE algorithms (RFC 7518, sections 4 and 5).

use serde::{Deserialize, Serialize};

use crate::crypto::{ContentCipher, KeyKind, Oaep, sha256};

/// How the recipient comes to the content key (`alg`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyManagement {
    /// RSAES-OAEP with SHA-1.
    #[serde(rename = "RSA-OAEP")]
    RsaOaep,
    /// RSAES-OAEP with SHA-256.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// Agreed with an ephemeral key on the recipient's curve.
    #[serde(rename = "ECDH-ES")]
    EcdhEs,
    /// Wrapped with AES-128 under what is agreed so.
    #[serde(rename = "ECDH-ES+A128KW")]
    EcdhEsA128Kw,
    /// Wrapped with AES-256 under what is agreed so.
    #[serde(rename = "ECDH-ES+A256KW")]
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// Every algorithm. All are those of the Italian federation: the two with RSA must be there, CIE should have the others
    /// (our rules on CIE, B6).
    pub const ALL: [Self; 5] = [
        Self::RsaOaep,
        Self::RsaOaep256,
        Self::EcdhEs,
        Self::EcdhEsA128Kw,
        Self::EcdhEsA256Kw,
    ];

    /// The registered name, as `alg` spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA128Kw => "ECDH-ES+A128KW",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// The algorithm of a name, compared with case; `None` for everything that is not on the list.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// Whether content keys can be encrypted so to keys of this kind.
    #[must_use]
    pub fn fits(self, kind: KeyKind) -> bool {
        match self {
            Self::RsaOaep | Self::RsaOaep256 => matches!(kind, KeyKind::Rsa(_)),
            Self::EcdhEs | Self::EcdhEsA128Kw | Self::EcdhEsA256Kw => {
                matches!(kind, KeyKind::P256 | KeyKind::P384 | KeyKind::P521)
            }
        }
    }

    /// What it does, and with what.
    pub(super) fn step(self) -> Step {
        match self {
            Self::RsaOaep => Step::Oaep(Oaep::Sha1),
            Self::RsaOaep256 => Step::Oaep(Oaep::Sha256),
            Self::EcdhEs => Step::Agree,
            Self::EcdhEsA128Kw => Step::Wrap { key_length: 16 },
            Self::EcdhEsA256Kw => Step::Wrap { key_length: 32 },
        }
    }
}

/// The three shapes of key management.
pub(super) enum Step {
    Oaep(Oaep),
    Agree,
    Wrap { key_length: usize },
}

/// How the content is encrypted (`enc`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ContentEncryption {
    /// AES-128 in CBC mode with HMAC-SHA-256.
    #[serde(rename = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-256 in CBC mode with HMAC-SHA-512.
    #[serde(rename = "A256CBC-HS512")]
    A256CbcHs512,
    /// AES-128 in Galois counter mode.
    #[serde(rename = "A128GCM")]
    A128Gcm,
    /// AES-256 in Galois counter mode.
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

impl ContentEncryption {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [
        Self::A128CbcHs256,
        Self::A256CbcHs512,
        Self::A128Gcm,
        Self::A256Gcm,
    ];
    /// The two of the Italian federation, where Galois counter mode is not (our rules on CIE, B6).
    pub const ITALIAN: [Self; 2] = [Self::A128CbcHs256, Self::A256CbcHs512];

    /// The registered name, as `enc` spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A256CbcHs512 => "A256CBC-HS512",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The algorithm of a name, compared with case; `None` for everything that is not on the list.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The cipher underneath.
    #[must_use]
    pub fn cipher(self) -> ContentCipher {
        match self {
            Self::A128CbcHs256 => ContentCipher::Aes128CbcHmacSha256,
            Self::A256CbcHs512 => ContentCipher::Aes256CbcHmacSha512,
            Self::A128Gcm => ContentCipher::Aes128Gcm,
            Self::A256Gcm => ContentCipher::Aes256Gcm,
        }
    }
}

/// Derives a key from an agreed secret (RFC 7518, 4.6.2: Concat KDF of NIST SP 800-56A with SHA-256). `algorithm` is the name
/// of what the key is for; `parties` are `apu` and `apv`, decoded.
pub(super) fn concat_kdf(
    secret: &[u8],
    algorithm: &str,
    parties: [&[u8]; 2],
    length: usize,
) -> zeroize::Zeroizing<Vec<u8>> {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes();
    let mut info = Vec::new();
    for field in [algorithm.as_bytes()].into_iter().chain(parties) {
        info.extend(number(field.len()));
        info.extend(field);
    }
    info.extend(number(length * 8));
    let mut derived = zeroize::Zeroizing::new(Vec::with_capacity(length.next_multiple_of(32)));
    for round in 1..=length.div_ceil(32) {
        let input = zeroize::Zeroizing::new([&number(round), secret, &info].concat());
        derived.extend(sha256(&input));
    }
    derived.truncate(length);
    derived
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::encoding::{base64url, from_hex};

    #[test]
    fn names_read_back_and_nothing_off_the_lists_has_an_algorithm() {
        for algorithm in KeyManagement::ALL {
            assert_eq!(KeyManagement::from_name(algorithm.name()), Some(algorithm));
            let json = serde_json::json!(algorithm.name());
            assert_eq!(serde_json::to_value(algorithm).unwrap(), json);
        }
        for algorithm in ContentEncryption::ALL {
            assert_eq!(
                ContentEncryption::from_name(algorithm.name()),
                Some(algorithm)
            );
            let json = serde_json::json!(algorithm.name());
            assert_eq!(serde_json::to_value(algorithm).unwrap(), json);
        }
        for name in [
            "RSA1_5",
            "dir",
            "A128KW",
            "PBES2-HS256+A128KW",
            "rsa-oaep",
            "",
        ] {
            assert_eq!(KeyManagement::from_name(name), None, "{name}");
        }
        for name in ["A192GCM", "A192CBC-HS384", "a128gcm", "none", ""] {
            assert_eq!(ContentEncryption::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_derivation_of_rfc_7518_appendix_c_comes_out() {
        let secret = from_hex("9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4");
        let derived = concat_kdf(&secret.unwrap(), "A128GCM", [b"Alice", b"Bob"], 16);
        assert_eq!(base64url(&derived), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn a_key_that_is_longer_than_a_digest_takes_a_round_for_each() {
        let long = concat_kdf(b"secret", "A256CBC-HS512", [b"", b""], 64);
        assert_eq!(long.len(), 64);
        // The length is part of what is hashed, so that a shorter key is not the longer one's beginning.
        let short = concat_kdf(b"secret", "A256CBC-HS512", [b"", b""], 32);
        assert!(!long.starts_with(&short) && long[..32] != long[32..]);
    }

    #[test]
    fn an_algorithm_fits_the_keys_of_its_own_kind_only() {
        for algorithm in KeyManagement::ALL {
            let with_rsa = matches!(algorithm.step(), Step::Oaep(_));
            assert_eq!(algorithm.fits(KeyKind::Rsa(2048)), with_rsa);
            for curve in [KeyKind::P256, KeyKind::P384, KeyKind::P521] {
                assert_eq!(algorithm.fits(curve), !with_rsa);
            }
        }
    }
}
