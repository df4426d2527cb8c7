//! The signatures of the real SPID registry, verified by the same narrow profile as messages.

use std::fs;

use varco::crypto::PublicKey;
use varco::protocol::saml::provider_metadata::read_metadata;
use varco::protocol::xml::{
    DSIG, Document, Element, Limits, SignatureRefusal, XmlRefusal, verify_document,
    verify_enveloped,
};

use crate::support::shared::shared;

const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";

fn text(name: &str) -> String {
    fs::read_to_string(shared("idp-metadata").join(name)).unwrap()
}

/// The key of a PEM certificate.
fn key(name: &str) -> PublicKey {
    let base64: String = text(name)
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    PublicKey::from_certificate(&varco::crypto::encoding::from_base64(&base64).unwrap()).unwrap()
}

/// The key that the document itself shows. Only a test may look there: it says nothing about who signed.
fn shown_key(element: Element<'_>) -> PublicKey {
    let certificate = element
        .children_named(DSIG, "Signature")
        .flat_map(Element::descendants)
        .find(|element| element.is(DSIG, "X509Certificate"))
        .unwrap();
    let base64: String = certificate.text().unwrap().split_whitespace().collect();
    PublicKey::from_certificate(&varco::crypto::encoding::from_base64(&base64).unwrap()).unwrap()
}

#[test]
fn the_real_registry_verifies_with_its_pinned_certificate() {
    let text = text("registry-spid-entities-idps-2025-11-25.xml");
    let document = Document::parse(&text, &Limits::METADATA).unwrap();
    let pinned = key("registry-signing-cert-2025.pem");
    let proof = verify_enveloped(document.root(), &[pinned]).unwrap();
    let entities = proof.element().children_named(METADATA, "EntityDescriptor");
    assert_eq!(entities.count(), 12);
}

#[test]
fn the_real_registry_does_not_verify_with_another_certificate() {
    let text = text("registry-spid-entities-idps-2025-11-25.xml");
    let document = Document::parse(&text, &Limits::METADATA).unwrap();
    let other = key("registry-signing-cert-2023-AgID-TEST-do-not-trust.pem");
    assert_eq!(
        verify_enveloped(document.root(), &[other]).err(),
        Some(SignatureRefusal::Signature)
    );
}

#[test]
fn one_changed_letter_in_the_registry_is_noticed() {
    let text = text("registry-spid-entities-idps-2025-11-25.xml");
    let changed = text.replacen(
        "https://loginspid.aruba.it",
        "https://loginspid.aruba.lt",
        1,
    );
    assert_ne!(changed, text);
    let document = Document::parse(&changed, &Limits::METADATA).unwrap();
    assert_eq!(
        verify_enveloped(document.root(), &[key("registry-signing-cert-2025.pem")]).err(),
        Some(SignatureRefusal::Digest)
    );
}

#[test]
fn the_old_registry_verifies_with_the_certificate_of_its_time() {
    let text = text("registry-spid-entities-idps-2024-iam-proxy-italia.xml");
    let document = Document::parse(&text, &Limits::METADATA).unwrap();
    let key = key("registry-signing-cert-2023-AgID-TEST-do-not-trust.pem");
    assert!(verify_document(&document, &[key]).is_ok());
}

#[test]
fn the_signatures_of_eleven_providers_verify_and_that_of_sielte_does_not() {
    let mut refused = Vec::new();
    let mut verified = 0;
    for entry in fs::read_dir(shared("idp-metadata")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.starts_with("2025-11-25_") {
            continue;
        }
        let text = text(&name);
        let document = Document::parse(&text, &Limits::METADATA).unwrap();
        let key = shown_key(document.root());
        match verify_document(&document, &[key]) {
            Ok(_) => verified += 1,
            Err(refusal) => refused.push((name, refusal)),
        }
    }
    // As the note beside the files says: Sielte's own signature does not survive the aggregate.
    assert_eq!(
        refused,
        [(
            "2025-11-25_sielteid.xml".to_owned(),
            SignatureRefusal::Digest
        )]
    );
    assert_eq!(verified, 11);
}

#[test]
fn the_other_metadata_files_pass_the_gate_and_their_signatures_are_judged() {
    for (name, verdict) in [
        ("cie-production-2024-10-29.xml", None),
        ("cie-production-old.xml", Some(SignatureRefusal::Missing)),
        ("cie-test.xml", Some(SignatureRefusal::Missing)),
        ("eidas-ficep.xml", None),
        // Reformatted by whoever kept it; xmlsec1 finds the same.
        (
            "historic-intesaid-spid-go.xml",
            Some(SignatureRefusal::Digest),
        ),
        ("test-spid-saml-check.xml", None),
        ("test-spid-sp-test.xml", Some(SignatureRefusal::Missing)),
    ] {
        let text = text(name);
        let document = Document::parse(&text, &Limits::METADATA).unwrap();
        let root = document.root();
        let keys = match verdict {
            Some(SignatureRefusal::Missing) => vec![key("registry-signing-cert-2025.pem")],
            _ => vec![shown_key(root)],
        };
        assert_eq!(verify_document(&document, &keys).err(), verdict, "{name}");
    }
}

#[test]
fn a_reference_to_the_whole_document_is_for_metadata_only() {
    let text = text("cie-production-2024-10-29.xml");
    let document = Document::parse(&text, &Limits::METADATA).unwrap();
    let keys = [shown_key(document.root())];
    assert!(verify_document(&document, &keys).is_ok());
    assert_eq!(
        verify_enveloped(document.root(), &keys).err(),
        Some(SignatureRefusal::Reference)
    );
}

#[test]
fn a_provider_of_its_own_can_be_pinned_whichever_way_its_file_is_signed() {
    let now = "2025-11-26T00:00:00Z".parse().unwrap();
    for name in ["2025-11-25_posteid.xml", "2025-11-25_timid.xml"] {
        let text = text(name);
        let shown = {
            let document = Document::parse(&text, &Limits::METADATA).unwrap();
            shown_key(document.root())
        };
        let file = read_metadata(text.as_bytes(), Some(&[shown]), now).unwrap();
        assert_eq!(file.providers.len(), 1, "{name}");
        let other = [key("registry-signing-cert-2025.pem")];
        assert!(read_metadata(text.as_bytes(), Some(&other), now).is_err());
    }
}

#[test]
fn metadata_with_comments_are_no_message() {
    let text = text("cie-test.xml");
    assert_eq!(
        Document::parse(&text, &Limits::MESSAGE).err(),
        Some(XmlRefusal::Comment)
    );
}
