//! Signatures of another shape than the one that is accepted, and signatures over nothing (attacks 6, 8, 10 and 14).

use varco::crypto::encoding::base64;
use varco::crypto::{DigestAlgorithm, Signer as _};
use varco::protocol::xml::{DSIG, Document, Limits, canonical};

use super::message::{FORGED, GENUINE, Style, response};
use super::signing::{Manner, PROVIDER, sign_assertion};
use super::{Case, refuse};

fn assertion_signed() -> String {
    sign_assertion(&response(&Style::default()), &Manner::of(&PROVIDER))
}

/// Shapes of a signature whose cryptography is of no interest: they fall before it.
pub fn cases() -> Vec<Case> {
    let one = assertion_signed();
    let mut cases: Vec<Case> = [
        (
            "other element in Signature",
            "</ds:Signature>",
            "<x:y xmlns:x=\"urn:x\"/></ds:Signature>",
            "shape",
        ),
        (
            "Object",
            "</ds:Signature>",
            "<ds:Object/></ds:Signature>",
            "shape",
        ),
        (
            "text in Signature",
            "</ds:Signature>",
            "text</ds:Signature>",
            "shape",
        ),
        (
            "method label swapped",
            "more#rsa-sha256",
            "more#rsa-sha512",
            "value",
        ),
        (
            "digest label swapped",
            "xmlenc#sha256",
            "xmlenc#sha512",
            "digest",
        ),
        (
            "method none",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "none",
            "method",
        ),
        (
            "method in other case",
            "more#rsa-sha256",
            "more#RSA-SHA256",
            "method",
        ),
        (
            "method with space",
            "more#rsa-sha256\"",
            "more#rsa-sha256 \"",
            "method",
        ),
        (
            "thousand transforms",
            "</ds:Transforms>",
            "@THOUSAND@</ds:Transforms>",
            "transforms",
        ),
        (
            "signature in another namespace",
            "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
            "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig\"",
            "missing",
        ),
        (
            "signature value not base64",
            "<ds:SignatureValue>",
            "<ds:SignatureValue>*",
            "base64",
        ),
        (
            "element in DigestValue",
            "<ds:DigestValue>",
            "<ds:DigestValue><ds:Object/>",
            "base64",
        ),
    ]
    .into_iter()
    .map(|(name, from, to, code)| {
        let code = format!("assertion-signature-{code}");
        let thousand =
            "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>".repeat(1000);
        let text = one.replacen(from, &to.replace("@THOUSAND@", &thousand), 1);
        assert_ne!(text, one, "{name}");
        refuse(
            "shape of the signature",
            name.to_owned(),
            text,
            &[code.as_str()],
        )
    })
    .collect();
    // A digest of nothing, genuinely signed: what a failed canonicalisation would match (CVE-2025-66475).
    let golden = {
        let digest = base64(&DigestAlgorithm::Sha256.digest(b""));
        let signed = sign_digest(&digest);
        signed.replace(GENUINE, FORGED)
    };
    cases.push(refuse(
        "void canonicalisation",
        "signed digest of nothing".to_owned(),
        golden.clone(),
        &["assertion-signature-digest"],
    ));
    for (name, to) in [
        (
            "relative namespace on the assertion",
            "<saml:Assertion xmlns:x=\"1\" ",
        ),
        (
            "relative namespace that is used",
            "<saml:Assertion xmlns:x=\"ns\" x:y=\"\" ",
        ),
        (
            "namespace that is no URI",
            "<saml:Assertion xmlns:x=\"http://[/\" ",
        ),
    ] {
        cases.push(refuse(
            "void canonicalisation",
            name.to_owned(),
            golden.replacen("<saml:Assertion ", to, 1),
            &["xml-relative-namespace"],
        ));
    }
    cases
}

/// A message whose assertion's signature is over this digest, whatever the content.
fn sign_digest(digest: &str) -> String {
    let text = sign_assertion(&response(&Style::default()), &Manner::of(&PROVIDER));
    let start = text.find("<ds:DigestValue>").unwrap() + "<ds:DigestValue>".len();
    let end = text.find("</ds:DigestValue>").unwrap();
    let text = format!("{}{digest}{}", &text[..start], &text[end..]);
    let value = {
        let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
        let info = document
            .root()
            .descendants()
            .find(|element| element.is(DSIG, "SignedInfo"))
            .unwrap();
        let canonical = canonical(info, &[], None).unwrap();
        base64(&PROVIDER.key.sign(PROVIDER.algorithm(), &canonical).unwrap())
    };
    let start = text.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let end = text.find("</ds:SignatureValue>").unwrap();
    format!("{}{value}{}", &text[..start], &text[end..])
}
