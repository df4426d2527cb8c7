//! Public keys, parsed once, and the closed list of signature algorithms.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    VerificationAlgorithm,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey as ParsedSpki;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Every signature algorithm Varco makes or accepts. ECDSA signatures are the fixed-length `r || s` that XML
/// signatures (RFC 4051) and JOSE (RFC 7518, 3.4) share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaSha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// RSASSA-PSS with SHA-256, MGF1 of the same, and a salt as long as the digest (RFC 7518, 3.5).
    RsaPssSha256,
    /// The same with SHA-384.
    RsaPssSha384,
    /// The same with SHA-512.
    RsaPssSha512,
    /// ECDSA on P-256 with SHA-256.
    EcdsaSha256,
    /// ECDSA on P-384 with SHA-384.
    EcdsaSha384,
    /// ECDSA on P-521 with SHA-512.
    EcdsaSha512,
}

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA with a modulus of so many bits, 2048 at least.
    Rsa(usize),
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521: in tokens alone (RFC 7518, 3.4), in certificates it is not taken.
    P521,
}

/// A public key's numbers, big-endian, as a JWK wants them (RFC 7518, section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicParameters {
    /// Modulus and exponent.
    Rsa {
        /// Modulus without leading zeros.
        n: Vec<u8>,
        /// Public exponent.
        e: Vec<u8>,
    },
    /// A point on a curve.
    Ec {
        /// Which curve.
        kind: KeyKind,
        /// Coordinate x at its full length.
        x: Vec<u8>,
        /// Coordinate y at its full length.
        y: Vec<u8>,
    },
}

/// Why some bytes are not a key that Varco takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not a readable public or private key.
    #[error("the key cannot be read")]
    Unreadable,
    /// Neither RSA nor one of the three curves, or a curve that has no place here.
    #[error("the kind of key is not supported (RSA, P-256 or P-384 are)")]
    Unsupported,
    /// An RSA modulus under 2048 bits, or over 8192.
    #[error("the RSA key has {0} bits (2048 to 8192 are accepted)")]
    Size(usize),
}

/// The signature does not belong to this message and key, or its algorithm does not fit the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// A public key, parsed once for each algorithm that it is used with, so that each verification costs only its arithmetic.
/// Clones share what was parsed.
#[derive(Clone)]
pub struct PublicKey {
    kind: KeyKind,
    spki: Arc<[u8]>,
    parsed: Arc<[Parsed]>,
}

/// A key as one algorithm takes it.
struct Parsed {
    algorithm: SignatureAlgorithm,
    with: &'static dyn VerificationAlgorithm,
    key: OnceLock<Option<ParsedPublicKey>>,
}

impl Parsed {
    fn new(algorithm: SignatureAlgorithm, with: &'static dyn VerificationAlgorithm) -> Self {
        Self {
            algorithm,
            with,
            key: OnceLock::new(),
        }
    }

    /// `None` for a key that is none.
    fn key(&self, spki: &[u8]) -> Option<&ParsedPublicKey> {
        let parse = || ParsedPublicKey::new(self.with, spki).ok();
        self.key.get_or_init(parse).as_ref()
    }
}

impl PublicKey {
    /// Reads a DER `SubjectPublicKeyInfo`, as certificates have it: RSA, P-256 or P-384.
    ///
    /// # Errors
    /// [`KeyError`] when it is unreadable, of another kind, or too weak.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        match Self::read(der)? {
            key if key.kind == KeyKind::P521 => Err(KeyError::Unsupported),
            key => Ok(key),
        }
    }

    fn read(der: &[u8]) -> Result<Self, KeyError> {
        let (rest, spki) = SubjectPublicKeyInfo::from_der(der).map_err(|_| KeyError::Unreadable)?;
        if !rest.is_empty() {
            return Err(KeyError::Unreadable);
        }
        let kind = match spki.parsed().map_err(|_| KeyError::Unreadable)? {
            ParsedSpki::RSA(key) => match key.key_size() {
                bits @ 2048..=8192 => KeyKind::Rsa(bits),
                bits => return Err(KeyError::Size(bits)),
            },
            ParsedSpki::EC(point) => match point.data().len() {
                65 => KeyKind::P256,
                97 => KeyKind::P384,
                133 => KeyKind::P521,
                _ => return Err(KeyError::Unsupported),
            },
            _ => return Err(KeyError::Unsupported),
        };
        let parsed = match kind {
            KeyKind::Rsa(_) => vec![
                Parsed::new(SignatureAlgorithm::RsaSha256, &RSA_PKCS1_2048_8192_SHA256),
                Parsed::new(SignatureAlgorithm::RsaSha384, &RSA_PKCS1_2048_8192_SHA384),
                Parsed::new(SignatureAlgorithm::RsaSha512, &RSA_PKCS1_2048_8192_SHA512),
                Parsed::new(SignatureAlgorithm::RsaPssSha256, &RSA_PSS_2048_8192_SHA256),
                Parsed::new(SignatureAlgorithm::RsaPssSha384, &RSA_PSS_2048_8192_SHA384),
                Parsed::new(SignatureAlgorithm::RsaPssSha512, &RSA_PSS_2048_8192_SHA512),
            ],
            KeyKind::P256 => vec![Parsed::new(
                SignatureAlgorithm::EcdsaSha256,
                &ECDSA_P256_SHA256_FIXED,
            )],
            KeyKind::P384 => vec![Parsed::new(
                SignatureAlgorithm::EcdsaSha384,
                &ECDSA_P384_SHA384_FIXED,
            )],
            KeyKind::P521 => vec![Parsed::new(
                SignatureAlgorithm::EcdsaSha512,
                &ECDSA_P521_SHA512_FIXED,
            )],
        };
        // What one algorithm takes, the others of its kind take.
        let first = parsed.first().and_then(|first| first.key(der));
        first.ok_or(KeyError::Unsupported)?;
        Ok(Self {
            kind,
            spki: der.into(),
            parsed: parsed.into(),
        })
    }

    /// Reads the key of a DER certificate. Nothing else of the certificate is looked at or trusted.
    ///
    /// # Errors
    /// [`KeyError`] when certificate or key is unreadable, of another kind, or too weak.
    pub fn from_certificate(der: &[u8]) -> Result<Self, KeyError> {
        let (_, certificate) =
            x509_parser::parse_x509_certificate(der).map_err(|_| KeyError::Unreadable)?;
        Self::from_spki(certificate.tbs_certificate.subject_pki.raw)
    }

    /// Makes a key of a JWK's numbers (RFC 7518, section 6).
    ///
    /// # Errors
    /// [`KeyError`] when the numbers are no key, or too weak.
    pub fn from_parameters(parameters: &PublicParameters) -> Result<Self, KeyError> {
        match parameters {
            PublicParameters::Rsa { n, e } => {
                let key = PublicKeyComponents { n, e }
                    .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)?;
                Self::from_spki(key.as_ref())
            }
            PublicParameters::Ec { kind, x, y } => {
                let (prefix, length): (&[u8], _) = match kind {
                    KeyKind::P256 => (&P256_SPKI, 32),
                    KeyKind::P384 => (&P384_SPKI, 48),
                    KeyKind::P521 => (&P521_SPKI, 66),
                    KeyKind::Rsa(_) => return Err(KeyError::Unsupported),
                };
                if x.len() != length || y.len() != length {
                    return Err(KeyError::Unreadable);
                }
                Self::read(&[prefix, x, y].concat())
            }
        }
    }

    /// What the key is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The DER `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The numbers of the key.
    #[must_use]
    pub fn parameters(&self) -> Option<PublicParameters> {
        let (_, spki) = SubjectPublicKeyInfo::from_der(&self.spki).ok()?;
        match spki.parsed().ok()? {
            ParsedSpki::RSA(key) => {
                let stripped = |bytes: &[u8]| {
                    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                    bytes.split_at(zeros).1.to_vec()
                };
                Some(PublicParameters::Rsa {
                    n: stripped(key.modulus),
                    e: stripped(key.exponent),
                })
            }
            ParsedSpki::EC(point) => {
                // An uncompressed point: 04, then both coordinates.
                let (_, coordinates) = point.data().split_first()?;
                let (x, y) = coordinates.split_at_checked(coordinates.len() / 2)?;
                Some(PublicParameters::Ec {
                    kind: self.kind,
                    x: x.to_vec(),
                    y: y.to_vec(),
                })
            }
            _ => None,
        }
    }

    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// [`BadSignature`] when it does not verify or the algorithm is not one for this kind of key.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        self.parsed
            .iter()
            .find(|parsed| parsed.algorithm == algorithm)
            .and_then(|parsed| parsed.key(&self.spki))
            .ok_or(BadSignature)?
            .verify_sig(message, signature)
            .map_err(|_| BadSignature)
    }
}

/// `SubjectPublicKeyInfo` of a P-256 key up to its uncompressed coordinates (RFC 5480).
const P256_SPKI: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
/// The same for P-384.
const P384_SPKI: [u8; 24] = [
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b,
    0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
];
/// The same for P-521.
const P521_SPKI: [u8; 26] = [
    0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05,
    0x2b, 0x81, 0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00, 0x04,
];

impl From<aws_lc_rs::error::KeyRejected> for KeyError {
    fn from(_: aws_lc_rs::error::KeyRejected) -> Self {
        Self::Unreadable
    }
}

impl From<aws_lc_rs::error::Unspecified> for KeyError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self::Unreadable
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
