use std::sync::LazyLock;

use super::*;
use crate::crypto::{KeyKind, PublicKey, Signer as _, SigningKey};
use crate::protocol::xml::{Document, Limits};

static RSA: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(KeyKind::Rsa(2048)).unwrap());
static P256: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(KeyKind::P256).unwrap());

const MESSAGE: &str = "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\"><Issuer xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://idp.example</Issuer><p:Status/></p:Response>";

const RSA_SHA256: XmlSignature<'static> = XmlSignature {
    algorithm: SignatureAlgorithm::RsaSha256,
    digest: DigestAlgorithm::Sha256,
    certificate_der: None,
};

fn signed() -> String {
    sign_enveloped(
        MESSAGE.to_owned(),
        "_r",
        SignaturePlace::AfterIssuer,
        &*RSA,
        &RSA_SHA256,
    )
    .unwrap()
}

fn verdict(text: &str, keys: &[PublicKey]) -> Result<SignatureAlgorithm, SignatureRefusal> {
    let document = Document::parse(text, &Limits::MESSAGE).unwrap();
    verify_enveloped(document.root(), keys).map(SignedElement::algorithm)
}

fn verdict_of(text: &str) -> Result<SignatureAlgorithm, SignatureRefusal> {
    verdict(text, &[RSA.public_key().clone()])
}

#[test]
fn what_is_signed_here_verifies_here() {
    let certificate = [0x30, 0x00];
    for (key, algorithm, digest) in [
        (
            &*RSA,
            SignatureAlgorithm::RsaSha256,
            DigestAlgorithm::Sha256,
        ),
        (
            &*RSA,
            SignatureAlgorithm::RsaSha384,
            DigestAlgorithm::Sha384,
        ),
        (
            &*RSA,
            SignatureAlgorithm::RsaSha512,
            DigestAlgorithm::Sha512,
        ),
        (
            &*P256,
            SignatureAlgorithm::EcdsaSha256,
            DigestAlgorithm::Sha512,
        ),
    ] {
        for place in [SignaturePlace::AfterIssuer, SignaturePlace::FirstChild] {
            let with = XmlSignature {
                algorithm,
                digest,
                certificate_der: Some(&certificate),
            };
            let text = sign_enveloped(MESSAGE.to_owned(), "_r", place, key, &with).unwrap();
            let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
            let proof = verify_enveloped(document.root(), &[key.public_key().clone()]).unwrap();
            assert_eq!(proof.element(), document.root());
            assert_eq!((proof.algorithm(), proof.digest()), (algorithm, digest));
            let issuer_first = proof.signature().previous().is_some();
            assert_eq!(issuer_first, place == SignaturePlace::AfterIssuer);
        }
    }
}

#[test]
fn any_of_several_keys_will_do_and_no_other() {
    let rsa = RSA.public_key().clone();
    let other = P256.public_key().clone();
    assert!(verdict(&signed(), &[other.clone(), rsa]).is_ok());
    assert_eq!(
        verdict(&signed(), &[other]),
        Err(SignatureRefusal::Signature)
    );
    assert_eq!(verdict(&signed(), &[]), Err(SignatureRefusal::NoKey));
}

#[test]
fn signature_values_may_be_broken_into_lines() {
    let (before, after) = signed()
        .split_once("<ds:SignatureValue>")
        .map(|(before, after)| (before.to_owned(), after.to_owned()))
        .unwrap();
    let (first, rest) = after.split_at(64);
    let text = format!("{before}<ds:SignatureValue>\r\n {first}\n\t{rest}");
    assert!(verdict_of(&text).is_ok());
}

#[test]
fn every_change_of_the_signed_element_is_noticed() {
    for (from, to) in [
        ("https://idp.example<", "https://idp.evil<"),
        ("<p:Status/>", "<p:Status x=\"\"/>"),
        ("<p:Status/>", "<p:Status/> "),
        ("<p:Status/>", ""),
    ] {
        assert_eq!(
            verdict_of(&signed().replace(from, to)),
            Err(SignatureRefusal::Digest),
            "{from}"
        );
    }
}

#[test]
fn a_changed_signed_info_is_noticed() {
    let text = signed().replace("<ds:SignatureMethod ", "<ds:SignatureMethod  ");
    assert!(
        verdict_of(&text).is_ok(),
        "white space within a tag is not signed"
    );
    let text = signed().replace("<ds:SignatureMethod ", " <ds:SignatureMethod ");
    assert_eq!(verdict_of(&text), Err(SignatureRefusal::Signature));
    let text = signed().replace("more#rsa-sha256", "more#rsa-sha512");
    assert_eq!(verdict_of(&text), Err(SignatureRefusal::Signature));
}

#[test]
fn every_foreign_shape_has_its_reason() {
    use SignatureRefusal as R;
    let signature = {
        let text = signed();
        let start = text.find("<ds:Signature ").unwrap();
        let end = text.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        text[start..end].to_owned()
    };
    let reference = {
        let start = signature.find("<ds:Reference ").unwrap();
        let end = signature.find("</ds:Reference>").unwrap() + "</ds:Reference>".len();
        signature[start..end].to_owned()
    };
    let doubled = format!("{signature}{signature}");
    let two_references = format!("{reference}{reference}");
    let transform =
        "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>1</ds:XPath></ds:Transform>";
    let with_list = |list: &str| {
        transform.replace(
            "></",
            &format!(
                "><InclusiveNamespaces xmlns=\"{}\" {list}/></",
                super::super::EXCLUSIVE_C14N
            ),
        )
    };
    let end = "</ds:Signature>";
    let info = "<ds:SignedInfo ";
    for (from, to, reason) in [
        (signature.as_str(), "".to_owned(), R::Missing),
        (&signature, doubled, R::Repeated),
        (end, format!("<ds:Object/>{end}"), R::Shape),
        (end, format!("<ds:KeyInfo/><ds:Object/>{end}"), R::Shape),
        (end, format!("<ds:KeyInfo/><ds:KeyInfo/>{end}"), R::Shape),
        (end, format!("<p:Status/>{end}"), R::Shape),
        (end, format!("text{end}"), R::Shape),
        (end, format!("<ds:KeyInfo><p:Status/></ds:KeyInfo>{end}"), R::KeyInfo),
        (end, format!("<ds:KeyInfo><ds:Object/></ds:KeyInfo>{end}"), R::KeyInfo),
        (end, format!("<ds:KeyInfo><ds:RetrievalMethod URI=\"#k\"/></ds:KeyInfo>{end}"), R::KeyInfo),
        ("<ds:Signature ", "<ds:Signature other=\"\" ".to_owned(), R::Shape),
        (info, format!("<ds:SignedInfo/>{info}"), R::Shape),
        ("<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"".to_owned(), R::CanonicalizationMethod),
        ("<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"".to_owned(), R::CanonicalizationMethod),
        ("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1".to_owned(), R::SignatureMethod),
        ("2001/04/xmldsig-more#rsa-sha256", "2001/04/xmldsig-more#hmac-sha256".to_owned(), R::SignatureMethod),
        ("rsa-sha256\">", "rsa-sha256\"><ds:HMACOutputLength>0</ds:HMACOutputLength>".to_owned(), R::Shape),
        (&reference, "".to_owned(), R::References),
        (&reference, two_references, R::References),
        ("URI=\"#_r\"", "URI=\"\"".to_owned(), R::Reference),
        ("URI=\"#_r\"", "URI=\"#\"".to_owned(), R::Reference),
        ("URI=\"#_r\"", "URI=\"#_R\"".to_owned(), R::Reference),
        ("URI=\"#_r\"", "URI=\"_r\"".to_owned(), R::Reference),
        ("URI=\"#_r\"", "URI=\"#xpointer(id('_r'))\"".to_owned(), R::Reference),
        ("URI=\"#_r\"", "URI=\"https://evil.example/#_r\"".to_owned(), R::Reference),
        (" URI=\"#_r\"", "".to_owned(), R::Reference),
        (" URI=\"#_r\"", " URI=\"#_r\" Type=\"urn:x\"".to_owned(), R::Shape),
        (transform, "".to_owned(), R::Transforms),
        (transform, format!("{transform}{transform}"), R::Transforms),
        (transform, xpath.to_owned(), R::Transforms),
        (transform, transform.replace("exc-c14n#", "exc-c14n#WithComments"), R::Transforms),
        (transform, with_list(""), R::Transforms),
        (transform, with_list("PrefixList=\"a\" Other=\"b\""), R::Transforms),
        (transform, with_list(&format!("PrefixList=\"{}\"", "a ".repeat(33).trim_end())), R::Transforms),
        ("xmlenc#sha256", "xmlenc#sha1".to_owned(), R::DigestMethod),
        ("<ds:DigestValue>", "<ds:DigestValue>!".to_owned(), R::Base64),
        ("<ds:SignatureValue>", "<ds:SignatureValue>!".to_owned(), R::Base64),
        ("<ds:SignatureValue>", "<ds:SignatureValue><p:Status/>".to_owned(), R::Base64),
    ] {
        let text = signed().replacen(from, &to, 1);
        assert_ne!(text, signed(), "{from}");
        assert_eq!(verdict_of(&text), Err(reason), "{from} -> {to}");
    }
}

#[test]
fn an_element_without_an_id_cannot_be_signed() {
    let text = signed().replacen(" ID=\"_r\"", "", 1);
    assert_eq!(verdict_of(&text), Err(SignatureRefusal::Reference));
    let text = signed().replacen(" ID=\"_r\"", " Id=\"_r\"", 1);
    assert_eq!(verdict_of(&text), Err(SignatureRefusal::Reference));
}

#[test]
fn empty_and_foreign_key_material_is_not_looked_at() {
    for key_info in [
        "<ds:KeyInfo/>",
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>",
        "<ds:KeyInfo><ds:KeyName>other</ds:KeyName><ds:KeyValue><d:ECKeyValue xmlns:d=\"http://www.w3.org/2009/xmldsig11#\"/></ds:KeyValue></ds:KeyInfo>",
    ] {
        let text = signed().replacen("</ds:Signature>", &format!("{key_info}</ds:Signature>"), 1);
        assert!(verdict_of(&text).is_ok(), "{key_info}");
    }
}

#[test]
fn only_the_signature_right_below_counts() {
    // The signature of the child does not make the parent signed.
    let text = format!(
        "<p:Outer xmlns:p=\"urn:p\" ID=\"_o\">{}</p:Outer>",
        signed()
    );
    let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
    let keys = [RSA.public_key().clone()];
    assert_eq!(
        verify_enveloped(document.root(), &keys).err(),
        Some(SignatureRefusal::Missing)
    );
    let inner = document.element_by_id("_r").unwrap();
    assert!(verify_enveloped(inner, &keys).is_ok());
}

#[test]
fn signing_says_what_is_wrong() {
    let sign = |xml: &str, id, place, with: &XmlSignature<'_>| {
        sign_enveloped(xml.to_owned(), id, place, &*RSA, with).err()
    };
    use SignaturePlace::{AfterIssuer, FirstChild};
    assert_eq!(
        sign("<a", "x", FirstChild, &RSA_SHA256),
        Some(SignError::Xml(super::super::XmlRefusal::Malformed))
    );
    assert_eq!(
        sign("<a/>", "x", FirstChild, &RSA_SHA256),
        Some(SignError::NoSuchId)
    );
    assert_eq!(
        sign("<a ID='x'/>", "x", FirstChild, &RSA_SHA256),
        Some(SignError::NoPlace)
    );
    assert_eq!(
        sign("<a ID='x'><b/></a>", "x", AfterIssuer, &RSA_SHA256),
        Some(SignError::NoPlace)
    );
    let unfit = XmlSignature {
        algorithm: SignatureAlgorithm::EcdsaSha256,
        ..RSA_SHA256
    };
    assert_eq!(
        sign(MESSAGE, "_r", AfterIssuer, &unfit),
        Some(SignError::Key(crate::crypto::signer::CannotSign))
    );
}

#[test]
fn a_second_signature_leaves_the_first_one_valid() {
    let inner = "<a:Assertion xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a\"><a:Issuer>i</a:Issuer></a:Assertion>";
    let both = MESSAGE.replace("<p:Status/>", inner);
    let once = sign_enveloped(both, "_a", SignaturePlace::AfterIssuer, &*RSA, &RSA_SHA256).unwrap();
    let twice =
        sign_enveloped(once, "_r", SignaturePlace::AfterIssuer, &*RSA, &RSA_SHA256).unwrap();
    let document = Document::parse(&twice, &Limits::MESSAGE).unwrap();
    let keys = [RSA.public_key().clone()];
    for id in ["_a", "_r"] {
        let element = document.element_by_id(id).unwrap();
        assert!(verify_enveloped(element, &keys).is_ok(), "{id}");
    }
}
