//! Metadata policies, generated, against the peer's. Where the two differ, the standard says who is right: every
//! difference has one of a few known reasons, which are looked for in the case and not in the verdicts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use varco::protocol::federation::{Metadata, MetadataPolicy, PolicyRefusal};

use super::judged;

const CASES: usize = 8000;
const TYPE: &str = "openid_provider";

#[derive(Debug, Clone)]
struct Case {
    /// From the anchor downwards.
    policies: Vec<Map<String, Value>>,
    value: Option<Value>,
}

impl Case {
    fn claims(&self) -> Vec<Value> {
        let claims = self.policies.iter();
        claims
            .map(|operators| json!({ TYPE: { "x": operators } }))
            .collect()
    }

    /// Beside the parameter another, or the peer would take the whole type away with it.
    fn metadata(&self) -> Value {
        match &self.value {
            Some(value) => json!({ TYPE: { "x": value, "y": true } }),
            None => json!({ TYPE: { "y": true } }),
        }
    }

    fn ours(&self) -> Result<Value, PolicyRefusal> {
        let mut metadata = Metadata::read(&self.metadata()).unwrap();
        let mut merged = MetadataPolicy::default();
        for claim in self.claims() {
            merged = merged.merge(MetadataPolicy::read(&claim, &[])?)?;
        }
        merged.apply(&mut metadata)?;
        Ok(metadata.to_json())
    }

    fn all<'a>(&'a self, operator: &'a str) -> impl Iterator<Item = &'a Value> {
        self.policies
            .iter()
            .filter_map(move |operators| operators.get(operator))
    }

    fn has(&self, operator: &str) -> bool {
        self.all(operator).next().is_some()
    }

    /// The values of an operator, of all policies together or common to all.
    fn listed<'a>(&'a self, operator: &'a str, common: bool) -> Vec<&'a Value> {
        let mut sets = self.all(operator).filter_map(Value::as_array);
        let mut listed: Vec<&Value> = sets.next().into_iter().flatten().collect();
        for set in sets {
            if common {
                listed.retain(|value| set.contains(value));
            } else {
                listed.extend(set);
            }
        }
        listed
    }

    /// Why the peer may judge otherwise.
    fn known_difference(&self) -> Option<&'static str> {
        let others = ["add", "default", "one_of", "subset_of", "superset_of"];
        let (add, subset) = (self.listed("add", false), self.listed("subset_of", true));
        let superset = self.listed("superset_of", false);
        let within = |small: &[&Value]| small.iter().all(|value| subset.contains(value));
        let differ = |operator| {
            let mut values = self.all(operator);
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        let falsy = |operator| {
            self.all(operator)
                .any(|value| [json!(null), json!(false), json!(""), json!(0)].contains(value))
        };
        let repeated = |operator| self.all(operator).filter(|value| value.is_object()).count() > 1;
        // What checks of sets see: the parameter as it has become.
        let mut present: Vec<&Value> = self
            .value
            .iter()
            .filter_map(Value::as_array)
            .flatten()
            .collect();
        present.extend(&add);
        let absent = self.value.is_none() && !self.has("add");
        let mut default = self.all("default").filter_map(Value::as_array).flatten();
        if absent {
            present.extend(default.by_ref());
        }
        let missing = absent && !self.has("default");
        if self.has("subset_of") {
            present.retain(|value| subset.contains(value));
        }
        let same = superset.iter().all(|value| present.contains(value))
            && present.iter().all(|value| superset.contains(value));
        let differences = [
            (
                self.has("value") && others.iter().any(|other| self.has(other)),
                "it lets only `essential` stand with `value`",
            ),
            (
                (differ("value") && falsy("value")) || (differ("default") && falsy("default")),
                "it takes a superior's false, null, 0 or empty text for nothing",
            ),
            (
                repeated("value") || repeated("default"),
                "it holds two objects for different whatever is in them",
            ),
            (
                self.has("subset_of") && !(within(&add) && within(&superset)),
                "it does not look whether `subset_of` leaves what is added or must be there",
            ),
            (
                self.all("subset_of").count() > 1 && subset.is_empty(),
                "it refuses two `subset_of` with nothing in common",
            ),
            (
                self.has("subset_of") && missing,
                "it refuses `subset_of` where the parameter is missing",
            ),
            (
                self.has("subset_of") && present.is_empty(),
                "it takes an emptied parameter away",
            ),
            (
                self.has("superset_of") && (!same || missing),
                "it checks `superset_of` the wrong way round, and where the parameter is missing",
            ),
            (
                self.all("essential").any(|essential| essential == true) && present.is_empty(),
                "it holds an empty array for missing",
            ),
        ];
        differences
            .into_iter()
            .find_map(|(differs, why)| differs.then_some(why))
    }
}

fn set() -> impl Strategy<Value = Value> {
    let values = subsequence(vec!["a", "b", "c", "d"], 0..=4);
    values.prop_map(|values| json!(values))
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => set(),
        4 => prop_oneof![Just("a"), Just("b"), Just("")].prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => (0..3).prop_map(Value::from),
        4 => Just(json!({ "keys": [{ "kid": "1" }] })),
        1 => Just(json!({ "keys": [] })),
    ]
}

/// What an operator has; sometimes not of its kind.
fn operator_value(operator: &'static str) -> BoxedStrategy<Value> {
    match operator {
        "value" => prop_oneof![6 => any_value(), 1 => Just(Value::Null)].boxed(),
        "default" => any_value().boxed(),
        "essential" => {
            prop_oneof![8 => any::<bool>().prop_map(Value::from), 1 => Just(json!("yes"))].boxed()
        }
        _ => prop_oneof![20 => set(), 1 => Just(json!("a")), 1 => Just(json!([1, 2]))].boxed(),
    }
}

fn operators() -> impl Strategy<Value = Map<String, Value>> {
    let each = [
        ("value", 0.15),
        ("add", 0.25),
        ("default", 0.25),
        ("one_of", 0.2),
        ("subset_of", 0.4),
        ("superset_of", 0.3),
        ("essential", 0.3),
    ];
    let each: Vec<_> = each
        .into_iter()
        .map(|(name, likely)| {
            option::weighted(likely, operator_value(name))
                .prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect();
    each.prop_map(|operators| operators.into_iter().flatten().collect())
}

fn case() -> impl Strategy<Value = Case> {
    (
        proptest::collection::vec(operators(), 1..4),
        option::weighted(0.8, any_value()),
    )
        .prop_map(|(policies, value)| Case { policies, value })
}

/// Cases that are the same in every run.
fn cases(count: usize) -> Vec<Case> {
    let mut runner = TestRunner::deterministic();
    let strategy = case();
    (0..count)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

/// Some of them for the fuzz target to start from: policies, and metadata at the end.
pub(super) fn write_seeds(seeds: &Path) {
    for (number, case) in cases(200).iter().enumerate() {
        let mut parts = case.claims();
        parts.push(case.metadata());
        fs::write(seeds.join(number.to_string()), json!(parts).to_string()).unwrap();
    }
}

#[test]
fn the_peer_judges_metadata_under_policies_as_we_do() {
    let cases = cases(CASES);
    let asked: Value = cases
        .iter()
        .map(|case| json!({ "policies": case.claims(), "metadata": case.metadata() }))
        .collect();
    let verdicts = judged("policy.mjs", &asked);
    let (mut both_accept, mut both_refuse) = (0, 0);
    let mut differences: BTreeMap<&str, usize> = BTreeMap::new();
    for (case, theirs) in cases.iter().zip(&verdicts) {
        let ours = case.ours();
        match (&ours, theirs.get("metadata")) {
            (Ok(ours), Some(theirs)) if ours == theirs => both_accept += 1,
            (Err(_), None) => both_refuse += 1,
            _ => {
                let why = case.known_difference();
                let why =
                    why.unwrap_or_else(|| panic!("{case:?}\n ours: {ours:?}\n theirs: {theirs}"));
                *differences.entry(why).or_default() += 1;
            }
        }
    }
    // All kinds must be there, or the cases are too tame or too wild to tell anything.
    assert!(both_accept > CASES / 8, "{both_accept} accepted by both");
    assert!(both_refuse > CASES / 4, "{both_refuse} refused by both");
    assert_eq!(differences.len(), 9, "{differences:#?}");
}
