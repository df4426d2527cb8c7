//! Signing in the manner of other programs: every liberty that the standard gives a signer, and some that it does not.
//! Independent of `sign_enveloped`, which has one manner only.

use std::sync::LazyLock;

use varco::crypto::encoding::base64;
use varco::crypto::{DigestAlgorithm, KeyKind, PublicKey, SignatureAlgorithm, Signer, SigningKey};
use varco::protocol::xml::{DSIG, Document, EXCLUSIVE_C14N, Limits, canonical};

use super::message::{ASSERTION_ID, ASSERTION_MARK, RESPONSE_ID, RESPONSE_MARK, Style, response};

/// A provider's key with the certificate that judges want to see it in.
pub struct TestKey {
    pub name: &'static str,
    pub key: SigningKey,
    pub certificate: Vec<u8>,
}

impl TestKey {
    pub fn new(name: &'static str, kind: KeyKind) -> Self {
        let key = SigningKey::generate(kind).unwrap();
        let pair = rcgen::KeyPair::try_from(key.pkcs8()).unwrap();
        let certificate = rcgen::CertificateParams::default()
            .self_signed(&pair)
            .unwrap()
            .der()
            .to_vec();
        Self {
            name,
            key,
            certificate,
        }
    }

    /// Another certificate with the same key.
    pub fn certified_again(&self) -> Vec<u8> {
        let pair = rcgen::KeyPair::try_from(self.key.pkcs8()).unwrap();
        let mut params = rcgen::CertificateParams::default();
        params.serial_number = Some(2.into());
        params.self_signed(&pair).unwrap().der().to_vec()
    }

    pub fn public(&self) -> PublicKey {
        self.key.public_key().clone()
    }

    /// The signature method that fits and is used when nothing else is asked for.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        match self.key.public_key().kind() {
            KeyKind::Rsa(_) => SignatureAlgorithm::RsaSha256,
            KeyKind::P256 => SignatureAlgorithm::EcdsaSha256,
            KeyKind::P384 => SignatureAlgorithm::EcdsaSha384,
            KeyKind::P521 => SignatureAlgorithm::EcdsaSha512,
        }
    }
}

/// The provider's key of the whole corpus, where a case does not say otherwise.
pub static PROVIDER: LazyLock<TestKey> =
    LazyLock::new(|| TestKey::new("provider", KeyKind::Rsa(2048)));
/// Somebody else's key.
pub static STRANGER: LazyLock<TestKey> =
    LazyLock::new(|| TestKey::new("stranger", KeyKind::Rsa(2048)));
pub static RSA_3072: LazyLock<TestKey> =
    LazyLock::new(|| TestKey::new("rsa-3072", KeyKind::Rsa(3072)));
pub static RSA_4096: LazyLock<TestKey> =
    LazyLock::new(|| TestKey::new("rsa-4096", KeyKind::Rsa(4096)));
pub static P256: LazyLock<TestKey> = LazyLock::new(|| TestKey::new("p-256", KeyKind::P256));
pub static P384: LazyLock<TestKey> = LazyLock::new(|| TestKey::new("p-384", KeyKind::P384));

/// How a signer writes a signature.
#[derive(Clone)]
pub struct Manner {
    pub key: &'static TestKey,
    pub algorithm: SignatureAlgorithm,
    pub digest: DigestAlgorithm,
    /// Prefix of the signature's elements; empty for the default namespace.
    pub prefix: &'static str,
    /// Whether the signature declares its namespace itself.
    pub declares: bool,
    /// `PrefixList` of the transform and of the canonicalisation of `SignedInfo`.
    pub list: Option<&'static str>,
    pub info_list: Option<&'static str>,
    /// What stands between the elements of the signature.
    pub between: &'static str,
    /// Base64 is broken after so many characters, by this.
    pub fold: Option<(usize, &'static str)>,
    pub key_info: String,
    /// `Id` attributes on the parts of the signature.
    pub ids: bool,
}

impl Manner {
    pub fn of(key: &'static TestKey) -> Self {
        Self {
            key,
            algorithm: key.algorithm(),
            digest: DigestAlgorithm::Sha256,
            prefix: "ds",
            declares: true,
            list: None,
            info_list: None,
            between: "",
            fold: None,
            key_info: String::new(),
            ids: false,
        }
    }
}

/// Signs assertion and response of a message with marks.
pub fn sign_both(message: &str, manner: &Manner) -> String {
    let text = sign(message, ASSERTION_ID, ASSERTION_MARK, manner);
    sign(&text, RESPONSE_ID, RESPONSE_MARK, manner)
}

/// Signs the assertion alone.
pub fn sign_assertion(message: &str, manner: &Manner) -> String {
    sign(message, ASSERTION_ID, ASSERTION_MARK, manner).replace(RESPONSE_MARK, "")
}

/// The genuine message in the plainest style, doubly signed.
pub fn genuine() -> String {
    sign_both(&response(&Style::default()), &Manner::of(&PROVIDER))
}

/// Puts the signature of the element with this ID where the mark is.
pub fn sign(message: &str, id: &str, mark: &str, manner: &Manner) -> String {
    let unmarked = |text: &str| text.replace(RESPONSE_MARK, "").replace(ASSERTION_MARK, "");
    let digest = {
        let text = unmarked(message);
        let document = Document::parse(&text, &Limits::METADATA).unwrap();
        let element = document.element_by_id(id).unwrap();
        let list: Vec<&str> = manner.list.unwrap_or_default().split_whitespace().collect();
        manner
            .digest
            .digest(&canonical(element, &list, None).unwrap())
    };
    let text = message.replace(mark, &signature(id, &digest, manner));
    let value = {
        let text = unmarked(&text).replace("@VALUE@", "");
        let document = Document::parse(&text, &Limits::METADATA).unwrap();
        let info = document
            .element_by_id(id)
            .and_then(|element| element.only(DSIG, "Signature").ok())
            .and_then(|signature| signature.only(DSIG, "SignedInfo").ok())
            .unwrap();
        let list: Vec<&str> = manner
            .info_list
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let canonical = canonical(info, &list, None).unwrap();
        manner.key.key.sign(manner.algorithm, &canonical).unwrap()
    };
    text.replace("@VALUE@", &folded(&value, manner))
}

fn folded(bytes: &[u8], manner: &Manner) -> String {
    let text = base64(bytes);
    let Some((width, by)) = manner.fold else {
        return text;
    };
    let lines: Vec<&str> = (0..text.len())
        .step_by(width)
        .map(|at| &text[at..text.len().min(at + width)])
        .collect();
    format!("{by}{}{by}", lines.join(by))
}

fn method(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        SignatureAlgorithm::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        SignatureAlgorithm::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        SignatureAlgorithm::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        SignatureAlgorithm::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        SignatureAlgorithm::EcdsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
        SignatureAlgorithm::RsaPssSha256 => {
            "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
        }
        SignatureAlgorithm::RsaPssSha384 => {
            "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"
        }
        SignatureAlgorithm::RsaPssSha512 => {
            "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"
        }
    }
}

fn digest_method(digest: DigestAlgorithm) -> &'static str {
    match digest {
        DigestAlgorithm::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
        DigestAlgorithm::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
        DigestAlgorithm::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
    }
}

/// A signature with `@VALUE@` for its value.
fn signature(id: &str, digest: &[u8], manner: &Manner) -> String {
    let Manner {
        prefix, between: b, ..
    } = manner;
    let p = if prefix.is_empty() {
        String::new()
    } else {
        format!("{prefix}:")
    };
    let declaration = match (manner.declares, *prefix) {
        (false, _) => String::new(),
        (true, "") => format!(" xmlns=\"{DSIG}\""),
        (true, prefix) => format!(" xmlns:{prefix}=\"{DSIG}\""),
    };
    let exclusive = |name: &str, list: Option<&str>| match list {
        None => format!("<{p}{name} Algorithm=\"{EXCLUSIVE_C14N}\"/>"),
        Some(list) => format!(
            "<{p}{name} Algorithm=\"{EXCLUSIVE_C14N}\"><ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE_C14N}\" PrefixList=\"{list}\"/></{p}{name}>"
        ),
    };
    let id_of = |part: &str| match manner.ids {
        true => format!(" Id=\"{part}-{id}\""),
        false => String::new(),
    };
    let canonicalization = exclusive("CanonicalizationMethod", manner.info_list);
    let transform = exclusive("Transform", manner.list);
    let digest_value = folded(digest, manner);
    let key_info = &manner.key_info;
    let (signature_id, info_id, reference_id, value_id) =
        (id_of("s"), id_of("i"), id_of("r"), id_of("v"));
    [
        format!("<{p}Signature{declaration}{signature_id}>"),
        format!("<{p}SignedInfo{info_id}>"),
        canonicalization,
        format!(
            "<{p}SignatureMethod Algorithm=\"{}\"/>",
            method(manner.algorithm)
        ),
        format!("<{p}Reference{reference_id} URI=\"#{id}\">"),
        format!("<{p}Transforms>"),
        format!(
            "<{p}Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>"
        ),
        transform,
        format!("</{p}Transforms>"),
        format!(
            "<{p}DigestMethod Algorithm=\"{}\"/>",
            digest_method(manner.digest)
        ),
        format!("<{p}DigestValue>{digest_value}</{p}DigestValue>"),
        format!("</{p}Reference>"),
        format!("</{p}SignedInfo>"),
        format!("<{p}SignatureValue{value_id}>@VALUE@</{p}SignatureValue>{key_info}"),
        format!("</{p}Signature>"),
    ]
    .join(b)
}
