//! Digests, keyed hashes and comparison in constant time.

use aws_lc_rs::{digest, hmac};

/// The digests that signatures here may use: SHA-2 only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// The digest of some bytes.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }
}

/// SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    fixed(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// SHA-1 of what is known whole, where a protocol names it so: a certificate (ETSI EN 319 132-1, D.1), an authority's name
/// and key to its responder (RFC 6960, 4.1.1). It proves nothing: two things can be made to share it.
#[must_use]
pub fn sha1_thumbprint(known: &[u8]) -> [u8; 20] {
    let mut out = [0; 20];
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, known);
    out.copy_from_slice(digest.as_ref());
    out
}

/// HMAC-SHA-256 (RFC 2104) of a message.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    fixed(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref())
}

/// HMAC-SHA-512 (RFC 2104) of a message.
#[must_use]
pub fn hmac_sha512(key: &[u8], message: &[u8]) -> [u8; 64] {
    fixed(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, key), message).as_ref())
}

/// Compares secrets without telling by time where they differ. Lengths are not secret.
#[must_use]
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(a, b).into()
}

fn fixed<const LENGTH: usize>(bytes: &[u8]) -> [u8; LENGTH] {
    let mut out = [0; LENGTH];
    out.copy_from_slice(bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::encoding::hex;

    #[test]
    fn digests_match_the_published_vectors() {
        // FIPS 180-4 example "abc".
        assert_eq!(
            hex(&sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(
            hex(&DigestAlgorithm::Sha384.digest(b"abc")).starts_with("cb00753f45a35e8bb5a03d69")
        );
        assert!(
            hex(&DigestAlgorithm::Sha512.digest(b"abc")).starts_with("ddaf35a193617abacc417349")
        );
    }

    #[test]
    fn the_thumbprint_is_sha_1() {
        assert_eq!(
            hex(&sha1_thumbprint(b"abc")),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }

    #[test]
    fn hmac_matches_rfc_4231_case_2() {
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert!(
            hex(&hmac_sha512(b"Jefe", b"what do ya want for nothing?"))
                .starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd6")
        );
    }

    #[test]
    fn constant_time_comparison_compares() {
        assert!(constant_time_eq(b"same", b"same"));
        assert!(!constant_time_eq(b"same", b"samf"));
        assert!(!constant_time_eq(b"same", b"sam"));
    }
}
