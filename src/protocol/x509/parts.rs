//! What certificates' lists and responders' answers have in common: a signed whole, and extensions.

use super::der::{BOOLEAN, NotDer, OCTET_STRING, OID, Reader, SEQUENCE, Value};
use crate::crypto::{PublicKey, SignatureAlgorithm};

/// `AlgorithmIdentifier`s of the signatures that are taken, each in its one DER form: RSA with NULL parameters (RFC 4055,
/// 5), ECDSA with none (RFC 5758, 3.2).
const ALGORITHMS: [(&[u8], SignatureAlgorithm); 5] = [
    (
        b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00",
        SignatureAlgorithm::RsaSha256,
    ),
    (
        b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00",
        SignatureAlgorithm::RsaSha384,
    ),
    (
        b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00",
        SignatureAlgorithm::RsaSha512,
    ),
    (
        b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02",
        SignatureAlgorithm::EcdsaSha256,
    ),
    (
        b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03",
        SignatureAlgorithm::EcdsaSha384,
    ),
];

/// Why a signature proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unproved {
    /// The algorithm is none that is taken; SHA-1 is one of those.
    Algorithm,
    /// It is not by this key over these bytes.
    Signature,
}

/// `SEQUENCE { toBeSigned, signatureAlgorithm, signature }`: the shape of a certificate (RFC 5280, 4.1), a list (5.1) and a
/// responder's answer (RFC 6960, 4.2.1), with whatever may follow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed<'a> {
    /// What is signed.
    pub(super) content: Value<'a>,
    /// The `AlgorithmIdentifier` outside what is signed.
    pub(super) algorithm: Value<'a>,
    signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Reads the three values; what follows them is still to be read.
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self, NotDer> {
        let content = reader.value()?;
        let algorithm = reader.value()?;
        if content.tag != SEQUENCE || algorithm.tag != SEQUENCE {
            return Err(NotDer);
        }
        Ok(Self {
            content,
            algorithm,
            signature: reader.bytes_of_bits()?,
        })
    }

    /// That the signature is by this key.
    pub(super) fn verify(&self, key: &PublicKey) -> Result<(), Unproved> {
        let algorithm = ALGORITHMS
            .iter()
            .find(|(der, _)| *der == self.algorithm.whole)
            .map(|(_, algorithm)| *algorithm)
            .ok_or(Unproved::Algorithm)?;
        let (message, signature) = (self.content.whole, self.signature);
        let verified = match algorithm {
            SignatureAlgorithm::EcdsaSha256 => {
                let signature = fixed::<32>(signature).map_err(|_| Unproved::Signature)?;
                key.verify(algorithm, message, &signature)
            }
            SignatureAlgorithm::EcdsaSha384 => {
                let signature = fixed::<48>(signature).map_err(|_| Unproved::Signature)?;
                key.verify(algorithm, message, &signature)
            }
            _ => key.verify(algorithm, message, signature),
        };
        verified.map_err(|_| Unproved::Signature)
    }
}

/// An ECDSA signature as X.509 has it, `SEQUENCE { r, s }` (RFC 5758, 3.2), in the fixed length that our keys verify.
fn fixed<const LENGTH: usize>(der: &[u8]) -> Result<Vec<u8>, NotDer> {
    let mut outer = Reader::new(der);
    let mut numbers = outer.sequence()?;
    outer.end()?;
    let mut signature = Vec::with_capacity(2 * LENGTH);
    for _ in 0..2 {
        let number = numbers.unsigned()?;
        let zeros = LENGTH.checked_sub(number.len()).ok_or(NotDer)?;
        signature.extend(std::iter::repeat_n(0, zeros));
        signature.extend_from_slice(number);
    }
    numbers.end()?;
    Ok(signature)
}

/// `Extension` (RFC 5280, 4.1).
#[derive(Debug, Clone, Copy)]
pub(super) struct Extension<'a> {
    /// The identifier's contents.
    pub(super) id: &'a [u8],
    /// Whether whoever does not know it must not go on.
    pub(super) critical: bool,
    /// The DER within.
    pub(super) value: &'a [u8],
}

/// The most extensions in one place: many times what anybody writes.
const MOST_EXTENSIONS: usize = 32;

/// Reads `SEQUENCE OF Extension`, one at least, none twice (RFC 5280, 4.2), and gives each to `take`.
pub(super) fn extensions<'a, E: From<NotDer>>(
    list: &mut Reader<'a>,
    mut take: impl FnMut(Extension<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let mut seen: [&[u8]; MOST_EXTENSIONS] = [&[]; MOST_EXTENSIONS];
    let mut count = 0;
    let mut list = list.sequence()?;
    while !list.is_empty() {
        let mut fields = list.sequence()?;
        let extension = Extension {
            id: fields.expect(OID)?,
            critical: fields.boolean_or_false(BOOLEAN)?,
            value: fields.expect(OCTET_STRING)?,
        };
        fields.end()?;
        if seen.iter().take(count).any(|id| *id == extension.id) {
            return Err(NotDer.into());
        }
        *seen.get_mut(count).ok_or(NotDer)? = extension.id;
        count += 1;
        take(extension)?;
    }
    if count == 0 {
        Err(NotDer.into())
    } else {
        Ok(())
    }
}
