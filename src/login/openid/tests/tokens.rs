//! The tokens (B9, B10): one row a misbehaviour of the provider, and the valid variants.

use serde_json::{Value, json};

use crate::crypto::encoding::base64url;
use crate::identity::{AchievedAssurance, AssuranceLevel};
use crate::login::openid::testing::{
    CLOSED, Made, OPENS, OTHER, RSA, SECOND, STRANGER, Scene, sealed, signer,
};
use crate::login::openid::*;
use crate::protocol::jose::JwsAlgorithm;

const NUMBER: &str = "https://attributes.eid.gov.it/fiscal_number";

fn unset(claims: &mut Value, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

/// A token with another header and no signature that counts.
fn with_header(token: &str, header: &Value) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", base64url(header.to_string().as_bytes()))
}

type Row = (&'static str, fn(&mut Made));

#[rustfmt::skip]
const REFUSED: &[Row] = &[
    // The token answer.
    ("token-refused", |made| made.token_status = 400),
    ("token-refused", |made| made.token_status = 403),
    ("token-server", |made| made.token_status = 503),
    ("token-kind", |made| made.token_kind = "text/html"),
    ("token-type", |made| made.more = json!({ "token_type": "DPoP" })),
    ("token-type", |made| made.more = json!({ "token_type": null })),
    ("token-access", |made| made.more = json!({ "access_token": "" })),
    ("token-access", |made| made.more = json!({ "access_token": "a b" })),
    ("token-id", |made| made.more = json!({ "id_token": null })),
    // The ID token.
    ("id-token-issuer", |made| made.id_token["iss"] = json!(OTHER)),
    ("id-token-issuer", |made| unset(&mut made.id_token, "iss")),
    ("id-token-audience", |made| made.id_token["aud"] = json!(OTHER)),
    ("id-token-audience", |made| made.id_token["aud"] = json!(["https://login.example", OTHER])),
    ("id-token-audience", |made| unset(&mut made.id_token, "aud")),
    ("id-token-authorized-party", |made| made.id_token["azp"] = json!(OTHER)),
    ("id-token-exp", |made| unset(&mut made.id_token, "exp")),
    ("id-token-expired", |made| made.id_token["exp"] = json!(1)),
    ("id-token-iat", |made| unset(&mut made.id_token, "iat")),
    ("id-token-from-the-future", |made| made.id_token["iat"] = json!(4_000_000_000_u32)),
    ("id-token-older-than-request", |made| made.id_token["iat"] = json!(1_000_000_000)),
    ("id-token-not-yet", |made| made.id_token["nbf"] = json!(4_000_000_000_u32)),
    ("id-token-nonce", |made| made.id_token["nonce"] = json!("another")),
    ("id-token-nonce", |made| unset(&mut made.id_token, "nonce")),
    ("id-token-old-login", |made| made.id_token["auth_time"] = json!(1_000_000_000)),
    ("id-token-auth-time", |made| made.id_token["auth_time"] = json!("now")),
    ("id-token-auth-time", |made| made.id_token["auth_time"] = json!(4_000_000_000_u32)),
    ("id-token-subject", |made| unset(&mut made.id_token, "sub")),
    ("id-token-subject", |made| made.id_token["sub"] = json!("")),
    ("id-token-acr", |made| unset(&mut made.id_token, "acr")),
    ("id-token-acr-unknown", |made| made.id_token["acr"] = json!("https://www.spid.gov.it/SpidL9")),
    ("id-token-acr-lower", |made| made.id_token["acr"] = json!("https://www.spid.gov.it/SpidL1")),
    ("id-token-at-hash", |made| { made.with_at_hash = false; }),
    ("id-token-at-hash", |made| { made.with_at_hash = false; made.id_token["at_hash"] = json!("AAAA"); }),
    ("id-token-no-key", |made| made.id_signer = signer(&STRANGER, JwsAlgorithm::Es256)),
    ("id-token-type", |made| made.typ = "at+jwt"),
    ("id-token-algorithm", |made| made.finish_id_token = |token| with_header(&token, &json!({ "alg": "none" }))),
    ("id-token-algorithm", |made| made.finish_id_token = |token| with_header(&token, &json!({ "alg": "HS256" }))),
    ("id-token-no-kid", |made| made.finish_id_token = |token| with_header(&token, &json!({ "alg": "ES256" }))),
    ("id-token-critical", |made| made.finish_id_token = |token| with_header(&token, &json!({ "alg": "ES256", "crit": ["x"] }))),
    ("id-token-signature", |made| made.finish_id_token = |token| {
        let (signed, _) = token.rsplit_once('.').unwrap();
        format!("{signed}.{}", base64url(&[7; 64]))
    }),
    ("id-token-form", |made| made.finish_id_token = |token| token.replace('.', "")),
    ("id-token-encrypted", |made| made.finish_id_token = |token| sealed(&token, &CLOSED, Some("JWT"))),
    // The access token.
    ("access-token-issuer", |made| made.access_token["iss"] = json!(OTHER)),
    ("access-token-client", |made| made.access_token["client_id"] = json!(OTHER)),
    ("access-token-audience", |made| made.access_token["aud"] = json!([OTHER])),
    ("access-token-expired", |made| made.access_token["exp"] = json!(1)),
    // Userinfo.
    ("userinfo-refused", |made| made.userinfo_status = 401),
    ("userinfo-server", |made| made.userinfo_status = 500),
    ("userinfo-kind", |made| made.userinfo_kind = "application/json"),
    ("userinfo-kind", |made| made.userinfo_kind = ""),
    ("userinfo-message-form", |made| made.wrap_userinfo = |token| token),
    ("userinfo-message-form", |made| made.wrap_userinfo = |_| "{\"sub\":\"pairwise\"}".to_owned()),
    ("userinfo-form", |made| made.wrap_userinfo = |_| sealed("{\"sub\":\"pairwise\"}", &OPENS, Some("JWT"))),
    ("userinfo-message-no-key", |made| made.wrap_userinfo = |token| sealed(&token, &CLOSED, Some("JWT"))),
    ("userinfo-message-not-nested", |made| made.wrap_userinfo = |token| sealed(&token, &OPENS, None)),
    ("userinfo-no-key", |made| made.userinfo_signer = signer(&STRANGER, JwsAlgorithm::Es256)),
    ("userinfo-issuer", |made| made.userinfo["iss"] = json!(OTHER)),
    ("userinfo-issuer", |made| unset(&mut made.userinfo, "iss")),
    ("userinfo-audience", |made| made.userinfo["aud"] = json!(OTHER)),
    ("userinfo-audience", |made| unset(&mut made.userinfo, "aud")),
    ("userinfo-expired", |made| made.userinfo["exp"] = json!(1)),
    ("userinfo-exp", |made| unset(&mut made.userinfo, "exp")),
    ("userinfo-iat", |made| unset(&mut made.userinfo, "iat")),
    ("userinfo-subject", |made| made.userinfo["sub"] = json!("somebody else")),
    ("userinfo-subject", |made| unset(&mut made.userinfo, "sub")),
    // The person.
    ("fiscal-number-missing", |made| unset(&mut made.userinfo, NUMBER)),
    ("fiscal-number-malformed", |made| made.userinfo[NUMBER] = json!("TINIT-RSSMRA80A01H501A")),
    ("attribute-value-control", |made| made.userinfo["given_name"] = json!("Mario\r\nX: y")),
];

#[tokio::test]
async fn every_misbehaviour_is_refused_with_its_reason_and_logs_nobody_in() {
    for (code, spoil) in REFUSED {
        let scene = Scene::new();
        assert_eq!(scene.refusal(spoil).await, *code);
        let entries = scene.register.entries.lock().unwrap();
        let [entry] = entries.as_slice() else {
            panic!("{code}: one answer, one entry")
        };
        let refused = crate::audit::RegisterOutcome::Refused {
            code: (*code).to_owned(),
        };
        assert_eq!(entry.outcome, refused);
    }
}

/// A variant that is valid, and how it is made.
type Valid = (&'static str, fn(&mut Made));

#[rustfmt::skip]
const ACCEPTED: &[Valid] = &[
    ("as it is", |_| {}),
    ("one audience as a text", |made| made.id_token["aud"] = json!("https://login.example")),
    ("without nbf", |made| unset(&mut made.id_token, "nbf")),
    ("without jti", |made| unset(&mut made.id_token, "jti")),
    ("the time of the login, which no profile has", |made| made.id_token["auth_time"] = made.id_token["iat"].clone()),
    ("with our azp", |made| made.id_token["azp"] = json!("https://login.example")),
    ("without a type", |made| made.typ = "jwt"),
    ("the provider's other key", |made| made.id_signer = signer(&SECOND, JwsAlgorithm::Es256)),
    ("RS512, whose at_hash is half of SHA-512", |made| made.id_signer = signer(&RSA, JwsAlgorithm::Rs512)),
    ("userinfo under the name that the reference provider uses", |made| made.userinfo_kind = "application/jwt"),
    ("a token type in other letters", |made| made.more = json!({ "token_type": "bearer" })),
    ("an opaque access token", |made| {
        made.more = json!({ "access_token": "opaque" });
        made.with_at_hash = false;
        made.id_token["at_hash"] = json!(JwsAlgorithm::Es256.half_hash("opaque"));
    }),
    ("claims that nobody knows", |made| made.id_token["x"] = json!({ "y": [1] })),
    ("no name", |made| unset(&mut made.userinfo, "given_name")),
];

#[tokio::test]
async fn every_valid_variant_logs_the_person_in() {
    for (what, vary) in ACCEPTED {
        let scene = Scene::new();
        let login = scene.log_in(vary).await;
        let login = login.unwrap_or_else(|refused| panic!("{what}: {refused}"));
        let event = login.identity.event();
        assert_eq!(event.level, AchievedAssurance(AssuranceLevel::Substantial));
    }
}

#[tokio::test]
async fn a_higher_level_is_taken_and_no_more_than_the_provider_offers() {
    let high = |made: &mut Made| made.id_token["acr"] = json!("https://www.spid.gov.it/SpidL3");
    let scene = Scene::new();
    let login = scene.log_in(high).await.unwrap();
    let level = |login: &OpenIdLogin| login.identity.event().level.0;
    assert_eq!(level(&login), AssuranceLevel::High);
    scene.change_provider(|provider| provider.highest = AssuranceLevel::Substantial);
    let login = scene.log_in(high).await.unwrap();
    assert_eq!(level(&login), AssuranceLevel::Substantial);
}

/// A4: the switch for the day when something is found to be wrong there.
#[tokio::test]
async fn no_login_is_believed_above_the_cap_whatever_the_provider_says() {
    let habits = Habits {
        trusted_level_cap: TrustedLevelCap(AssuranceLevel::Substantial),
        ..Habits::default()
    };
    let scene = Scene::with(Profile::Cie, habits);
    let high = |made: &mut Made| made.id_token["acr"] = json!("https://www.spid.gov.it/SpidL3");
    let login = scene.log_in(high).await.unwrap();
    let level = login.identity.event().level;
    assert_eq!(level, AchievedAssurance(AssuranceLevel::Substantial));
    // Nobody is sent there for more, and no button says that it could be had.
    let refused = scene.try_start(AssuranceLevel::High).await.unwrap_err();
    assert!(matches!(refused, StartRefusal::LevelOutOfReach));
    let offered = scene.party.trusted_of(Profile::Cie, scene.now());
    assert!(
        offered
            .iter()
            .all(|one| one.highest == AssuranceLevel::Substantial)
    );
    assert_eq!(offered.len(), 2);
}

/// At level 1 a provider may remember the person: then the login is as old as it is there.
#[tokio::test]
async fn a_login_that_the_provider_remembers_is_as_old_as_it_says() {
    let scene = Scene::new();
    let sent = scene.start(AssuranceLevel::Low).await;
    let an_hour_ago = scene.now() - chrono::Duration::hours(1);
    scene.prepare(&sent, |made| {
        made.id_token["auth_time"] = json!(an_hour_ago.timestamp());
    });
    let login = scene.come_back(&sent.answer()).await.unwrap();
    assert_eq!(login.identity.event().at, an_hour_ago);
}

#[tokio::test]
async fn an_id_token_is_encrypted_where_that_is_agreed_on_and_only_there() {
    let habits = Habits {
        encrypted_id_token: true,
        ..Habits::default()
    };
    let scene = Scene::with(Profile::Cie, habits);
    assert_eq!(scene.refusal(|_| {}).await, "id-token-plain");
    let nested = scene.log_in(|made| {
        made.finish_id_token = |token| sealed(&token, &OPENS, Some("JWT"));
    });
    assert!(nested.await.is_ok());
}

#[tokio::test]
async fn the_reference_providers_habits_are_borne_where_they_are_configured() {
    let bare = |made: &mut Made| {
        for name in ["iss", "aud", "iat", "exp"] {
            unset(&mut made.userinfo, name);
        }
        made.access_token["aud"] = json!([testing::OP, "/oidc/op/userinfo"]);
    };
    let habits = Habits {
        bare_userinfo: true,
        any_access_token_audience: true,
        ..Habits::default()
    };
    let scene = Scene::with(Profile::Cie, habits);
    assert!(scene.log_in(bare).await.is_ok());
    // What is there is looked at all the same.
    let wrong = |made: &mut Made| {
        bare(made);
        made.userinfo["iss"] = json!(OTHER);
    };
    assert_eq!(scene.refusal(wrong).await, "userinfo-issuer");
    assert_eq!(Scene::new().refusal(bare).await, "access-token-audience");
}

#[tokio::test]
async fn an_id_token_is_taken_once() {
    let scene = Scene::new();
    let same = |made: &mut Made| made.id_token["jti"] = json!("the same");
    assert!(scene.log_in(same).await.is_ok());
    assert_eq!(scene.refusal(same).await, "id-token-replayed");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_or_lost_its_trust_logs_nobody_in() {
    let scene = Scene::new();
    let sent = scene.start(AssuranceLevel::Substantial).await;
    let refused = scene.come_back(&sent.answer()).await.unwrap_err();
    assert_eq!(
        (refused.kind, &*refused.code),
        (RefusalKind::Unreachable, "token-too-slow")
    );
    let sent = scene.start(AssuranceLevel::Substantial).await;
    scene.prepare(&sent, |_| {});
    scene.change_provider(|provider| provider.expires = "2026-11-21T12:00:00Z".parse().unwrap());
    let refused = scene.come_back(&sent.answer()).await.unwrap_err();
    assert_eq!(refused.code, "provider-not-trusted");
}
