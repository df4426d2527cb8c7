use super::*;
use crate::downstream::oidc::provider::tests::provider;
use crate::identity::FiscalCode;
use crate::protocol::jose::{JwsAlgorithm, JwtProfile, KidRule, UnverifiedJwt, VerifiedJwt};

const SET: JwtProfile = JwtProfile {
    algorithms: &[JwsAlgorithm::Es256],
    types: &["secevent+jwt"],
    may_be_untyped: false,
    kid: KidRule::Optional,
    max_bytes: 8192,
};

fn change() -> AssuranceChange {
    AssuranceChange {
        id: "c-1".to_owned(),
        person: PersonKey::FiscalCode(FiscalCode::parse("RSSMRA80A01H501U").unwrap()),
        from: AssuranceLevel::Low,
        to: AssuranceLevel::Substantial,
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        receipts: vec!["r-1".to_owned()],
    }
}

fn told(provider: &OpenIdProvider, change: &AssuranceChange) -> VerifiedJwt {
    let now = "2026-11-21T10:05:00Z".parse().unwrap();
    let client = provider.clients().find("app").unwrap();
    let token = provider
        .security_event(client, "https://app.example/events", change, now)
        .unwrap();
    let token = UnverifiedJwt::parse(&token, 8192).unwrap();
    token.verify(&SET, provider.jwks().keys()).unwrap()
}

#[test]
fn an_event_says_whose_credential_changed_and_how() {
    let provider = provider();
    let token = told(&provider, &change());
    assert_eq!(token.text("iss"), Some("https://varco.example"));
    assert_eq!(token.audiences(), Some(vec!["https://app.example/events"]));
    assert_eq!(token.text("jti"), Some("c-1"));
    assert_eq!(token.time("iat"), Some(1_795_255_500));
    let subject = provider.subjects.subject("app", &change().person);
    let expected = json!({
        "format": "iss_sub", "iss": "https://varco.example", "sub": subject,
    });
    assert_eq!(token.claims()["sub_id"], expected);
    let events = token.claims()["events"].as_object().unwrap();
    assert_eq!(events.len(), 1);
    let expected = json!({
        "namespace": "http://eidas.europa.eu/LoA",
        "previous_level": "low",
        "current_level": "substantial",
        "change_direction": "increase",
        "initiating_entity": "admin",
        "event_timestamp": 1_795_255_200,
        "https://varco.example/claims/receipts": ["r-1"],
    });
    assert_eq!(events[ASSURANCE_LEVEL_CHANGE], expected);
    let lower = AssuranceChange {
        from: AssuranceLevel::Substantial,
        to: AssuranceLevel::Low,
        ..change()
    };
    let lower = told(&provider, &lower);
    let payload = &lower.claims()["events"][ASSURANCE_LEVEL_CHANGE];
    assert_eq!(payload["change_direction"], "decrease");
}

#[test]
fn a_row_of_the_outbox_is_an_event_if_it_is_for_an_application() {
    use crate::pin::ChangeNotice;
    let row = |to, kind| Outgoing {
        reference: "c-1".to_owned(),
        to,
        kind,
        language: "it".to_owned(),
    };
    let raised = MessageKind::AssuranceRaised {
        person: FiscalCode::parse("RSSMRA80A01H501U").unwrap(),
        previous: crate::identity::PinGrade::Ordinary.level(),
        current: crate::identity::PinGrade::Dispositive.level(),
        at: change().at,
        receipts: vec!["r-1".to_owned()],
    };
    let app = || Recipient::Application {
        client: "app".to_owned(),
    };
    let for_app = row(app(), raised);
    assert_eq!(AssuranceChange::of(&for_app), Some(("app", change())));
    let notice = MessageKind::Notice {
        change: ChangeNotice::Converted,
        at: change().at,
    };
    assert_eq!(AssuranceChange::of(&row(app(), notice)), None);
}

#[test]
fn an_event_cannot_be_taken_for_an_id_token() {
    let provider = provider();
    let token = told(&provider, &change());
    assert!(!token.has("sub") && !token.has("exp") && !token.has("nonce"));
    let client = provider.clients().find("app").unwrap();
    let now = change().at;
    let token = provider
        .security_event(client, "app", &change(), now)
        .unwrap();
    assert!(provider.read_hint(&token).is_none());
}

#[test]
fn an_event_names_nobody_to_whom_it_is_not_for() {
    let shown = format!("{:?}", change());
    assert!(!shown.contains("RSSMRA"), "{shown}");
}
