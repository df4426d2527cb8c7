//! Compact encrypted messages (RFC 7516).
//!
//! A message says how it was encrypted before anything is known of it. So what it may say is a list that the caller gives,
//! and from the first step that depends on our private key until the end every failure is one refusal, reached in the same
//! time: a content key that does not decrypt is replaced by one that nobody can foretell (RFC 7516, 11.5).

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::encryption::{Step, concat_kdf};
use super::jwk::{public_key, required_members};
use super::jws::{brings_a_key, media_type};
use super::{ContentEncryption, EncryptionJwk, JwkError, KeyManagement, parse_object, thumbprint};
use crate::crypto::cipher::{CannotEncrypt, unwrap_key, wrap_key};
use crate::crypto::encoding::{base64url, from_base64url};
use crate::crypto::{DecryptionKey, PublicKey, Random};

/// What one use of encrypted messages accepts.
#[derive(Debug, Clone, Copy)]
pub struct JweProfile {
    /// How the content key may be encrypted.
    pub key_management: &'static [KeyManagement],
    /// How the content may be encrypted.
    pub content: &'static [ContentEncryption],
    /// Whether the header must say that a token is inside (`cty` is `JWT`: RFC 7519, 5.2).
    pub nested: bool,
    /// The longest message, in bytes.
    pub max_bytes: usize,
}

impl JweProfile {
    /// Userinfo answers and ID tokens of the Italian federation: signed, then encrypted, with whatever its rules know, not
    /// only with what we declared (our rules on CIE, B6 and B10).
    pub const ITALIAN: Self = Self {
        key_management: &KeyManagement::ALL,
        content: &ContentEncryption::ITALIAN,
        nested: true,
        max_bytes: 64 * 1024,
    };
}

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum JweRefusal {
    /// Longer than its use needs.
    #[error("the message is too long")]
    TooLong,
    /// Not five parts of strict base64url, or a part that must be empty is not, or the other way round.
    #[error("not a compact JWE of five base64url parts")]
    Form,
    /// The header is not a JSON object with distinct names.
    #[error("the header is not a JSON object with distinct names")]
    Json,
    /// The header has `crit`: extensions that must be understood, and none is.
    #[error("the header has critical extensions")]
    Critical,
    /// The header brings or points to a key (`jwk`, `jku`, `x5u`, `x5c`).
    #[error("the header brings its own key")]
    HeaderKey,
    /// The content is compressed (`zip`): how long it is would tell what is in it, and it could be a bomb (RFC 8725, 3.6).
    #[error("the content is compressed")]
    Compressed,
    /// `alg` is missing or not on the list of this use.
    #[error("the key management algorithm is not accepted")]
    KeyManagement,
    /// `enc` is missing or not on the list of this use.
    #[error("the content encryption algorithm is not accepted")]
    ContentEncryption,
    /// `cty` does not say that a token is inside.
    #[error("the header does not announce a token inside")]
    NotNested,
    /// No key of ours has this name and fits the algorithm, or the header names none and several fit.
    #[error("no key of ours fits the message")]
    NoKey,
    /// `epk` is no public key on the curve of ours, or `apu` or `apv` cannot be read.
    #[error("the sender's ephemeral key cannot be used")]
    EphemeralKey,
    /// The message does not decrypt. Which step failed is not told.
    #[error("the message does not decrypt")]
    Decryption,
}

impl JweRefusal {
    /// A word for logs, counters and the table of a test.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "message_too_long",
            Self::Form => "message_form",
            Self::Json => "message_json",
            Self::Critical => "message_critical",
            Self::HeaderKey => "message_header_key",
            Self::Compressed => "message_compressed",
            Self::KeyManagement => "message_key_management",
            Self::ContentEncryption => "message_content_encryption",
            Self::NotNested => "message_not_nested",
            Self::NoKey => "message_no_key",
            Self::EphemeralKey => "message_ephemeral_key",
            Self::Decryption => "message_decryption",
        }
    }
}

/// A private key that messages are decrypted with, and the name under which its public half is published.
#[derive(Clone)]
pub struct JweKey {
    kid: String,
    key: Arc<DecryptionKey>,
}

impl JweKey {
    /// One of our own keys; its `kid` is its thumbprint.
    #[must_use]
    pub fn new(key: Arc<DecryptionKey>) -> Self {
        let kid = thumbprint(key.public_key());
        Self { kid, key }
    }

    /// The name that message headers use for it.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half, as it is published with the algorithm that we ask for.
    ///
    /// # Errors
    /// [`JwkError::Algorithm`] when the algorithm is not for this kind of key.
    pub fn jwk(&self, algorithm: KeyManagement) -> Result<EncryptionJwk, JwkError> {
        EncryptionJwk::new(self.key.public_key().clone(), algorithm)
    }
}

impl fmt::Debug for JweKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JweKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// What was inside. That it decrypts proves that it was meant for us, not who made it. `Debug` shows no content.
pub struct Decrypted {
    kid: String,
    plain: Zeroizing<Vec<u8>>,
}

impl Decrypted {
    /// The name of our key that it was encrypted to.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.plain
    }

    /// The token inside; `None` for content that is no text.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        str::from_utf8(&self.plain).ok()
    }
}

impl fmt::Debug for Decrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decrypted").finish_non_exhaustive()
    }
}

/// Decrypts a message that was encrypted to one of our keys.
///
/// # Errors
/// [`JweRefusal`] names the first rule that the message breaks, as far as a stranger may know it.
pub fn decrypt_compact(
    message: &str,
    profile: &JweProfile,
    keys: &[JweKey],
) -> Result<Decrypted, JweRefusal> {
    if message.len() > profile.max_bytes {
        return Err(JweRefusal::TooLong);
    }
    let parts: Vec<&str> = message.split('.').collect();
    let [protected, rest @ ..] = parts.as_slice() else {
        return Err(JweRefusal::Form);
    };
    let decode = |part: &str| from_base64url(part).ok_or(JweRefusal::Form);
    let [encrypted_key, iv, ciphertext, tag] = rest else {
        return Err(JweRefusal::Form);
    };
    let [encrypted_key, iv, ciphertext, tag] = [
        decode(encrypted_key)?,
        decode(iv)?,
        decode(ciphertext)?,
        decode(tag)?,
    ];
    let header = parse_object(&decode(protected)?).map_err(|_| JweRefusal::Json)?;
    let (management, content) = check_header(&header, profile)?;
    let key = choose(keys, &header, management)?;

    let content_key = match management.step() {
        Step::Oaep(oaep) => {
            let opened = key.key.open_oaep(oaep, &encrypted_key);
            or_rejection(opened, key, &encrypted_key, content)
        }
        Step::Agree if !encrypted_key.is_empty() => return Err(JweRefusal::Form),
        Step::Agree => agreed(key, &header, content.name(), content.cipher().key_length())?,
        Step::Wrap { key_length } => {
            let with = agreed(key, &header, management.name(), key_length)?;
            let opened = unwrap_key(&with, &encrypted_key);
            or_rejection(opened, key, &encrypted_key, content)
        }
    };
    let plain = content
        .cipher()
        .open(&content_key, &iv, protected.as_bytes(), &ciphertext, &tag)
        .map_err(|_| JweRefusal::Decryption)?;
    Ok(Decrypted {
        kid: key.kid.clone(),
        plain,
    })
}

/// The rules that need no key.
fn check_header(
    header: &Map<String, Value>,
    profile: &JweProfile,
) -> Result<(KeyManagement, ContentEncryption), JweRefusal> {
    if header.contains_key("crit") {
        return Err(JweRefusal::Critical);
    }
    if brings_a_key(header) {
        return Err(JweRefusal::HeaderKey);
    }
    if header.contains_key("zip") {
        return Err(JweRefusal::Compressed);
    }
    let named = |member| header.get(member).and_then(Value::as_str);
    let management = named("alg")
        .and_then(KeyManagement::from_name)
        .filter(|management| profile.key_management.contains(management))
        .ok_or(JweRefusal::KeyManagement)?;
    let content = named("enc")
        .and_then(ContentEncryption::from_name)
        .filter(|content| profile.content.contains(content))
        .ok_or(JweRefusal::ContentEncryption)?;
    let inside = media_type(header, "cty").flatten();
    if profile.nested && inside.as_deref() != Some("jwt") {
        return Err(JweRefusal::NotNested);
    }
    Ok((management, content))
}

/// The key that the header names, or the only one that fits if it names none.
fn choose<'k>(
    keys: &'k [JweKey],
    header: &Map<String, Value>,
    management: KeyManagement,
) -> Result<&'k JweKey, JweRefusal> {
    let mut fitting = keys.iter().filter(|key| {
        let named = header.get("kid").is_none_or(|kid| kid == &key.kid);
        named && management.fits(key.key.public_key().kind())
    });
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(JweRefusal::NoKey),
    }
}

/// The content key, or what stands for it. Both are made in every case, so that time does not tell which was taken.
fn or_rejection(
    opened: Option<Zeroizing<Vec<u8>>>,
    key: &JweKey,
    encrypted_key: &[u8],
    content: ContentEncryption,
) -> Zeroizing<Vec<u8>> {
    let length = content.cipher().key_length();
    let rejection = key.key.implicit_rejection(encrypted_key);
    let (instead, _) = rejection.split_at(length.min(rejection.len()));
    let instead = Zeroizing::new(instead.to_vec());
    opened
        .filter(|opened| opened.len() == length)
        .unwrap_or(instead)
}

/// The key that the sender's ephemeral key and ours agree on (RFC 7518, 4.6).
fn agreed(
    key: &JweKey,
    header: &Map<String, Value>,
    purpose: &str,
    length: usize,
) -> Result<Zeroizing<Vec<u8>>, JweRefusal> {
    let party = |member| match header.get(member) {
        None => Some(Vec::new()),
        Some(value) => from_base64url(value.as_str()?),
    };
    let derive = || {
        let ephemeral = public_key(header.get("epk")?.as_object()?).ok()?;
        let secret = key.key.agree(&ephemeral)?;
        let (apu, apv) = (party("apu")?, party("apv")?);
        Some(concat_kdf(&secret, purpose, [&apu, &apv], length))
    };
    derive().ok_or(JweRefusal::EphemeralKey)
}

/// Encrypts a message to somebody's key. `cty` says what is inside: `JWT` for a token.
///
/// # Errors
/// [`CannotEncrypt`] when the algorithm is not for this kind of key.
pub fn encrypt_compact(
    content: &[u8],
    recipient: &EncryptionJwk,
    (management, encryption): (KeyManagement, ContentEncryption),
    cty: Option<&str>,
    random: &dyn Random,
) -> Result<String, CannotEncrypt> {
    let cipher = encryption.cipher();
    let fresh = |length| {
        let mut bytes = Zeroizing::new(vec![0; length]);
        random.fill(&mut bytes);
        bytes
    };
    let mut header = Map::new();
    header.insert("alg".to_owned(), json!(management.name()));
    header.insert("enc".to_owned(), json!(encryption.name()));
    header.insert("kid".to_owned(), json!(recipient.kid()));
    if let Some(cty) = cty {
        header.insert("cty".to_owned(), json!(cty));
    }
    let (content_key, encrypted_key) = match management.step() {
        Step::Oaep(oaep) => {
            let content_key = fresh(cipher.key_length());
            let encrypted = oaep.encrypt(recipient.key(), &content_key);
            (content_key, encrypted.ok_or(CannotEncrypt)?)
        }
        Step::Agree => {
            let (ephemeral, secret) = ephemeral(recipient.key()).ok_or(CannotEncrypt)?;
            header.insert("epk".to_owned(), ephemeral);
            let length = cipher.key_length();
            let content_key = concat_kdf(&secret, encryption.name(), [&[], &[]], length);
            (content_key, Vec::new())
        }
        Step::Wrap { key_length } => {
            let (ephemeral, secret) = ephemeral(recipient.key()).ok_or(CannotEncrypt)?;
            header.insert("epk".to_owned(), ephemeral);
            let with = concat_kdf(&secret, management.name(), [&[], &[]], key_length);
            let content_key = fresh(cipher.key_length());
            let wrapped = wrap_key(&with, &content_key).ok_or(CannotEncrypt)?;
            (content_key, wrapped)
        }
    };
    let protected = base64url(Value::Object(header).to_string().as_bytes());
    let iv = fresh(cipher.iv_length());
    let sealed = cipher.seal(&content_key, &iv, protected.as_bytes(), content)?;
    let parts = [&encrypted_key, &*iv, &sealed.ciphertext, &sealed.tag];
    let parts = parts.map(|part| base64url(part));
    Ok(format!("{protected}.{}", parts.join(".")))
}

/// A key for one message, and what it shares with the recipient's.
fn ephemeral(recipient: &PublicKey) -> Option<(Value, Zeroizing<Vec<u8>>)> {
    let key = DecryptionKey::generate(recipient.kind()).ok()?;
    let secret = key.agree(recipient)?;
    Some((Value::Object(required_members(key.public_key())), secret))
}

#[cfg(test)]
mod tests;
