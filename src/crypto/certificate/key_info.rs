//! The key of a certificate as TLS signatures need it.

use x509_parser::asn1_rs::{FromDer as _, Sequence};

/// A `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7), in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyInfo {
    /// The content of `algorithm`: its identifier and its parameters, DER.
    pub algorithm: Vec<u8>,
    /// The bits of `subjectPublicKey`.
    pub key: Vec<u8>,
}

/// The key of a certificate, whatever else may be wrong with it; `None` for what is not a certificate.
#[must_use]
pub fn public_key_info(der: &[u8]) -> Option<PublicKeyInfo> {
    let (rest, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let info = certificate.public_key();
    let (_, outer) = Sequence::from_der(info.raw).ok()?;
    let (_, algorithm) = Sequence::from_der(&outer.content).ok()?;
    rest.is_empty().then(|| PublicKeyInfo {
        algorithm: algorithm.content.to_vec(),
        key: info.subject_public_key.data.to_vec(),
    })
}
