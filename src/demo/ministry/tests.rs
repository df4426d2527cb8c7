use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::TimeZone as _;
use serde_json::Map;

use super::member::{Member, Registered};
use super::provider::Grant;
use super::request::{BadRequest, LoginRequest};
use super::*;
use crate::crypto::{DecryptionKey, SigningKey};
use crate::demo::people::PEOPLE;
use crate::protocol::jose::{
    JweKey, Jwk, JwkSet, JwtProfile, KeyManagement, UnverifiedJwt, verify_compact,
};

const PARTY: &str = "https://localhost:8443";

fn key() -> Arc<dyn Signer> {
    Arc::new(SigningKey::generate(KeyKind::P256).unwrap())
}

fn signer() -> JwtSigner {
    JwtSigner::new(key(), JwsAlgorithm::Es256).unwrap()
}

static MINISTRY: LazyLock<Ministry> = LazyLock::new(|| {
    Ministry::new("https://127.0.0.1:8446", [key(), key(), key()], [7; 32]).unwrap()
});
static FEDERATION: LazyLock<JwtSigner> = LazyLock::new(signer);
static CORE: LazyLock<JwtSigner> = LazyLock::new(signer);

fn noon() -> Timestamp {
    chrono::Utc
        .with_ymd_and_hms(2026, 11, 22, 12, 0, 0)
        .unwrap()
}

fn configuration(core: &JwtSigner) -> Draft {
    let encryption = Arc::new(DecryptionKey::generate(KeyKind::P256).unwrap());
    let management = KeyManagement::from_name("ECDH-ES+A256KW").unwrap();
    let encryption = JweKey::new(encryption).jwk(management).unwrap();
    Draft::new(
        "entity-statement+jwt",
        json!({
            "iss": PARTY, "sub": PARTY,
            "iat": noon().timestamp(), "exp": noon().timestamp() + 3600,
            "jwks": { "keys": [published(&FEDERATION)] },
            "metadata": { RELYING_PARTY: {
                "client_id": PARTY,
                "client_name": "Istituto di Prova",
                "redirect_uris": [format!("{PARTY}/cie/callback")],
                "jwks": { "keys": [published(core), encryption.to_json()] },
                "userinfo_encrypted_response_alg": "ECDH-ES+A256KW",
                "userinfo_encrypted_response_enc": "A256CBC-HS512",
            } },
        }),
    )
}

fn member() -> Member {
    let token = configuration(&CORE).sign(&FEDERATION).unwrap();
    Member::read(PARTY, &token, None, noon()).unwrap()
}

fn asked() -> (Map<String, Value>, HashMap<String, String>) {
    let claims = json!({
        "iss": PARTY, "aud": MINISTRY.provider, "client_id": PARTY, "response_type": "code",
        "scope": "openid profile", "redirect_uri": format!("{PARTY}/cie/callback"),
        "state": "s".repeat(32), "nonce": "n".repeat(32), "code_challenge": "c".repeat(43),
        "code_challenge_method": "S256", "prompt": "consent login", "jti": "once",
        "acr_values": "https://www.spid.gov.it/SpidL3 https://www.spid.gov.it/SpidL2",
        "claims": { "userinfo": { "gender": null, "shoe_size": null } },
        "iat": noon().timestamp(), "exp": noon().timestamp() + 60,
    });
    let outside = [
        "client_id",
        "response_type",
        "scope",
        "code_challenge",
        "code_challenge_method",
    ];
    let fields = outside.map(|name| (name.to_owned(), claims[name].as_str().unwrap().to_owned()));
    let Value::Object(claims) = claims else {
        unreachable!("it is an object");
    };
    (claims, HashMap::from(fields))
}

fn read(
    claims: &Map<String, Value>,
    mut fields: HashMap<String, String>,
) -> Result<LoginRequest, BadRequest> {
    let member = member();
    let request = CORE.sign("oauth-authz-req+jwt", claims).unwrap();
    fields.insert("request".to_owned(), request);
    request::read(&fields, &member, &member.shown, &MINISTRY.provider, noon())
}

#[test]
fn a_relying_party_is_believed_on_its_own_keys_at_first_and_then_on_those_enrolled() {
    let token = configuration(&CORE).sign(&FEDERATION).unwrap();
    let enrolled = Member::read(PARTY, &token, None, noon()).unwrap().shown;
    assert!(Member::read(PARTY, &token, Some(&enrolled), noon()).is_ok());
    let other = Registered {
        federation: JwkSet::new(vec![CORE.jwk().clone()]).unwrap(),
        ..enrolled.clone()
    };
    assert!(Member::read(PARTY, &token, Some(&other), noon()).is_err());
    // Its core keys are those enrolled too, whatever it shows since.
    let changed = configuration(&signer()).sign(&FEDERATION).unwrap();
    let changed = Member::read(PARTY, &changed, Some(&enrolled), noon()).unwrap();
    assert_ne!(changed.shown.core, enrolled.core);
}

#[test]
fn an_entity_configuration_that_is_not_in_order_is_refused() {
    type Spoil = fn(&mut Draft);
    let later = noon() + chrono::TimeDelta::hours(2);
    let rows: [(Spoil, Timestamp); 6] = [
        (|_| {}, later),
        (|draft| draft.header["typ"] = json!("JWT"), noon()),
        (
            |draft| draft.claims["iss"] = json!("https://other.example"),
            noon(),
        ),
        (
            |draft| draft.claims["sub"] = json!("https://other.example"),
            noon(),
        ),
        (|draft| draft.claims["metadata"] = json!({}), noon()),
        (
            |draft| draft.claims["iat"] = json!(noon().timestamp() + 600),
            noon(),
        ),
    ];
    for (number, (spoil, now)) in rows.into_iter().enumerate() {
        let mut draft = configuration(&CORE);
        spoil(&mut draft);
        let token = draft.sign(&FEDERATION).unwrap();
        assert!(
            Member::read(PARTY, &token, None, now).is_err(),
            "row {number}"
        );
    }
}

#[test]
fn a_request_asks_for_its_lowest_level_and_for_attributes_by_name() {
    let (claims, fields) = asked();
    let request = read(&claims, fields).unwrap();
    assert_eq!(request.level, 2);
    let grant = Grant {
        request,
        username: PEOPLE[0].username.to_owned(),
        level: 2,
    };
    let told = grant.attributes();
    let told: Vec<&str> = told.keys().map(String::as_str).collect();
    let expected = [
        "birthdate",
        "family_name",
        "gender",
        "given_name",
        "https://attributes.eid.gov.it/fiscal_number",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_request_that_breaks_a_rule_is_refused_and_nobody_is_sent_where_it_was_not_registered() {
    let change = |name: &str, value: Value| {
        let (mut claims, fields) = asked();
        match value {
            Value::Null => claims.remove(name),
            value => claims.insert(name.to_owned(), value),
        };
        read(&claims, fields).unwrap_err()
    };
    for (name, value, error) in [
        (
            "iss",
            json!("https://other.example"),
            "invalid_request_object",
        ),
        (
            "aud",
            json!([MINISTRY.provider, "https://other.example"]),
            "invalid_request_object",
        ),
        (
            "aud",
            json!("https://other.example"),
            "invalid_request_object",
        ),
        ("sub", json!(PARTY), "invalid_request_object"),
        ("scope", json!("openid email"), "invalid_request"),
        (
            "code_challenge_method",
            json!("plain"),
            "invalid_request_object",
        ),
        ("code_challenge", Value::Null, "invalid_request"),
        ("prompt", json!("none"), "invalid_request"),
        ("nonce", json!("short"), "invalid_request"),
        ("acr_values", json!("urn:other"), "invalid_request"),
        (
            "exp",
            json!(noon().timestamp() - 1),
            "invalid_request_object",
        ),
        (
            "exp",
            json!(noon().timestamp() + 3600),
            "invalid_request_object",
        ),
        ("jti", Value::Null, "invalid_request_object"),
    ] {
        let refused = change(name, value);
        assert_eq!(refused.error, error, "{name}");
        assert!(refused.back.is_some(), "{name}");
    }
    for (name, value) in [
        ("redirect_uri", json!("https://other.example/cie/callback")),
        ("state", json!("short")),
    ] {
        assert_eq!(change(name, value).back, None, "{name}");
    }
    let (claims, mut fields) = asked();
    fields.insert("scope".to_owned(), "openid".to_owned());
    assert_eq!(read(&claims, fields).unwrap_err().error, "invalid_request");
}

#[test]
fn what_anchor_and_provider_say_verifies_with_the_keys_that_they_publish() {
    let now = noon();
    let keys = |signer: &JwtSigner| JwkSet::new(vec![Jwk::clone(signer.jwk())]).unwrap();
    let anchor = keys(&MINISTRY.anchor_signer);
    let of_itself = MINISTRY.anchor_configuration(now);
    let of_itself = of_itself.sign(&MINISTRY.anchor_signer).unwrap();
    assert!(verify_compact(&of_itself, &JwtProfile::ENTITY_STATEMENT, &anchor).is_ok());
    let provider = MINISTRY.provider_configuration(now).unwrap();
    let mark = provider.claims["trust_marks"][0]["trust_mark"]
        .as_str()
        .unwrap();
    assert!(verify_compact(mark, &JwtProfile::TRUST_MARK, &anchor).is_ok());
    let shown = provider.sign(&MINISTRY.federation_signer).unwrap();
    let shown = UnverifiedJwt::parse(&shown, 64 * 1024).unwrap();
    let federation = keys(&MINISTRY.federation_signer);
    assert!(
        shown
            .verify(&JwtProfile::ENTITY_STATEMENT, federation.keys())
            .is_ok()
    );
}

#[test]
fn a_person_has_another_name_at_each_relying_party() {
    let (claims, fields) = asked();
    let mut grant = Grant {
        request: read(&claims, fields).unwrap(),
        username: PEOPLE[0].username.to_owned(),
        level: 2,
    };
    let here = MINISTRY.subject(&grant);
    assert_eq!(MINISTRY.subject(&grant), here);
    grant.request.client_id = "https://other.example".to_owned();
    assert_ne!(MINISTRY.subject(&grant), here);
}
