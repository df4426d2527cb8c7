//! How applications prove themselves at `/token`.

mod assertions;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use varco::crypto::encoding::base64;
use varco::identity::AssuranceLevel::Substantial;

use crate::support::browser::Browser;
use crate::support::gateway::TestGateway;
use crate::support::keys;
use crate::support::openid::anna;
use crate::support::relying_party::{
    ASSERTION_TYPE, Credential, FORM, TestRelyingParty, basic, encode,
};

/// Two applications: one with a secret, one with a key; Anna is logged in.
struct Scene {
    gateway: TestGateway,
    secret: TestRelyingParty,
    key: TestRelyingParty,
    browser: Browser,
}

async fn scene() -> Scene {
    let secret = TestRelyingParty::new("portale");
    let mut key = TestRelyingParty::new("firmataria");
    key.credential = Credential::Key(keys::relying_party_ec());
    let gateway = TestGateway::with_clients(vec![secret.registration(""), key.registration("")]);
    let mut browser = gateway.browser();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    Scene {
        gateway,
        secret,
        key,
        browser,
    }
}

impl Scene {
    /// A form that would be worth tokens to `app`.
    async fn form(&mut self, app: &TestRelyingParty) -> Vec<(String, String)> {
        let question = app.question();
        let code = app.code(&mut self.browser, &question).await;
        app.exchange(&question, &code)
    }

    /// What `/token` says to a form with these headers.
    async fn send(&self, form: &[(String, String)], headers: &[&str]) -> (StatusCode, Value) {
        let mut request = Request::post("/token").header(CONTENT_TYPE, FORM);
        for header in headers {
            request = request.header(AUTHORIZATION, *header);
        }
        let (status, headers, text) = self.gateway.ask(request.body(encode(form)).unwrap()).await;
        if status == StatusCode::UNAUTHORIZED {
            assert_eq!(headers["www-authenticate"], "Basic realm=\"token\"");
        }
        (status, serde_json::from_str(&text).expect(&text))
    }
}

fn with_assertion(mut form: Vec<(String, String)>, assertion: &str) -> Vec<(String, String)> {
    form.push((
        "client_assertion_type".to_owned(),
        ASSERTION_TYPE.to_owned(),
    ));
    form.push(("client_assertion".to_owned(), assertion.to_owned()));
    form
}

fn with(mut form: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    form.push((name.to_owned(), value.to_owned()));
    form
}

fn secret_of(app: &TestRelyingParty) -> String {
    match &app.credential {
        Credential::Secret(secret) => secret.clone(),
        Credential::Key(_) => panic!("no secret"),
    }
}

#[tokio::test]
async fn a_secret_in_the_header_is_accepted() {
    let mut scene = scene().await;
    let app = scene.secret.clone();
    let form = scene.form(&app).await;
    let header = basic("portale", &secret_of(&app));
    let (status, _) = scene
        .send(&with(form, "client_id", "portale"), &[&header])
        .await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_secret_an_unknown_client_and_a_malformed_header_are_told_apart_by_nobody() {
    let mut scene = scene().await;
    let app = scene.secret.clone();
    let form = scene.form(&app).await;
    let right = secret_of(&app);
    let mut answers = Vec::new();
    for header in [
        basic("portale", "wrong"),
        basic("portale", ""),
        basic("nobody", &right),
        basic("firmataria", &right),
        basic("PORTALE", &right),
        // The hash from the configuration is not the secret.
        basic(
            "portale",
            &varco::crypto::encoding::hex(&varco::crypto::sha256(right.as_bytes())),
        ),
        format!("Basic {}", base64(b"portale")),
        "Basic !!!".to_owned(),
        "Bearer x".to_owned(),
    ] {
        let (status, body) = scene.send(&form, &[&header]).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{header}");
        answers.push(body);
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    // None of them touched the code.
    let (status, _) = scene.send(&form, &[&basic("portale", &right)]).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn no_authentication_or_a_secret_in_the_form_is_refused() {
    let mut scene = scene().await;
    let app = scene.secret.clone();
    let form = scene.form(&app).await;
    let (status, body) = scene.send(&form, &[]).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client"))
    );
    let posted = with(
        with(form, "client_id", "portale"),
        "client_secret",
        &secret_of(&app),
    );
    assert_eq!(scene.send(&posted, &[]).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_does_not_prove_which_client_they_are_cannot_fill_the_audit_log() {
    let mut scene = scene().await;
    let app = scene.secret.clone();
    let form = scene.form(&app).await;
    let before = scene.gateway.events().len();
    scene.send(&form, &[&basic("portale", "wrong")]).await;
    scene.send(&form, &[]).await;
    assert_eq!(scene.gateway.events().len(), before);
    let browser = &mut scene.gateway.browser();
    let question = app.question().with("resource", "naspi/request");
    browser.open_from_elsewhere(&question.url()).await;
    assert_eq!(scene.gateway.events().len(), before);
}

#[tokio::test]
async fn two_ways_of_authentication_at_once_are_refused() {
    let mut scene = scene().await;
    let app = scene.key.clone();
    let form = scene.form(&app).await;
    let claims = app.assertion_claims(&scene.gateway);
    let form = with_assertion(form, &app.assertion(keys::relying_party_ec(), &claims));
    let header = basic("portale", &secret_of(&scene.secret));
    let (status, body) = scene.send(&form, &[&header]).await;
    assert_eq!(
        (status, &body["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_request"))
    );
    let (status, _) = scene.send(&form, &[&header, &header]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_client_id_beside_the_authentication_must_be_the_same() {
    let mut scene = scene().await;
    let app = scene.secret.clone();
    let form = with(scene.form(&app).await, "client_id", "firmataria");
    let header = basic("portale", &secret_of(&app));
    assert_eq!(
        scene.send(&form, &[&header]).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_body_that_is_not_a_form_is_refused() {
    let scene = scene().await;
    let request = Request::post("/token")
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, basic("portale", &secret_of(&scene.secret)))
        .body(Body::from(r#"{"grant_type":"authorization_code"}"#))
        .unwrap();
    let (status, _, text) = scene.gateway.ask(request).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(text.contains("invalid_request"), "{text}");
}
