//! Private keys that decrypt, and the two ways to reach a content key with them: RSA-OAEP and Diffie-Hellman on a curve.
//!
//! There is no RSAES-PKCS1-v1_5 here: whoever answers differently to a bad padding gives the content away (Bleichenbacher).

use std::fmt;

use aws_lc_rs::agreement::{ECDH_P256, ECDH_P384, ECDH_P521, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

use super::digest::{hmac_sha512, sha256};
use super::keys::{KeyError, KeyKind, PublicKey, PublicParameters};
use super::signer::{Signer as _, SigningKey};

/// RSAES-OAEP with its digest and MGF1 of the same digest, and no label (RFC 8017, 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Oaep {
    /// With SHA-1: `RSA-OAEP` of RFC 7518, `rsa-oaep-mgf1p` of XML encryption. What OAEP asks of its digest SHA-1 still
    /// gives.
    Sha1,
    /// With SHA-256.
    Sha256,
}

impl Oaep {
    fn algorithm(self) -> &'static OaepAlgorithm {
        match self {
            Self::Sha1 => &OAEP_SHA1_MGF1SHA1,
            Self::Sha256 => &OAEP_SHA256_MGF1SHA256,
        }
    }

    /// Encrypts a content key for the holder of an RSA key; `None` for a key of another kind, or content that is too long.
    #[must_use]
    pub fn encrypt(self, recipient: &PublicKey, content: &[u8]) -> Option<Vec<u8>> {
        let KeyKind::Rsa(_) = recipient.kind() else {
            return None;
        };
        let key = PublicEncryptingKey::from_der(recipient.spki()).ok()?;
        let key = OaepPublicEncryptingKey::new(key).ok()?;
        let mut ciphertext = vec![0; key.ciphertext_size()];
        let length = key
            .encrypt(self.algorithm(), content, &mut ciphertext, None)
            .ok()?
            .len();
        ciphertext.truncate(length);
        Some(ciphertext)
    }
}

enum Private {
    Rsa(OaepPrivateDecryptingKey),
    Ec(PrivateKey),
}

/// A private key that decrypts. `Debug` shows only its kind.
pub struct DecryptionKey {
    private: Private,
    public: PublicKey,
    rejection: Zeroizing<[u8; 32]>,
}

impl DecryptionKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`KeyError::Size`] for an RSA size other than 2048, 3072 and 4096.
    pub fn generate(kind: KeyKind) -> Result<Self, KeyError> {
        Self::from_pkcs8(SigningKey::generate(kind)?.pkcs8())
    }

    /// Reads a PKCS #8 private key in DER.
    ///
    /// # Errors
    /// [`KeyError`] when it is unreadable, of another kind, or too weak.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        // The same checks of kind and strength as for keys that sign.
        let public = SigningKey::from_pkcs8(der)?.public_key().clone();
        let curve = match public.kind() {
            KeyKind::Rsa(_) => None,
            KeyKind::P256 => Some(&ECDH_P256),
            KeyKind::P384 => Some(&ECDH_P384),
            KeyKind::P521 => Some(&ECDH_P521),
        };
        let private = match curve {
            None => {
                let key = PrivateDecryptingKey::from_pkcs8(der)?;
                Private::Rsa(OaepPrivateDecryptingKey::new(key)?)
            }
            Some(curve) => Private::Ec(PrivateKey::from_private_key_der(curve, der)?),
        };
        let seed = Zeroizing::new([b"varco: implicit rejection".as_slice(), der].concat());
        Ok(Self {
            private,
            public,
            rejection: Zeroizing::new(sha256(&seed)),
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

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Decrypts what was encrypted with RSAES-OAEP; `None` for everything that does not decrypt, and always for a key on a
    /// curve. Whoever shows a stranger which of these happened, or lets him measure it, decrypts for him (Manger): go on
    /// with [`Self::implicit_rejection`] instead.
    #[must_use]
    pub fn open_oaep(&self, oaep: Oaep, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let Private::Rsa(key) = &self.private else {
            return None;
        };
        let mut plain = Zeroizing::new(vec![0; key.min_output_size()]);
        let length = key
            .decrypt(oaep.algorithm(), ciphertext, &mut plain, None)
            .ok()?
            .len();
        plain.truncate(length);
        Some(plain)
    }

    /// The secret that this key and somebody's public key share (ECDH: the coordinate x, at its full length); `None` when
    /// the other key is not on the same curve.
    #[must_use]
    pub fn agree(&self, other: &PublicKey) -> Option<Zeroizing<Vec<u8>>> {
        let Private::Ec(key) = &self.private else {
            return None;
        };
        let PublicParameters::Ec { kind, x, y } = other.parameters()? else {
            return None;
        };
        if kind != self.public.kind() {
            return None;
        }
        let point = [&[4], x.as_slice(), &y].concat();
        let other = UnparsedPublicKey::new(key.algorithm(), point);
        agree(key, &other, (), |secret| {
            Ok(Zeroizing::new(secret.to_vec()))
        })
        .ok()
    }

    /// What stands for a content key that did not decrypt: bytes that depend on the ciphertext and that nobody without the
    /// private key can foretell. With them the next step fails as it does for a wrong content key, in the same time (RFC
    /// 7516, 11.5).
    #[must_use]
    pub fn implicit_rejection(&self, ciphertext: &[u8]) -> Zeroizing<[u8; 64]> {
        Zeroizing::new(hmac_sha512(self.rejection.as_slice(), ciphertext))
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey")
            .field("kind", &self.public.kind())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static RSA: LazyLock<DecryptionKey> =
        LazyLock::new(|| DecryptionKey::generate(KeyKind::Rsa(2048)).unwrap());

    #[test]
    fn what_oaep_encrypts_opens_with_the_key_and_digest_it_was_encrypted_for() {
        let other = DecryptionKey::generate(KeyKind::Rsa(2048)).unwrap();
        for (oaep, unlike) in [(Oaep::Sha1, Oaep::Sha256), (Oaep::Sha256, Oaep::Sha1)] {
            let sealed = oaep.encrypt(RSA.public_key(), b"content key").unwrap();
            assert_eq!(
                RSA.open_oaep(oaep, &sealed).unwrap().as_slice(),
                b"content key"
            );
            assert!(RSA.open_oaep(unlike, &sealed).is_none());
            assert!(other.open_oaep(oaep, &sealed).is_none());
            for wrong in [&sealed[1..], &[], &[0xff; 256]] {
                assert!(RSA.open_oaep(oaep, wrong).is_none());
            }
        }
    }

    #[test]
    fn two_keys_of_one_curve_share_a_secret_and_keys_of_two_share_none() {
        let kinds = [KeyKind::P256, KeyKind::P384, KeyKind::P521];
        for (kind, length) in kinds.into_iter().zip([32, 48, 66]) {
            let ours = DecryptionKey::generate(kind).unwrap();
            let theirs = DecryptionKey::generate(kind).unwrap();
            let secret = ours.agree(theirs.public_key()).unwrap();
            assert_eq!(secret.len(), length);
            assert_eq!(Some(secret), theirs.agree(ours.public_key()));
            assert!(ours.agree(RSA.public_key()).is_none());
            assert!(RSA.agree(ours.public_key()).is_none());
            assert!(Oaep::Sha1.encrypt(ours.public_key(), b"key").is_none());
            for other in kinds.into_iter().filter(|other| *other != kind) {
                let other = DecryptionKey::generate(other).unwrap();
                assert!(ours.agree(other.public_key()).is_none());
            }
        }
    }

    #[test]
    fn what_stands_for_a_content_key_depends_on_key_and_ciphertext() {
        let other = DecryptionKey::generate(KeyKind::P256).unwrap();
        let once = RSA.implicit_rejection(b"a");
        assert_eq!(once, RSA.implicit_rejection(b"a"));
        assert_ne!(once, RSA.implicit_rejection(b"b"));
        assert_ne!(once, other.implicit_rejection(b"a"));
    }

    #[test]
    fn debug_of_a_private_key_shows_only_its_kind() {
        assert_eq!(
            format!("{:?}", *RSA),
            "DecryptionKey { kind: Rsa(2048), .. }"
        );
    }
}
