use std::sync::LazyLock;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::crypto::{DecryptionKey, KeyKind, Signer, SigningKey};
use crate::protocol::jose::{JwsAlgorithm, JwtProfile, VerifiedJwt, verify_compact};

const US: &str = "https://login.example";
const ANCHOR: &str = "https://registro.example";
const PROVIDER: &str = "https://ministero.example";

static KEYS: LazyLock<EntityKeys> = LazyLock::new(|| {
    let signer = || {
        let key = SigningKey::generate(KeyKind::P256).unwrap();
        JwtSigner::new(Arc::new(key) as Arc<dyn Signer>, JwsAlgorithm::Es256).unwrap()
    };
    let (federation, signer) = (signer(), signer());
    let opens = JweKey::new(Arc::new(DecryptionKey::generate(KeyKind::P256).unwrap()));
    let published = opens.jwk(KeyManagement::EcdhEsA256Kw).unwrap();
    EntityKeys {
        federation_set: JwkSet::new(vec![federation.jwk().clone()]).unwrap(),
        core_set: JwkSet::with_encryption(vec![signer.jwk().clone()], vec![published]).unwrap(),
        federation,
        signer,
        decryption: vec![opens],
    }
});

fn at(minutes: i64) -> Timestamp {
    "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::minutes(minutes)
}

fn facts() -> EntityFacts {
    let link = |text: &str| Url::parse(text).unwrap();
    EntityFacts {
        entity_id: US.to_owned(),
        origin: US.to_owned(),
        organization_name: "Istituto di prova".to_owned(),
        client_name: "Prova".to_owned(),
        homepage: link("https://istituto.example"),
        policy: link("https://istituto.example/privacy"),
        logo: link("https://istituto.example/logo.svg"),
        contacts: vec!["pec@istituto.example".to_owned()],
        authority_hints: vec![ANCHOR.to_owned()],
        redirect_uris: vec![format!("{US}/cie/callback")],
        lifetime: Duration::from_secs(24 * 3600),
        userinfo_encryption: (KeyManagement::RsaOaep256, ContentEncryption::A256CbcHs512),
        encrypted_id_token: false,
    }
}

fn mark(claims: &Value) -> Result<OwnMark, BadMark> {
    let token = KEYS.federation.sign("trust-mark+jwt", claims).unwrap();
    OwnMark::read(&token, US)
}

fn entity(marks: Vec<OwnMark>) -> OwnEntity {
    OwnEntity::new(facts(), KEYS.clone(), marks)
}

fn read(profile: &JwtProfile, token: &str) -> VerifiedJwt {
    verify_compact(token, profile, &KEYS.federation_set).unwrap()
}

fn configuration(entity: &OwnEntity, now: Timestamp) -> (Arc<str>, VerifiedJwt) {
    let token = entity.configuration(now).unwrap();
    let read = read(&JwtProfile::ENTITY_STATEMENT, &token);
    (token, read)
}

/// Knows the provider alone, for half an hour.
struct Known;

impl KnownChains for Known {
    fn chain(&self, subject: &str, now: Timestamp) -> Option<KnownChain> {
        (subject == PROVIDER && now < at(30)).then(|| KnownChain {
            statements: vec!["configuration".to_owned(), "statement".to_owned()],
            anchor: ANCHOR.to_owned(),
            metadata: json!({"federation_entity": {}, "openid_provider": {"issuer": PROVIDER}}),
            expires: at(30),
        })
    }
}

fn question(subject: &str, anchor: &str) -> ResolveQuestion {
    ResolveQuestion {
        subject: Some(subject.to_owned()),
        anchors: vec![anchor.to_owned()],
        types: Vec::new(),
    }
}

#[test]
fn a_mark_that_comes_later_is_shown_at_once_and_the_same_marks_sign_nothing_anew() {
    let entity = entity(Vec::new());
    let (before, read) = configuration(&entity, at(0));
    assert_eq!(read.claims()["trust_marks"], json!([]));
    let kind = "https://registro.example/openid_relying_party/public";
    let given = mark(&json!({"iss": ANCHOR, "sub": US, "id": kind})).unwrap();
    assert!(entity.show(vec![given.clone()]));
    let (after, read) = configuration(&entity, at(1));
    assert_ne!(before, after);
    assert_eq!(read.claims()["trust_marks"][0]["id"], kind);
    assert_eq!(entity.claims(at(1))["trust_marks"][0]["id"], kind);
    assert!(!entity.show(vec![given]));
    assert_eq!(configuration(&entity, at(2)).0, after);
    assert!(entity.show(Vec::new()));
    assert_eq!(entity.claims(at(3))["trust_marks"], json!([]));
}

#[test]
fn the_configuration_is_ours_signed_by_the_federation_key_and_says_what_the_profile_wants() {
    let (_, read) = configuration(&entity(Vec::new()), at(0));
    assert_eq!(read.kid(), KEYS.federation.jwk().kid());
    assert_eq!((read.text("iss"), read.text("sub")), (Some(US), Some(US)));
    assert_eq!(read.time("iat"), Some(at(0).timestamp()));
    assert_eq!(read.time("exp"), Some(at(24 * 60).timestamp()));
    let claims = read.claims();
    assert_eq!(claims["authority_hints"], json!([ANCHOR]));
    assert_eq!(claims["jwks"], KEYS.federation_set.to_json());
    let federation = &claims["metadata"]["federation_entity"];
    assert_eq!(federation["homepage_uri"], federation["organization_uri"]);
    assert_eq!(
        federation["federation_resolve_endpoint"],
        json!(format!("{US}/resolve"))
    );
    let party = &claims["metadata"]["openid_relying_party"];
    assert_eq!(party["client_id"], json!(US));
    assert_eq!(party["jwks"], KEYS.core_set.to_json());
    assert_eq!(party["client_registration_types"], json!(["automatic"]));
    assert_eq!(party["token_endpoint_auth_method"], "private_key_jwt");
    // Of the key that is published: whoever encrypts must be able to.
    assert_eq!(party["userinfo_encrypted_response_alg"], "ECDH-ES+A256KW");
    assert_eq!(party["userinfo_encrypted_response_enc"], "A256CBC-HS512");
    assert!(party.get("id_token_encrypted_response_alg").is_none());
    // No private number of any key.
    for set in [&claims["jwks"], &party["jwks"]] {
        for key in set["keys"].as_array().unwrap() {
            assert!(key.get("d").is_none() && key.get("x5c").is_none());
        }
    }
}

#[test]
fn encrypted_id_tokens_are_asked_for_where_they_are_wanted() {
    let facts = EntityFacts {
        encrypted_id_token: true,
        ..facts()
    };
    let claims = OwnEntity::new(facts, KEYS.clone(), Vec::new()).claims(at(0));
    let party = &claims["metadata"]["openid_relying_party"];
    assert_eq!(party["id_token_encrypted_response_alg"], "ECDH-ES+A256KW");
    assert_eq!(party["id_token_encrypted_response_enc"], "A256CBC-HS512");
}

#[test]
fn the_configuration_is_signed_once_for_a_quarter_of_its_life() {
    let entity = entity(Vec::new());
    let (first, _) = configuration(&entity, at(0));
    assert_eq!(configuration(&entity, at(6 * 60 - 1)).0, first);
    let (second, read) = configuration(&entity, at(6 * 60));
    assert_ne!(second, first);
    assert_eq!(read.time("iat"), Some(at(6 * 60).timestamp()));
    // A clock that was set back does not leave a configuration from the future.
    let (_, read) = configuration(&entity, at(0));
    assert_eq!(read.time("iat"), Some(at(0).timestamp()));
}

#[test]
fn trust_marks_are_shown_under_both_names_until_they_end() {
    let kind = "https://registro.example/openid_relying_party/public";
    let claims = json!({"id": kind, "sub": US, "exp": at(10).timestamp()});
    let entity = entity(vec![mark(&claims).unwrap()]);
    let shown = |minutes| configuration(&entity, at(minutes)).1.claims()["trust_marks"].clone();
    let marks = shown(0);
    assert_eq!(marks[0]["id"], kind);
    assert_eq!(marks[0]["trust_mark_type"], kind);
    assert_eq!(shown(9), marks);
    assert_eq!(shown(10), json!([]));
}

#[test]
fn a_trust_mark_of_somebody_else_or_of_two_kinds_is_none_of_ours() {
    let good = json!({"trust_mark_id": "a", "trust_mark_type": "a", "sub": US});
    assert_eq!(mark(&good).unwrap().kind(), "a");
    for (claims, error) in [
        (
            json!({"id": "a", "sub": "https://x.example"}),
            BadMark::Subject,
        ),
        (json!({"id": "a"}), BadMark::Subject),
        (json!({"sub": US}), BadMark::Kind),
        (
            json!({"id": "a", "trust_mark_type": "b", "sub": US}),
            BadMark::Kind,
        ),
        (json!({"id": "a", "sub": US, "exp": "soon"}), BadMark::End),
    ] {
        assert_eq!(mark(&claims), Err(error), "{claims}");
    }
    assert_eq!(OwnMark::read("a.b", US), Err(BadMark::Form));
}

#[test]
fn what_is_resolved_is_answered_from_memory_signed_once_for_each_chain() {
    let entity = entity(Vec::new()).knowing(Arc::new(Known));
    let token = entity.resolve(&question(PROVIDER, ANCHOR), at(0)).unwrap();
    let answer = read(&JwtProfile::RESOLVE_RESPONSE, &token);
    assert_eq!(
        (answer.text("iss"), answer.text("sub")),
        (Some(US), Some(PROVIDER))
    );
    assert_eq!(answer.time("exp"), Some(at(30).timestamp()));
    assert_eq!(
        answer.claims()["trust_chain"],
        json!(["configuration", "statement"])
    );
    let again = entity.resolve(&question(PROVIDER, ANCHOR), at(5)).unwrap();
    assert_eq!(again, token);
    let some = ResolveQuestion {
        types: vec!["openid_provider".to_owned(), "no_such".to_owned()],
        ..question(PROVIDER, ANCHOR)
    };
    let some = entity.resolve(&some, at(5)).unwrap();
    let some = read(&JwtProfile::RESOLVE_RESPONSE, &some);
    let provider = json!({"openid_provider": {"issuer": PROVIDER}});
    assert_eq!(some.claims()["metadata"], provider);
}

/// Knows an entity that makes up types of its own, until it is gone, and the provider after that.
struct Inventive;

impl KnownChains for Inventive {
    fn chain(&self, subject: &str, now: Timestamp) -> Option<KnownChain> {
        if now >= at(30) {
            return Some(KnownChain {
                expires: at(60),
                ..Known.chain(subject, at(0))?
            });
        }
        let made_up = (0..20).map(|number| (format!("type_{number}"), json!({})));
        let known =
            ["federation_entity", "openid_provider"].map(|name| (name.to_owned(), json!({})));
        Some(KnownChain {
            metadata: made_up.chain(known).collect(),
            ..Known.chain(PROVIDER, now)?
        })
    }
}

#[test]
fn a_stranger_cannot_have_an_answer_signed_for_every_choice_of_types() {
    let entity = entity(Vec::new()).knowing(Arc::new(Inventive));
    let kept = || entity.answers.lock().unwrap().len();
    let chosen = |choice: u32| {
        let made_up = (0..20).filter(|bit| choice & 1 << bit != 0);
        let known = ["federation_entity", "openid_provider"]
            .into_iter()
            .enumerate();
        let known = known.filter(|(bit, _)| choice & 1 << bit != 0);
        let types = made_up.map(|number| format!("type_{number}"));
        ResolveQuestion {
            types: types
                .chain(known.map(|(_, name)| name.to_owned()))
                .collect(),
            ..question(PROVIDER, ANCHOR)
        }
    };
    for choice in 1..500 {
        let token = entity.resolve(&chosen(choice), at(0)).unwrap();
        if choice == 3 {
            let answer = read(&JwtProfile::RESOLVE_RESPONSE, &token);
            let known = json!({ "federation_entity": {}, "openid_provider": {} });
            assert_eq!(answer.claims()["metadata"], known);
        }
    }
    assert_eq!(kept(), 4);
    // Who asks for nothing in particular is told all.
    let all = entity.resolve(&question(PROVIDER, ANCHOR), at(0)).unwrap();
    let all = read(&JwtProfile::RESOLVE_RESPONSE, &all);
    assert_eq!(all.claims()["metadata"].as_object().unwrap().len(), 22);
    assert_eq!(kept(), 5);
    // What has ended is not kept beside what came after.
    entity.resolve(&question(PROVIDER, ANCHOR), at(31)).unwrap();
    assert_eq!(kept(), 1);
}

#[test]
fn what_is_not_known_or_asked_wrongly_is_not_resolved() {
    use FederationError as E;
    let knowing = entity(Vec::new()).knowing(Arc::new(Known));
    let nobody = ResolveQuestion {
        subject: None,
        ..question(PROVIDER, ANCHOR)
    };
    let nowhere = ResolveQuestion {
        anchors: Vec::new(),
        ..question(PROVIDER, ANCHOR)
    };
    for (asked, minutes, error) in [
        (nobody, 0, E::InvalidRequest("sub")),
        (nowhere, 0, E::InvalidRequest("trust_anchor")),
        (question("https://x.example", ANCHOR), 0, E::NotFound),
        (
            question(PROVIDER, "https://x.example"),
            0,
            E::InvalidTrustAnchor,
        ),
        // The chain has ended: an answer that was signed before is not given any more.
        (question(PROVIDER, ANCHOR), 30, E::NotFound),
    ] {
        let _ = knowing.resolve(&question(PROVIDER, ANCHOR), at(0));
        assert_eq!(knowing.resolve(&asked, at(minutes)), Err(error));
    }
    let unknowing = entity(Vec::new());
    let answer = unknowing.resolve(&question(PROVIDER, ANCHOR), at(0));
    assert_eq!(answer, Err(E::NotFound));
}
