//! Security events, pushed to applications (RFC 8935): what arrives, and what counts as heard.

use std::sync::Arc;

use serde_json::json;
use varco::crypto::{KeyKind, SigningKey, SystemRandom};
use varco::downstream::oidc::{
    AssuranceChange, Clients, EventReceivers, NotPushed, OpenIdProvider, ProviderKeys,
};
use varco::identity::{AssuranceLevel, FiscalCode, PersonKey, Redacted, Timestamp};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE, LiveCatalogue};
use varco::protocol::jose::{JwsAlgorithm, JwtProfile, KidRule, UnverifiedJwt};
use varco::store::{ExpiringStore, MemoryStore};

use crate::support::clock::TestClock;
use crate::support::http_server::{HttpServer, Reply};
use crate::support::peer::openid_client;
use crate::support::relying_party::TestRelyingParty;

struct Scene {
    provider: OpenIdProvider,
    server: HttpServer,
}

fn now() -> Timestamp {
    "2026-11-21T10:05:00Z".parse().unwrap()
}

fn change() -> AssuranceChange {
    AssuranceChange {
        id: "c-1".to_owned(),
        person: PersonKey::FiscalCode(FiscalCode::parse("SMPMRA70L02H501P").unwrap()),
        from: AssuranceLevel::Low,
        to: AssuranceLevel::Substantial,
        at: now(),
        receipts: vec!["r-1".to_owned()],
    }
}

/// An application whose server answers as a test says.
fn scene(answer: impl Fn() -> Reply + Send + Sync + 'static) -> Scene {
    let server = HttpServer::start(move |_| answer());
    let events = format!(
        r#"events = {{ url = "{}", audience = "https://app.example", danger_allow_http = true }}"#,
        server.url("/events")
    );
    let registration = TestRelyingParty::new("app").registration(&events);
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let clients = Clients::register(vec![registration], &catalogue).unwrap();
    let mut receivers = EventReceivers::default();
    for client in clients.iter() {
        let token = Redacted::new("s3cret".to_owned());
        let receiver = client.events().unwrap();
        receivers.add(client.id(), receiver, Some(token)).unwrap();
    }
    let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::new(TestClock::new())));
    let provider = OpenIdProvider::new(
        "https://varco.example".to_owned(),
        clients,
        ProviderKeys {
            es256: Arc::new(SigningKey::generate(KeyKind::P256).unwrap()),
            rs256: None,
            previous: Vec::new(),
            subject_secret: [7; 32],
        },
        LiveCatalogue::new(catalogue),
        &store,
        Arc::new(SystemRandom),
    );
    Scene {
        provider: provider.unwrap().telling(receivers),
        server,
    }
}

impl Scene {
    async fn push(&self, client: &str) -> Result<(), NotPushed> {
        self.provider.push(client, &change(), now()).await
    }
}

fn taken() -> Reply {
    Reply::with(202, &[], "")
}

#[tokio::test]
async fn an_event_arrives_signed_and_says_who_pushes() {
    const SET: JwtProfile = JwtProfile {
        algorithms: &[JwsAlgorithm::Es256],
        types: &["secevent+jwt"],
        may_be_untyped: false,
        kid: KidRule::Optional,
        max_bytes: 8192,
    };
    let scene = scene(taken);
    scene.push("app").await.unwrap();
    scene.push("app").await.unwrap();
    let received = scene.server.received();
    let mut names = Vec::new();
    for request in &received {
        assert_eq!(request.line, "POST /events HTTP/1.1");
        let kind = request.header("content-type");
        assert_eq!(kind, Some("application/secevent+jwt"));
        assert_eq!(request.header("accept"), Some("application/json"));
        assert_eq!(request.header("authorization"), Some("Bearer s3cret"));
        let token = std::str::from_utf8(&request.body).unwrap();
        let token = UnverifiedJwt::parse(token, 8192).unwrap();
        let token = token.verify(&SET, scene.provider.jwks().keys()).unwrap();
        assert_eq!(token.audiences(), Some(vec!["https://app.example"]));
        names.push(token.text("jti").unwrap().to_owned());
    }
    assert_eq!(names, ["c-1", "c-1"], "told twice, it has one name");
}

#[tokio::test]
async fn a_library_of_others_reads_an_event_and_takes_it_for_nothing_else() {
    let scene = scene(taken);
    scene.push("app").await.unwrap();
    let [request] = &scene.server.received()[..] else {
        panic!("one push");
    };
    let read = openid_client(
        "event.mjs",
        None,
        &json!({
            "jwks": scene.provider.jwks().to_json(),
            "issuer": "https://varco.example",
            "audience": "https://app.example",
            "token": std::str::from_utf8(&request.body).unwrap(),
        }),
    );
    let claims = &read["claims"];
    assert_eq!(read["header"]["typ"], "secevent+jwt");
    assert_eq!(claims["jti"], "c-1");
    assert_eq!(claims["sub_id"]["format"], "iss_sub");
    assert_eq!(claims["sub_id"]["iss"], "https://varco.example");
    let told = claims["events"].as_object().unwrap();
    let caep = "https://schemas.openid.net/secevent/caep/event-type/assurance-level-change";
    assert_eq!(told.keys().collect::<Vec<_>>(), [caep]);
    let change = &told[caep];
    assert_eq!(change["previous_level"], "low");
    assert_eq!(change["current_level"], "substantial");
    assert_eq!(change["change_direction"], "increase");
    assert_eq!(change["event_timestamp"], now().timestamp());
    for (other, refusal) in [
        ("asIdToken", "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        ("forAnother", "ERR_JWT_CLAIM_VALIDATION_FAILED"),
        ("changed", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"),
    ] {
        assert_eq!(read[other], refusal, "{other}");
    }
}

#[tokio::test]
async fn only_an_acknowledgement_is_one() {
    for (status, kind, body, code) in [
        (200, "application/json", "{}", "status"),
        (204, "application/json", "", "status"),
        (302, "text/html", "", "redirect"),
        (
            400,
            "application/json",
            r#"{"err":"invalid_issuer"}"#,
            "invalid_issuer",
        ),
        (400, "application/json", r#"{"err":"<b>"}"#, "refused"),
        (400, "text/html", "<html>", "wrong-kind"),
        (401, "application/json", "{}", "status"),
        (503, "text/html", "", "status"),
    ] {
        let scene = scene(move || Reply::of(status, kind, body));
        assert_eq!(scene.push("app").await, Err(NotPushed(code)), "{status}");
    }
    let broken = scene(|| Reply::Bytes(Vec::new()));
    assert!(broken.push("app").await.is_err());
}

#[tokio::test]
async fn an_application_that_is_gone_has_nothing_to_be_told() {
    let scene = scene(taken);
    scene.push("gone").await.unwrap();
    assert!(scene.server.received().is_empty());
}
