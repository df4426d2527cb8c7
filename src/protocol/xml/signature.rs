//! Enveloped XML signatures in the one shape that SAML allows (SAML 2.0 core, 5.4), and apart from it the one of trusted
//! lists. Nothing else of the standard.
//!
//! In: an [`Element`](super::Element) of a document that passed the gate and the keys of who should have signed it.
//! Out: a [`SignedElement`], the proof. `verify` makes it, `sign` makes what `verify` accepts, `list` is the profile of
//! trusted lists with a proof of its own, `parts` reads what both have, this file holds the identifiers.

mod list;
mod parts;
mod refusal;
mod sign;
mod verify;

use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};

pub use list::{ListSignatureRefusal, ListSigner, SignedList, verify_list};
pub use refusal::SignatureRefusal;
pub use sign::{SignError, SignaturePlace, XmlSignature, sign_enveloped};
pub use verify::{SignedElement, verify_document, verify_enveloped};

/// The transform that takes the signature itself out of what is signed (XML Signature, 6.6.4).
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Signature methods (RFC 6931, 2.3). Whatever is not here does not exist: no SHA-1, no MD5, no HMAC.
const SIGNATURE_METHODS: [(&str, SignatureAlgorithm); 5] = [
    (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        SignatureAlgorithm::RsaSha256,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        SignatureAlgorithm::RsaSha384,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        SignatureAlgorithm::RsaSha512,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        SignatureAlgorithm::EcdsaSha256,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        SignatureAlgorithm::EcdsaSha384,
    ),
];

/// Digest methods (XML Encryption, 5.7; RFC 6931, 2.1).
const DIGEST_METHODS: [(&str, DigestAlgorithm); 3] = [
    (
        "http://www.w3.org/2001/04/xmlenc#sha256",
        DigestAlgorithm::Sha256,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        DigestAlgorithm::Sha384,
    ),
    (
        "http://www.w3.org/2001/04/xmlenc#sha512",
        DigestAlgorithm::Sha512,
    ),
];

/// The algorithm an identifier names, by whole and exact comparison.
fn known<T: Copy>(methods: &[(&str, T)], identifier: &str) -> Option<T> {
    methods
        .iter()
        .find(|(name, _)| *name == identifier)
        .map(|(_, algorithm)| *algorithm)
}

/// The identifier of an algorithm.
fn identifier<T: Copy + PartialEq>(
    methods: &[(&'static str, T)],
    algorithm: T,
) -> Option<&'static str> {
    methods
        .iter()
        .find(|(_, known)| *known == algorithm)
        .map(|(name, _)| *name)
}

#[cfg(test)]
mod tests;
