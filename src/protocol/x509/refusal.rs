//! Why bytes are not a certificate that Varco reads, and why one certificate did not issue another.

use super::der::NotDer;
use crate::crypto::KeyError;

/// Why some bytes are not read as a certificate, in the order in which they are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateRefusal {
    /// Over [`Certificate::MAX_BYTES`](super::Certificate::MAX_BYTES).
    #[error("the certificate is too large")]
    TooLarge,
    /// Not DER, or not the structure of a certificate to its last byte (RFC 5280, 4.1).
    #[error("the certificate cannot be read")]
    Malformed,
    /// Not version 3 (RFC 5280, 4.1.2.1).
    #[error("the certificate is not of version 3")]
    Version,
    /// A negative serial number, or one over twenty bytes (RFC 5280, 4.1.2.2).
    #[error("the certificate's serial number is not one")]
    Serial,
    /// The signature names two algorithms (RFC 5280, 4.1.1.2).
    #[error("the certificate names two signature algorithms")]
    TwoAlgorithms,
    /// An extension twice (RFC 5280, 4.2).
    #[error("the certificate has an extension twice")]
    DuplicateExtension,
    /// A critical extension that nobody here obeys (RFC 5280, 4.2).
    #[error("the certificate has a critical extension that is not known")]
    CriticalExtension,
    /// An extension that is known and does not read as its definition says.
    #[error("the certificate has a malformed extension")]
    Extension,
    /// The public key is of another kind or size than Varco takes.
    #[error("the certificate's key: {0}")]
    Key(KeyError),
}

impl From<NotDer> for CertificateRefusal {
    fn from(_: NotDer) -> Self {
        Self::Malformed
    }
}

/// Why a certificate was not issued by another (RFC 5280, 6.1.3 a).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuingRefusal {
    /// The issuer's name is another.
    #[error("the issuer has another name")]
    Name,
    /// The authority key identifier names another key or certificate.
    #[error("the issuer has another key identifier")]
    KeyIdentifier,
    /// The signature's digest is broken: MD5, SHA-1.
    #[error("the signature is made with an obsolete digest")]
    Obsolete,
    /// The signature's algorithm is not on the list.
    #[error("the signature's algorithm is not supported")]
    Algorithm,
    /// The signature does not verify with the issuer's key.
    #[error("the signature does not verify")]
    Signature,
}
