//! The profile of SAML stays what it was: nothing that is new for lists passes it.

use varco::demo::trusted_list::{fill, with_signature};
use varco::protocol::xml::{Document, Limits, verify_document, verify_enveloped};

use super::super::corpus::signing::PROVIDER;
use super::{REAL, real_signer, signed, small};
use varco::crypto::PublicKey;

/// What the profile of SAML says of a document: that of a message, and that of metadata.
fn refusals(text: &str, key: &PublicKey) -> [&'static str; 2] {
    let document = Document::parse(text, &Limits::LIST).unwrap();
    let keys = std::slice::from_ref(key);
    [
        verify_enveloped(document.root(), keys).unwrap_err().code(),
        verify_document(&document, keys).unwrap_err().code(),
    ]
}

fn key() -> PublicKey {
    PROVIDER.public()
}

/// The small list as if it were a message, with an `ID`.
fn with_id(text: &str) -> String {
    text.replacen(" Id=\"list\"", " ID=\"list\"", 1)
}

/// A part of the signature taken out before it was signed.
fn without(parts: &[(&str, &str)], uri: &str) -> String {
    let list = with_id(&small().unsigned());
    let mut text = with_signature(&list, &PROVIDER.certificate, small().issued);
    for (from, to) in parts {
        let start = text.find(from).unwrap();
        let end = start + text[start..].find(to).unwrap() + to.len();
        text.replace_range(start..end, "");
    }
    fill(&text.replacen("URI=\"\"", uri, 1), &PROVIDER.key).unwrap_or(text)
}

const OF_PROPERTIES: (&str, &str) = ("<ds:Reference Type", "</ds:Reference>");

#[test]
fn a_list_s_signature_is_refused() {
    let real = PublicKey::from_certificate(&real_signer()).unwrap();
    assert_eq!(refusals(&REAL, &real)[1], "signature-shape");
    assert_eq!(refusals(&signed(), &key())[1], "signature-shape");
    let text = without(&[], "URI=\"#list\"");
    assert_eq!(refusals(&text, &key()), ["signature-shape"; 2]);
}

#[test]
fn an_object_is_refused_even_with_one_reference() {
    for uri in ["URI=\"\"", "URI=\"#list\""] {
        let text = without(&[OF_PROPERTIES], uri);
        assert_eq!(refusals(&text, &key()), ["signature-shape"; 2]);
    }
}

#[test]
fn a_second_reference_is_refused_even_without_an_object() {
    let genuine = without(&[], "URI=\"#list\"");
    let start = genuine.find("<ds:Object>").unwrap();
    let end = genuine.find("</ds:Signature>").unwrap();
    let text = format!("{}{}", &genuine[..start], &genuine[end..]);
    assert_eq!(refusals(&text, &key()), ["signature-references"; 2]);
}

#[test]
fn a_message_that_refers_to_the_whole_document_is_refused() {
    let plain = without(&[OF_PROPERTIES], "URI=\"\"");
    let start = plain.find("<ds:Object>").unwrap();
    let end = plain.find("</ds:Signature>").unwrap();
    let text = format!("{}{}", &plain[..start], &plain[end..]);
    let document = Document::parse(&text, &Limits::LIST).unwrap();
    let keys = [key()];
    let refused = verify_enveloped(document.root(), &keys).unwrap_err();
    assert_eq!(refused.code(), "signature-reference");
    // It is the shape that metadata have: what refuses above is what was added, and nothing else.
    assert!(verify_document(&document, &keys).is_ok());
}

#[test]
fn a_reference_with_a_type_is_refused() {
    let plain = without(&[OF_PROPERTIES], "Type=\"\" URI=\"#list\"");
    let start = plain.find("<ds:Object>").unwrap();
    let end = plain.find("</ds:Signature>").unwrap();
    let text = format!("{}{}", &plain[..start], &plain[end..]);
    assert_eq!(refusals(&text, &key()), ["signature-shape"; 2]);
}
