//! Why a trusted list does not count as signed.

use super::super::SignatureRefusal;

/// Why a trusted list does not count as signed. Each has a code for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ListSignatureRefusal {
    /// What both profiles refuse.
    #[error(transparent)]
    Signature(#[from] SignatureRefusal),
    /// The signature is not the last child of the root.
    #[error("the signature does not stand at the end of the list")]
    Place,
    /// Not exactly one reference to the document and one to the signed properties.
    #[error("the signature does not have exactly the two references of a list")]
    References,
    /// No object with the qualifying properties of this signature, or something unsigned in it.
    #[error("the signature lacks its signed properties, or holds more than them")]
    Properties,
    /// The second reference is not to the signed properties, or their id is not theirs alone.
    #[error("the signature refers to something else than its signed properties")]
    PropertiesReference,
    /// The signed properties were changed after they were signed.
    #[error("the digest is not that of the signed properties")]
    PropertiesDigest,
    /// The signed properties do not name the certificate of the pinned signer.
    #[error("the signed properties do not name the certificate of the pinned signer")]
    SigningCertificate,
}

impl ListSignatureRefusal {
    /// The reason code for logs and tests.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Signature(refusal) => refusal.code(),
            Self::Place => "list-signature-place",
            Self::References => "list-signature-references",
            Self::Properties => "list-signature-properties",
            Self::PropertiesReference => "list-signature-properties-reference",
            Self::PropertiesDigest => "list-signature-properties-digest",
            Self::SigningCertificate => "list-signature-certificate",
        }
    }
}
