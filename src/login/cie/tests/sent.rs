//! What the service provider sends: metadata and requests.

use super::*;
use crate::protocol::saml::redirect::{MessageKind, RedirectQuery};
use crate::protocol::xml::{Document, Limits, verify_enveloped};

fn verifies(xml: &str) -> bool {
    let document = Document::parse(xml, &Limits::MESSAGE).unwrap();
    verify_enveloped(document.root(), &[OURS.key.public_key().clone()]).is_ok()
}

#[test]
fn metadata_are_signed_first_and_ask_for_the_minimum_data_set_alone() {
    let bench = Bench::new();
    let metadata = bench.cie.metadata();
    assert!(verifies(metadata));
    let (_, content) = metadata.split_once('>').unwrap();
    assert!(content.starts_with("<ds:Signature"));
    let asked: Vec<String> = metadata
        .split("<md:RequestedAttribute")
        .skip(1)
        .map(|rest| value_of(rest, " Name=\""))
        .collect();
    assert_eq!(asked, ["name", "familyName", "dateOfBirth", "fiscalNumber"]);
    assert!(!metadata.contains("spid.gov.it"));
}

#[test]
fn the_set_of_attributes_is_named_by_a_uuid_that_stays_the_same() {
    let name = attribute_set_name("https://sp.example");
    assert_eq!(attribute_set_name("https://sp.example"), name);
    assert_ne!(attribute_set_name("https://other.example"), name);
    let uuid = name.strip_prefix("urn:uuid:").unwrap();
    let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert_eq!(uuid.as_bytes()[14], b'4');
    assert!(b"89ab".contains(&uuid.as_bytes()[19]));
}

#[tokio::test]
async fn a_request_always_forces_a_login_and_asks_for_this_level_or_a_higher_one() {
    let bench = Bench::new();
    for (level, class) in [
        (AssuranceLevel::Low, "SpidL1"),
        (AssuranceLevel::Substantial, "SpidL2"),
        (AssuranceLevel::High, "SpidL3"),
    ] {
        let sent = bench.start_at(&Browser::new(), level).await;
        assert!(verifies(&sent.xml));
        assert_eq!(value_of(&sent.xml, " ForceAuthn=\""), "true");
        assert_eq!(value_of(&sent.xml, " Comparison=\""), "minimum");
        let class = format!("https://www.spid.gov.it/{class}<");
        assert!(sent.xml.contains(&class));
        for forbidden in [
            "IsPassive",
            "AllowCreate",
            "Scoping",
            "RequesterID",
            "Extensions",
        ] {
            assert!(!sent.xml.contains(forbidden), "{forbidden}");
        }
    }
}

#[tokio::test]
async fn a_request_goes_to_the_location_of_its_binding_and_names_it() {
    let bench = Bench::new();
    let sent = bench.start(&Browser::new()).await;
    assert_eq!(
        sent.action,
        "https://cie.example/idp/profile/SAML2/POST/SSO"
    );
    assert_eq!(value_of(&sent.xml, " Destination=\""), sent.action);
    assert!(sent.xml.contains("</saml:Issuer><ds:Signature"));
    assert!(!sent.relay_state.contains("http") && sent.relay_state.len() <= 80);

    let browser = Browser::new();
    let login = StartCieLogin {
        binding: Some(Binding::Redirect),
        ..browser.login(AssuranceLevel::High)
    };
    let message = bench.cie.start(login, bench.now()).await.unwrap();
    let OutgoingMessage::Redirect(address) = message else {
        panic!("an address was asked for");
    };
    let (location, query) = address.split_once('?').unwrap();
    assert_eq!(
        location,
        "https://cie.example/idp/profile/SAML2/Redirect/SSO"
    );
    let query = RedirectQuery::parse(query).unwrap();
    assert_eq!(query.kind(), MessageKind::Request);
    assert!(query.verify(&[OURS.key.public_key().clone()]).is_ok());
    let xml = query.inflate().unwrap();
    assert_eq!(value_of(&xml, " Destination=\""), location);
    assert!(!xml.contains("Signature"));
}

#[tokio::test]
async fn a_login_above_the_cap_does_not_start() {
    let capped = CieSettings {
        trusted_level_cap: AssuranceLevel::Substantial,
        ..settings()
    };
    let bench = Bench::with(capped);
    let browser = Browser::new();
    let refusal = bench
        .cie
        .start(browser.login(AssuranceLevel::High), bench.now());
    assert_eq!(refusal.await.unwrap_err().code(), "provider-level");
    assert!(!bench.cie.reaches(RequiredAssurance(AssuranceLevel::High)));
    bench.start(&browser).await;
}

#[test]
fn the_simple_logout_is_the_address_for_a_plain_get() {
    let bench = Bench::new();
    let address = "https://cie.example/idp/profile/SAML2/Redirect/SLO";
    assert_eq!(bench.cie.simple_logout(), Some(address));
}
