//! `varco demo --once`: a login with each of the nine providers, over real HTTP and TLS.

use varco::demo::once;
use varco::demo::providers::PROVIDERS;
use varco::identity::AssuranceLevel;

use crate::support::demo::{Demo, report};

#[test]
fn one_citizen_logs_in_with_each_provider_and_is_sent_up_where_the_level_is_too_low() {
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
    for provider in PROVIDERS {
        let mut expected = vec![
            vec![
                "spid",
                provider.name,
                "substantial",
                "naspi",
                "request",
                "permit",
            ],
            vec![
                "spid",
                provider.name,
                "substantial",
                "fascicolo-previdenziale",
                "consult",
                "permit",
            ],
            vec![
                "spid",
                provider.name,
                "substantial",
                "domanda-di-pensione",
                "request",
                "step-up",
            ],
        ];
        if provider.highest == AssuranceLevel::High {
            expected.push(vec![
                "spid",
                provider.name,
                "high",
                "domanda-di-pensione",
                "request",
                "permit",
            ]);
        }
        let found: Vec<Vec<&str>> = rows
            .iter()
            .filter(|row| row[1] == provider.name)
            .cloned()
            .collect();
        assert_eq!(found, expected);
    }
}
