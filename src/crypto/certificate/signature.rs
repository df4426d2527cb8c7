//! Signatures on certificates, revocation lists and their kind (RFC 5280, 4.1.1.3), and how strong a key must be to make
//! one or to log in with.
//!
//! In: an `AlgorithmIdentifier` in DER, a key, the signed bytes. Out: yes, or a reason that tells what is old from what is
//! wrong. SHA-1 and RSA under 2048 bits are refused (rules on CNS, 0.12 and 1.6.2).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, UnparsedPublicKey, VerificationAlgorithm,
};

use crate::crypto::keys::{KeyKind, PublicKey, PublicParameters, SignatureAlgorithm};

/// What a certificate was signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CertificateAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 4055, 5).
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaSha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// ECDSA with SHA-256 (RFC 5758, 3.2); the signature is a DER sequence of two numbers.
    EcdsaSha256,
    /// ECDSA with SHA-384.
    EcdsaSha384,
    /// ECDSA with SHA-512.
    EcdsaSha512,
    /// With MD2, MD5 or SHA-1: broken.
    Obsolete,
    /// None of these, or one of these with other parameters than it has.
    Unsupported,
}

impl CertificateAlgorithm {
    /// Reads an `AlgorithmIdentifier` with its tag and length. Each algorithm has one encoding (RFC 4055, 5: parameters
    /// NULL; RFC 5758, 3.2: none).
    #[must_use]
    pub fn read(der: &[u8]) -> Self {
        let known = |encodings: &[(&[u8], Self)]| {
            encodings
                .iter()
                .find(|(encoding, _)| *encoding == der)
                .map(|(_, algorithm)| *algorithm)
        };
        let obsolete = || {
            OBSOLETE
                .iter()
                .any(|start| der.get(2..).is_some_and(|rest| rest.starts_with(start)))
        };
        match known(&ENCODINGS) {
            Some(algorithm) => algorithm,
            None if obsolete() => Self::Obsolete,
            None => Self::Unsupported,
        }
    }
}

/// `AlgorithmIdentifier` of every algorithm that is taken.
const ENCODINGS: [(&[u8], CertificateAlgorithm); 6] = [
    (
        b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00",
        CertificateAlgorithm::RsaSha256,
    ),
    (
        b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00",
        CertificateAlgorithm::RsaSha384,
    ),
    (
        b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00",
        CertificateAlgorithm::RsaSha512,
    ),
    (
        b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02",
        CertificateAlgorithm::EcdsaSha256,
    ),
    (
        b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03",
        CertificateAlgorithm::EcdsaSha384,
    ),
    (
        b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04",
        CertificateAlgorithm::EcdsaSha512,
    ),
];

/// Identifiers with MD2, MD5 and SHA-1, with RSA and with ECDSA.
const OBSOLETE: [&[u8]; 4] = [
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05",
    b"\x06\x07\x2a\x86\x48\xce\x3d\x04\x01",
];

/// Why a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateSignatureRefusal {
    /// Its digest is broken: it is not even verified.
    #[error("the signature is made with an obsolete digest")]
    Obsolete,
    /// Its algorithm is not on the list.
    #[error("the signature's algorithm is not supported")]
    Unsupported,
    /// It does not verify with this key.
    #[error("the signature does not verify")]
    Mismatch,
}

/// Verifies the signature on a certificate or a revocation list.
///
/// # Errors
/// [`CertificateSignatureRefusal`] when it is not accepted.
pub fn verify(
    key: &PublicKey,
    algorithm: CertificateAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CertificateSignatureRefusal> {
    use CertificateAlgorithm as A;
    let mismatch = CertificateSignatureRefusal::Mismatch;
    let rsa = |with| key.verify(with, message, signature).map_err(|_| mismatch);
    let ecdsa = |on_p256: &'static dyn VerificationAlgorithm,
                 on_p384: &'static dyn VerificationAlgorithm| {
        let with = match key.kind() {
            KeyKind::P256 => on_p256,
            KeyKind::P384 => on_p384,
            KeyKind::Rsa(_) | KeyKind::P521 => return Err(mismatch),
        };
        UnparsedPublicKey::new(with, key.spki())
            .verify(message, signature)
            .map_err(|_| mismatch)
    };
    match algorithm {
        A::RsaSha256 => rsa(SignatureAlgorithm::RsaSha256),
        A::RsaSha384 => rsa(SignatureAlgorithm::RsaSha384),
        A::RsaSha512 => rsa(SignatureAlgorithm::RsaSha512),
        A::EcdsaSha256 => ecdsa(&ECDSA_P256_SHA256_ASN1, &ECDSA_P384_SHA256_ASN1),
        A::EcdsaSha384 => ecdsa(&ECDSA_P256_SHA384_ASN1, &ECDSA_P384_SHA384_ASN1),
        A::EcdsaSha512 => ecdsa(&ECDSA_P256_SHA512_ASN1, &ECDSA_P384_SHA512_ASN1),
        A::Obsolete => Err(CertificateSignatureRefusal::Obsolete),
        A::Unsupported => Err(CertificateSignatureRefusal::Unsupported),
    }
}

/// Why a key is not strong enough to be certified, or stranger than any card has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakKey {
    /// An RSA modulus of so many bits, over 4096.
    #[error("the RSA key has {0} bits (2048 to 4096 are accepted)")]
    Size(usize),
    /// A public exponent that is even, or under 65537.
    #[error("the RSA key's public exponent is even or under 65537")]
    Exponent,
    /// A curve that no card has.
    #[error("the key is on P-521")]
    Curve,
}

/// Judges the key of a card or of its issuer: RSA of 2048 to 4096 bits with an odd exponent of 65537 at least, or P-256
/// or P-384 (rules on CNS, 1.6.2). Smaller RSA keys and other curves are no [`PublicKey`] at all.
///
/// # Errors
/// [`WeakKey`] says what is wrong.
pub fn judge_key(key: &PublicKey) -> Result<(), WeakKey> {
    match key.kind() {
        KeyKind::Rsa(bits @ 4097..) => Err(WeakKey::Size(bits)),
        KeyKind::Rsa(_) => {
            let Some(PublicParameters::Rsa { e, .. }) = key.parameters() else {
                return Err(WeakKey::Exponent);
            };
            let is_odd = e.last().is_some_and(|low| low & 1 == 1);
            // Without leading zeros, so three bytes are 65536 at least, and odd ones more.
            if is_odd && e.len() >= 3 {
                Ok(())
            } else {
                Err(WeakKey::Exponent)
            }
        }
        KeyKind::P256 | KeyKind::P384 => Ok(()),
        KeyKind::P521 => Err(WeakKey::Curve),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Signer as _, SigningKey};

    const RSA_SHA256: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";

    #[test]
    fn an_algorithm_has_one_encoding() {
        assert_eq!(
            CertificateAlgorithm::read(RSA_SHA256),
            CertificateAlgorithm::RsaSha256
        );
        let without_null = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
        let pss = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
        let sha224 = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e\x05\x00";
        for other in [&without_null[..], pss, sha224, b"", b"\x30\x00"] {
            assert_eq!(
                CertificateAlgorithm::read(other),
                CertificateAlgorithm::Unsupported
            );
        }
    }

    #[test]
    fn broken_digests_are_told_apart_from_unknown_ones() {
        for old in [
            &b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00"[..],
            b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04\x05\x00",
            b"\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01",
        ] {
            assert_eq!(
                CertificateAlgorithm::read(old),
                CertificateAlgorithm::Obsolete
            );
        }
    }

    #[test]
    fn a_signature_verifies_over_its_message_with_its_key_and_algorithm_only() {
        let key = SigningKey::generate(KeyKind::Rsa(2048)).unwrap();
        let other = SigningKey::generate(KeyKind::P256).unwrap();
        let signature = key.sign(SignatureAlgorithm::RsaSha256, b"signed").unwrap();
        let verified = |key: &SigningKey, algorithm, message: &[u8]| {
            verify(key.public_key(), algorithm, message, &signature)
        };
        let mismatch = Err(CertificateSignatureRefusal::Mismatch);
        assert_eq!(
            verified(&key, CertificateAlgorithm::RsaSha256, b"signed"),
            Ok(())
        );
        assert_eq!(
            verified(&key, CertificateAlgorithm::RsaSha256, b"other"),
            mismatch
        );
        assert_eq!(
            verified(&key, CertificateAlgorithm::RsaSha384, b"signed"),
            mismatch
        );
        assert_eq!(
            verified(&key, CertificateAlgorithm::EcdsaSha256, b"signed"),
            mismatch
        );
        assert_eq!(
            verified(&other, CertificateAlgorithm::RsaSha256, b"signed"),
            mismatch
        );
        assert_eq!(
            verified(&key, CertificateAlgorithm::Obsolete, b"signed"),
            Err(CertificateSignatureRefusal::Obsolete)
        );
        assert_eq!(
            verified(&key, CertificateAlgorithm::Unsupported, b"signed"),
            Err(CertificateSignatureRefusal::Unsupported)
        );
    }

    #[test]
    fn an_ecdsa_signature_is_a_sequence_of_two_numbers() {
        let key = SigningKey::generate(KeyKind::P256).unwrap();
        let fixed = key
            .sign(SignatureAlgorithm::EcdsaSha256, b"signed")
            .unwrap();
        let number = |bytes: &[u8]| {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let sign: &[u8] = if bytes[zeros] >= 0x80 { &[0] } else { &[] };
            let content = [sign, &bytes[zeros..]].concat();
            [&[2, u8::try_from(content.len()).unwrap()][..], &content].concat()
        };
        let numbers = [number(&fixed[..32]), number(&fixed[32..])].concat();
        let signature = [&[0x30, u8::try_from(numbers.len()).unwrap()][..], &numbers].concat();
        let verified = |signature: &[u8]| {
            verify(
                key.public_key(),
                CertificateAlgorithm::EcdsaSha256,
                b"signed",
                signature,
            )
        };
        assert_eq!(verified(&signature), Ok(()));
        assert!(verified(&fixed).is_err());
    }

    #[test]
    fn a_key_has_an_odd_exponent_of_65537_at_least() {
        let key = |e: &[u8]| {
            let signer = SigningKey::generate(KeyKind::Rsa(2048)).unwrap();
            let Some(PublicParameters::Rsa { n, .. }) = signer.public_key().parameters() else {
                panic!("an RSA key");
            };
            PublicKey::from_parameters(&PublicParameters::Rsa { n, e: e.to_vec() })
        };
        assert_eq!(judge_key(&key(&[1, 0, 1]).unwrap()), Ok(()));
        assert_eq!(judge_key(&key(&[3]).unwrap()), Err(WeakKey::Exponent));
        assert_eq!(
            judge_key(&key(&[0xff, 0xff]).unwrap()),
            Err(WeakKey::Exponent)
        );
        // An even one is no key to begin with.
        assert!(key(&[1, 0, 2]).is_err());
        assert_eq!(
            judge_key(SigningKey::generate(KeyKind::P256).unwrap().public_key()),
            Ok(())
        );
    }
}
