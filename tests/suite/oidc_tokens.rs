//! What tokens and `/userinfo` tell, and to whom; and that no token passes for one of another kind.

use axum::body::Body;
use chrono::Duration;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use varco::crypto::encoding::{base64url, from_base64url};
use varco::identity::AssuranceLevel::{High, Substantial};
use varco::identity::{AuthenticationMethod, Person};
use varco::protocol::jose::{JwsAlgorithm, JwtSigner};

use crate::support::gateway::{ISSUER, PROVIDER, Shared, TestGateway, session_of};
use crate::support::keys;
use crate::support::openid::{anna, scene};
use crate::support::relying_party::{FORM, METHOD, TestRelyingParty, user_info};

mod contacts;

async fn document(gateway: &TestGateway, path: &str) -> (HeaderMap, Value) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let (status, headers, text) = gateway.ask(request).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], "application/json");
    (headers, serde_json::from_str(&text).unwrap())
}

/// The claims of a token, unverified.
fn claims_of(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&from_base64url(part).unwrap()).unwrap()
}

fn header_of(token: &str) -> Value {
    let part = token.split('.').next().unwrap();
    serde_json::from_slice(&from_base64url(part).unwrap()).unwrap()
}

#[tokio::test]
async fn both_discovery_addresses_tell_the_same() {
    let scene = scene();
    let (headers, openid) = document(&scene.gateway, "/.well-known/openid-configuration").await;
    let (_, oauth) = document(&scene.gateway, "/.well-known/oauth-authorization-server").await;
    assert_eq!(openid, oauth);
    assert_eq!(openid["issuer"], ISSUER);
    assert_eq!(headers["cache-control"], "public, max-age=300");
}

#[tokio::test]
async fn the_issuer_is_configured_and_never_taken_from_the_request() {
    let scene = scene();
    let request = Request::get("/.well-known/openid-configuration")
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example")
        .body(Body::empty())
        .unwrap();
    let (_, _, text) = scene.gateway.ask(request).await;
    assert!(!text.contains("evil.example"));
}

#[tokio::test]
async fn published_keys_have_names_uses_and_no_private_parts() {
    let scene = scene();
    let (_, jwks) = document(&scene.gateway, "/jwks").await;
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for key in keys {
        assert_eq!(key["use"], "sig");
        assert_eq!(key["kid"].as_str().unwrap().len(), 43);
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
}

#[tokio::test]
async fn an_id_token_tells_how_and_when_the_person_logged_in() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    let at = scene.gateway.now().timestamp();
    scene.gateway.clock.advance(Duration::seconds(90));
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    let claims = &tokens.claims;
    assert_eq!(claims["auth_time"], at);
    assert_eq!(claims["acr"], "https://www.spid.gov.it/SpidL3");
    assert_eq!(claims["amr"], json!(["mfa", "hwk"]));
    assert_eq!(claims[METHOD], "spid");
    assert_eq!(claims["https://login.example/claims/provider"], PROVIDER);
    assert_eq!(
        claims["https://login.example/claims/category"],
        json!(["citizen"])
    );
    assert_eq!(claims["exp"], at + 90 + 300);
    assert_eq!(tokens.scope, "openid");
    assert_eq!(header_of(&tokens.id_token)["alg"], "ES256");
}

#[tokio::test]
async fn an_id_token_tells_nothing_of_the_person_that_was_not_asked_for() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    let text = Value::Object(tokens.claims).to_string();
    for personal in ["PRVNNA85C55F205D", "Anna", "Provetti", "posta.example"] {
        assert!(!text.contains(personal), "{personal}");
    }
    assert!(!claims_of(&tokens.access_token).to_string().contains("Anna"));
}

#[tokio::test]
async fn rs256_is_used_for_clients_that_are_registered_for_it() {
    let mut app = TestRelyingParty::new("antica");
    app.algorithm = JwsAlgorithm::Rs256;
    let gateway = TestGateway::with_clients(vec![app.registration("")]);
    let mut browser = gateway.browser();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let tokens = app.log_in(&gateway, &mut browser).await;
    assert_eq!(header_of(&tokens.id_token)["alg"], "RS256");
}

#[tokio::test]
async fn a_person_has_another_subject_at_each_application_unless_they_share_a_sector() {
    let apps = ["prima", "seconda", "terza"].map(TestRelyingParty::new);
    let gateway = TestGateway::with_clients(vec![
        apps[0].registration(r#"sector = "lavoro""#),
        apps[1].registration(r#"sector = "lavoro""#),
        apps[2].registration(""),
    ]);
    let mut browser = gateway.browser();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let mut subjects = Vec::new();
    for app in &apps {
        let tokens = app.log_in(&gateway, &mut browser).await;
        subjects.push(tokens.claims["sub"].clone());
    }
    assert_eq!(subjects[0], subjects[1]);
    assert_ne!(subjects[0], subjects[2]);
    assert!(!subjects[0].as_str().unwrap().contains("PRV"));
}

#[tokio::test]
async fn an_access_token_is_made_for_this_issuer_and_the_service_asked_for() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question().with("resource", "naspi");
    let code = scene.app.code(&mut scene.browser, &question).await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    let claims = claims_of(&tokens.access_token);
    assert_eq!(
        claims["aud"],
        json!([ISSUER, "https://login.example/services/naspi"])
    );
    assert_eq!(claims["client_id"], "portale");
    assert_eq!(claims["acr"], "https://www.spid.gov.it/SpidL2");
    assert!(claims["auth_time"].is_i64() && claims["jti"].is_string());
    assert_eq!(header_of(&tokens.access_token)["typ"], "at+jwt");
}

#[tokio::test]
async fn user_info_tells_what_was_asked_for_and_registered() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene
        .app
        .question()
        .with("scope", "openid profile email fiscal_number");
    let code = scene.app.code(&mut scene.browser, &question).await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    let (status, headers, claims) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(
        claims,
        json!({
            "sub": tokens.claims["sub"], "name": "Anna Provetti", "given_name": "Anna",
            "email": "anna@posta.example", "https://login.example/claims/category": ["citizen"],
        })
    );
}

#[tokio::test]
async fn the_fiscal_code_goes_to_entitled_applications_that_ask() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.other.question().with("scope", "openid fiscal_number");
    let code = scene.other.code(&mut scene.browser, &question).await;
    let tokens = scene.other.tokens(&scene.gateway, &question, &code).await;
    let (_, _, claims) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(claims["fiscal_number"], "PRVNNA85C55F205D");
    let tokens = scene.other.log_in(&scene.gateway, &mut scene.browser).await;
    let (_, _, claims) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(
        claims,
        json!({
            "sub": tokens.claims["sub"], "https://login.example/claims/category": ["citizen"],
        })
    );
}

#[tokio::test]
async fn claims_can_be_asked_for_in_the_id_token() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let wish = r#"{"id_token":{"given_name":{"essential":true},"fiscal_number":null}}"#;
    let question = scene.app.question().with("claims", wish);
    let code = scene.app.code(&mut scene.browser, &question).await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["given_name"], "Anna");
    assert!(!tokens.claims.contains_key("fiscal_number"));
}

#[tokio::test]
async fn user_info_takes_the_token_in_header_or_form_and_nowhere_else() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let token = scene
        .app
        .log_in(&scene.gateway, &mut scene.browser)
        .await
        .access_token;
    let bearer = format!("bearer {token}");
    let form = || Body::from(format!("access_token={token}"));
    let post = || Request::post("/userinfo");
    let ok = [
        post().header(AUTHORIZATION, &bearer).body(Body::empty()),
        post().header(CONTENT_TYPE, FORM).body(form()),
        post()
            .header(CONTENT_TYPE, format!("{FORM}; charset=utf-8"))
            .body(form()),
    ];
    for request in ok {
        assert_eq!(scene.gateway.ask(request.unwrap()).await.0, StatusCode::OK);
    }
    let twice = post()
        .header(CONTENT_TYPE, FORM)
        .header(AUTHORIZATION, &bearer)
        .body(form());
    assert_eq!(
        scene.gateway.ask(twice.unwrap()).await.0,
        StatusCode::BAD_REQUEST
    );
    let in_query = Request::get(format!("/userinfo?access_token={token}")).body(Body::empty());
    let (status, headers, _) = scene.gateway.ask(in_query.unwrap()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn an_access_token_dies_with_its_time_and_with_its_session() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    let told = async |token: &str| user_info(&scene.gateway, token).await.0;
    scene.gateway.clock.advance(Duration::seconds(299));
    assert_eq!(told(&tokens.access_token).await, StatusCode::OK);
    scene.gateway.clock.advance(Duration::seconds(1));
    assert_eq!(told(&tokens.access_token).await, StatusCode::UNAUTHORIZED);

    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    assert_eq!(told(&tokens.access_token).await, StatusCode::OK);
    let session = session_of(&scene.browser).unwrap();
    let ended = scene.gateway.gateway.sessions().end(session.handle()).await;
    assert!(ended.unwrap().is_some());
    assert_eq!(told(&tokens.access_token).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_step_up_elsewhere_leaves_an_access_token_alive() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    assert_eq!(
        user_info(&scene.gateway, &tokens.access_token).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn no_other_token_passes_for_an_access_token() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question();
    let code = scene.app.code(&mut scene.browser, &question).await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;

    let genuine = claims_of(&tokens.access_token);
    let sign = |key, typ: &str, claims: &Value| {
        let signer = JwtSigner::new(std::sync::Arc::new(Shared(key)), JwsAlgorithm::Es256);
        signer
            .unwrap()
            .sign(typ, claims.as_object().unwrap())
            .unwrap()
    };
    let mut unknown = genuine.clone();
    unknown["jti"] = json!("unknown");
    let mut foreign = genuine.clone();
    foreign["iss"] = json!("https://evil.example");
    let mut elsewhere = genuine.clone();
    elsewhere["aud"] = json!("https://login.example/services/naspi");
    let ours = keys::gateway_ec();
    let unsigned = format!(
        "{}.{}.",
        base64url(br#"{"alg":"none","typ":"at+jwt"}"#),
        base64url(genuine.to_string().as_bytes())
    );
    for (what, other) in [
        ("an ID token", tokens.id_token.clone()),
        ("a code", code),
        ("an unsigned token", unsigned),
        (
            "somebody else's key",
            sign(keys::relying_party_ec(), "at+jwt", &genuine),
        ),
        ("another type", sign(ours, "JWT", &genuine)),
        ("no record", sign(ours, "at+jwt", &unknown)),
        ("another issuer", sign(ours, "at+jwt", &foreign)),
        ("another audience", sign(ours, "at+jwt", &elsewhere)),
        ("nothing", String::new()),
        ("something long", "a".repeat(100_000)),
    ] {
        let (status, ..) = user_info(&scene.gateway, &other).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{what}");
    }
    assert_eq!(
        user_info(&scene.gateway, &tokens.access_token).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn no_endpoint_lets_pages_of_other_origins_read_it() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    for path in ["/authorize", "/token", "/userinfo", "/logout"] {
        let request = Request::get(path)
            .header("origin", "https://evil.example")
            .body(Body::empty());
        let (_, headers, _) = scene.gateway.ask(request.unwrap()).await;
        assert!(
            !headers.contains_key("access-control-allow-origin"),
            "{path}"
        );
        // No address of ours, with what it carries, is told to another origin.
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
    }
}
