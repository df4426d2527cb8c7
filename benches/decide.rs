//! Decisions per second on one core, with the explanation each brings: over the whole catalogue for people of every kind,
//! and by how they end. `cargo bench --bench decide` ends with the table, and with 1 when a figure is below the limit.

#![allow(
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    missing_docs,
    reason = "a measurement says what it expects by failing"
)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use varco::identity::AssuranceLevel::{self, High, Low, Substantial};
use varco::identity::AuthenticationMethod::{self, Cie, Cns, Pin, Spid};
use varco::identity::{AchievedAssurance, Categories, Category, Timestamp};
use varco::policy::{
    Catalogue, DEFAULT_CATALOGUE, Facts, KnownCategories, Login, Operation, ServiceId, decide,
};

/// Decisions a second.
const LIMIT: f64 = 1e6;
/// The best of so many rounds counts: the rest of the machine only ever takes time away.
const ROUNDS: usize = 40;
const ROUND: Duration = Duration::from_millis(50);
/// A day on which every way in was open.
const DAY: &str = "2020-06-01T10:00:00Z";

/// A question as it comes.
struct Case {
    service: ServiceId,
    operation: Operation,
    logins: Vec<Login>,
    categories: KnownCategories,
}

fn main() -> ExitCode {
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let now: Timestamp = DAY.parse().unwrap();
    let all = cases(&catalogue);
    let mut good = true;
    for kind in ["permit", "provisional", "step-up", "deny", "all of them"] {
        let cases: Vec<&Case> = all
            .iter()
            .filter(|case| {
                let decision = decision(&catalogue, case, now);
                kind == "all of them" || decision.name() == kind
            })
            .collect();
        let rate = rate(&catalogue, &cases, now);
        good &= rate >= LIMIT;
        println!(
            "{kind:<12} {:>8} cases {:>12.0} decisions/s  {:>6.0} ns each (limit {LIMIT:.0}/s)",
            cases.len(),
            rate,
            1e9 / rate
        );
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Every operation of every service, for nobody and for people with one, two and five logins in several capacities.
fn cases(catalogue: &Catalogue) -> Vec<Case> {
    let sets: [&[(AuthenticationMethod, AssuranceLevel)]; 6] = [
        &[(Pin, Low)],
        &[(Spid, Substantial)],
        &[(Spid, Substantial), (Cie, High)],
        &[(Cns, High)],
        &[(Spid, Low)],
        &[
            (Spid, Low),
            (Spid, Low),
            (Pin, Low),
            (Spid, Substantial),
            (Cns, High),
        ],
    ];
    let people = [
        &[Category::Citizen, Category::WorkerPrivate][..],
        &[Category::Citizen, Category::Pensioner],
        &[Category::Company],
        &[Category::Patronato],
    ];
    let mut cases = Vec::new();
    for service in catalogue.services() {
        for (operation, _) in service.operations() {
            let mut case = |logins: &[_], categories| {
                cases.push(Case {
                    service: service.id().clone(),
                    operation,
                    logins: logins.iter().copied().map(login).collect(),
                    categories,
                });
            };
            case(&[], KnownCategories::NotYet);
            for logins in sets {
                for categories in people {
                    let categories: Categories = categories.iter().copied().collect();
                    case(logins, KnownCategories::Known(categories));
                }
            }
        }
    }
    cases
}

fn login((method, level): (AuthenticationMethod, AssuranceLevel)) -> Login {
    Login {
        level: AchievedAssurance(level),
        method,
        age: Duration::from_secs(300),
        card: None,
    }
}

fn decision(catalogue: &Catalogue, case: &Case, now: Timestamp) -> varco::policy::Decision {
    let facts = Facts {
        logins: &case.logins,
        categories: case.categories,
        client: Some("portale"),
    };
    decide(catalogue, &case.service, case.operation, &facts, now)
}

/// Decisions a second in the best round.
fn rate(catalogue: &Catalogue, cases: &[&Case], now: Timestamp) -> f64 {
    let mut best: f64 = 0.0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut decided = 0;
        while begun.elapsed() < ROUND {
            for case in cases {
                black_box(decision(catalogue, black_box(case), now));
            }
            decided += cases.len();
        }
        best = best.max(decided as f64 / begun.elapsed().as_secs_f64());
    }
    best
}
