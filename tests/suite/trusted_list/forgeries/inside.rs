//! What is forged inside the signature, and documents that are something else.

use varco::crypto::signer::CannotSign;
use varco::crypto::{PublicKey, SignatureAlgorithm, Signer, hmac_sha256};
use varco::demo::trusted_list::{fill, with_signature};

use super::super::super::corpus::signing::{PROVIDER, STRANGER};
use super::super::spoil::{after, before, part, replaced, template};
use super::super::{signed, small};
use super::Forgery;

/// What stands in the object.
pub fn objects() -> Vec<Forgery> {
    let template = template();
    let object = part(&template, "<ds:Object>", "</ds:Object>");
    let of_properties = part(&template, "<ds:Reference Type", "</ds:Reference>");
    let of_document = part(&template, "<ds:Reference Id", "</ds:Reference>");
    let without = replaced(&template, of_properties, of_document);
    let without = fill(&replaced(&without, object, ""), &PROVIDER.key);
    let end = "</xades:SignedProperties>";
    let unsigned = format!("{end}<xades:UnsignedProperties/>");
    let other = object.replace("xades:QualifyingProperties", "xades:Other");
    let two = format!("{object}<ds:Object/>");
    let refused = "list-signature-properties";
    vec![
        ("two objects", before(object, &two), "signature-shape", true),
        ("another thing", before(object, &other), refused, true),
        ("unsigned properties", before(end, &unsigned), refused, true),
        (
            "of another signature",
            before("#signature", "#another"),
            refused,
            true,
        ),
        // Nothing can be computed of properties that are not there, so the signature is the one it was.
        (
            "none",
            without.unwrap_or_else(|_| after_object(object)),
            refused,
            false,
        ),
    ]
}

fn after_object(object: &str) -> String {
    let genuine = signed();
    assert!(genuine.contains(part(object, "<ds:Object>", "Target")));
    replaced(&genuine, part(&genuine, "<ds:Object>", "</ds:Object>"), "")
}

/// Who signed, and who the properties say it was.
pub fn signers() -> Vec<Forgery> {
    let template = template();
    let strangers = with_signature(&small().unsigned(), &STRANGER.certificate, small().issued);
    let (from, to) = (
        "<xades:SigningCertificateV2>",
        "</xades:SigningCertificateV2>",
    );
    let named = part(&template, from, to);
    let one = part(named, "<xades:Cert>", "</xades:Cert>");
    let other = part(&strangers, from, to);
    let old = named.replace("CertificateV2>", "Certificate>");
    let weak = named.replace("04/xmlenc#sha256", "04/xmldsig-more#md5");
    let by_stranger = |text: &str| fill(text, &STRANGER.key).unwrap();
    let (value, certificate) = ("signature-value", "list-signature-certificate");
    vec![
        ("a stranger", by_stranger(&strangers), value, false),
        (
            "a stranger in the signer's name",
            by_stranger(&template),
            value,
            false,
        ),
        (
            "another certificate",
            before(named, other),
            certificate,
            true,
        ),
        (
            "two certificates",
            before(one, &format!("{one}{one}")),
            certificate,
            true,
        ),
        ("no certificate", before(named, ""), certificate, true),
        (
            "named twice",
            before(named, &format!("{named}{named}")),
            certificate,
            true,
        ),
        (
            "named in both ways",
            before(named, &format!("{named}{old}")),
            certificate,
            true,
        ),
        ("named by MD5", before(named, &weak), certificate, true),
    ]
}

/// A signer that takes the public key for the secret of an HMAC.
struct Hmac;

impl Signer for Hmac {
    fn public_key(&self) -> &PublicKey {
        PROVIDER.key.public_key()
    }

    fn sign(&self, _: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, CannotSign> {
        Ok(hmac_sha256(self.public_key().spki(), message).to_vec())
    }
}

/// Methods and transforms that are not ours.
pub fn methods() -> Vec<Forgery> {
    let more = "http://www.w3.org/2001/04/xmldsig-more";
    let old = "http://www.w3.org/2000/09/xmldsig";
    let signed_by = |method: &str| before("\"signature-method\"", &format!("\"{method}\""));
    let hmac = replaced(
        &template(),
        "signature-method",
        &format!("{more}#hmac-sha256"),
    );
    let hmac = fill(&hmac, &Hmac).unwrap();
    let transform = |transform: &str| {
        before(
            "</ds:Transforms>",
            &format!(
                "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-{transform}</ds:Transform></ds:Transforms>"
            ),
        )
    };
    let xpath = transform("xpath-19991116\"><ds:XPath>true()</ds:XPath>");
    let xslt = after(
        "</ds:Transforms>",
        "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/></ds:Transforms>",
    );
    let enveloped = format!("<ds:Transform Algorithm=\"{old}#enveloped-signature\"/>");
    let base64 = enveloped.replace("enveloped-signature", "base64");
    let of_it = "URI=\"#properties\"><ds:Transforms>";
    let twice = after(of_it, &format!("{of_it}{enveloped}"));
    let inclusive = after(
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"",
    );
    let sha1 = after(
        "http://www.w3.org/2001/04/xmlenc#sha256",
        &format!("{old}#sha1"),
    );
    let (method, transforms) = ("signature-method", "signature-transforms");
    vec![
        ("HMAC with the public key", hmac, method, false),
        (
            "RSA with SHA-1",
            signed_by(&format!("{old}#rsa-sha1")),
            method,
            false,
        ),
        (
            "RSA with MD5",
            signed_by(&format!("{more}#rsa-md5")),
            method,
            false,
        ),
        (
            "a digest with SHA-1",
            sha1,
            "signature-digest-method",
            false,
        ),
        ("XPath", xpath, transforms, true),
        ("XSLT", xslt, transforms, false),
        ("base64", after(&enveloped, &base64), transforms, false),
        ("no transform", after(&enveloped, ""), transforms, false),
        ("enveloped properties", twice, transforms, false),
        (
            "inclusive canonicalisation",
            inclusive,
            "signature-canonicalization-method",
            false,
        ),
    ]
}

/// Documents that are something else.
pub fn documents() -> Vec<Forgery> {
    let genuine = signed();
    let key_info = part(&genuine, "<ds:KeyInfo>", "</ds:KeyInfo>");
    let fetched = "<ds:KeyInfo><ds:RetrievalMethod URI=\"http://a.example/\"/>";
    let other = template().replace("TrustServiceStatusList", "Other");
    let other = fill(&other, &PROVIDER.key).unwrap();
    vec![
        (
            "a key to be fetched",
            after("<ds:KeyInfo>", fetched),
            "signature-key-info",
            true,
        ),
        (
            "no KeyInfo",
            replaced(&genuine, key_info, ""),
            "signature-shape",
            true,
        ),
        (
            "two lists",
            format!("{genuine}{genuine}"),
            "xml-malformed",
            false,
        ),
        (
            "a document type",
            format!("<!DOCTYPE x>{genuine}"),
            "xml-doctype",
            true,
        ),
        (
            "an instruction",
            format!("<?x?>{genuine}"),
            "xml-processing-instruction",
            false,
        ),
        ("nothing", String::new(), "xml-malformed", false),
        ("another document", other, "list-kind", true),
    ]
}
