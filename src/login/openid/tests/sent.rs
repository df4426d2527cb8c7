//! What goes out: the authorization request (B7) and the token request (B9).

use std::collections::HashMap;

use serde_json::json;

use crate::identity::{AssuranceLevel, RequiredAssurance};
use crate::login::openid::testing::{CLIENT, OP, Scene};
use crate::login::openid::*;
use crate::protocol::jose::{JwtProfile, verify_compact};

#[tokio::test]
async fn the_request_is_an_object_signed_for_this_provider_and_what_is_outside_agrees() {
    let scene = Scene::new();
    let sent = scene.start(AssuranceLevel::Substantial).await;
    assert!(
        sent.url
            .as_str()
            .starts_with(&format!("{OP}/authorization?"))
    );
    let outside: HashMap<String, String> = sent.url.query_pairs().into_owned().collect();
    let keys =
        crate::protocol::jose::JwkSet::new(vec![scene.party.keys().signer.jwk().clone()]).unwrap();
    let request = verify_compact(&outside["request"], &JwtProfile::REQUEST_OBJECT, &keys).unwrap();
    let claims = request.claims();
    for name in [
        "client_id",
        "response_type",
        "scope",
        "code_challenge",
        "code_challenge_method",
    ] {
        assert_eq!(claims[name], outside[name].as_str(), "{name}");
    }
    assert_eq!(outside.len(), 6);
    let now = scene.now().timestamp();
    for (name, value) in [
        ("iss", json!(CLIENT)),
        ("client_id", json!(CLIENT)),
        ("aud", json!(OP)),
        ("response_type", json!("code")),
        ("scope", json!("openid profile")),
        ("redirect_uri", json!(format!("{CLIENT}/cie/callback"))),
        ("code_challenge_method", json!("S256")),
        ("prompt", json!("consent login")),
        ("acr_values", json!("https://www.spid.gov.it/SpidL2")),
        ("ui_locales", json!("it")),
        ("iat", json!(now)),
        ("exp", json!(now + 60)),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    for name in ["state", "nonce"] {
        let text = claims[name].as_str().unwrap();
        assert!(text.len() >= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
    let asked = &claims["claims"]["userinfo"];
    let number = &asked["https://attributes.eid.gov.it/fiscal_number"];
    assert_eq!(number["essential"], true);
    assert!(claims["jti"].is_string());
    // It could be shown as a client assertion otherwise.
    assert!(!claims.contains_key("sub"));
}

#[tokio::test]
async fn the_language_is_in_an_array_for_whoever_takes_no_text() {
    let habits = Habits {
        languages_as_list: true,
        ..Habits::default()
    };
    for (habits, languages) in [(habits, json!(["it"])), (Habits::default(), json!("it"))] {
        let scene = Scene::with(Profile::Cie, habits);
        let sent = scene.start(AssuranceLevel::Substantial).await;
        assert_eq!(sent.request["ui_locales"], languages);
    }
}

#[tokio::test]
async fn no_two_requests_share_a_secret() {
    let scene = Scene::new();
    let one = scene.start(AssuranceLevel::Low).await.request;
    let other = scene.start(AssuranceLevel::Low).await.request;
    for name in ["state", "nonce", "code_challenge", "jti"] {
        assert_ne!(one[name], other[name], "{name}");
    }
}

#[tokio::test]
async fn level_one_may_use_the_providers_session_and_nothing_else_may() {
    let scene = Scene::new();
    for (level, force, prompt) in [
        (AssuranceLevel::Low, false, "consent"),
        (AssuranceLevel::Low, true, "consent login"),
        (AssuranceLevel::High, false, "consent login"),
    ] {
        let login = StartLogin {
            flow: &scene.flow,
            browser: &scene.browser,
            provider: OP,
            level: RequiredAssurance(level),
            force,
            contacts: false,
            language: "it",
        };
        let url = scene.party.start(login, scene.now()).await.unwrap();
        let sent = scene.read(&url);
        assert_eq!(sent.request["prompt"], prompt);
    }
}

#[tokio::test]
async fn no_refresh_token_is_asked_for_and_spid_asks_by_claims_alone() {
    for (profile, scope) in [(Profile::Cie, "openid profile"), (Profile::Spid, "openid")] {
        let scene = Scene::with(profile, Habits::default());
        let sent = scene.start(AssuranceLevel::Substantial).await;
        assert_eq!(sent.request["scope"], scope);
    }
}

#[tokio::test]
async fn each_provider_sends_people_back_to_an_address_of_its_own() {
    let settings = |scene: &Scene, issuer| scene.party.settings.redirect_uri(Profile::Spid, issuer);
    let scene = Scene::with(Profile::Spid, Habits::default());
    let (one, other) = (settings(&scene, OP), settings(&scene, "https://b.example"));
    assert_ne!(one, other);
    assert!(one.starts_with(&format!("{CLIENT}/spid/callback/")));
    let sent = scene.start(AssuranceLevel::Substantial).await;
    assert_eq!(sent.request["redirect_uri"], one.as_str());
}

#[tokio::test]
async fn nobody_is_sent_to_a_provider_that_is_not_trusted_now_or_cannot_reach_the_level() {
    let scene = Scene::new();
    let start = async |level, provider| {
        let login = StartLogin {
            flow: &scene.flow,
            browser: &scene.browser,
            provider,
            level: RequiredAssurance(level),
            force: false,
            contacts: false,
            language: "it",
        };
        let refused = scene.party.start(login, scene.now()).await.unwrap_err();
        refused.code()
    };
    let low = AssuranceLevel::Low;
    assert_eq!(
        start(low, "https://no.example").await,
        "provider-not-trusted"
    );
    scene.change_provider(|provider| provider.highest = AssuranceLevel::Substantial);
    assert_eq!(start(AssuranceLevel::High, OP).await, "level-out-of-reach");
    // The last good chain is used until it ends and never after, whatever whoever resolves it says.
    scene.advance(3600);
    assert_eq!(start(low, OP).await, "provider-not-trusted");
}

#[tokio::test]
async fn the_code_is_redeemed_with_its_verifier_and_an_assertion_for_that_endpoint() {
    for (habit, audience) in [
        (AssertionAudience::Endpoint, format!("{OP}/token")),
        (AssertionAudience::Issuer, OP.to_owned()),
    ] {
        let habits = Habits {
            assertion_audience: habit,
            ..Habits::default()
        };
        let scene = Scene::with(Profile::Cie, habits);
        let sent = scene.start(AssuranceLevel::Substantial).await;
        scene.prepare(&sent, |_| {});
        scene.come_back(&sent.answer()).await.unwrap();
        let forms = scene.double.forms.lock().unwrap();
        let (address, form) = forms.first().unwrap();
        assert_eq!(*address, format!("{OP}/token"));
        assert_eq!(form["grant_type"], "authorization_code");
        assert_eq!(form["code"], "c0de");
        assert_eq!(form["client_id"], CLIENT);
        assert_eq!(form["redirect_uri"], format!("{CLIENT}/cie/callback"));
        let challenge = start::challenge(&form["code_verifier"]);
        assert_eq!(sent.request["code_challenge"], challenge.as_str());
        let keys = vec![scene.party.keys().signer.jwk().clone()];
        let keys = crate::protocol::jose::JwkSet::new(keys).unwrap();
        let assertion = &form["client_assertion"];
        let assertion = verify_compact(assertion, &JwtProfile::CLIENT_ASSERTION, &keys).unwrap();
        assert_eq!(assertion.text("iss"), Some(CLIENT));
        assert_eq!(assertion.text("sub"), Some(CLIENT));
        assert_eq!(assertion.audiences(), Some(vec![audience.as_str()]));
        let life = assertion.time("exp").unwrap() - assertion.time("iat").unwrap();
        assert!((1..=60).contains(&life));
        assert!(assertion.has("jti"));
    }
}
