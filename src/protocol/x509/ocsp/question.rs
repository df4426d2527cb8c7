//! The question, and what names a certificate in it.

use super::super::Certificate;
use super::super::der::{
    INTEGER, NotDer, OCTET_STRING, OID, Reader, SEQUENCE, context_constructed, unsigned,
};
use super::NONCE;
use crate::crypto::encoding::der;
use crate::crypto::sha1_thumbprint;

/// `id-sha1`: the one digest that every responder names certificates by (RFC 5019, 2.1.1).
const SHA1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];

/// What names a certificate to a responder: its authority's name and key by their digests, and its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct CertId<'a> {
    name: [u8; 20],
    key: [u8; 20],
    serial: &'a [u8],
}

/// A question about one certificate.
pub struct OcspQuestion<'a> {
    pub(super) issuer: &'a Certificate,
    pub(super) id: CertId<'a>,
    pub(super) nonce: [u8; 32],
}

impl<'a> OcspQuestion<'a> {
    /// A question about a certificate of this authority. The nonce is to be new each time (RFC 8954).
    #[must_use]
    pub fn new(certificate: &'a Certificate, issuer: &'a Certificate, nonce: [u8; 32]) -> Self {
        let id = CertId {
            name: sha1_thumbprint(issuer.subject().der()),
            key: sha1_thumbprint(key_bits(issuer)),
            serial: certificate.serial().magnitude(),
        };
        Self { issuer, id, nonce }
    }

    /// The question in DER: `OCSPRequest` (RFC 6960, 4.1.1).
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let algorithm = der(SEQUENCE, &[&der(OID, &[SHA1]), &[5, 0]]);
        // As an INTEGER has it: with a zero in front where the first bit would be a sign.
        let sign: &[u8] = match self.id.serial.first() {
            Some(0..0x80) => &[],
            _ => &[0],
        };
        let id = der(
            SEQUENCE,
            &[
                &algorithm,
                &der(OCTET_STRING, &[&self.id.name]),
                &der(OCTET_STRING, &[&self.id.key]),
                &der(INTEGER, &[sign, self.id.serial]),
            ],
        );
        let list = der(SEQUENCE, &[&der(SEQUENCE, &[&id])]);
        let nonce = der(OCTET_STRING, &[&der(OCTET_STRING, &[&self.nonce])]);
        let nonce = der(SEQUENCE, &[&der(OID, &[NONCE]), &nonce]);
        let extensions = der(context_constructed(2), &[&der(SEQUENCE, &[&nonce])]);
        der(SEQUENCE, &[&der(SEQUENCE, &[&list, &extensions])])
    }
}

/// Whether a `CertID` names the certificate that was asked about. One by another digest names none that we asked about.
pub(super) fn is_same(mut fields: Reader<'_>, asked: &CertId<'_>) -> Result<bool, NotDer> {
    let mut algorithm = fields.sequence()?;
    let is_sha1 = algorithm.expect(OID)? == SHA1;
    let (name, key) = (fields.expect(OCTET_STRING)?, fields.expect(OCTET_STRING)?);
    // A negative number is nobody's here, but its neighbour may be the one.
    let serial = unsigned(fields.expect(INTEGER)?).ok();
    fields.end()?;
    Ok(is_sha1 && name == asked.name && key == asked.key && serial == Some(asked.serial))
}

/// The bits of an authority's key, without what says which kind it is (RFC 6960, 4.1.1, `issuerKeyHash`).
pub(super) fn key_bits(certificate: &Certificate) -> &[u8] {
    let mut all = Reader::new(certificate.public_key().spki());
    let bits = all.sequence().and_then(|mut spki| {
        spki.sequence()?;
        spki.bytes_of_bits()
    });
    // It is the SPKI of a key that was read: it has the bits.
    bits.unwrap_or_default()
}
