//! Policies and chains through the entry functions of the fuzz targets: no input may panic, comply once and not twice, or be a
//! chain that nobody signed.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::suite::mutation::entry::{chain, policy};
use crate::support::federation::{Federation, pinned};

/// Some moment: nothing here asks a clock.
const NOW: i64 = 1_795_000_000;

static GENUINE: LazyLock<Vec<String>> = LazyLock::new(|| Federation::deep(NOW).chain());

/// What the fuzz targets start from.
pub fn write_seeds(folder: &Path) {
    let seeds = |target: &str| {
        let seeds = folder.join("corpus").join(target);
        fs::create_dir_all(&seeds).unwrap();
        seeds
    };
    fs::write(seeds("chain").join("genuine"), GENUINE.join("\n")).unwrap();
    let flat = Federation::flat(NOW);
    let policy = &flat.statements[0].claims["metadata_policy"];
    let seed = json!([policy, policy, flat.provider.claims["metadata"]]);
    fs::write(seeds("policy").join("profile"), seed.to_string()).unwrap();
    super::policy::write_seeds(&seeds("policy"));
    fs::write(
        folder.join("anchor.jwks"),
        pinned().keys.to_json().to_string(),
    )
    .unwrap();
    fs::write(folder.join("chain.time"), NOW.to_string()).unwrap();
}

#[test]
fn the_genuine_chain_and_a_policy_that_is_kept_pass() {
    let anchor = pinned();
    assert!(chain(GENUINE.join("\n").as_bytes(), &GENUINE, &anchor, NOW));
    assert!(policy(br#"[{"t":{"x":{"add":["a"]}}},{"t":{"x":["b"]}}]"#));
    assert!(!policy(
        br#"[{"t":{"x":{"one_of":["a"]}}},{"t":{"x":"b"}}]"#
    ));
}

/// JSON with the names that matter.
fn json_value() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "value",
        "add",
        "default",
        "one_of",
        "subset_of",
        "superset_of",
        "essential",
        "scope",
        "t",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..3).prop_map(Value::from),
        Just(json!(0.5)),
        "[a-c ]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..5).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

fn operators() -> impl Strategy<Value = Value> {
    let list =
        prop::sample::subsequence(vec!["a", "b", "c"], 0..=3).prop_map(|values| json!(values));
    let operator = prop_oneof![
        (
            prop::sample::select(vec!["add", "subset_of", "superset_of", "one_of"]),
            list.clone()
        ),
        (
            prop::sample::select(vec!["value", "default"]),
            prop_oneof![list, json_value()]
        ),
        (Just("essential"), any::<bool>().prop_map(Value::from)),
    ];
    prop::collection::vec(operator, 0..4).prop_map(|operators| {
        operators
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_policy_keeps_its_promises(parts in prop::collection::vec(json_value(), 0..4)) {
        policy(json!(parts).to_string().as_bytes());
    }

    #[test]
    fn a_policy_of_operators_keeps_its_promises(
        policies in prop::collection::vec((operators(), operators()), 1..4),
        value in json_value(),
        scope in "[a-c ]{0,6}",
    ) {
        let mut parts: Vec<Value> = policies
            .into_iter()
            .map(|(x, scope)| json!({ "t": { "x": x, "scope": scope } }))
            .collect();
        parts.push(json!({ "t": { "x": value, "scope": scope } }));
        policy(json!(parts).to_string().as_bytes());
    }

    #[test]
    fn a_mutated_chain_is_none(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3u8, any::<u8>()), 1..4)
    ) {
        let mut bytes = GENUINE.join("\n").into_bytes();
        for (place, kind, byte) in edits {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, bytes[place]),
            }
        }
        chain(&bytes, &GENUINE, &pinned(), NOW);
    }

    #[test]
    fn statements_in_another_order_are_no_chain(order in prop::collection::vec(0..4usize, 0..6)) {
        let shuffled: Vec<&str> = order.iter().map(|at| GENUINE[*at].as_str()).collect();
        chain(shuffled.join("\n").as_bytes(), &GENUINE, &pinned(), NOW);
    }
}
