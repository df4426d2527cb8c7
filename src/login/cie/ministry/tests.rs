//! The Ministry's metadata, real ones included.

use super::*;
use crate::login::cie::testing::{MINISTRY, ministry_metadata};

fn now() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn refused(metadata: &str) -> MinistryRefusal {
    Ministry::look_at(metadata.as_bytes(), now()).unwrap_err()
}

#[test]
fn only_a_file_that_is_pinned_is_the_ministrys() {
    let metadata = ministry_metadata();
    let own = Fingerprint::of(metadata.as_bytes());
    let next = Fingerprint::of(b"the next one");
    for pinned in [vec![own], vec![next, own]] {
        let ministry = Ministry::read(metadata.as_bytes(), &pinned, now()).unwrap();
        assert_eq!(ministry.entity_id(), MINISTRY);
        assert_eq!(ministry.fingerprint(), own);
    }
    // A single space more is another file, and so is a key that was put beside the old one.
    for other in [
        format!("{metadata} "),
        metadata.replace("SAML2/POST/SSO", "SAML2/POST/SS0"),
    ] {
        let found = Fingerprint::of(other.as_bytes());
        let refusal = Ministry::read(other.as_bytes(), &[own], now()).unwrap_err();
        assert_eq!(refusal, MinistryRefusal::Changed { found });
        assert!(refusal.to_string().contains(&found.to_string()));
    }
    let refusal = Ministry::read(metadata.as_bytes(), &[], now()).unwrap_err();
    assert_eq!(refusal, MinistryRefusal::Changed { found: own });
}

#[test]
fn metadata_of_anything_but_one_provider_with_a_logout_are_refused() {
    let metadata = ministry_metadata();
    let without = |from: &str| metadata.replace(from, "urn:x");
    assert_eq!(
        refused(&without(
            "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        )),
        MinistryRefusal::NoLogout
    );
    let two = format!(
        r#"<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">{metadata}{}</EntitiesDescriptor>"#,
        metadata.replace(MINISTRY, "https://other.example")
    );
    assert_eq!(refused(&two), MinistryRefusal::Several);
    assert_eq!(
        refused(&metadata.replace("use=\"signing\"", "use=\"encryption\"")),
        MinistryRefusal::Metadata(MetadataRefusal::NoKey)
    );
}

#[test]
fn a_fingerprint_reads_as_the_tools_print_it_and_in_no_other_way() {
    let own = Fingerprint::of(b"metadata");
    let plain = own.to_string();
    let pairs: Vec<&str> = (0..32)
        .map(|place| &plain[2 * place..2 * place + 2])
        .collect();
    for text in [plain.clone(), plain.to_uppercase(), pairs.join(":")] {
        assert_eq!(Fingerprint::parse(&text), Some(own), "{text}");
    }
    let short = &plain[1..];
    for text in [
        "",
        short,
        &format!("{plain}0"),
        &format!(":{plain}"),
        &plain.replace('0', "g"),
    ] {
        if *text != plain {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }
}

/// A file of `../shared/idp-metadata`.
fn real(name: &str) -> Vec<u8> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = ["../shared", "../../shared"]
        .iter()
        .map(|shared| root.join(shared).join("idp-metadata"))
        .find(|folder| folder.is_dir())
        .expect("shared/idp-metadata stands beside the repository");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn the_real_metadata_load() {
    const HOST: &str = "idserver.servizicie.interno.gov.it";
    for (name, host) in [
        ("cie-production-2024-10-29.xml", HOST.to_owned()),
        ("cie-production-old.xml", HOST.to_owned()),
        ("cie-test.xml", format!("preproduzione.{HOST}")),
    ] {
        let bytes = real(name);
        let ministry = Ministry::read(&bytes, &[Fingerprint::of(&bytes)], now()).unwrap();
        let at = |path: &str| format!("https://{host}/idp/profile/SAML2/{path}");
        assert_eq!(ministry.entity_id(), at("POST/SSO"), "{name}");
        let metadata = ministry.metadata();
        assert_eq!(metadata.keys.len(), 1, "{name}");
        for (binding, path) in [(Binding::Post, "POST"), (Binding::Redirect, "Redirect")] {
            let sso = metadata.sso(binding).unwrap();
            assert_eq!(sso.location, at(&format!("{path}/SSO")), "{name}");
        }
        let slo = metadata.slo(Binding::Redirect).unwrap();
        assert_eq!(slo.location, at("Redirect/SLO"), "{name}");
    }
}
