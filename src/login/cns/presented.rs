//! What a connection presented, bounded before anything is read.

use std::fmt;

use super::refusal::CnsRefusal;
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::protocol::x509::Certificate;

/// The certificates that a caller sent, of which TLS, or the proxy that we trust, has proved that the caller holds the
/// first one's private key. Made by the CNS listener and the trusted-proxy listener only; it says nothing about trust.
#[derive(Clone)]
pub struct Presented {
    leaf: Vec<u8>,
    further: Vec<Vec<u8>>,
}

impl Presented {
    /// The most certificates that are looked at, the card's own included (rules on CNS, 1.6.1).
    pub const MAX_CERTIFICATES: usize = 4;

    /// Takes what was sent, the card's own certificate first.
    ///
    /// # Errors
    /// [`CnsRefusal::NoCertificate`] for none, [`CnsRefusal::TooManyCertificates`] over
    /// [`MAX_CERTIFICATES`](Self::MAX_CERTIFICATES), [`CnsRefusal::TooLarge`] when one is over
    /// [`Certificate::MAX_BYTES`].
    pub fn new(chain: &[impl AsRef<[u8]>]) -> Result<Self, CnsRefusal> {
        if chain.len() > Self::MAX_CERTIFICATES {
            return Err(CnsRefusal::TooManyCertificates);
        }
        let too_large = |der: &[u8]| der.len() > Certificate::MAX_BYTES;
        if chain.iter().any(|der| too_large(der.as_ref())) {
            return Err(CnsRefusal::TooLarge);
        }
        let (leaf, further) = chain.split_first().ok_or(CnsRefusal::NoCertificate)?;
        Ok(Self {
            leaf: leaf.as_ref().to_vec(),
            further: further.iter().map(|der| der.as_ref().to_vec()).collect(),
        })
    }

    /// DER of the card's own certificate.
    #[must_use]
    pub fn leaf(&self) -> &[u8] {
        &self.leaf
    }

    /// SHA-256 of the card's own certificate in lower-case hexadecimal: what the audit of a refusal may name it by.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        hex(&sha256(&self.leaf))
    }

    pub(super) fn further(&self) -> &[Vec<u8>] {
        &self.further
    }
}

/// It may be a person's: only its digest is shown.
impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Presented({}, {} further)",
            self.sha256_hex(),
            self.further.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_presented_is_bounded_before_it_is_read() {
        let none: [&[u8]; 0] = [];
        assert_eq!(Presented::new(&none).err(), Some(CnsRefusal::NoCertificate));
        let kilobytes = |count: usize| vec![0x30_u8; count * 1024];
        assert!(Presented::new(&[kilobytes(8)]).is_ok());
        assert_eq!(
            Presented::new(&[vec![0; 8 * 1024 + 1]]).err(),
            Some(CnsRefusal::TooLarge)
        );
        assert_eq!(
            Presented::new(&[kilobytes(1), kilobytes(1024)]).err(),
            Some(CnsRefusal::TooLarge)
        );
        assert!(Presented::new(&vec![kilobytes(1); 4]).is_ok());
        for count in [5, 200] {
            assert_eq!(
                Presented::new(&vec![kilobytes(1); count]).err(),
                Some(CnsRefusal::TooManyCertificates)
            );
        }
    }
}
