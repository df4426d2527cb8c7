//! Authorization codes: single use, short-lived, bound to client, address and verifier, and worthless without the
//! session they came from.

use chrono::Duration;
use http::StatusCode;
use serde_json::Value;
use varco::audit::AuditEvent;
use varco::identity::AssuranceLevel::{High, Substantial};

use crate::support::gateway::session_of;
use crate::support::openid::{Scene, anna, mario, scene};
use crate::support::relying_party::{Question, TestRelyingParty, user_info};

/// A scene with Anna logged in, a question of the application, and the code that answers it.
async fn with_code() -> (Scene, Question, String) {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question();
    let code = scene.app.code(&mut scene.browser, &question).await;
    (scene, question, code)
}

fn changed(form: Vec<(String, String)>, name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let mut form = form;
    form.retain(|(there, _)| there != name);
    if let Some(value) = value {
        form.push((name.to_owned(), value.to_owned()));
    }
    form
}

async fn refused(scene: &Scene, app: &TestRelyingParty, form: Vec<(String, String)>) -> Value {
    let (status, headers, body) = app.send(&scene.gateway, form).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    assert_eq!(headers["cache-control"], "no-store");
    assert!(body.get("access_token").is_none());
    body["error"].clone()
}

fn is_reuse(event: &AuditEvent) -> bool {
    matches!(event, AuditEvent::CodeReused { client, .. } if client == "portale")
}

#[tokio::test]
async fn a_code_used_again_is_refused_and_what_it_gave_is_revoked() {
    let (scene, question, code) = with_code().await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(
        user_info(&scene.gateway, &tokens.access_token).await.0,
        StatusCode::OK
    );
    let form = scene.app.exchange(&question, &code);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
    let (status, headers, _) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let challenge = headers["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.starts_with("Bearer error=\"invalid_token\""),
        "{challenge}"
    );
    assert!(scene.gateway.events().iter().any(is_reuse));
}

#[tokio::test]
async fn a_code_used_again_long_after_it_expired_still_revokes() {
    let (scene, question, code) = with_code().await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    scene.gateway.clock.advance(Duration::seconds(120));
    assert_eq!(
        user_info(&scene.gateway, &tokens.access_token).await.0,
        StatusCode::OK
    );
    let form = scene.app.exchange(&question, &code);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
    let (status, ..) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn revoking_one_code_leaves_the_tokens_of_others_alone() {
    let (mut scene, question, code) = with_code().await;
    let untouched = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    scene.app.tokens(&scene.gateway, &question, &code).await;
    refused(&scene, &scene.app, scene.app.exchange(&question, &code)).await;
    assert_eq!(
        user_info(&scene.gateway, &untouched.access_token).await.0,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_takers_at_once_exactly_one_gets_tokens_and_they_are_revoked() {
    let (scene, question, code) = with_code().await;
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let (gateway, app) = (scene.gateway.clone(), scene.app.clone());
            let form = app.exchange(&question, &code);
            tokio::spawn(async move { app.send(&gateway, form).await })
        })
        .collect();
    let mut given = Vec::new();
    for taker in takers {
        let (status, _, body) = taker.await.unwrap();
        match status {
            StatusCode::OK => given.push(body["access_token"].as_str().unwrap().to_owned()),
            _ => assert_eq!(body["error"], "invalid_grant"),
        }
    }
    assert_eq!(given.len(), 1);
    let (status, ..) = user_info(&scene.gateway, &given[0]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_code_lives_for_a_minute() {
    let (scene, question, code) = with_code().await;
    scene.gateway.clock.advance(Duration::seconds(59));
    scene.app.tokens(&scene.gateway, &question, &code).await;

    let (scene, question, code) = with_code().await;
    scene.gateway.clock.advance(Duration::seconds(60));
    let form = scene.app.exchange(&question, &code);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_of_another_client_is_refused_and_spent() {
    let (scene, question, code) = with_code().await;
    let mut form = scene.app.exchange(&question, &code);
    assert_eq!(
        refused(&scene, &scene.other, form.clone()).await,
        "invalid_grant"
    );
    form = changed(form, "redirect_uri", Some(&scene.other.redirect_uri));
    assert_eq!(refused(&scene, &scene.other, form).await, "invalid_grant");
    let own = scene.app.exchange(&question, &code);
    assert_eq!(refused(&scene, &scene.app, own).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_uri() {
    for other in [
        "https://portale.example/callback/",
        "https://altra.example/callback",
    ] {
        let (scene, question, code) = with_code().await;
        let form = changed(
            scene.app.exchange(&question, &code),
            "redirect_uri",
            Some(other),
        );
        assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
    }
    let (scene, question, code) = with_code().await;
    let form = changed(scene.app.exchange(&question, &code), "redirect_uri", None);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_request");
}

#[tokio::test]
async fn a_wrong_or_missing_verifier_gets_nothing() {
    let (scene, question, code) = with_code().await;
    let form = changed(scene.app.exchange(&question, &code), "code_verifier", None);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_request");
    for verifier in ["x", &"a".repeat(43), &"a".repeat(200)] {
        let (scene, question, code) = with_code().await;
        let form = changed(
            scene.app.exchange(&question, &code),
            "code_verifier",
            Some(verifier),
        );
        assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
    }
}

#[tokio::test]
async fn a_code_put_into_another_login_is_refused() {
    // Code injection (RFC 9700, 4.5): the attacker's code in the victim's login, whose verifier is another.
    let (mut scene, _, stolen) = with_code().await;
    let victim = scene.app.question();
    scene.app.code(&mut scene.browser, &victim).await;
    let form = scene.app.exchange(&victim, &stolen);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_of_a_session_that_was_logged_out_is_refused() {
    let (scene, question, code) = with_code().await;
    let session = session_of(&scene.browser).unwrap();
    let ended = scene.gateway.gateway.sessions().end(session.handle()).await;
    assert!(ended.unwrap().is_some());
    let form = scene.app.exchange(&question, &code);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
}

#[tokio::test]
async fn a_code_of_a_session_that_changed_is_refused() {
    let (mut scene, question, code) = with_code().await;
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    let form = scene.app.exchange(&question, &code);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");

    let (mut scene, question, code) = with_code().await;
    scene
        .gateway
        .log_in(&mut scene.browser, &mario(), Substantial)
        .await;
    let form = scene.app.exchange(&question, &code);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
}

#[tokio::test]
async fn no_other_grant_exists() {
    let (scene, question, code) = with_code().await;
    for grant in [
        "password",
        "client_credentials",
        "refresh_token",
        "implicit",
        "x",
    ] {
        let form = changed(
            scene.app.exchange(&question, &code),
            "grant_type",
            Some(grant),
        );
        assert_eq!(
            refused(&scene, &scene.app, form).await,
            "unsupported_grant_type"
        );
    }
    let form = changed(scene.app.exchange(&question, &code), "grant_type", None);
    assert_eq!(refused(&scene, &scene.app, form).await, "invalid_request");
}

#[tokio::test]
async fn tokens_of_other_kinds_are_not_codes() {
    let (scene, question, code) = with_code().await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    for other in [
        tokens.access_token.as_str(),
        &tokens.id_token,
        &question.state,
        "x",
    ] {
        let form = changed(scene.app.exchange(&question, &code), "code", Some(other));
        assert_eq!(refused(&scene, &scene.app, form).await, "invalid_grant");
    }
}

#[tokio::test]
async fn a_parameter_twice_is_refused_at_the_token_endpoint() {
    let (scene, question, code) = with_code().await;
    for name in ["grant_type", "code", "redirect_uri", "code_verifier"] {
        let mut form = scene.app.exchange(&question, &code);
        let again = form
            .iter()
            .find(|(there, _)| there == name)
            .unwrap()
            .clone();
        form.push(again);
        assert_eq!(
            refused(&scene, &scene.app, form).await,
            "invalid_request",
            "{name}"
        );
    }
    scene.app.tokens(&scene.gateway, &question, &code).await;
}

#[tokio::test]
async fn tokens_are_written_to_the_audit_log() {
    let (scene, question, code) = with_code().await;
    scene.app.tokens(&scene.gateway, &question, &code).await;
    let handle = session_of(&scene.browser).unwrap().handle().to_string();
    let noted = scene.gateway.events().into_iter().any(|event| {
        matches!(event, AuditEvent::TokenIssued { session, client, level }
            if session == handle && client == "portale" && level.0 == Substantial)
    });
    assert!(noted);
}
