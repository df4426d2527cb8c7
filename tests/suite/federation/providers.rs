//! What a provider must say of itself (rules on CIE, B5), and the chain of production, rebuilt with keys of our own.

use serde_json::{Value, json};
use varco::crypto::KeyKind;
use varco::protocol::federation::{
    EntityId, FederationRefusal, OpenIdProviderMetadata, ProviderDemands, TrustChain, check_status,
};
use varco::protocol::jose::{JwkRules, JwkSet, JwsAlgorithm};

use super::chains::{judge, now};
use crate::support::federation::{
    ANCHOR, Draft, Federation, MARK, PROVIDER, anchor_key, jwk, jwks, pinned, provider_core_key,
    provider_key, stranger_key,
};
use crate::support::keys;

fn refused(federation: &Federation) -> Option<&'static str> {
    match judge(&federation.chain(), now()).err()? {
        FederationRefusal::Provider(parameter) => Some(parameter),
        other => Some(other.code()),
    }
}

#[test]
fn a_provider_without_something_that_a_login_needs_is_refused() {
    let needed = [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "jwks",
        "response_types_supported",
        "acr_values_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
        "userinfo_encryption_alg_values_supported",
        "userinfo_encryption_enc_values_supported",
        "token_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_methods_supported",
        "code_challenge_methods_supported",
        "request_parameter_supported",
        "claims_parameter_supported",
        "authorization_response_iss_parameter_supported",
        "client_registration_types_supported",
        "request_authentication_methods_supported",
    ];
    for parameter in needed {
        let mut federation = Federation::flat(now());
        // The policy of the test would put these there or miss them itself.
        federation.statements[0].claims["metadata_policy"] = json!({});
        let metadata = federation.metadata().as_object_mut().unwrap();
        assert!(metadata.remove(parameter).is_some(), "{parameter}");
        assert_eq!(refused(&federation), Some(parameter));
    }
}

#[test]
fn a_provider_that_contradicts_the_profile_is_refused() {
    let rows = [
        ("issuer", json!("https://other.example.it")),
        ("issuer", json!(format!("{PROVIDER}/"))),
        (
            "authorization_endpoint",
            json!("http://oidc.idserver.example.it/authorize"),
        ),
        (
            "authorization_endpoint",
            json!("https://evil.example.com/authorize"),
        ),
        (
            "authorization_endpoint",
            json!("https://user@oidc.idserver.example.it/authorize"),
        ),
        ("token_endpoint", json!("http://127.0.0.1/token")),
        ("token_endpoint", json!("/token")),
        (
            "userinfo_endpoint",
            json!("https://oidc.idserver.example.it/userinfo#x"),
        ),
        ("response_types_supported", json!(["token"])),
        ("response_types_supported", json!("code")),
        ("acr_values_supported", json!([])),
        ("subject_types_supported", json!(["public"])),
        (
            "id_token_signing_alg_values_supported",
            json!(["none", "HS256", "RS384"]),
        ),
        ("userinfo_signing_alg_values_supported", json!(["none"])),
        (
            "userinfo_encryption_alg_values_supported",
            json!(["RSA1_5", "dir"]),
        ),
        (
            "userinfo_encryption_enc_values_supported",
            json!(["A128GCM"]),
        ),
        (
            "token_endpoint_auth_methods_supported",
            json!(["client_secret_basic"]),
        ),
        ("code_challenge_methods_supported", json!(["plain"])),
        ("request_parameter_supported", json!(false)),
        ("claims_parameter_supported", json!("true")),
        (
            "authorization_response_iss_parameter_supported",
            json!(false),
        ),
        ("client_registration_types_supported", json!([])),
        ("client_registration_types_supported", json!(["explicit"])),
        ("request_authentication_methods_supported", json!({})),
        (
            "request_authentication_methods_supported",
            json!({ "ar": ["private_key_jwt"] }),
        ),
        ("jwks", json!("https://oidc.idserver.example.it/jwks")),
    ];
    for (parameter, value) in rows {
        let mut federation = Federation::flat(now());
        federation.statements[0].claims["metadata_policy"] = json!({});
        federation.metadata()[parameter] = value.clone();
        assert_eq!(refused(&federation), Some(parameter), "{value}");
    }
    for (keys, code) in [
        (json!({ "keys": [] }), "keys"),
        (
            json!({ "keys": [{ "kty": "oct", "kid": "k", "k": "AAAA" }] }),
            "keys-symmetric",
        ),
    ] {
        let mut federation = Federation::flat(now());
        federation.metadata()["jwks"] = keys;
        assert_eq!(refused(&federation), Some(code));
    }
}

#[test]
fn what_only_the_profile_of_cie_demands_is_not_asked_of_spid() {
    let mut federation = Federation::flat(now());
    let metadata = federation.metadata().as_object_mut().unwrap();
    metadata.remove("authorization_response_iss_parameter_supported");
    metadata.remove("revocation_endpoint_auth_methods_supported");
    let chain =
        TrustChain::verify(&federation.chain(), &[pinned()], Default::default(), now()).unwrap();
    let read = |names_itself_in_answers| {
        let demands = ProviderDemands {
            names_itself_in_answers,
        };
        OpenIdProviderMetadata::read(&chain, demands).is_ok()
    };
    assert!(read(false));
    assert!(!read(true));
}

/// Policies pin the keys of an entity by value (rules on CIE, B2): those that the superior registered count, whatever the
/// entity shows.
#[test]
fn keys_that_the_policy_pins_are_the_ones_that_count() {
    let mut federation = Federation::flat(now());
    federation.metadata()["jwks"] = jwks(&[(stranger_key(), "new")]);
    federation.statements[0].claims["metadata_policy"]["openid_provider"]["jwks"] =
        json!({ "value": jwks(&[(provider_core_key(), "registered")]) });
    let provider = judge(&federation.chain(), now()).unwrap().provider;
    let kids: Vec<_> = provider.keys.keys().iter().map(|key| key.kid()).collect();
    assert_eq!(kids, ["registered"]);
}

/// As the registry of the Ministry wrote its statements in October 2024: an RSA key with a name of its own and without `alg`,
/// an EC key and one to encrypt to beside it, constraints in its own configuration and in statements, the issuers of trust
/// marks twice, marks with `id` alone, and marks and hints in what it says of others.
#[test]
fn the_chain_of_production_is_accepted() {
    let now = now();
    let mut federation = Federation::flat(now);
    let mut encryption = jwk(keys::stranger_rsa(), "defaultRSAEnc");
    encryption["use"] = json!("enc");
    let anchor_keys = json!({ "keys": [
        jwk(keys::provider_rsa(), "defaultRSASign"),
        jwk(anchor_key(), "defaultECSign"),
        encryption,
    ] });
    let kinds = [
        "openid_relying_party",
        "openid_provider",
        "intermediate",
        "oauth_resource",
    ];
    let issuers: Value = kinds
        .iter()
        .flat_map(|kind| ["public", "private"].map(|sort| format!("{ANCHOR}/{kind}/{sort}")))
        .map(|kind| (kind, json!([ANCHOR, "https://sa.example.it/oidc/sa/"])))
        .collect::<serde_json::Map<_, _>>()
        .into();
    for draft in [
        &mut federation.anchor,
        &mut federation.statements[0],
        &mut federation.mark,
    ] {
        draft.key = keys::provider_rsa();
        draft.header["kid"] = json!("defaultRSASign");
        draft.header["alg"] = json!("RS256");
    }
    let anchor = &mut federation.anchor.claims;
    anchor["jwks"] = anchor_keys.clone();
    anchor["constraints"] = json!({ "max_path_length": 1 });
    anchor["trust_mark_issuers"] = issuers.clone();
    anchor["trust_marks_issuers"] = issuers;
    federation.mark_entry["iss"] = json!(ANCHOR);
    let entry = json!({ "id": MARK, "iss": ANCHOR, "trust_mark": federation.mark.signed() });
    let core = federation.metadata()["jwks"].clone();
    let statement = &mut federation.statements[0].claims;
    statement["trust_marks"] = json!([entry]);
    statement["authority_hints"] = json!([ANCHOR]);
    statement["constraints"] = json!({ "allowed_leaf_entity_types": ["openid_provider"] });
    statement["metadata_policy"] = json!({ "openid_provider": {
        "jwks": { "value": core },
        "client_registration_types_supported": { "subset_of": ["automatic"], "essential": true },
        "grant_types_supported": {
            "superset_of": ["authorization_code"], "subset_of": ["authorization_code", "refresh_token"],
        },
        "id_token_encryption_alg_values_supported": {
            "subset_of": ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES"], "essential": false,
        },
        "response_types_supported": { "value": ["code"] },
    } });
    let mut anchor = pinned();
    anchor.keys = JwkSet::read(JwkRules::Federation, anchor_keys.as_object().unwrap()).unwrap();

    let chain =
        TrustChain::verify(&federation.chain(), &[anchor], Default::default(), now).unwrap();
    let mark = chain.trust_mark(|kind| kind == MARK, &[], now).unwrap();
    let provider = OpenIdProviderMetadata::read(&chain, super::chains::CIE).unwrap();

    assert_eq!(mark.issuer().as_str(), ANCHOR);
    assert_eq!(provider.issuer.as_str(), PROVIDER);
    assert_eq!(
        provider.id_token_signing,
        [JwsAlgorithm::Rs256, JwsAlgorithm::Es256]
    );
    assert!(matches!(
        provider.keys.keys()[0].key().kind(),
        KeyKind::P256
    ));
    assert_eq!(
        chain.metadata().types().collect::<Vec<_>>(),
        ["federation_entity", "openid_provider"]
    );
    assert!(chain.anchor().other_keys().is_none());
}

const ISSUER: &str = "https://marks.example.it";

/// A federation whose provider has its mark from an entity with a chain of its own, and that chain.
fn with_foreign_issuer(now: i64) -> (Federation, Federation) {
    let mut federation = Federation::flat(now);
    federation.anchor.claims["trust_mark_issuers"][MARK] = json!([ISSUER]);
    federation.mark.claims["iss"] = json!(ISSUER);
    federation.mark.key = stranger_key();
    federation.mark.header["kid"] = json!("marks");
    let mut issuer = Federation::flat(now);
    issuer.anchor = federation.anchor.clone();
    issuer.provider = Draft {
        key: stranger_key(),
        ..issuer.provider.clone()
    };
    issuer.provider.header["kid"] = json!("marks");
    for draft in [&mut issuer.provider, &mut issuer.statements[0]] {
        draft.claims["jwks"] = jwks(&[(stranger_key(), "marks")]);
        draft.claims["sub"] = json!(ISSUER);
    }
    issuer.provider.claims["iss"] = json!(ISSUER);
    issuer.mark_entry = Value::Null;
    (federation, issuer)
}

/// Another anchor that is trusted too, for its own federation.
const OTHER_ANCHOR: &str = "https://registry.other.example.it";

fn chain_by_either(federation: &Federation, now: i64) -> TrustChain {
    let mut other = pinned();
    other.id = EntityId::parse(OTHER_ANCHOR).unwrap();
    let anchors = [pinned(), other];
    TrustChain::verify(&federation.chain(), &anchors, Default::default(), now).unwrap()
}

#[test]
fn a_trust_mark_by_an_entity_with_a_chain_of_its_own_is_accepted() {
    let now = now();
    let (federation, issuer) = with_foreign_issuer(now);
    let chain = chain_by_either(&federation, now);
    let of_issuer = chain_by_either(&issuer, now);

    let foreign = chain.foreign_mark_issuers(|kind| kind == MARK);
    assert_eq!(
        foreign.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        [ISSUER]
    );
    assert!(chain.trust_mark(|kind| kind == MARK, &[], now).is_err());
    let mark = chain
        .trust_mark(|kind| kind == MARK, &[&of_issuer], now)
        .unwrap();
    assert_eq!(mark.issuer().as_str(), ISSUER);
}

/// The issuers of a federation are its anchor's: another anchor that is trusted as well could give them keys of its own.
#[test]
fn a_trust_mark_by_an_entity_that_only_another_anchor_vouches_for_is_refused() {
    let now = now();
    let (federation, mut issuer) = with_foreign_issuer(now);
    issuer.anchor.claims["iss"] = json!(OTHER_ANCHOR);
    issuer.anchor.claims["sub"] = json!(OTHER_ANCHOR);
    issuer.statements[0].claims["iss"] = json!(OTHER_ANCHOR);
    issuer.provider.claims["authority_hints"] = json!([OTHER_ANCHOR]);
    let chain = chain_by_either(&federation, now);
    let of_issuer = chain_by_either(&issuer, now);
    let mark = chain.trust_mark(|kind| kind == MARK, &[&of_issuer], now);
    assert_eq!(mark, Err(FederationRefusal::MarkIssuer));
}

#[test]
fn a_trust_mark_that_its_issuer_revoked_is_refused_in_both_forms_of_the_answer() {
    let now = now();
    let federation = Federation::flat(now);
    let mark = judge(&federation.chain(), now).unwrap().mark;
    let keys = jwks(&[(anchor_key(), "anchor")]);
    let keys = JwkSet::read(JwkRules::Federation, keys.as_object().unwrap()).unwrap();
    let check =
        |answer: &[u8]| check_status(answer, &mark, &keys, now).map_err(|refusal| refusal.code());
    let signed = |claims: Value| {
        Draft::new(
            "trust-mark-status-response+jwt",
            "anchor",
            anchor_key(),
            claims,
        )
        .signed()
    };
    let answer = |status: &str| json!({ "iss": ANCHOR, "iat": now, "trust_mark": mark.token(), "status": status });

    assert_eq!(check(br#"{"active": true}"#), Ok(()));
    assert_eq!(check(br#"{"active": false}"#), Err("trust-mark-revoked"));
    assert_eq!(check(signed(answer("active")).as_bytes()), Ok(()));
    for status in ["revoked", "expired", "invalid", "anything"] {
        assert_eq!(
            check(signed(answer(status)).as_bytes()),
            Err("trust-mark-revoked")
        );
    }
    for bad in [&b""[..], b"{}", b"{\"active\": \"true\"}", b"true", b"\xff"] {
        assert!(check(bad).is_err());
    }
    // Named by one that was signed anew, by another's, by one of another kind, by nothing that is one.
    let about = |change: fn(&mut Federation)| {
        let mut other = Federation::flat(now + 1);
        change(&mut other);
        let mut answer = answer("active");
        answer["trust_mark"] = json!(other.mark.signed());
        signed(answer)
    };
    assert_eq!(check(about(|_| {}).as_bytes()), Ok(()));
    let somebody = about(|f| f.mark.claims["sub"] = json!("https://other.example.it"));
    assert_eq!(check(somebody.as_bytes()), Err("statement-subject"));
    let something = about(|f| f.mark.claims["id"] = json!(ANCHOR));
    assert_eq!(check(something.as_bytes()), Err("statement-subject"));
    let forged = about(|f| f.mark.key = stranger_key());
    assert_eq!(check(forged.as_bytes()), Err("token_signature"));
    let mut of_nothing = answer("active");
    of_nothing["trust_mark"] = json!("another");
    assert_eq!(check(signed(of_nothing).as_bytes()), Err("token_form"));
    let mut by_another = answer("active");
    by_another["iss"] = json!(PROVIDER);
    assert_eq!(
        check(signed(by_another).as_bytes()),
        Err("statement-issuer")
    );
    let mut forged = Draft::new(
        "trust-mark-status-response+jwt",
        "anchor",
        provider_key(),
        answer("active"),
    );
    assert_eq!(check(forged.signed().as_bytes()), Err("token_signature"));
    forged = Draft::new("trust-mark+jwt", "anchor", anchor_key(), answer("active"));
    assert_eq!(check(forged.signed().as_bytes()), Err("token_type"));
}
