//! What certificates' lists and responders' answers have in common: a signed whole, and extensions.

use super::der::{BOOLEAN, NotDer, OCTET_STRING, OID, Reader, SEQUENCE, Value};
use crate::crypto::PublicKey;
use crate::crypto::certificate::signature::{
    CertificateAlgorithm, CertificateSignatureRefusal, verify,
};

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
        let algorithm = CertificateAlgorithm::read(self.algorithm.whole);
        verify(key, algorithm, self.content.whole, self.signature).map_err(
            |refusal| match refusal {
                CertificateSignatureRefusal::Mismatch => Unproved::Signature,
                _ => Unproved::Algorithm,
            },
        )
    }
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
