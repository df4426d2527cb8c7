//! Each operator on one parameter.

use serde_json::{Value, json};

use super::{PolicyRefusal, outcome, refused};

#[test]
fn each_operator_does_what_it_is_for() {
    let keys = json!({ "keys": [{ "kty": "EC", "kid": "1" }] });
    for (operators, input, output) in [
        (json!({ "value": "v" }), Some(json!("w")), Some(json!("v"))),
        (json!({ "value": "v" }), None, Some(json!("v"))),
        (json!({ "value": null }), Some(json!("w")), None),
        (
            json!({ "value": keys }),
            Some(json!({ "keys": [] })),
            Some(keys.clone()),
        ),
        (
            json!({ "add": ["a", "b"] }),
            Some(json!(["b"])),
            Some(json!(["b", "a"])),
        ),
        (json!({ "add": ["a"] }), None, Some(json!(["a"]))),
        (
            json!({ "default": false }),
            Some(json!(true)),
            Some(json!(true)),
        ),
        (json!({ "default": false }), None, Some(json!(false))),
        (json!({ "default": keys }), None, Some(keys.clone())),
        (
            json!({ "one_of": ["a", "b"] }),
            Some(json!("b")),
            Some(json!("b")),
        ),
        (json!({ "one_of": [1, 2] }), Some(json!(2)), Some(json!(2))),
        (json!({ "one_of": ["a"] }), None, None),
        (
            json!({ "superset_of": ["a"] }),
            Some(json!(["b", "a"])),
            Some(json!(["b", "a"])),
        ),
        (json!({ "superset_of": ["a"] }), None, None),
        (
            json!({ "essential": true }),
            Some(json!({})),
            Some(json!({})),
        ),
        (json!({ "essential": false }), None, None),
    ] {
        assert_eq!(
            outcome("x", std::slice::from_ref(&operators), input),
            Ok(output),
            "{operators}"
        );
    }
}

#[test]
fn operators_are_applied_in_their_order_whatever_the_order_they_came_in() {
    let operators = json!({
        "essential": true, "superset_of": ["c"], "subset_of": ["a", "c"], "add": ["c"], "default": ["z"],
    });
    assert_eq!(
        outcome("x", &[operators], Some(json!(["a", "b"]))),
        Ok(Some(json!(["a", "c"])))
    );
    // `default` comes after `add`, which has already made the parameter.
    let operators = json!({ "add": ["a"], "default": ["b"] });
    assert_eq!(outcome("x", &[operators], None), Ok(Some(json!(["a"]))));
}

#[test]
fn metadata_that_do_not_comply_are_refused() {
    for (operators, input, operator) in [
        (json!({ "one_of": ["a"] }), Some(json!("b")), "one_of"),
        (json!({ "one_of": ["a"] }), Some(json!(["a"])), "one_of"),
        (
            json!({ "superset_of": ["a", "b"] }),
            Some(json!(["a"])),
            "superset_of",
        ),
        (
            json!({ "subset_of": ["a"], "superset_of": ["a"] }),
            Some(json!(["b"])),
            "superset_of",
        ),
        (json!({ "essential": true }), None, "essential"),
        // As one that is not there.
        (json!({ "essential": true }), Some(Value::Null), "essential"),
    ] {
        let refusal = refused(std::slice::from_ref(&operators), input);
        assert_eq!(refusal, PolicyRefusal::NotMet(operator), "{operators}");
    }
    for operator in ["add", "subset_of", "superset_of"] {
        for input in [json!("a"), json!({}), json!(true)] {
            let refusal = refused(&[json!({ operator: ["a"] })], Some(input));
            assert_eq!(refusal, PolicyRefusal::Parameter(operator));
        }
    }
}

#[test]
fn an_operator_whose_value_is_not_of_its_kind_is_refused() {
    for (operator, value) in [
        ("add", json!("a")),
        ("add", json!([null])),
        ("add", json!([["a"]])),
        ("one_of", json!({})),
        ("subset_of", json!([true])),
        ("superset_of", json!(1)),
        ("default", Value::Null),
        ("essential", json!("true")),
        ("essential", Value::Null),
        (
            "add",
            (0..513)
                .map(|number| Value::from(format!("v{number}")))
                .collect(),
        ),
    ] {
        let refusal = refused(&[json!({ operator: value })], None);
        assert_eq!(refusal, PolicyRefusal::OperatorValue(operator), "{value}");
    }
}

/// 6.1.3.1.8.
#[test]
fn a_scope_is_a_set_to_every_operator_and_a_text_afterwards() {
    for (operators, input, output) in [
        (
            json!({ "subset_of": ["openid", "email"] }),
            json!("openid profile email"),
            "openid email",
        ),
        (
            json!({ "superset_of": ["openid"] }),
            json!("profile openid"),
            "profile openid",
        ),
        (
            json!({ "add": ["offline_access"] }),
            json!("openid"),
            "openid offline_access",
        ),
        (
            json!({ "value": "openid email" }),
            json!("openid"),
            "openid email",
        ),
        (
            json!({ "value": ["openid", "email"], "subset_of": ["email", "openid"] }),
            json!("x"),
            "openid email",
        ),
        (
            json!({ "value": "openid", "one_of": ["openid"] }),
            json!("x"),
            "openid",
        ),
    ] {
        assert_eq!(
            outcome("scope", std::slice::from_ref(&operators), Some(input)),
            Ok(Some(json!(output))),
            "{operators}"
        );
    }
    let equal = [
        json!({ "value": "openid email" }),
        json!({ "value": ["openid", "email"] }),
    ];
    assert_eq!(
        outcome("scope", &equal, None),
        Ok(Some(json!("openid email")))
    );
    let missing = outcome(
        "scope",
        &[json!({ "superset_of": ["openid"] })],
        Some(json!("email")),
    );
    assert_eq!(missing, Err(PolicyRefusal::NotMet("superset_of")));
}

/// OpenID Federation 1.0, section 6.1.3.1.8, table 1.
#[test]
fn subset_and_essential_give_what_the_table_of_the_standard_says() {
    let policy =
        |essential: bool| [json!({ "essential": essential, "subset_of": ["a", "b", "c"] })];
    for essential in [true, false] {
        for (input, output) in [
            (json!(["a", "e"]), json!(["a"])),
            (json!(["d", "e"]), json!([])),
        ] {
            assert_eq!(
                outcome("x", &policy(essential), Some(input)),
                Ok(Some(output))
            );
        }
    }
    assert_eq!(
        refused(&policy(true), None),
        PolicyRefusal::NotMet("essential")
    );
    assert_eq!(outcome("x", &policy(false), None), Ok(None));
}
