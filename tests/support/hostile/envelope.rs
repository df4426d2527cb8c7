//! Encrypted messages under any header, whatever rule it breaks: really encrypted as it says, so that only the rule stands
//! against it.

use std::io::Write as _;

use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Value, json};
use varco::crypto::encoding::base64url;
use varco::crypto::{ContentCipher, Oaep, PublicKey, Random as _, SystemRandom, hmac_sha512};
use varco::protocol::jose::{ContentEncryption, JweKey, KeyManagement, encrypt_compact};

use crate::support::openid_rp::opens;

/// Encrypted to the gateway as the profile says.
pub fn sealed(token: &str) -> String {
    enveloped(usual_header(), token.as_bytes())
}

/// The header of what is encrypted to the gateway as the profile says.
pub fn usual_header() -> Value {
    let kid = JweKey::new(opens()[0].clone()).kid().to_owned();
    json!({ "alg": "RSA-OAEP-256", "enc": "A256CBC-HS512", "kid": kid, "cty": "JWT" })
}

/// Encrypted to the gateway's RSA key as the header says. Where the header says nothing that is known, it is as usual.
pub fn enveloped(header: Value, content: &[u8]) -> String {
    enveloped_to(opens()[0].public_key(), header, content)
}

/// The same to any RSA key.
pub fn enveloped_to(key: &PublicKey, header: Value, content: &[u8]) -> String {
    let cipher = match header["enc"].as_str() {
        Some("A128CBC-HS256") => ContentCipher::Aes128CbcHmacSha256,
        Some("A128GCM") => ContentCipher::Aes128Gcm,
        Some("A256GCM") => ContentCipher::Aes256Gcm,
        _ => ContentCipher::Aes256CbcHmacSha512,
    };
    let fresh = |length| {
        let mut bytes = vec![0; length];
        SystemRandom.fill(&mut bytes);
        bytes
    };
    let content_key = fresh(cipher.key_length());
    let (content_key, encrypted_key) = match header["alg"].as_str() {
        // A key that both sides could know: of our public one.
        Some("dir") => (
            hmac_sha512(b"dir", key.spki())[..cipher.key_length()].to_vec(),
            Vec::new(),
        ),
        Some("RSA1_5") => {
            let encrypted = rsa1_5(key, &content_key);
            (content_key, encrypted)
        }
        Some("RSA-OAEP") => {
            let encrypted = Oaep::Sha1.encrypt(key, &content_key).unwrap();
            (content_key, encrypted)
        }
        _ => {
            let encrypted = Oaep::Sha256.encrypt(key, &content_key).unwrap();
            (content_key, encrypted)
        }
    };
    let content = match header["zip"].as_str() {
        Some("DEF") => deflated(content),
        _ => content.to_vec(),
    };
    let protected = base64url(header.to_string().as_bytes());
    let iv = fresh(cipher.iv_length());
    let sealed = cipher
        .seal(&content_key, &iv, protected.as_bytes(), &content)
        .unwrap();
    let parts = [&encrypted_key, &iv, &sealed.ciphertext, &sealed.tag];
    let parts = parts.map(|part| base64url(part));
    format!("{protected}.{}", parts.join("."))
}

fn rsa1_5(key: &PublicKey, content_key: &[u8]) -> Vec<u8> {
    let key = PublicEncryptingKey::from_der(key.spki()).unwrap();
    let key = Pkcs1PublicEncryptingKey::new(key).unwrap();
    let mut encrypted = vec![0; key.ciphertext_size()];
    key.encrypt(content_key, &mut encrypted).unwrap().to_vec()
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Encrypted to the gateway's key for an algorithm, as the library writes it.
pub fn encrypted_by(management: KeyManagement, content: ContentEncryption, token: &str) -> String {
    let [rsa, curve] = opens();
    let key = if management.fits(rsa.public_key().kind()) {
        rsa
    } else {
        curve
    };
    let key = JweKey::new(key.clone()).jwk(management).unwrap();
    let with = (management, content);
    encrypt_compact(token.as_bytes(), &key, with, Some("JWT"), &SystemRandom).unwrap()
}
