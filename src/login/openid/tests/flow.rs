//! What a login leaves behind: the person, the evidence (B12), and tokens until the session ends (B11).

use serde_json::{Value, json};

use crate::audit::RegisterOutcome;
use crate::identity::{AuthenticationMethod, FiscalCode, PersonKey};
use crate::login::openid::testing::{OP, Scene};
use crate::login::openid::*;

#[tokio::test]
async fn the_person_is_known_by_the_fiscal_code_and_the_subject_is_evidence_only() {
    let scene = Scene::new();
    let login = scene.log_in(|_| {}).await.unwrap();
    let (person, event) = login.identity.into_parts();
    let code = FiscalCode::parse("RSSMRA80A01H501U").unwrap();
    assert_eq!(person.key, PersonKey::FiscalCode(code));
    assert_eq!(person.given_name, Some("Mario".to_owned().into()));
    assert_eq!(event.method, AuthenticationMethod::Cie);
    assert_eq!(event.provider, OP);
    assert_eq!(event.at, scene.now());
    assert_eq!(event.saml, None);
    assert_eq!(login.flow, scene.flow);
}

#[tokio::test]
async fn the_register_keeps_every_exchange_and_no_token_that_opens_anything() {
    let scene = Scene::new();
    scene.log_in(|_| {}).await.unwrap();
    let entries = scene.register.entries.lock().unwrap();
    let [entry] = entries.as_slice() else {
        panic!()
    };
    assert_eq!(entry.outcome, RegisterOutcome::Accepted);
    assert_eq!(entry.subject, Some("pairwise".to_owned().into()));
    assert_eq!(entry.provider.as_deref(), Some(OP));
    assert_eq!(entry.response_issuer.as_deref(), Some(OP));
    let sent: Value = serde_json::from_slice(entry.request_raw.expose()).unwrap();
    let came: Value = serde_json::from_slice(entry.response_raw.expose()).unwrap();
    assert!(
        sent["authorization_request"]
            .as_str()
            .unwrap()
            .contains("&request=")
    );
    assert!(
        sent["token_request"]
            .as_str()
            .unwrap()
            .contains("client_assertion=")
    );
    assert_eq!(sent["trust_chain"], "chain");
    assert!(
        came["authorization_response"]
            .as_str()
            .unwrap()
            .contains("code=c0de")
    );
    assert_eq!(came["token_response"]["status"], 200);
    let tokens = came["token_response"]["body"].as_str().unwrap();
    let tokens: Value = serde_json::from_str(tokens).unwrap();
    // What the provider signed is there; what still opens something is its digest.
    assert_eq!(tokens["id_token"].as_str().unwrap().split('.').count(), 3);
    assert!(
        tokens["access_token"]
            .as_str()
            .unwrap()
            .starts_with("sha-256:")
    );
    let userinfo = came["userinfo_response"]["body"].as_str().unwrap();
    assert_eq!(userinfo.split('.').count(), 5);
}

#[tokio::test]
async fn a_login_that_the_register_does_not_keep_did_not_happen() {
    let scene = Scene::new();
    *scene.register.fails.lock().unwrap() = true;
    assert_eq!(scene.refusal(|_| {}).await, "register");
}

fn given_back(scene: &Scene) -> Vec<(String, String)> {
    let forms = scene.double.forms.lock().unwrap();
    let revocations = forms.iter().filter(|(url, _)| url.ends_with("/revocation"));
    revocations
        .map(|(_, form)| (form["token_type_hint"].clone(), form["token"].clone()))
        .collect()
}

#[tokio::test]
async fn the_token_of_a_login_is_given_back_once_when_its_session_ends() {
    let scene = Scene::new();
    let login = scene.log_in(|_| {}).await.unwrap();
    let evidence = login.identity.event().evidence.clone();
    assert_eq!(given_back(&scene), []);
    scene.party.revoke(&evidence, scene.now()).await.unwrap();
    let bearer = scene.double.bearers.lock().unwrap()[0].clone();
    assert_eq!(
        given_back(&scene),
        [("access_token".to_owned(), bearer.clone())]
    );
    // The register has it, without the token.
    let entries = scene.register.entries.lock().unwrap().clone();
    let last = entries.last().unwrap();
    let raw = String::from_utf8(last.request_raw.expose().clone()).unwrap();
    assert!(
        raw.starts_with(&format!("{OP}/revocation?token=sha-256")),
        "{raw}"
    );
    assert!(!raw.contains(&bearer));
    scene.party.revoke(&evidence, scene.now()).await.unwrap();
    assert_eq!(given_back(&scene).len(), 1);
}

#[tokio::test]
async fn a_refresh_token_that_nobody_asked_for_and_a_token_that_outlives_sessions_go_back_at_once()
{
    for more in [
        json!({ "refresh_token": "again" }),
        json!({ "expires_in": 86_400 }),
    ] {
        let scene = Scene::new();
        let has_refresh = more.get("refresh_token").is_some();
        let login = scene.log_in(|made| made.more = more).await.unwrap();
        let back = given_back(&scene);
        assert_eq!(back.len(), 1 + usize::from(has_refresh));
        assert_eq!(back.last().unwrap().0, "access_token");
        let evidence = &login.identity.event().evidence;
        scene.party.revoke(evidence, scene.now()).await.unwrap();
        assert_eq!(given_back(&scene).len(), back.len());
    }
}

#[tokio::test]
async fn a_provider_that_does_not_take_its_token_back_is_named() {
    for (status, taken) in [
        (Some(200), true),
        (Some(400), true),
        (Some(503), false),
        (None, false),
    ] {
        let scene = Scene::new();
        *scene.double.revocation.lock().unwrap() = status;
        let login = scene.log_in(|_| {}).await.unwrap();
        let evidence = login.identity.event().evidence.clone();
        let revoked = scene.party.revoke(&evidence, scene.now()).await;
        let missed = NotGivenBack {
            provider: OP.to_owned(),
        };
        assert_eq!(
            revoked,
            if taken { Ok(()) } else { Err(missed) },
            "{status:?}"
        );
    }
}

#[tokio::test]
async fn tokens_are_not_kept_longer_than_they_live() {
    let scene = Scene::new();
    let login = scene.log_in(|_| {}).await.unwrap();
    scene.advance(301);
    let evidence = login.identity.event().evidence.clone();
    scene.party.revoke(&evidence, scene.now()).await.unwrap();
    assert_eq!(given_back(&scene), []);
}
