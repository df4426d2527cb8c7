//! The closed list of JWS algorithms (RFC 7518, section 3.1).

use serde::{Deserialize, Serialize};

use crate::crypto::encoding::base64url;
use crate::crypto::{DigestAlgorithm, KeyKind, SignatureAlgorithm};

/// A JWS algorithm that Varco makes or accepts. `none` and the HMAC family do not exist here (RFC 8725, 3.1 and 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum JwsAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
}

impl JwsAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 9] = [
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
    ];
    /// The six of the Italian federation: RS256 and RS512 must be there, the others should (OpenID Connect in SPID and CIE,
    /// cryptographic algorithms; our rules on CIE, B6).
    pub const ITALIAN: [Self; 6] = [
        Self::Rs256,
        Self::Rs512,
        Self::Es256,
        Self::Es512,
        Self::Ps256,
        Self::Ps512,
    ];

    /// The registered name, as `alg` spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    /// The algorithm of a name, compared with case; `None` for everything that is not on the list.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The signature underneath.
    #[must_use]
    pub fn signature(self) -> SignatureAlgorithm {
        match self {
            Self::Es256 => SignatureAlgorithm::EcdsaSha256,
            Self::Es384 => SignatureAlgorithm::EcdsaSha384,
            Self::Es512 => SignatureAlgorithm::EcdsaSha512,
            Self::Ps256 => SignatureAlgorithm::RsaPssSha256,
            Self::Ps384 => SignatureAlgorithm::RsaPssSha384,
            Self::Ps512 => SignatureAlgorithm::RsaPssSha512,
            Self::Rs256 => SignatureAlgorithm::RsaSha256,
            Self::Rs384 => SignatureAlgorithm::RsaSha384,
            Self::Rs512 => SignatureAlgorithm::RsaSha512,
        }
    }

    /// Its digest.
    #[must_use]
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Es256 | Self::Ps256 | Self::Rs256 => DigestAlgorithm::Sha256,
            Self::Es384 | Self::Ps384 | Self::Rs384 => DigestAlgorithm::Sha384,
            Self::Es512 | Self::Ps512 | Self::Rs512 => DigestAlgorithm::Sha512,
        }
    }

    /// What an ID token signed with it says of an access token or a code that came with it: the left half of the digest,
    /// in base64url (`at_hash`, `c_hash`; OpenID Connect Core, 3.1.3.6 and 3.3.2.11).
    #[must_use]
    pub fn half_hash(self, token: &str) -> String {
        let whole = self.digest().digest(token.as_bytes());
        base64url(whole.split_at(whole.len() / 2).0)
    }

    /// The algorithm that our own key of a kind signs with where nobody asks for another.
    #[must_use]
    pub fn usual(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Rsa(_) => Self::Rs256,
            KeyKind::P256 => Self::Es256,
            KeyKind::P384 => Self::Es384,
            KeyKind::P521 => Self::Es512,
        }
    }

    /// Whether keys of this kind can sign with it.
    #[must_use]
    pub fn fits(self, kind: KeyKind) -> bool {
        match self {
            Self::Es256 => kind == KeyKind::P256,
            Self::Es384 => kind == KeyKind::P384,
            Self::Es512 => kind == KeyKind::P521,
            Self::Ps256 | Self::Ps384 | Self::Ps512 | Self::Rs256 | Self::Rs384 | Self::Rs512 => {
                matches!(kind, KeyKind::Rsa(_))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_nothing_off_the_list_has_an_algorithm() {
        for algorithm in JwsAlgorithm::ALL {
            assert_eq!(JwsAlgorithm::from_name(algorithm.name()), Some(algorithm));
            assert_eq!(
                serde_json::to_value(algorithm).unwrap(),
                serde_json::json!(algorithm.name())
            );
        }
        for name in [
            "none", "None", "", "HS256", "HS512", "es256", "ES256K", "ES256 ",
        ] {
            assert_eq!(JwsAlgorithm::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn an_algorithm_fits_the_keys_of_its_own_kind_only() {
        assert!(JwsAlgorithm::Es256.fits(KeyKind::P256));
        assert!(!JwsAlgorithm::Es256.fits(KeyKind::P384));
        assert!(!JwsAlgorithm::Es256.fits(KeyKind::Rsa(2048)));
        assert!(JwsAlgorithm::Rs512.fits(KeyKind::Rsa(4096)));
        for kind in [
            KeyKind::Rsa(2048),
            KeyKind::P256,
            KeyKind::P384,
            KeyKind::P521,
        ] {
            assert!(JwsAlgorithm::usual(kind).fits(kind));
        }
    }

    #[test]
    fn the_half_hash_is_of_the_signatures_own_digest() {
        // The access token and `at_hash` of OpenID Connect Core, A.4.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(
            JwsAlgorithm::Rs256.half_hash(token),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
        assert_eq!(JwsAlgorithm::Rs512.half_hash(token).len(), 43);
    }
}
