use std::sync::LazyLock;

use chrono::TimeZone as _;

use super::*;
use crate::crypto::{KeyKind, PublicKey, SigningKey, SystemRandom};
use crate::demo::ca::key_certificate;
use crate::demo::people::PEOPLE;
use crate::demo::providers::PROVIDERS;
use crate::protocol::xml::{Document, Limits, verify_enveloped};

static IDP: LazyLock<TestIdp> = LazyLock::new(|| {
    let key = SigningKey::generate(KeyKind::Rsa(2048)).unwrap();
    let certificate = key_certificate("prova", &key, noon()).unwrap().to_vec();
    let base = Url::parse("https://127.0.0.1:8446/posteid").unwrap();
    TestIdp::new(PROVIDERS[5], base, Arc::new(key), certificate)
});

fn noon() -> Timestamp {
    chrono::Utc
        .with_ymd_and_hms(2026, 11, 21, 12, 0, 0)
        .unwrap()
}

fn request() -> AuthnRequest {
    AuthnRequest {
        id: "_request".to_owned(),
        level: 2,
        force: true,
        consumer: "https://localhost:8443/spid/acs".to_owned(),
        attributes: ["name", "fiscalNumber", "companyName"]
            .map(str::to_owned)
            .to_vec(),
        purpose: None,
        relay_state: None,
    }
}

fn success(person: usize) -> ResponseMaker {
    let consent = Consent {
        person: &PEOPLE[person],
        level: 2,
        session_index: None,
        name_id: "_name".to_owned(),
    };
    IDP.success(
        &request(),
        "https://localhost:8443",
        &consent,
        noon(),
        &SystemRandom,
    )
}

#[test]
fn a_success_is_signed_twice_with_the_key_of_the_metadata() {
    let xml = IDP.sign(&success(0)).unwrap();
    let document = Document::parse(&xml, &Limits::MESSAGE).unwrap();
    let metadata = IDP.metadata();
    let metadata = Document::parse(&metadata, &Limits::METADATA).unwrap();
    let published = metadata
        .root()
        .descendants()
        .find(|element| element.is(names::DSIG, "X509Certificate"))
        .and_then(|element| crate::crypto::encoding::from_base64(&element.text().unwrap()))
        .unwrap();
    let keys = [PublicKey::from_certificate(&published).unwrap()];
    let root = document.root();
    assert!(verify_enveloped(root, &keys).is_ok());
    let assertion = root.only(names::ASSERTION, "Assertion").unwrap();
    assert!(verify_enveloped(assertion, &keys).is_ok());
}

#[test]
fn only_what_was_asked_for_and_is_there_is_told() {
    let told = |username: &str, purpose: Option<&str>| -> Vec<String> {
        let person = PEOPLE.iter().find(|one| one.username == username);
        let request = AuthnRequest {
            purpose: purpose.map(str::to_owned),
            ..request()
        };
        IDP.released(&request, person.unwrap())
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(told("anna", None), ["name", "fiscalNumber"]);
    assert_eq!(told("giulia", None), ["name", "fiscalNumber"]);
    assert_eq!(
        told("giulia", Some("PG")),
        ["name", "fiscalNumber", "companyName"]
    );
    assert_eq!(told("ingrid", None), ["name"]);
}

#[test]
fn every_anomaly_is_told_without_an_assertion() {
    for anomaly in anomaly::ANOMALIES {
        let refusal = IDP.refusal(
            Some("_request"),
            "https://x",
            &anomaly,
            noon(),
            &SystemRandom,
        );
        let xml = IDP.sign(&refusal).unwrap();
        assert!(xml.contains(&format!("ErrorCode nr{:02}", anomaly.number)));
        assert!(!xml.contains("Assertion "));
    }
}

#[test]
fn each_part_can_be_left_out_or_left_empty() {
    let mut response = success(0);
    response.in_response_to = None;
    response.destination = Some(String::new());
    response.sign_response = false;
    response.assertion.as_mut().unwrap().conditions = None;
    let xml = IDP.sign(&response).unwrap();
    let document = Document::parse(&xml, &Limits::MESSAGE).unwrap();
    let root = document.root();
    assert_eq!(root.attribute("InResponseTo"), None);
    assert_eq!(root.attribute("Destination"), Some(""));
    assert!(root.optional(names::DSIG, "Signature").unwrap().is_none());
    let assertion = root.only(names::ASSERTION, "Assertion").unwrap();
    assert!(
        assertion
            .optional(names::ASSERTION, "Conditions")
            .unwrap()
            .is_none()
    );
}
