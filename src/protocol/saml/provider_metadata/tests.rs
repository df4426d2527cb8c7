//! Every file of real metadata beside the repository, and what is refused.

use std::path::{Path, PathBuf};

use super::*;
use crate::crypto::certificate::from_pem;

/// The folder of real metadata, which stands beside the repository or beside its worktrees.
fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared", "../../shared"]
        .into_iter()
        .map(|shared| root.join(shared).join("idp-metadata"))
        .find(|folder| folder.is_dir())
        .expect("shared/idp-metadata stands beside the repository")
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn read(name: &str) -> MetadataFile {
    read_metadata(&file(name), None, now()).unwrap()
}

fn pinned(name: &str) -> Vec<PublicKey> {
    vec![PublicKey::from_certificate(&from_pem(&file(name)).unwrap()).unwrap()]
}

#[test]
fn every_real_file_is_read_and_every_provider_in_it_can_be_used() {
    let mut files = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        files += 1;
        let metadata = read_metadata(&std::fs::read(&path).unwrap(), None, now()).unwrap();
        assert_eq!(metadata.refused, [], "{}", path.display());
        assert!(!metadata.providers.is_empty(), "{}", path.display());
        for provider in metadata.providers {
            assert!(!provider.keys.is_empty());
            assert!(provider.sso(Binding::Post).is_some(), "{provider:?}");
            assert!(provider.sso(Binding::Redirect).is_some(), "{provider:?}");
        }
    }
    assert_eq!(files, 21);
}

#[test]
fn the_aggregate_of_the_registry_verifies_with_its_pinned_certificate_and_no_other() {
    let aggregate = file("registry-spid-entities-idps-2025-11-25.xml");
    let right = pinned("registry-signing-cert-2025.pem");
    let test = pinned("registry-signing-cert-2023-AgID-TEST-do-not-trust.pem");
    let metadata = read_metadata(&aggregate, Some(&right), now()).unwrap();
    assert_eq!(metadata.providers.len(), 12);
    assert!(matches!(
        read_metadata(&aggregate, Some(&test), now()),
        Err(MetadataRefusal::Signature(_))
    ));
    let both: Vec<PublicKey> = test.into_iter().chain(right).collect();
    assert!(read_metadata(&aggregate, Some(&both), now()).is_ok());
}

#[test]
fn pinned_metadata_that_were_changed_or_are_unsigned_are_refused() {
    let right = pinned("registry-signing-cert-2025.pem");
    let aggregate = String::from_utf8(file("registry-spid-entities-idps-2025-11-25.xml")).unwrap();
    let changed = aggregate.replace("https://posteid.poste.it/jod-fs", "https://evil.example/fs");
    assert_ne!(changed, aggregate);
    assert_eq!(
        read_metadata(changed.as_bytes(), Some(&right), now()).unwrap_err(),
        MetadataRefusal::Signature(SignatureRefusal::Digest)
    );
    assert!(matches!(
        read_metadata(&file("cie-test.xml"), Some(&right), now()),
        Err(MetadataRefusal::Signature(_))
    ));
}

#[test]
fn the_old_aggregate_reads_too() {
    let metadata = read("registry-spid-entities-idps-2024-iam-proxy-italia.xml");
    assert_eq!(metadata.providers.len(), 12);
    // Expired certificates only carry keys: the metadata say what is current.
    assert!(
        metadata
            .providers
            .iter()
            .any(|p| p.entity_id == "https://login.id.tim.it/affwebservices/public/saml2sso")
    );
}

#[test]
fn several_keys_of_a_provider_are_kept_and_encryption_keys_are_not() {
    assert_eq!(read("2025-11-25_posteid.xml").providers[0].keys.len(), 2);
    // Sielte: two signing keys and an encryption key.
    assert_eq!(read("2025-11-25_sielteid.xml").providers[0].keys.len(), 2);
    assert_eq!(
        read("cie-production-2024-10-29.xml").providers[0]
            .keys
            .len(),
        1
    );
}

#[test]
fn response_locations_are_kept_where_providers_have_them() {
    let poste = &read("2025-11-25_posteid.xml").providers[0];
    assert_eq!(
        poste.slo(Binding::Redirect).unwrap().answers(),
        "https://posteid.poste.it/jod-fs/sloserviceresponseredirect"
    );
    let aruba = &read("2025-11-25_arubaid.xml").providers[0];
    let slo = aruba.slo(Binding::Redirect).unwrap();
    assert_eq!(slo.answers(), slo.location);
}

#[test]
fn what_a_provider_says_of_itself_is_read() {
    let teamsystem = &read("2025-11-25_teamsystemid.xml").providers[0];
    assert_eq!(teamsystem.purposes, ["P", "LP", "PG", "PF", "PX"]);
    assert_eq!(teamsystem.highest_level, Some(2));
    let etna = &read("2025-11-25_etnaid.xml").providers[0];
    assert_eq!(etna.purposes, ["P"]);
    assert_eq!(etna.highest_level, Some(3));
    assert_eq!(etna.display_name.as_deref(), Some("EHT"));
    assert_eq!(
        read("2025-11-25_posteid.xml").providers[0].highest_level,
        None
    );
}

/// A certificate out of a real file, for the made ones below.
fn certificate() -> String {
    let text = String::from_utf8(file("2025-11-25_lepidaid.xml")).unwrap();
    let start = text.find("KeyDescriptor").unwrap();
    let (_, rest) = text[start..].split_once("X509Certificate>").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

fn descriptor(key_descriptor: &str, location: &str, attributes: &str) -> String {
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example\" {attributes}>\
         <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{key_descriptor}\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{location}\"/>\
         </IDPSSODescriptor></EntityDescriptor>"
    )
}

fn key_descriptor(usage: &str, certificate: &str) -> String {
    format!(
        "<KeyDescriptor {usage}><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
    )
}

fn refusal(xml: &str) -> Option<MetadataRefusal> {
    let file = read_metadata(xml.as_bytes(), None, now()).unwrap();
    file.refused.first().map(|(_, refusal)| *refusal)
}

#[test]
fn a_key_without_use_serves_for_signing_and_a_provider_without_a_key_is_refused() {
    let certificate = certificate();
    let with = |usage: &str, certificate: &str| {
        refusal(&descriptor(
            &key_descriptor(usage, certificate),
            "https://idp.example/sso",
            "",
        ))
    };
    assert_eq!(with("", &certificate), None);
    assert_eq!(with("use=\"signing\"", &certificate), None);
    for (usage, certificate) in [
        ("use=\"encryption\"", certificate.as_str()),
        ("use=\"\"", certificate.as_str()),
        ("use=\"signing\"", ""),
        ("use=\"signing\"", "AAAA"),
    ] {
        assert_eq!(with(usage, certificate), Some(MetadataRefusal::NoKey));
    }
    assert_eq!(
        refusal(&descriptor("", "https://idp.example/sso", "")),
        Some(MetadataRefusal::NoKey)
    );
}

#[test]
fn a_provider_whose_address_is_not_one_for_browsers_is_refused() {
    let key = key_descriptor("", &certificate());
    for location in ["javascript:alert(1)", "", "/sso"] {
        assert_eq!(
            refusal(&descriptor(&key, location, "")),
            Some(MetadataRefusal::NoSingleSignOn)
        );
    }
}

#[test]
fn metadata_past_their_end_are_refused() {
    let key = key_descriptor("", &certificate());
    for (end, expected) in [
        ("2026-11-21T10:00:01Z", None),
        ("2026-11-21T10:00:00Z", Some(MetadataRefusal::Expired)),
        ("tomorrow", Some(MetadataRefusal::Expired)),
    ] {
        let attributes = format!("validUntil=\"{end}\"");
        let xml = descriptor(&key, "https://idp.example/sso", &attributes);
        assert_eq!(refusal(&xml), expected, "{end}");
    }
}

#[test]
fn one_bad_provider_does_not_keep_the_others_of_an_aggregate_from_being_used() {
    let good = descriptor(
        &key_descriptor("", &certificate()),
        "https://idp.example/sso",
        "",
    );
    let bad = good
        .replace("https://idp.example\"", "https://bad.example\"")
        .replace("KeyDescriptor", "Other");
    let aggregate = format!(
        "<EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">{bad}{good}</EntitiesDescriptor>"
    );
    let file = read_metadata(aggregate.as_bytes(), None, now()).unwrap();
    assert_eq!(file.providers.len(), 1);
    assert_eq!(
        file.refused,
        [("https://bad.example".to_owned(), MetadataRefusal::NoKey)]
    );
}

#[test]
fn what_is_no_metadata_is_refused() {
    assert_eq!(
        read_metadata(b"<a/>", None, now()).unwrap_err(),
        MetadataRefusal::NotMetadata
    );
    assert!(matches!(
        read_metadata(b"<!DOCTYPE a><a/>", None, now()),
        Err(MetadataRefusal::Xml(_))
    ));
}
