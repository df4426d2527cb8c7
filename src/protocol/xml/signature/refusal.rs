//! Why a signature does not count.

use super::super::c14n::C14nRefusal;

/// Why an element does not count as signed. Each has a code for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureRefusal {
    /// No key was given to verify with. Fails closed: no key never means no check.
    #[error("there is no key to verify with")]
    NoKey,
    /// The element has no signature right below it.
    #[error("the element is not signed")]
    Missing,
    /// The element has two signatures right below it.
    #[error("the element has more than one signature")]
    Repeated,
    /// The signature has an element, attribute or text that this profile does not know, or lacks one that it needs.
    #[error("the signature is not of the accepted shape")]
    Shape,
    /// `KeyInfo` holds something other than key material: a hiding place.
    #[error("KeyInfo holds foreign elements")]
    KeyInfo,
    /// The canonicalisation of `SignedInfo` is not the exclusive one.
    #[error("the canonicalisation method is not accepted")]
    CanonicalizationMethod,
    /// The signature method is none of those accepted.
    #[error("the signature method is not accepted")]
    SignatureMethod,
    /// No reference, or several.
    #[error("the signature does not have exactly one reference")]
    References,
    /// The reference does not point to the element the signature stands in.
    #[error("the signature refers to something else than its element")]
    Reference,
    /// The transforms are not exactly the enveloped signature and the exclusive canonicalisation.
    #[error("the transforms are not accepted")]
    Transforms,
    /// The digest method is none of those accepted.
    #[error("the digest method is not accepted")]
    DigestMethod,
    /// A value that should be base64 is not.
    #[error("a value of the signature is not base64")]
    Base64,
    /// There is no canonical form.
    #[error("the element has no canonical form")]
    Canonicalization,
    /// The element was changed after it was signed.
    #[error("the digest is not that of the element")]
    Digest,
    /// The signature was made by none of the keys.
    #[error("the signature was made by none of the keys")]
    Signature,
}

impl SignatureRefusal {
    /// The reason code for logs and tests.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoKey => "signature-no-key",
            Self::Missing => "signature-missing",
            Self::Repeated => "signature-repeated",
            Self::Shape => "signature-shape",
            Self::KeyInfo => "signature-key-info",
            Self::CanonicalizationMethod => "signature-canonicalization-method",
            Self::SignatureMethod => "signature-method",
            Self::References => "signature-references",
            Self::Reference => "signature-reference",
            Self::Transforms => "signature-transforms",
            Self::DigestMethod => "signature-digest-method",
            Self::Base64 => "signature-base64",
            Self::Canonicalization => "signature-canonicalization",
            Self::Digest => "signature-digest",
            Self::Signature => "signature-value",
        }
    }
}

impl From<C14nRefusal> for SignatureRefusal {
    fn from(_: C14nRefusal) -> Self {
        Self::Canonicalization
    }
}
