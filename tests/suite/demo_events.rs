//! The demo's application as a receiver of security events (RFC 8935): what it believes, and what it says is wrong.

use http::{Request, StatusCode};
use serde_json::{Map, Value, json};
use std::sync::Arc;

use varco::crypto::{KeyKind, Signer, SigningKey};
use varco::demo::app::{EVENTS, EVENTS_JSON, EVENTS_SECRET};
use varco::demo::fetch::Fetch;
use varco::identity::AssuranceLevel;
use varco::protocol::jose::{JwsAlgorithm, JwtSigner};

use crate::support::demo::Demo;

const KIND: &str = "application/secevent+jwt";
const TYPE: &str = "secevent+jwt";

/// Somebody who pushes to the application with the gateway's key.
struct Pusher {
    demo: Demo,
    fetch: Fetch,
    gateway: JwtSigner,
    secret: String,
}

impl Pusher {
    fn new() -> Self {
        let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
        let key = std::fs::read(demo.file("es256.key.pem")).unwrap();
        let key: Arc<dyn Signer> = Arc::new(SigningKey::from_pem(&key).unwrap());
        Self {
            fetch: Fetch::new(demo.authority()).unwrap(),
            gateway: JwtSigner::new(key, JwsAlgorithm::Es256).unwrap(),
            secret: std::fs::read_to_string(demo.file(EVENTS_SECRET)).unwrap(),
            demo,
        }
    }

    /// The claims of an event that the gateway would push.
    fn claims(&self) -> Map<String, Value> {
        let issuer = &self.demo.addresses().gateway;
        let change = json!({
            "previous_level": "low",
            "current_level": "substantial",
            "event_timestamp": 1_795_348_800,
            format!("{issuer}/claims/receipts"): ["r-1"],
        });
        let kind = "https://schemas.openid.net/secevent/caep/event-type/assurance-level-change";
        let claims = json!({
            "iss": issuer,
            "aud": self.demo.client_id(),
            "jti": "e-1",
            "iat": 1_795_348_800,
            "sub_id": { "format": "iss_sub", "iss": issuer, "sub": "somebody" },
            "events": { kind: change },
        });
        claims.as_object().unwrap().clone()
    }

    fn push(&self, token: String, (kind, secret): (&str, &str)) -> (StatusCode, Value) {
        let address = format!("{}{EVENTS}", self.demo.addresses().app);
        let request = Request::post(address)
            .header("content-type", kind)
            .header("authorization", format!("Bearer {secret}"));
        let (parts, body) = self.demo.block_on(self.fetch.send(request, token)).unwrap();
        (
            parts.status,
            serde_json::from_slice(&body).unwrap_or_default(),
        )
    }

    /// What the application names wrong; nothing for what it takes.
    fn wrong(&self, token: String) -> Option<String> {
        let (status, told) = self.push(token, (KIND, &self.secret));
        match status {
            StatusCode::ACCEPTED => None,
            StatusCode::BAD_REQUEST => Some(told["err"].as_str().unwrap().to_owned()),
            other => panic!("{other}"),
        }
    }

    fn heard(&self) -> Vec<Value> {
        let address = format!("{}{EVENTS_JSON}", self.demo.addresses().app);
        let asked = self.fetch.send(Request::get(address), String::new());
        let (_, body) = self.demo.block_on(asked).unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

#[test]
fn the_application_believes_what_the_gateway_signed_for_it_and_says_what_else_is_wrong() {
    let pusher = Pusher::new();
    let good = |claims: &Map<String, Value>| pusher.gateway.sign(TYPE, claims).unwrap();
    let with = |name: &str, value: Value| {
        let mut claims = pusher.claims();
        claims.insert(name.to_owned(), value);
        good(&claims)
    };
    let without = |name: &str| {
        let mut claims = pusher.claims();
        claims.remove(name);
        good(&claims)
    };
    let stranger: Arc<dyn Signer> = Arc::new(SigningKey::generate(KeyKind::P256).unwrap());
    let stranger = JwtSigner::new(stranger, JwsAlgorithm::Es256).unwrap();
    let claims = pusher.claims();
    let known = good(&claims);
    for (token, wrong) in [
        (stranger.sign(TYPE, &claims).unwrap(), "invalid_key"),
        (pusher.gateway.sign("JWT", &claims).unwrap(), "invalid_key"),
        ("no.token".to_owned(), "invalid_key"),
        (
            with("iss", json!("https://other.example")),
            "invalid_issuer",
        ),
        (with("aud", json!("other")), "invalid_audience"),
        (
            with("sub_id", json!({"format": "email"})),
            "invalid_request",
        ),
        (without("jti"), "invalid_request"),
        (without("events"), "invalid_request"),
        (without("sub_id"), "invalid_request"),
    ] {
        assert_eq!(pusher.wrong(token).as_deref(), Some(wrong));
    }
    for (how, wrong) in [
        ((KIND, "guessed"), "authentication_failed"),
        (
            ("application/jwt", pusher.secret.as_str()),
            "invalid_request",
        ),
    ] {
        let (status, told) = pusher.push(known.clone(), how);
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(told["err"], wrong);
    }
    assert!(pusher.heard().is_empty());

    // What it does not know it acknowledges, and does not write down.
    let other = json!({"https://schemas.openid.net/secevent/caep/event-type/session-revoked": {}});
    assert_eq!(pusher.wrong(with("events", other)), None);
    assert!(pusher.heard().is_empty());
    for _ in 0..2 {
        assert_eq!(pusher.wrong(known.clone()), None);
    }
    let heard = pusher.heard();
    assert_eq!(heard.len(), 1, "told twice is heard once");
    assert_eq!(heard[0]["sub"], "somebody");
    assert_eq!(heard[0]["receipts"], json!(["r-1"]));
}

#[test]
fn nobody_sends_a_request_for_a_service_that_they_did_not_open() {
    let pusher = Pusher::new();
    let address = format!("{}/requests", pusher.demo.addresses().app);
    let request =
        Request::post(address).header("content-type", "application/x-www-form-urlencoded");
    let sent = pusher.fetch.send(request, "resource=naspi/request");
    let (parts, _) = pusher.demo.block_on(sent).unwrap();
    assert_eq!(parts.status, StatusCode::FORBIDDEN);
}
