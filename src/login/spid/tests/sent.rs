//! What the service provider sends: metadata and requests.

use super::*;
use crate::protocol::saml::authn_request::Purpose;
use crate::protocol::saml::redirect::{MessageKind, RedirectQuery};
use crate::protocol::xml::{Document, Limits, verify_enveloped};

fn verifies(xml: &str) -> bool {
    let document = Document::parse(xml, &Limits::MESSAGE).unwrap();
    verify_enveloped(document.root(), &[KEY.0.public_key().clone()]).is_ok()
}

#[test]
fn metadata_are_signed_name_the_entity_and_have_every_attribute_set() {
    let bench = Bench::new();
    let metadata = bench.spid.metadata();
    assert!(verifies(metadata));
    assert_eq!(value_of(metadata, " entityID=\""), SERVICE);
    for index in [MINIMAL, FULL, PROFESSIONAL, EIDAS_MINIMUM, EIDAS_FULL] {
        assert!(metadata.contains(&format!("<md:AttributeConsumingService index=\"{index}\">")));
    }
    // The signature is the first child.
    let (_, content) = metadata.split_once('>').unwrap();
    assert!(content.starts_with("<ds:Signature"));
}

#[test]
fn the_old_certificate_is_published_beside_the_new_one_which_comes_first() {
    let mut both = key();
    both.also_published = vec![b"another certificate".to_vec()];
    let ports = Bench::new().spid.exchange.ports().clone();
    let spid = SpidServiceProvider::new(settings(), both, Providers::default(), ports).unwrap();
    let keys: Vec<&str> = spid.metadata().split("<md:KeyDescriptor").skip(1).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys[1].contains(&crate::crypto::encoding::base64(b"another certificate")));
}

#[tokio::test]
async fn a_request_by_post_is_signed_within_and_goes_to_the_location_of_its_binding() {
    let bench = Bench::new();
    let sent = bench.start(&Browser::new()).await;
    assert!(verifies(&sent.xml));
    assert_eq!(sent.action, "https://idp.example/sso/post");
    assert_eq!(value_of(&sent.xml, " Destination=\""), sent.action);
    assert!(sent.xml.contains("</saml:Issuer><ds:Signature"));
    assert!(!sent.relay_state.contains("http") && sent.relay_state.len() <= 80);
}

#[tokio::test]
async fn a_request_by_redirect_is_signed_over_its_query_and_not_within() {
    let bench = Bench::new();
    let browser = Browser::new();
    let login = StartLogin {
        binding: Binding::Redirect,
        ..browser.login(AssuranceLevel::Substantial)
    };
    let message = bench.spid.start(login, bench.now()).await.unwrap();
    let OutgoingMessage::Redirect(address) = message else {
        panic!("an address was asked for");
    };
    let (location, query) = address.split_once('?').unwrap();
    assert_eq!(location, "https://idp.example/sso/redirect");
    let query = RedirectQuery::parse(query).unwrap();
    assert_eq!(query.kind(), MessageKind::Request);
    assert!(query.verify(&[KEY.0.public_key().clone()]).is_ok());
    let xml = query.inflate().unwrap();
    assert_eq!(value_of(&xml, " Destination=\""), location);
    assert!(!xml.contains("Signature"));
    assert!(query.relay_state().is_some());
}

#[tokio::test]
async fn the_level_is_never_below_the_minimum_and_forces_a_login_above_level_1() {
    let bench = Bench::new();
    for (asked, class) in [
        (AssuranceLevel::Low, "SpidL2"),
        (AssuranceLevel::Substantial, "SpidL2"),
        (AssuranceLevel::High, "SpidL3"),
    ] {
        let sent = bench.start_at(&Browser::new(), asked).await;
        assert!(
            sent.xml
                .contains(&format!("https://www.spid.gov.it/{class}<"))
        );
        assert!(sent.xml.contains("ForceAuthn=\"true\""));
    }
    let mut lenient = settings();
    lenient.minimum_level = RequiredAssurance(AssuranceLevel::Low);
    let bench = Bench::with(lenient);
    let sent = bench.start_at(&Browser::new(), AssuranceLevel::Low).await;
    assert!(sent.xml.contains("https://www.spid.gov.it/SpidL1<"));
    assert!(!sent.xml.contains("ForceAuthn"));
}

#[tokio::test]
async fn a_purpose_asks_for_the_professional_set() {
    let bench = Bench::new();
    let browser = Browser::new();
    let login = StartLogin {
        purpose: Some(Purpose::Professional),
        ..browser.login(AssuranceLevel::Substantial)
    };
    let sent = Sent::of(bench.spid.start(login, bench.now()).await.unwrap());
    assert_eq!(
        value_of(&sent.xml, "AttributeConsumingServiceIndex=\""),
        PROFESSIONAL.to_string()
    );
    assert!(sent.xml.contains("<spid:Purpose>P</spid:Purpose>"));
}

#[tokio::test]
async fn a_provider_of_the_list_may_have_an_attribute_set_of_its_own() {
    let list = format!(
        "[[provider]]\nname = \"eIDAS\"\nentity_id = \"{PROVIDER}\"\nhighest_level = 3\n\
         attribute_set = {EIDAS_MINIMUM}\n"
    );
    let list = ProviderCatalogue::parse(&list).unwrap();
    let providers = Providers::new(list, [metadata(PROVIDER)]);
    let ports = Bench::new().spid.exchange.ports().clone();
    let spid = SpidServiceProvider::new(settings(), key(), providers, ports).unwrap();
    let browser = Browser::new();
    let login = browser.login(AssuranceLevel::Substantial);
    let sent = Sent::of(spid.start(login, issued()).await.unwrap());
    assert_eq!(
        value_of(&sent.xml, "AttributeConsumingServiceIndex=\""),
        EIDAS_MINIMUM.to_string()
    );
}

#[tokio::test]
async fn a_login_that_no_provider_can_serve_does_not_start() {
    let bench = Bench::new();
    let browser = Browser::new();
    let usual = browser.login(AssuranceLevel::High);
    for (login, code) in [
        (
            StartLogin {
                provider: "https://nobody.example",
                ..usual
            },
            "provider-unknown",
        ),
        (
            StartLogin {
                provider: "https://low.example",
                ..usual
            },
            "provider-level",
        ),
        (
            StartLogin {
                provider: "https://spid.intesa.it",
                level: RequiredAssurance(AssuranceLevel::Low),
                ..usual
            },
            "provider-without-metadata",
        ),
        (
            StartLogin {
                attribute_set: Some(7),
                ..usual
            },
            "attribute-set-unknown",
        ),
    ] {
        let refusal = bench.spid.start(login, bench.now()).await.unwrap_err();
        assert_eq!(refusal.code(), code);
    }
}
