//! Encrypting and decrypting one element (XML Encryption 1.1), in the one shape that SAML needs: an `EncryptedData` of type
//! Element, whose key one `EncryptedKey` carries to an RSA key. Nothing else of the standard.
//!
//! AES-256 in CBC mode does not say whether what it opens was changed: whoever may send changed ciphertexts and see what
//! becomes of them reads the content (Jager, Somorovsky: How to break XML encryption). Callers therefore verify a
//! signature over the encrypted element before they come here, and every failure is one.

use zeroize::Zeroizing;

use super::{DSIG, Element, XmlWriter};
use crate::crypto::encoding::{base64, from_base64};
use crate::crypto::{
    ContentCipher, DecryptionKey, Oaep, PublicKey, open_aes_256_cbc, seal_aes_256_cbc,
};

/// Namespace of XML Encryption.
const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// Namespace of what version 1.1 added.
const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";

const ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
const AES_256_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
const AES_256_GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";

/// The methods to offer in metadata, the best first: AES of 256 bits (CIE SAML manual, PKI), and RSA-OAEP.
pub const OFFERED_ENCRYPTION: [&str; 4] = [AES_256_GCM, AES_256_CBC, OAEP, OAEP_MGF1P];

/// Why an encrypted element does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptionRefusal {
    /// Not the one shape.
    #[error("its shape is not the one that SAML needs")]
    Shape,
    /// Not AES-256 with RSA-OAEP.
    #[error("its methods are not AES-256 and RSA-OAEP")]
    Algorithm,
    /// No key of ours opens it. Whether key, padding or content is wrong is not told.
    #[error("no key opens it")]
    CannotDecrypt,
}

impl EncryptionRefusal {
    /// The last words of a reason code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Shape => "encryption-shape",
            Self::Algorithm => "encryption-algorithm",
            Self::CannotDecrypt => "encryption-cannot-decrypt",
        }
    }
}

/// How an element is encrypted; always with AES of 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentEncryption {
    /// In CBC mode.
    Cbc,
    /// In Galois counter mode.
    Gcm,
}

/// What it takes to encrypt an element.
#[derive(Debug, Clone, Copy)]
pub struct ElementEncryption<'a> {
    /// For whom: an RSA key.
    pub recipient: &'a PublicKey,
    /// How.
    pub content: ContentEncryption,
    /// How the key of the content is encrypted.
    pub oaep: Oaep,
    /// The key of the content, random and used once.
    pub key: &'a [u8; 32],
    /// The vector, random and used once.
    pub iv: &'a [u8; 16],
}

/// Encrypts the text of an element that declares its namespaces; gives the `EncryptedData`. `None` when the recipient's key
/// cannot be encrypted for.
#[must_use]
pub fn encrypt_element(xml: &str, with: &ElementEncryption<'_>) -> Option<String> {
    let (algorithm, ciphertext) = match with.content {
        ContentEncryption::Cbc => {
            let text = seal_aes_256_cbc(with.key, with.iv, xml.as_bytes())?;
            (AES_256_CBC, [with.iv.as_slice(), &text].concat())
        }
        ContentEncryption::Gcm => {
            let iv = with.iv.first_chunk::<12>()?;
            let cipher = ContentCipher::Aes256Gcm;
            let sealed = cipher.seal(with.key, iv, &[], xml.as_bytes()).ok()?;
            let parts = [iv.as_slice(), &sealed.ciphertext, &sealed.tag];
            (AES_256_GCM, parts.concat())
        }
    };
    let wrapped = with.oaep.encrypt(with.recipient, with.key)?;
    let mut text = XmlWriter::new();
    text.start("xenc:EncryptedData")
        .namespace("xenc", XENC)
        .attribute("Type", ELEMENT);
    text.start("xenc:EncryptionMethod")
        .attribute("Algorithm", algorithm)
        .end();
    text.start("ds:KeyInfo").namespace("ds", DSIG);
    text.start("xenc:EncryptedKey");
    text.start("xenc:EncryptionMethod");
    match with.oaep {
        Oaep::Sha1 => {
            text.attribute("Algorithm", OAEP_MGF1P);
            text.start("ds:DigestMethod")
                .attribute("Algorithm", SHA1)
                .end();
        }
        Oaep::Sha256 => {
            text.attribute("Algorithm", OAEP);
            text.start("ds:DigestMethod")
                .attribute("Algorithm", SHA256)
                .end();
            text.start("xenc11:MGF")
                .namespace("xenc11", XENC11)
                .attribute("Algorithm", MGF1_SHA256)
                .end();
        }
    }
    text.end();
    write_cipher_data(&mut text, &wrapped);
    text.end().end();
    write_cipher_data(&mut text, &ciphertext);
    Some(text.finish())
}

fn write_cipher_data(text: &mut XmlWriter, bytes: &[u8]) {
    text.start("xenc:CipherData")
        .element("xenc:CipherValue", &base64(bytes))
        .end();
}

/// Decrypts what `parent` holds: one `EncryptedData`, and the `EncryptedKey` within it or beside it. Gives the text of the
/// element, which nobody has looked at yet.
///
/// # Errors
/// [`EncryptionRefusal`]; all that a wrong key or a changed ciphertext does is the same one.
pub fn decrypt_only_child(
    parent: Element<'_>,
    keys: &[DecryptionKey],
) -> Result<Zeroizing<String>, EncryptionRefusal> {
    let data = parent
        .only(XENC, "EncryptedData")
        .map_err(|_| EncryptionRefusal::Shape)?;
    // Content or parts of documents would have to be put into their place first.
    if data.attribute("Type") != Some(ELEMENT) {
        return Err(EncryptionRefusal::Shape);
    }
    let content = match method(data)? {
        AES_256_CBC => ContentEncryption::Cbc,
        AES_256_GCM => ContentEncryption::Gcm,
        _ => return Err(EncryptionRefusal::Algorithm),
    };
    let encrypted_key = encrypted_key(parent, data)?;
    let oaep = key_method(encrypted_key)?;
    let wrapped = cipher_value(encrypted_key)?;
    let ciphertext = cipher_value(data)?;
    keys.iter()
        .find_map(|key| {
            let opened = key.open_oaep(oaep, &wrapped);
            // What stands for a key that did not come out fails as any wrong key does, in the same time.
            let stand_in = key.implicit_rejection(&wrapped);
            let right = opened.as_deref().filter(|bytes| bytes.len() == 32);
            let content_key = right.map_or(stand_in.get(..32)?, Vec::as_slice);
            let text = open(content, content_key, &ciphertext)?;
            String::from_utf8(text.to_vec()).ok().map(Zeroizing::new)
        })
        .ok_or(EncryptionRefusal::CannotDecrypt)
}

fn open(content: ContentEncryption, key: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    match content {
        ContentEncryption::Cbc => {
            let (iv, text) = ciphertext.split_at_checked(16)?;
            open_aes_256_cbc(key, iv, text)
        }
        ContentEncryption::Gcm => {
            let (iv, rest) = ciphertext.split_at_checked(12)?;
            let (text, tag) = rest.split_at_checked(rest.len().checked_sub(16)?)?;
            ContentCipher::Aes256Gcm.open(key, iv, &[], text, tag).ok()
        }
    }
}

/// The one `EncryptedKey`: in the `KeyInfo` of the data, or beside the data (SAML 2.0 core, 2.3.4; errata E43).
fn encrypted_key<'a>(
    parent: Element<'a>,
    data: Element<'a>,
) -> Result<Element<'a>, EncryptionRefusal> {
    let within = data
        .children_named(DSIG, "KeyInfo")
        .flat_map(|info| info.children_named(XENC, "EncryptedKey"));
    let beside = parent.children_named(XENC, "EncryptedKey");
    let mut all = within.chain(beside);
    match (all.next(), all.next()) {
        (Some(key), None) => Ok(key),
        _ => Err(EncryptionRefusal::Shape),
    }
}

fn method(element: Element<'_>) -> Result<&str, EncryptionRefusal> {
    element
        .only(XENC, "EncryptionMethod")
        .ok()
        .and_then(|method| method.attribute("Algorithm"))
        .ok_or(EncryptionRefusal::Shape)
}

/// How the content's key is encrypted. No digest named is SHA-1, as is no mask generation (XML Encryption 1.1, 5.5.2).
fn key_method(encrypted_key: Element<'_>) -> Result<Oaep, EncryptionRefusal> {
    let algorithm = method(encrypted_key)?;
    let parameters = encrypted_key
        .only(XENC, "EncryptionMethod")
        .map_err(|_| EncryptionRefusal::Shape)?;
    let named = |namespace, name| {
        let mut found = parameters.children_named(namespace, name);
        let first = found.next().map(|method| method.attribute("Algorithm"));
        match (first, found.next()) {
            (None, _) => Ok(None),
            (Some(Some(algorithm)), None) => Ok(Some(algorithm)),
            _ => Err(EncryptionRefusal::Shape),
        }
    };
    if parameters
        .children_named(XENC, "OAEPparams")
        .next()
        .is_some()
    {
        return Err(EncryptionRefusal::Algorithm);
    }
    let (digest, mask) = (named(DSIG, "DigestMethod")?, named(XENC11, "MGF")?);
    match (algorithm, digest, mask) {
        (OAEP_MGF1P, None | Some(SHA1), None) | (OAEP, None | Some(SHA1), None) => Ok(Oaep::Sha1),
        (OAEP, Some(SHA256), Some(MGF1_SHA256)) => Ok(Oaep::Sha256),
        _ => Err(EncryptionRefusal::Algorithm),
    }
}

/// The octets in place; a reference to them elsewhere is none.
fn cipher_value(element: Element<'_>) -> Result<Vec<u8>, EncryptionRefusal> {
    element
        .only(XENC, "CipherData")
        .and_then(|data| data.only(XENC, "CipherValue"))
        .ok()
        .and_then(Element::text)
        .and_then(|text| {
            let text: String = text.split_ascii_whitespace().collect();
            from_base64(&text)
        })
        .ok_or(EncryptionRefusal::Shape)
}
