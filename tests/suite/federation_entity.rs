//! Our entity in a federation: what it publishes over HTTP, and its section and commands.

use std::sync::Arc;

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use varco::config::{Built, Config, MarksLook, MarksWatch, Ports, build};
use varco::crypto::SystemRandom;
use varco::crypto::encoding::base64url;
use varco::identity::{Clock as _, SystemClock};
use varco::protocol::jose::{JwkRules, JwkSet, JwtProfile, UnverifiedJwt, verify_compact};

use crate::support::configured::{Configured, ORIGIN, Ran};
use crate::support::gateway::TestGateway;

const SECTION: &str = "
[federation]
keys = \"federation\"
authority_hints = [\"https://registro.example\"]
contacts = [\"pec@istituto.example\"]
policy = \"https://istituto.example/privacy\"
logo = \"https://istituto.example/logo.svg\"
";

/// A configuration with a federation, and keys on a curve, which are made quickly.
fn configured() -> Configured {
    let configured = Configured::new();
    let text = std::fs::read_to_string(configured.path("varco.toml")).unwrap();
    configured.write("varco.toml", &(text + SECTION));
    configured
}

fn with_keys() -> (Configured, Ran) {
    let configured = configured();
    let folder = configured.path("federation");
    let made = crate::support::configured::varco(&[
        "keys",
        "federation",
        "new",
        "--p256",
        "--out",
        &folder,
    ]);
    made.expect(0);
    (configured, made)
}

fn entity(configured: &Configured) -> varco::login::openid::entity::OwnEntity {
    let config = varco::config::Config::load(configured.path("varco.toml").as_ref()).unwrap();
    let section = config.federation.unwrap();
    section
        .entity(&config.organization, &config.edge, None)
        .unwrap()
}

/// The keys that an entity configuration shows.
fn own_keys(token: &str) -> JwkSet {
    let read = UnverifiedJwt::parse(token, 65_536).unwrap();
    let set = read.unverified_claims()["jwks"].as_object().unwrap();
    JwkSet::read(JwkRules::Federation, set).unwrap()
}

#[tokio::test]
async fn the_entity_configuration_is_served_under_its_type_and_verifies() {
    let (configured, made) = with_keys();
    let gateway = TestGateway::with_federation(entity(&configured));
    let ask = || {
        let request = Request::get("/.well-known/openid-federation");
        gateway.ask(request.body(Body::empty()).unwrap())
    };
    let (status, headers, token) = ask().await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        headers[header::CONTENT_TYPE],
        "application/entity-statement+jwt"
    );
    assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=300");
    let keys = own_keys(&token);
    let read = verify_compact(&token, &JwtProfile::ENTITY_STATEMENT, &keys).unwrap();
    assert_eq!(read.text("iss"), Some(ORIGIN));
    assert_eq!(read.text("sub"), Some(ORIGIN));
    assert_eq!(read.time("iat"), Some(gateway.now().timestamp()));
    // The command that made the keys shows the one that a superior registers.
    let registered: Value = serde_json::from_str(made.out.lines().last().unwrap()).unwrap();
    assert_eq!(registered, keys.to_json());
    assert_eq!(ask().await.2, token, "signed once");
}

#[tokio::test]
async fn nobody_makes_us_resolve_anything() {
    let (configured, _) = with_keys();
    let gateway = TestGateway::with_federation(entity(&configured));
    let unknown = "sub=https://x.example&trust_anchor=https://registro.example";
    for (query, status, error) in [
        ("", StatusCode::BAD_REQUEST, "invalid_request"),
        (
            "sub=https://x.example",
            StatusCode::BAD_REQUEST,
            "invalid_request",
        ),
        (
            "sub=a&sub=b&anchor=c",
            StatusCode::BAD_REQUEST,
            "invalid_request",
        ),
        (unknown, StatusCode::NOT_FOUND, "not_found"),
        (
            "sub=https://x.example&anchor=c",
            StatusCode::NOT_FOUND,
            "not_found",
        ),
    ] {
        let request = Request::get(format!("/resolve?{query}"));
        let (answered, headers, body) = gateway.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answered, status, "{query}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/json");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["error"], error, "{query}");
        assert!(body["error_description"].is_string());
    }
}

#[tokio::test]
async fn without_a_federation_there_is_no_entity() {
    let gateway = TestGateway::with_clients(Vec::new());
    for path in ["/.well-known/openid-federation", "/resolve?sub=a&anchor=b"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(gateway.ask(request).await.0, StatusCode::NOT_FOUND);
    }
}

#[test]
fn the_commands_show_the_entity_configuration() {
    let (configured, _) = with_keys();
    let token = configured.run(&["metadata", "federation"]);
    let token = token.expect(0).out.trim();
    let keys = own_keys(token);
    assert!(verify_compact(token, &JwtProfile::ENTITY_STATEMENT, &keys).is_ok());
    let decoded = configured.run(&["metadata", "federation", "--decoded"]);
    let decoded: Value = serde_json::from_str(&decoded.expect(0).out).unwrap();
    let party = &decoded["metadata"]["openid_relying_party"];
    assert_eq!(party["client_id"], ORIGIN);
    let uses: Vec<&Value> = party["jwks"]["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["use"])
        .collect();
    assert_eq!(uses, [&json!("sig"), &json!("enc")]);
    configured.run(&["check"]).expect(0);
}

#[test]
fn keys_are_private_and_never_made_over_others() {
    let (configured, _) = with_keys();
    let folder = configured.path("federation");
    let mut names = Vec::new();
    for file in std::fs::read_dir(&folder).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if std::path::Path::new(&name).extension() == Some("pem".as_ref()) {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            names.push(name);
        }
    }
    assert_eq!(names.len(), 3);
    let again = ["keys", "federation", "new", "--p256", "--out", &folder];
    let again = crate::support::configured::varco(&again);
    assert!(again.expect(1).err.contains("there are keys here already"));

    // A file under another key's name is noticed, and a missing one too.
    let path = |index: usize| format!("{folder}/{}", names[index]);
    std::fs::copy(path(0), path(1)).unwrap();
    let checked = configured.run(&["check"]);
    assert!(
        checked
            .expect(1)
            .err
            .contains("is not the private key that it is named after")
    );
    std::fs::remove_file(path(1)).unwrap();
    configured.run(&["check"]).expect(1);
}

#[test]
fn a_section_without_keys_says_how_to_make_them() {
    let checked = configured().run(&["check"]);
    assert!(checked.expect(1).err.contains("varco keys federation new"));
    let none = Configured::new();
    for command in [
        ["keys", "federation", "status"],
        ["metadata", "federation", "--decoded"],
    ] {
        let said = none.run(&command);
        assert!(said.expect(1).err.contains("no `[federation]`"));
    }
}

#[test]
fn every_line_of_the_section_is_checked() {
    for (old, new, says) in [
        ("[\"https://registro.example\"]", "[]", "`authority_hints`"),
        (
            "https://registro.example",
            "https://registro.example?a",
            "`authority_hints`",
        ),
        ("https://registro.example", "registro", "`authority_hints`"),
        ("[\"pec@istituto.example\"]", "[]", "`contacts`"),
        ("pec@istituto.example", "istituto.example", "`contacts`"),
        (
            "istituto.example/logo.svg",
            "istituto.example/logo.png",
            "`logo`",
        ),
        (
            "https://istituto.example/privacy",
            "http://istituto.example/privacy",
            "`policy`",
        ),
        (
            "keys = \"federation\"",
            "keys = \"federation\"\nlifetime_hours = 49",
            "`lifetime_hours`",
        ),
        (
            "keys = \"federation\"",
            "keys = \"federation\"\nchain_life_hours = 0",
            "`chain_life_hours`",
        ),
        (
            "keys = \"federation\"",
            "keys = \"federation\"\ncontent_encryption = \"A256GCM\"",
            "`content_encryption`",
        ),
        (
            "keys = \"federation\"",
            "keys = \"federation\"\nkey_management = \"RSA1_5\"",
            "RSA1_5",
        ),
        (
            "keys = \"federation\"",
            "keys = \"federation\"\nentity_id = \"https://other.example\"",
            "`entity_id`",
        ),
        (
            "keys = \"federation\"",
            "keys = \"federation\"\nsecret = 1",
            "secret",
        ),
    ] {
        let (configured, _) = with_keys();
        configured.change(old, new);
        let checked = configured.run(&["check"]);
        let said = &checked.expect(1).err;
        assert!(said.contains(says), "{new}: {said}");
    }
    let (configured, _) = with_keys();
    let slashed = format!("keys = \"federation\"\nentity_id = \"{ORIGIN}/\"");
    configured.change("keys = \"federation\"", &slashed);
    let decoded = configured.run(&["metadata", "federation", "--decoded"]);
    let decoded: Value = serde_json::from_str(&decoded.expect(0).out).unwrap();
    assert_eq!(decoded["iss"], json!(format!("{ORIGIN}/")));
}

/// A gateway with this file of trust marks.
fn with_marks(marks: &str) -> (Configured, Config, Built) {
    let (configured, _) = with_keys();
    configured.write("marks", marks);
    let named = "keys = \"federation\"\ntrust_marks = \"marks\"";
    configured.change("keys = \"federation\"", named);
    let config = Config::load(configured.path("varco.toml").as_ref()).unwrap();
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let built = build(&config, ports).unwrap_or_else(|errors| panic!("{errors}"));
    (configured, config, built)
}

/// A trust mark about somebody; whoever reads it verifies it, and we do not.
fn mark(about: &str, kind: &str) -> String {
    signed(&json!({"iss": "https://registro.example", "sub": about, "id": kind}))
}

fn signed(claims: &Value) -> String {
    let header = json!({"alg": "RS256", "typ": "trust-mark+jwt", "kid": "one"});
    let [header, claims] = [&header, claims].map(|part| base64url(part.to_string().as_bytes()));
    format!("{header}.{claims}.{}", base64url(&[1; 256]))
}

fn shown(built: &Built) -> Value {
    let entity = built.federation.as_ref().unwrap();
    entity.claims(SystemClock.now())["trust_marks"].clone()
}

#[test]
fn a_trust_mark_that_comes_later_is_shown_without_a_restart_once_its_file_stands_still() {
    let (configured, config, built) = with_marks("");
    let mut watch = MarksWatch::new(&config, &built).unwrap();
    // The file is read again once, since it may have changed between the start and the first look.
    assert!(matches!(watch.look(), MarksLook::Unsettled));
    assert!(matches!(watch.look(), MarksLook::Unchanged));
    assert_eq!(shown(&built), json!([]));

    let given = mark(ORIGIN, "https://registro.example/public");
    configured.write("marks", &format!("{given}\n"));
    assert!(matches!(watch.look(), MarksLook::Unsettled));
    assert_eq!(shown(&built), json!([]));
    assert!(matches!(watch.look(), MarksLook::Replaced { marks: 1 }));
    assert_eq!(shown(&built)[0]["trust_mark"], given);
    assert!(matches!(watch.look(), MarksLook::Unchanged));

    // Somebody who asks is heard at once.
    let second = mark(ORIGIN, "https://registro.example/other");
    configured.write("marks", &format!("{given}\n{second}\n"));
    assert!(matches!(watch.reload(), MarksLook::Replaced { marks: 2 }));
    assert!(matches!(watch.reload(), MarksLook::Unchanged));
}

#[test]
fn a_file_of_trust_marks_with_something_wrong_in_it_changes_nothing() {
    let given = mark(ORIGIN, "https://registro.example/public");
    let (configured, config, built) = with_marks(&given);
    let mut watch = MarksWatch::new(&config, &built).unwrap();
    let of_another = mark("https://other.example", "https://registro.example/public");
    for wrong in [format!("{given}\n{of_another}"), "no mark".to_owned()] {
        configured.write("marks", &wrong);
        let MarksLook::Refused(errors) = watch.reload() else {
            panic!("{wrong} was taken up");
        };
        let line = if wrong.contains('\n') { 2 } else { 1 };
        assert_eq!(errors.faults()[0].line, Some(line));
        assert_eq!(shown(&built)[0]["trust_mark"], given);
        // Told once, not at every look.
        watch.look();
        assert!(matches!(watch.look(), MarksLook::Unchanged));
    }
    configured.remove("marks");
    assert!(matches!(watch.reload(), MarksLook::Refused(_)));
    assert_eq!(shown(&built)[0]["trust_mark"], given);
}

#[test]
fn a_trust_mark_that_ends_is_told_before_it_does() {
    let days = |days| SystemClock.now() + chrono::TimeDelta::days(days);
    let with_end = |name: &str, end: varco::identity::Timestamp| {
        let kind = format!("https://registro.example/{name}");
        signed(&json!({"sub": ORIGIN, "id": kind, "exp": end.timestamp()}))
    };
    let marks = [("long", 90), ("soon", 20), ("over", -1)];
    let marks = marks.map(|(name, left)| with_end(name, days(left)));
    let (configured, config, built) = with_marks(&marks.join("\n"));
    let said = configured.run(&["check"]);
    let told: Vec<&str> = said.expect(0).out.lines().collect();
    let about = |name: &str| told.iter().find(|line| line.contains(name)).copied();
    assert_eq!(about("/long"), None);
    assert!(about("/soon").unwrap().contains("is valid until"));
    assert!(about("/over").unwrap().contains("ended"));
    assert_eq!(about("no trust mark"), None);

    // The same is a metric, of the one that ends first.
    let watch = MarksWatch::new(&config, &built).unwrap();
    let metrics = built.gateway.metrics();
    metrics.federation_marks(watch.first_end());
    let end = days(-1).timestamp();
    let told = metrics.encode().unwrap();
    let line = told
        .lines()
        .find(|line| line.starts_with("varco_federation_mark_ends"));
    let value: i64 = line.unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    assert!((end - value).abs() < 60, "{told}");

    // Without any that is in force it says so.
    configured.write("marks", &marks[2]);
    let said = configured.run(&["check"]);
    assert!(
        said.expect(0)
            .out
            .contains("no trust mark of ours is in force")
    );
}
