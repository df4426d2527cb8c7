use serde_json::{Value, json};

use super::*;

mod operators;

/// The policies of a chain, from the anchor downwards, as one.
fn merged(policies: &[Value]) -> Result<MetadataPolicy, PolicyRefusal> {
    let read = |claim| MetadataPolicy::read(claim, &[]);
    policies
        .iter()
        .try_fold(MetadataPolicy::default(), |merged, claim| {
            merged.merge(read(claim)?)
        })
}

/// What policies of one parameter, from the anchor downwards, make of its value.
fn outcome(
    parameter: &str,
    policies: &[Value],
    value: Option<Value>,
) -> Result<Option<Value>, PolicyRefusal> {
    let claims: Vec<Value> = policies
        .iter()
        .map(|operators| json!({ "openid_provider": { parameter: operators } }))
        .collect();
    let mut metadata = json!({ "openid_provider": {} });
    if let Some(value) = value {
        metadata["openid_provider"][parameter] = value;
    }
    let mut metadata = Metadata::read(&metadata).unwrap();
    merged(&claims)?.apply(&mut metadata)?;
    Ok(metadata
        .of("openid_provider")
        .unwrap()
        .get(parameter)
        .cloned())
}

fn refused(policies: &[Value], value: Option<Value>) -> PolicyRefusal {
    outcome("x", policies, value).unwrap_err()
}

/// OpenID Federation 1.0, section 6.1.5.
#[test]
fn the_example_of_the_standard_resolves_as_it_says() {
    let anchor = json!({ "openid_relying_party": {
        "grant_types": {
            "default": ["authorization_code"],
            "subset_of": ["authorization_code", "refresh_token"],
            "superset_of": ["authorization_code"],
        },
        "token_endpoint_auth_method": {
            "one_of": ["private_key_jwt", "self_signed_tls_client_auth"],
            "essential": true,
        },
        "token_endpoint_auth_signing_alg": { "one_of": ["PS256", "ES256"] },
        "subject_type": { "value": "pairwise" },
        "contacts": { "add": ["helpdesk@federation.example.org"] },
    } });
    let intermediate = json!({ "openid_relying_party": {
        "grant_types": { "subset_of": ["authorization_code"] },
        "token_endpoint_auth_method": { "one_of": ["self_signed_tls_client_auth"] },
        "contacts": { "add": ["helpdesk@org.example.org"] },
    } });

    let policy = merged(&[anchor, intermediate]).unwrap();

    assert_eq!(
        policy.to_json(),
        json!({ "openid_relying_party": {
            "grant_types": {
                "default": ["authorization_code"],
                "superset_of": ["authorization_code"],
                "subset_of": ["authorization_code"],
            },
            "token_endpoint_auth_method": {
                "one_of": ["self_signed_tls_client_auth"],
                "essential": true,
            },
            "token_endpoint_auth_signing_alg": { "one_of": ["PS256", "ES256"] },
            "subject_type": { "value": "pairwise" },
            "contacts": {
                "add": ["helpdesk@federation.example.org", "helpdesk@org.example.org"],
            },
        } })
    );

    let mut metadata = Metadata::read(&json!({ "openid_relying_party": {
        "redirect_uris": ["https://rp.example.org/callback"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "self_signed_tls_client_auth",
        "contacts": ["rp_admins@rp.example.org"],
    } }))
    .unwrap();
    metadata.override_with(
        &Metadata::read(&json!({ "openid_relying_party": {
            "sector_identifier_uri": "https://org.example.org/sector-ids.json",
            "policy_uri": "https://org.example.org/policy.html",
        } }))
        .unwrap(),
    );
    policy.apply(&mut metadata).unwrap();

    assert_eq!(
        metadata.to_json(),
        json!({ "openid_relying_party": {
            "redirect_uris": ["https://rp.example.org/callback"],
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "self_signed_tls_client_auth",
            "subject_type": "pairwise",
            "sector_identifier_uri": "https://org.example.org/sector-ids.json",
            "policy_uri": "https://org.example.org/policy.html",
            "contacts": [
                "rp_admins@rp.example.org",
                "helpdesk@federation.example.org",
                "helpdesk@org.example.org",
            ],
        } })
    );
}

#[test]
fn policies_of_superiors_merge_by_the_rule_of_each_operator() {
    for (superior, subordinate, together) in [
        (
            json!({ "value": ["a"] }),
            json!({ "value": ["a"] }),
            json!({ "value": ["a"] }),
        ),
        (
            json!({ "value": null }),
            json!({ "value": null }),
            json!({ "value": null }),
        ),
        (
            json!({ "add": ["a"] }),
            json!({ "add": ["b", "a"] }),
            json!({ "add": ["a", "b"] }),
        ),
        (
            json!({ "default": { "k": 1 } }),
            json!({ "default": { "k": 1 } }),
            json!({ "default": { "k": 1 } }),
        ),
        (
            json!({ "one_of": ["a", "b"] }),
            json!({ "one_of": ["b", "c"] }),
            json!({ "one_of": ["b"] }),
        ),
        (
            json!({ "subset_of": ["a", "b"] }),
            json!({ "subset_of": ["b"] }),
            json!({ "subset_of": ["b"] }),
        ),
        (
            json!({ "subset_of": ["a"] }),
            json!({ "subset_of": ["b"] }),
            json!({ "subset_of": [] }),
        ),
        (
            json!({ "superset_of": ["a"] }),
            json!({ "superset_of": ["b"] }),
            json!({ "superset_of": ["a", "b"] }),
        ),
        (
            json!({ "essential": true }),
            json!({ "essential": false }),
            json!({ "essential": true }),
        ),
        (
            json!({ "essential": false }),
            json!({ "essential": true }),
            json!({ "essential": true }),
        ),
        (
            json!({ "subset_of": ["a"] }),
            json!({ "essential": true }),
            json!({ "subset_of": ["a"], "essential": true }),
        ),
    ] {
        let claim = |operators: &Value| json!({ "t": { "x": operators } });
        let merged = merged(&[claim(&superior), claim(&subordinate)]).unwrap();
        assert_eq!(
            merged.to_json(),
            claim(&together),
            "{superior} {subordinate}"
        );
    }
}

#[test]
fn policies_that_contradict_one_another_end_the_chain() {
    for (superior, subordinate, refusal) in [
        (
            json!({ "value": "a" }),
            json!({ "value": "b" }),
            PolicyRefusal::Merge("value"),
        ),
        (
            json!({ "default": "a" }),
            json!({ "default": "b" }),
            PolicyRefusal::Merge("default"),
        ),
        (
            json!({ "one_of": ["a"] }),
            json!({ "one_of": ["b"] }),
            PolicyRefusal::Merge("one_of"),
        ),
        (
            json!({ "subset_of": ["a"] }),
            json!({ "add": ["b"] }),
            PolicyRefusal::Combination("add", "subset_of"),
        ),
        (
            json!({ "subset_of": ["a", "b"], "superset_of": ["a"] }),
            json!({ "subset_of": ["b"] }),
            PolicyRefusal::Combination("subset_of", "superset_of"),
        ),
        (
            json!({ "one_of": ["a"] }),
            json!({ "value": "b" }),
            PolicyRefusal::Combination("value", "one_of"),
        ),
        (
            json!({ "essential": true }),
            json!({ "value": null }),
            PolicyRefusal::Combination("value", "essential"),
        ),
    ] {
        assert_eq!(
            refused(&[superior, subordinate], Some(json!(["a"]))),
            refusal
        );
    }
}

#[test]
fn operators_stand_together_as_the_standard_lets_them() {
    for operators in [
        json!({ "value": ["a", "b"], "add": ["a"], "default": ["c"], "subset_of": ["a", "b", "c"],
            "superset_of": ["b"], "essential": true }),
        json!({ "value": "a", "one_of": ["a", "b"], "default": "b" }),
        json!({ "value": null, "essential": false }),
        json!({ "add": ["a"], "superset_of": ["b"], "essential": true }),
    ] {
        assert!(
            outcome("x", std::slice::from_ref(&operators), Some(json!(["b"]))).is_ok(),
            "{operators}"
        );
    }
    for (operators, one, other) in [
        (json!({ "value": ["a"], "add": ["b"] }), "value", "add"),
        (json!({ "value": null, "add": ["b"] }), "value", "add"),
        (json!({ "value": null, "default": 1 }), "value", "default"),
        (json!({ "value": "a", "one_of": ["b"] }), "value", "one_of"),
        (
            json!({ "value": ["a"], "subset_of": ["b"] }),
            "value",
            "subset_of",
        ),
        (
            json!({ "value": "b", "subset_of": ["b"] }),
            "value",
            "subset_of",
        ),
        (
            json!({ "value": ["a"], "superset_of": ["b"] }),
            "value",
            "superset_of",
        ),
        (
            json!({ "value": null, "essential": true }),
            "value",
            "essential",
        ),
        (json!({ "add": ["a"], "one_of": ["a"] }), "add", "one_of"),
        (
            json!({ "add": ["a"], "subset_of": ["b"] }),
            "add",
            "subset_of",
        ),
        (
            json!({ "one_of": ["a"], "subset_of": ["a"] }),
            "one_of",
            "subset_of",
        ),
        (
            json!({ "one_of": ["a"], "superset_of": ["a"] }),
            "one_of",
            "superset_of",
        ),
        (
            json!({ "subset_of": ["a"], "superset_of": ["b"] }),
            "subset_of",
            "superset_of",
        ),
    ] {
        let refusal = refused(std::slice::from_ref(&operators), None);
        assert_eq!(
            refusal,
            PolicyRefusal::Combination(one, other),
            "{operators}"
        );
    }
}

#[test]
fn a_policy_is_of_three_levels_of_objects() {
    for claim in [
        json!([]),
        json!({ "t": [] }),
        json!({ "t": { "x": "value" } }),
    ] {
        assert_eq!(
            MetadataPolicy::read(&claim, &[]),
            Err(PolicyRefusal::Form),
            "{claim}"
        );
    }
}

/// 6.1.3.2; Italian profile: we refuse what claims to be critical and is unknown.
#[test]
fn an_unknown_operator_is_passed_over_unless_it_is_critical() {
    let claim = json!({ "t": { "x": { "regexp": "^a$", "essential": true } } });
    let read = MetadataPolicy::read(&claim, &["other".to_owned()]).unwrap();
    assert_eq!(
        read.to_json(),
        json!({ "t": { "x": { "essential": true } } })
    );
    let critical = ["regexp".to_owned()];
    let refusal = MetadataPolicy::read(&claim, &critical).unwrap_err();
    assert_eq!(refusal, PolicyRefusal::Critical);
    // What is standard is understood, critical or not.
    let claim = json!({ "t": { "x": { "essential": true } } });
    assert!(MetadataPolicy::read(&claim, &["essential".to_owned()]).is_ok());
}

#[test]
fn a_policy_for_a_type_that_the_entity_is_not_says_nothing_of_it() {
    let policy = merged(&[json!({ "oauth_resource": { "x": { "essential": true } } })]).unwrap();
    let mut metadata = Metadata::read(&json!({ "openid_provider": {} })).unwrap();
    assert_eq!(policy.apply(&mut metadata), Ok(()));
    assert_eq!(metadata.to_json(), json!({ "openid_provider": {} }));
}
