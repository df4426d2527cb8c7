//! The key of a certificate as TLS signatures need it.

use x509_parser::asn1_rs::{Any, BitString, FromDer as _, Sequence, Tag};

/// A `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7), in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyInfo {
    /// The content of `algorithm`: its identifier and its parameters, DER.
    pub algorithm: Vec<u8>,
    /// The bits of `subjectPublicKey`.
    pub key: Vec<u8>,
}

/// The key of a certificate, whatever else may be wrong with it; `None` for what does not have the outline of one. The
/// fields before it are passed over unread: a handshake needs none of them.
#[must_use]
pub fn public_key_info(der: &[u8]) -> Option<PublicKeyInfo> {
    let (end, certificate) = Sequence::from_der(der).ok()?;
    let (_, tbs) = Sequence::from_der(&certificate.content).ok()?;
    let (after_first, first) = Any::from_der(&tbs.content).ok()?;
    // `[0] version` is there in all but those of version 1.
    let mut rest = if first.tag() == Tag::Integer {
        after_first
    } else {
        Any::from_der(after_first).ok()?.0
    };
    // signature, issuer, validity, subject
    for _ in 0..4 {
        (rest, _) = Any::from_der(rest).ok()?;
    }
    let (_, info) = Sequence::from_der(rest).ok()?;
    let (bits, algorithm) = Sequence::from_der(&info.content).ok()?;
    let (_, key) = BitString::from_der(bits).ok()?;
    end.is_empty().then(|| PublicKeyInfo {
        algorithm: algorithm.content.to_vec(),
        key: key.data.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_one_that_a_reader_of_the_whole_certificate_finds() {
        for algorithm in [
            &rcgen::PKCS_ECDSA_P256_SHA256,
            &rcgen::PKCS_ECDSA_P384_SHA384,
        ] {
            let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
            let params = rcgen::CertificateParams::new(Vec::new()).unwrap();
            let certificate = params.self_signed(&key).unwrap();
            let (_, whole) = x509_parser::parse_x509_certificate(certificate.der()).unwrap();
            let info = public_key_info(certificate.der()).unwrap();
            assert_eq!(info.key, *whole.public_key().subject_public_key.data);
            let trailing = [certificate.der().as_ref(), b"\0"].concat();
            assert_eq!(public_key_info(&trailing), None);
        }
        assert_eq!(public_key_info(b"\x30\x00"), None);
    }
}
