//! Valid variants of a chain: what production and the standards let stand differently from one another.

use serde_json::{Value, json};

use super::chains::{asked, judge, now};
use super::judged;
use crate::support::federation::{
    ANCHOR, Federation, INTERMEDIATE, MARK, anchor_key, intermediate_key, jwk, jwks, stranger_key,
};

pub type Variant = (&'static str, fn(i64) -> Federation);

/// What production and the standards let stand differently from one another.
pub fn variants() -> Vec<Variant> {
    vec![
        ("as the profile has it", Federation::flat),
        ("with an intermediate", Federation::deep),
        ("constraints in an empty text", |now| {
            let mut f = Federation::flat(now);
            f.statements[0].claims["constraints"] = json!("{}");
            f
        }),
        ("issuers of trust marks under both names", |now| {
            let mut f = Federation::flat(now);
            f.anchor.claims["trust_marks_issuers"] = f.anchor.claims["trust_mark_issuers"].clone();
            f
        }),
        ("trust marks and hints in the statement", |now| {
            let mut f = Federation::flat(now);
            let entry = json!({ "id": MARK, "iss": ANCHOR, "trust_mark": f.mark.signed() });
            f.statements[0].claims["trust_marks"] = json!([entry]);
            f.statements[0].claims["authority_hints"] = json!([ANCHOR]);
            f
        }),
        ("an entry that names its issuer", |now| {
            let mut f = Federation::flat(now);
            f.mark_entry["iss"] = json!(ANCHOR);
            f
        }),
        ("a trust mark as drafts spelt it", |now| {
            let mut f = Federation::flat(now);
            f.mark.claims.as_object_mut().unwrap().remove("id");
            f.mark.claims["trust_mark_id"] = json!(MARK);
            f.mark_entry = json!({ "trust_mark_id": MARK });
            f
        }),
        ("a trust mark as it is spelt today", |now| {
            let mut f = Federation::flat(now);
            f.mark.claims.as_object_mut().unwrap().remove("id");
            f.mark.claims["trust_mark_type"] = json!(MARK);
            f.mark_entry = json!({ "trust_mark_type": MARK });
            f
        }),
        ("a trust mark in all spellings", |now| {
            let mut f = Federation::flat(now);
            for spelling in ["trust_mark_id", "trust_mark_type"] {
                f.mark.claims[spelling] = json!(MARK);
                f.mark_entry[spelling] = json!(MARK);
            }
            f
        }),
        ("a trust mark without end", |now| {
            let mut f = Federation::flat(now);
            f.mark.claims.as_object_mut().unwrap().remove("exp");
            f
        }),
        ("a trust mark by the intermediate", |now| {
            let mut f = Federation::deep(now);
            f.anchor.claims["trust_mark_issuers"][MARK] = json!([ANCHOR, INTERMEDIATE]);
            f.mark.claims["iss"] = json!(INTERMEDIATE);
            f.mark.header["kid"] = json!("intermediate");
            f.mark.key = intermediate_key();
            f
        }),
        ("a clock that is a minute ahead", |now| {
            let mut f = Federation::flat(now);
            f.provider.claims["iat"] = json!(now + 59);
            f
        }),
        (
            "keys of kinds that nobody knows, and one to encrypt to",
            |now| {
                let mut f = Federation::flat(now);
                let keys = f.anchor.claims["jwks"]["keys"].as_array_mut().unwrap();
                keys.push(json!({ "kty": "OKP", "crv": "Ed25519", "kid": "new", "x": "AAAA" }));
                let mut encryption = jwk(stranger_key(), "enc");
                encryption["use"] = json!("enc");
                keys.push(encryption);
                f
            },
        ),
        ("more ways to register than one", |now| {
            let mut f = Federation::flat(now);
            f.metadata()["client_registration_types_supported"] =
                json!(["automatic", "explicit", "by-letter"]);
            f
        }),
        ("request authentication as it is spelt today", |now| {
            let mut f = Federation::flat(now);
            f.metadata()["request_authentication_methods_supported"] =
                json!({ "authorization_endpoint": ["request_object"] });
            f
        }),
        ("an operator that nobody knows and nobody needs", |now| {
            let mut f = Federation::flat(now);
            f.statements[0].claims["metadata_policy"]["openid_provider"]["issuer"] =
                json!({ "regexp": ".*" });
            f
        }),
        ("the anchor in the middle of a change of keys", |now| {
            let mut f = Federation::flat(now);
            f.anchor.claims["jwks"] = jwks(&[(anchor_key(), "anchor"), (stranger_key(), "new")]);
            f.statements[0].key = stranger_key();
            f.statements[0].header["kid"] = json!("new");
            f
        }),
        ("claims that the profile does not know", |now| {
            let mut f = Federation::flat(now);
            for name in [
                "aud",
                "trust_anchor_id",
                "policy_language_crit",
                "naming_constraints",
            ] {
                f.statements[0].claims[name] = json!("anything");
            }
            f
        }),
        ("types that are allowed", |now| {
            let mut f = Federation::flat(now);
            f.anchor.claims["constraints"]["allowed_leaf_entity_types"] =
                json!(["openid_provider"]);
            f.statements[0].claims["constraints"] = json!({
                "allowed_entity_types": ["openid_provider", "oauth_resource"],
                "naming_constraints": { "permitted": [".example.it"], "excluded": ["example.it"] },
                "max_path_length": 0,
                "anything_else": [],
            });
            f
        }),
    ]
}

/// Valid variants that the peer cannot read: it knows one spelling, and what it does not know it holds for wrong.
const BEYOND_THE_PEER: &[&str] = &[
    "constraints in an empty text",
    "a trust mark as drafts spelt it",
    "a trust mark as it is spelt today",
    "more ways to register than one",
];

/// Without the one parameter of which the peer leaves out what it does not know.
fn known(mut metadata: Value) -> Value {
    let members = metadata.as_object_mut().unwrap();
    members.remove("request_authentication_methods_supported");
    metadata
}

#[test]
fn every_valid_variant_is_accepted() {
    let now = now();
    let variants = variants();
    let federations: Vec<_> = variants.iter().map(|(_, make)| make(now)).collect();
    let verdicts = judged("chain.mjs", &federations.iter().map(asked).collect());
    for (((what, _), federation), verdict) in variants.iter().zip(&federations).zip(verdicts) {
        let trusted = judge(&federation.chain(), now);
        let trusted = trusted.unwrap_or_else(|refusal| panic!("{what}: {}", refusal.code()));
        assert_eq!(trusted.mark.kind(), MARK);
        assert_eq!(trusted.provider.name, "Ministero di prova");
        assert_eq!(trusted.chain.expires(), now + 1800);
        let ours = trusted.chain.metadata().of("openid_provider").unwrap();
        match verdict.get("metadata") {
            Some(theirs) => assert_eq!(
                known(json!(ours)),
                known(theirs["openid_provider"].clone()),
                "{what}"
            ),
            None => assert!(BEYOND_THE_PEER.contains(what), "{what}: {verdict}"),
        }
    }
    assert_eq!(variants.len(), 19);
}
