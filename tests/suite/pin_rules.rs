//! The table of the rules of the PIN names tests that there are.

use std::collections::BTreeSet;
use std::path::Path;

const TABLE: &str = include_str!("../../docs/pin-rules.md");

/// Every function of the tree that is a test.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() && name != "node_modules" && name != "assets" {
            tests(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim_start) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test) {
                    let end = rest.find('(').unwrap_or(rest.len());
                    found.insert(rest[..end].to_owned());
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn every_test_that_the_table_of_rules_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for folder in ["src", "tests/suite"] {
        tests(&root.join(folder), &mut known);
    }
    let quoted = TABLE.split('`').skip(1).step_by(2);
    let named: Vec<&str> = quoted
        .filter(|name| name.matches('_').count() > 2)
        .collect();
    assert!(named.len() > 100, "{}", named.len());
    let missing: Vec<&&str> = named
        .iter()
        .filter(|name| !known.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_rule_of_the_table_names_a_test() {
    let rows = TABLE.lines().filter(|line| line.starts_with("| "));
    let rules = rows.filter(|line| !line.starts_with("| rule") && !line.starts_with("| ---"));
    for rule in rules {
        let cells: Vec<&str> = rule.split(" | ").collect();
        let [_, tests] = cells.as_slice() else {
            panic!("two cells: {rule}");
        };
        assert!(tests.starts_with('`'), "{rule}");
    }
}
