//! How applications prove themselves at `/token`.

use axum::body::Body;
use chrono::Duration;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde_json::{Map, Value, json};
use varco::crypto::encoding::{base64, base64url};
use varco::crypto::{Signer as _, hmac_sha256};
use varco::identity::AssuranceLevel::Substantial;

use crate::support::browser::Browser;
use crate::support::gateway::{ISSUER, TestGateway};
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

    /// What `/token` says to an assertion with changed claims: `null` takes one away.
    async fn assert_with(&mut self, changes: Value) -> StatusCode {
        let mut claims = self.key.assertion_claims(&self.gateway);
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => claims.remove(name),
                value => claims.insert(name.clone(), value.clone()),
            };
        }
        let assertion = self.key.assertion(keys::relying_party_ec(), &claims);
        self.present(&assertion).await
    }

    /// What `/token` says to an assertion.
    async fn present(&mut self, assertion: &str) -> StatusCode {
        let key = self.key.clone();
        let form = self.form(&key).await;
        let (status, body) = self.send(&with_assertion(form, assertion), &[]).await;
        if status != StatusCode::OK {
            assert_eq!(body["error"], "invalid_client");
        }
        status
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

/// A token with this header over these claims and this signature.
fn token(header: &Value, claims: &Map<String, Value>, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let signed = format!(
        "{}.{}",
        base64url(header.to_string().as_bytes()),
        base64url(Value::Object(claims.clone()).to_string().as_bytes())
    );
    format!("{signed}.{}", base64url(&sign(signed.as_bytes())))
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

#[tokio::test]
async fn an_assertion_is_accepted_with_either_audience() {
    let mut scene = scene().await;
    let endpoint = format!("{ISSUER}/token");
    for audience in [
        json!(ISSUER),
        json!(endpoint),
        json!([ISSUER]),
        json!([ISSUER, endpoint]),
    ] {
        let status = scene.assert_with(json!({ "aud": audience })).await;
        assert_eq!(status, StatusCode::OK, "{audience}");
    }
    let (now, skewed) = (scene.gateway.now().timestamp(), 50);
    for times in [
        json!({"iat": null}),
        json!({"iat": now + skewed, "nbf": now + skewed}),
        json!({"exp": now - skewed}),
        json!({"exp": now + 600}),
    ] {
        assert_eq!(
            scene.assert_with(times.clone()).await,
            StatusCode::OK,
            "{times}"
        );
    }
}

#[tokio::test]
async fn an_assertion_for_another_audience_is_refused() {
    let mut scene = scene().await;
    for audience in [
        json!(null),
        json!("https://evil.example"),
        json!(format!("{ISSUER}/")),
        json!(format!("{ISSUER}/authorize")),
        json!([]),
        json!([ISSUER, "https://evil.example"]),
        json!([1]),
        json!({}),
        json!("portale"),
    ] {
        let status = scene.assert_with(json!({ "aud": audience })).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{audience}");
    }
}

#[tokio::test]
async fn an_assertion_of_or_for_somebody_else_is_refused() {
    let mut scene = scene().await;
    for changes in [
        json!({"iss": null}),
        json!({"sub": null}),
        json!({"iss": "portale"}),
        json!({"sub": "portale"}),
        json!({"iss": "portale", "sub": "portale"}),
        json!({"iss": "nobody", "sub": "nobody"}),
        json!({"iss": ["firmataria"]}),
    ] {
        let status = scene.assert_with(changes.clone()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{changes}");
    }
}

#[tokio::test]
async fn an_assertion_out_of_its_time_is_refused() {
    let mut scene = scene().await;
    let now = scene.gateway.now().timestamp();
    for changes in [
        json!({"exp": null}),
        json!({"exp": now - 60}),
        json!({"exp": now + 661}),
        json!({"exp": "tomorrow"}),
        json!({"iat": now + 61}),
        json!({"nbf": now + 61}),
        json!({"nbf": "yesterday"}),
    ] {
        let status = scene.assert_with(changes.clone()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{changes}");
    }
}

#[tokio::test]
async fn an_assertion_is_good_once() {
    let mut scene = scene().await;
    for jti in [json!(null), json!(""), json!(7), json!("x".repeat(257))] {
        let status = scene.assert_with(json!({ "jti": jti })).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{jti}");
    }
    let end = scene.gateway.now().timestamp() + 600;
    let claims = json!({"jti": "one", "exp": end});
    assert_eq!(scene.assert_with(claims.clone()).await, StatusCode::OK);
    assert_eq!(
        scene.assert_with(claims.clone()).await,
        StatusCode::UNAUTHORIZED
    );
    // Until the very end of the time in which it would be taken.
    scene.gateway.clock.advance(Duration::seconds(659));
    assert_eq!(scene.assert_with(claims).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        scene.assert_with(json!({"jti": "two"})).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn an_assertion_signed_otherwise_is_refused() {
    let mut scene = scene().await;
    let app = scene.key.clone();
    let claims = app.assertion_claims(&scene.gateway);
    let own = keys::relying_party_ec();
    let sign = |message: &[u8]| {
        own.sign(varco::crypto::SignatureAlgorithm::EcdsaSha256, message)
            .unwrap()
    };
    let public = own.public_key().spki().to_vec();
    let jwk = varco::protocol::jose::Jwk::new(
        keys::gateway_ec().public_key().clone(),
        varco::protocol::jose::JwsAlgorithm::Es256,
    );
    let stranger = |message: &[u8]| {
        keys::gateway_ec()
            .sign(varco::crypto::SignatureAlgorithm::EcdsaSha256, message)
            .unwrap()
    };
    let forged = [
        app.assertion(keys::gateway_ec(), &claims),
        token(&json!({"alg": "none"}), &claims, |_| Vec::new()),
        token(&json!({"alg": "HS256"}), &claims, |message| {
            hmac_sha256(&public, message).to_vec()
        }),
        token(
            &json!({"alg": "ES256", "jwk": jwk.unwrap().to_json()}),
            &claims,
            stranger,
        ),
        token(
            &json!({"alg": "ES256", "jku": "https://evil.example/jwks"}),
            &claims,
            sign,
        ),
        token(
            &json!({"alg": "ES256", "kid": "../../dev/null"}),
            &claims,
            sign,
        ),
        token(&json!({"alg": "ES256", "crit": ["exp"]}), &claims, sign),
        token(&json!({"alg": "ES384"}), &claims, sign),
        token(&json!({"alg": "ES256", "typ": "at+jwt"}), &claims, sign),
        token(&json!({"alg": "ES256"}), &claims, |_| vec![0; 64]),
        "x.y.z".to_owned(),
        "a".repeat(5000),
    ];
    for assertion in &forged {
        let status = scene.present(assertion).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{assertion}");
    }
    let honest = token(&json!({"alg": "ES256"}), &claims, sign);
    assert_eq!(scene.present(&honest).await, StatusCode::OK);
}

#[tokio::test]
async fn each_client_has_one_way_to_authenticate() {
    let mut scene = scene().await;
    let app = scene.secret.clone();
    let form = scene.form(&app).await;
    let claims = app.assertion_claims(&scene.gateway);
    let assertion = app.assertion(keys::relying_party_ec(), &claims);
    let (status, _) = scene.send(&with_assertion(form, &assertion), &[]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_id_token_is_not_an_assertion() {
    let mut scene = scene().await;
    let app = scene.key.clone();
    let tokens = app.log_in(&scene.gateway, &mut scene.browser).await;
    for other in [&tokens.id_token, &tokens.access_token] {
        assert_eq!(scene.present(other).await, StatusCode::UNAUTHORIZED);
    }
}
