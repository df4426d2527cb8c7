//! `varco demo --once`: a login with each of the nine providers, over real HTTP and TLS, and the matrix of decisions.

use std::collections::BTreeSet;

use varco::demo::once;
use varco::demo::providers::PROVIDERS;
use varco::identity::AssuranceLevel;

use crate::support::demo::{Demo, report};

#[test]
fn citizens_log_in_with_each_provider_and_every_decision_is_one_that_happened() {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    let mut table = Vec::new();
    let good = demo.block_on(once::run(&demo, &mut table)).unwrap();
    let table = String::from_utf8(table).unwrap();
    report("demo-once", &table);
    assert!(good, "{table}");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(1)
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert!(rows.iter().all(|row| row.len() == 7 && row[0] == "spid"));

    for provider in PROVIDERS {
        let mut expected = vec![
            ["substantial", "naspi", "request", "permit"],
            [
                "substantial",
                "fascicolo-previdenziale",
                "consult",
                "permit",
            ],
            ["substantial", "domanda-di-pensione", "request", "step-up"],
        ];
        if provider.highest == AssuranceLevel::High {
            expected.push(["high", "domanda-di-pensione", "request", "permit"]);
        }
        let found: Vec<&[&str]> = rows
            .iter()
            .filter(|row| row[1] == provider.name)
            .map(|row| &row[2..6])
            .take(expected.len())
            .collect();
        assert_eq!(found, expected);
    }

    // The matrix: every operation of the catalogue, for everybody, at both levels, and each kind of decision.
    let catalogue = demo.catalogue();
    for service in catalogue.services() {
        for (operation, _) in service.operations() {
            for level in ["substantial", "high"] {
                let wanted = [level, service.id().as_str(), operation.name()];
                assert!(rows.iter().any(|row| row[2..5] == wanted), "{wanted:?}");
            }
        }
    }
    let decisions: BTreeSet<&str> = rows.iter().map(|row| row[5]).collect();
    assert_eq!(decisions, BTreeSet::from(["deny", "permit", "step-up"]));
    // Who has several profiles acts in each of them, and what one opens another does not.
    for (service, profile, decision) in [
        ("servizi-aziende", "company", "permit"),
        ("servizi-aziende", "intermediary", "deny"),
        ("servizi-intermediari", "intermediary", "permit"),
        ("servizi-intermediari", "citizen, worker-private", "deny"),
    ] {
        let found = |row: &&Vec<&str>| (row[3], row[5], row[6]) == (service, decision, profile);
        assert!(
            rows.iter().any(|row| found(&row)),
            "{service} {profile} in\n{table}"
        );
    }
    for [level, service, operation, decision] in [
        ["substantial", "rei", "consult", "permit"],
        ["substantial", "rei", "request", "step-up"],
        ["high", "rei", "request", "permit"],
        ["high", "servizi-intermediari", "consult", "deny"],
    ] {
        let row = [level, service, operation, decision, "citizen"];
        assert!(
            rows.iter().any(|found| found[2..] == row),
            "{row:?} in\n{table}"
        );
    }
}
