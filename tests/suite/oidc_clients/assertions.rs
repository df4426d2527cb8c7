//! Client assertions (RFC 7523, 3): every claim, every signature that must not pass.

use chrono::Duration;
use http::StatusCode;
use serde_json::{Map, Value, json};
use varco::crypto::encoding::base64url;
use varco::crypto::{Signer as _, hmac_sha256};

use super::{Scene, scene, with_assertion};
use crate::support::gateway::ISSUER;
use crate::support::keys;

impl Scene {
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
