//! The files that the configuration names: keys, certificates, secrets.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::Fault;
use crate::crypto::encoding::from_base64url;
use crate::crypto::{DecryptionKey, SigningKey, certificate};
use crate::identity::Redacted;
use crate::protocol::saml::outgoing::SamlKey;

/// Reads a private key, PEM (PKCS#8).
pub(super) fn signing_key(path: &Path) -> Result<SigningKey, Fault> {
    let pem = Zeroizing::new(read(path)?);
    SigningKey::from_pem(&pem)
        .map_err(|error| Fault::of_file(path, format!("is not a private key in PEM: {error}")))
}

/// Reads a private key that decrypts, PEM (PKCS#8).
pub(super) fn decryption_key(path: &Path) -> Result<DecryptionKey, Fault> {
    let pem = Zeroizing::new(read(path)?);
    DecryptionKey::from_pem(&pem)
        .map_err(|error| Fault::of_file(path, format!("is not a private key in PEM: {error}")))
}

/// Reads a certificate, PEM; gives its DER.
pub(super) fn certificate(path: &Path) -> Result<Vec<u8>, Fault> {
    certificate::from_pem(&read(path)?)
        .ok_or_else(|| Fault::of_file(path, "is not a certificate in PEM"))
}

/// Reads every certificate of a PEM file; gives their DER, one at least.
pub(super) fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, Fault> {
    certificate::all_from_pem(&read(path)?)
        .ok_or_else(|| Fault::of_file(path, "is not certificates in PEM"))
}

/// Reads a key that signs SAML messages, its certificate, and the certificates published beside it; or tells of every file
/// that cannot be used.
pub(super) fn saml_key(
    key: &Path,
    certificate_file: &Path,
    also_published: &[PathBuf],
) -> Result<SamlKey, Vec<Fault>> {
    let signer = signing_key(key);
    let its_certificate = certificate(certificate_file);
    let others = also_published.iter().map(|path| certificate(path));
    let others: Result<Vec<_>, Fault> = others.collect();
    match (signer, its_certificate, others) {
        (Ok(signer), Ok(certificate), Ok(also_published)) => Ok(SamlKey {
            signer: Arc::new(signer),
            certificate,
            also_published,
        }),
        (signer, certificate, others) => {
            let faults = [signer.err(), certificate.err(), others.err()];
            Err(faults.into_iter().flatten().collect())
        }
    }
}

/// Reads a file as it is.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    read(path)
}

/// Reads a secret of 256 bits, written as 43 characters of URL base64 without padding.
pub(super) fn secret(path: &Path) -> Result<Zeroizing<[u8; 32]>, Fault> {
    let text = Zeroizing::new(read(path)?);
    std::str::from_utf8(&text)
        .ok()
        .and_then(|text| from_base64url(text.trim_end()))
        .map(Zeroizing::new)
        .and_then(|bytes| Some(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?)))
        .ok_or_else(|| {
            Fault::of_file(
                path,
                "is not a secret of 256 bits in 43 characters of URL base64; `varco keys secret` makes one",
            )
        })
}

/// Reads a token that shows who we are to somebody else: one line of visible ASCII.
pub(super) fn token(path: &Path) -> Result<Redacted<String>, Fault> {
    let bytes = Zeroizing::new(read(path)?);
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim_end();
    let is_token = (1..=4096).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    is_token
        .then(|| Redacted::new(text.to_owned()))
        .ok_or_else(|| Fault::of_file(path, "is not a token: one line of visible characters"))
}

/// Reads a text.
pub(super) fn text(path: &Path) -> Result<String, Fault> {
    String::from_utf8(read(path)?).map_err(|_| Fault::of_file(path, "is not text in UTF-8"))
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|error| Fault::of_file(path, format!("cannot be read: {error}")))
}
