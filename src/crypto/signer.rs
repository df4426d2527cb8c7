//! Private keys, behind a port so that one day a hardware module can hold them.

use std::fmt;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom as AwsRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaKeyPair, RsaSignatureEncoding,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;

use super::encoding::base64;
use super::keys::{KeyError, KeyKind, PublicKey, PublicParameters, SignatureAlgorithm};

/// The key cannot sign with this algorithm, or the module that holds it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key cannot sign with this algorithm")]
pub struct CannotSign;

/// Something that signs.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message.
    ///
    /// # Errors
    /// [`CannotSign`] when the algorithm does not fit the key or its holder fails.
    fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, CannotSign>;
}

enum Private {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

/// A private key in memory. `Debug` shows only its kind.
pub struct SigningKey {
    private: Private,
    public: PublicKey,
    pkcs8: zeroize::Zeroizing<Vec<u8>>,
}

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`KeyError::Size`] for an RSA size other than 2048, 3072 and 4096.
    pub fn generate(kind: KeyKind) -> Result<Self, KeyError> {
        match kind {
            KeyKind::Rsa(bits) => {
                let size = match bits {
                    2048 => KeySize::Rsa2048,
                    3072 => KeySize::Rsa3072,
                    4096 => KeySize::Rsa4096,
                    other => return Err(KeyError::Size(other)),
                };
                let pair = RsaKeyPair::generate(size)?;
                let der = pair.as_der()?;
                Self::from_pkcs8(der.as_ref())
            }
            KeyKind::P256 => Self::on_curve(&ECDSA_P256_SHA256_FIXED_SIGNING),
            KeyKind::P384 => Self::on_curve(&ECDSA_P384_SHA384_FIXED_SIGNING),
            KeyKind::P521 => Self::on_curve(&ECDSA_P521_SHA512_FIXED_SIGNING),
        }
    }

    fn on_curve(algorithm: &'static EcdsaSigningAlgorithm) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(algorithm)?;
        Self::from_pkcs8(pair.to_pkcs8v1()?.as_ref())
    }

    /// Reads a PKCS #8 private key in DER.
    ///
    /// # Errors
    /// [`KeyError`] when it is unreadable, of another kind, or too weak.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let (private, public) = if let Ok(pair) = RsaKeyPair::from_pkcs8(der) {
            let spki = pair.public_key().as_der()?;
            let public = PublicKey::from_spki(spki.as_ref())?;
            (Private::Rsa(pair), public)
        } else {
            let curves = [
                (KeyKind::P256, &ECDSA_P256_SHA256_FIXED_SIGNING),
                (KeyKind::P384, &ECDSA_P384_SHA384_FIXED_SIGNING),
                (KeyKind::P521, &ECDSA_P521_SHA512_FIXED_SIGNING),
            ];
            let (kind, pair) = curves
                .into_iter()
                .find_map(|(kind, algorithm)| {
                    let pair = EcdsaKeyPair::from_pkcs8(algorithm, der).ok()?;
                    Some((kind, pair))
                })
                .ok_or(KeyError::Unreadable)?;
            let public = ec_public(kind, &pair)?;
            (Private::Ec(pair), public)
        };
        Ok(Self {
            private,
            public,
            pkcs8: zeroize::Zeroizing::new(der.to_vec()),
        })
    }

    /// Reads a PEM file with one `PRIVATE KEY`.
    ///
    /// # Errors
    /// [`KeyError`] when it is unreadable, of another kind, or too weak.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| KeyError::Unreadable)?;
        Self::from_pkcs8(der.secret_pkcs8_der())
    }

    /// The key as PKCS #8 in DER, for the file that keeps it.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The key as PKCS #8 in PEM, for the file that keeps it.
    #[must_use]
    pub fn to_pem(&self) -> zeroize::Zeroizing<String> {
        let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
        let text = zeroize::Zeroizing::new(base64(&self.pkcs8));
        for line in text.as_bytes().chunks(64) {
            pem.extend(line.iter().map(|byte| char::from(*byte)));
            pem.push('\n');
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        zeroize::Zeroizing::new(pem)
    }
}

fn ec_public(kind: KeyKind, pair: &EcdsaKeyPair) -> Result<PublicKey, KeyError> {
    let (_, coordinates) = pair
        .public_key()
        .as_ref()
        .split_first()
        .ok_or(KeyError::Unreadable)?;
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    PublicKey::from_parameters(&PublicParameters::Ec {
        kind,
        x: x.to_vec(),
        y: y.to_vec(),
    })
}

impl Signer for SigningKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the nonce of ECDSA must be the module's own: a fixed one would give the key away"
    )]
    fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, CannotSign> {
        use SignatureAlgorithm as A;
        let random = AwsRandom::new();
        match (&self.private, algorithm, self.public.kind()) {
            (Private::Rsa(pair), _, _) => {
                let padding: &RsaSignatureEncoding = match algorithm {
                    A::RsaSha256 => &RSA_PKCS1_SHA256,
                    A::RsaSha384 => &RSA_PKCS1_SHA384,
                    A::RsaSha512 => &RSA_PKCS1_SHA512,
                    A::RsaPssSha256 => &RSA_PSS_SHA256,
                    A::RsaPssSha384 => &RSA_PSS_SHA384,
                    A::RsaPssSha512 => &RSA_PSS_SHA512,
                    A::EcdsaSha256 | A::EcdsaSha384 | A::EcdsaSha512 => return Err(CannotSign),
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .map_err(|_| CannotSign)?;
                Ok(signature)
            }
            (Private::Ec(pair), A::EcdsaSha256, KeyKind::P256)
            | (Private::Ec(pair), A::EcdsaSha384, KeyKind::P384)
            | (Private::Ec(pair), A::EcdsaSha512, KeyKind::P521) => {
                let signature = pair.sign(&random, message).map_err(|_| CannotSign)?;
                Ok(signature.as_ref().to_vec())
            }
            _ => Err(CannotSign),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kind", &self.public.kind())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<(SigningKey, Vec<SignatureAlgorithm>)> {
        use SignatureAlgorithm as A;
        vec![
            (
                KeyKind::Rsa(2048),
                vec![
                    A::RsaSha256,
                    A::RsaSha384,
                    A::RsaSha512,
                    A::RsaPssSha256,
                    A::RsaPssSha384,
                    A::RsaPssSha512,
                ],
            ),
            (KeyKind::P256, vec![A::EcdsaSha256]),
            (KeyKind::P384, vec![A::EcdsaSha384]),
            (KeyKind::P521, vec![A::EcdsaSha512]),
        ]
        .into_iter()
        .map(|(kind, fitting)| (SigningKey::generate(kind).unwrap(), fitting))
        .collect()
    }

    #[test]
    fn a_key_signs_and_verifies_with_the_algorithms_of_its_kind_only() {
        use SignatureAlgorithm as A;
        for (key, fitting) in every_kind() {
            for algorithm in [
                A::RsaSha256,
                A::RsaSha384,
                A::RsaSha512,
                A::RsaPssSha256,
                A::RsaPssSha384,
                A::RsaPssSha512,
                A::EcdsaSha256,
                A::EcdsaSha384,
                A::EcdsaSha512,
            ] {
                let signature = key.sign(algorithm, b"message");
                assert_eq!(
                    signature.is_ok(),
                    fitting.contains(&algorithm),
                    "{algorithm:?}"
                );
                if let Ok(signature) = signature {
                    assert!(
                        key.public_key()
                            .verify(algorithm, b"message", &signature)
                            .is_ok()
                    );
                    assert!(
                        key.public_key()
                            .verify(algorithm, b"massage", &signature)
                            .is_err()
                    );
                }
            }
        }
    }

    #[test]
    fn keys_read_back_from_pem_and_from_their_numbers() {
        for (key, _) in every_kind() {
            let again = SigningKey::from_pem(key.to_pem().as_bytes()).unwrap();
            assert_eq!(again.public_key(), key.public_key());
            let parameters = key.public_key().parameters().unwrap();
            assert_eq!(
                &PublicKey::from_parameters(&parameters).unwrap(),
                key.public_key()
            );
        }
    }

    #[test]
    fn debug_of_a_private_key_shows_only_its_kind() {
        let key = SigningKey::generate(KeyKind::P256).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey { kind: P256, .. }");
    }
}
