//! The first half of an initial PIN alone (PIN rules, Emergency rule of March 2020).

use super::*;
use crate::identity::AssuranceLevel::BelowLow;

const BENEFIT: &str = r#"
[[method]]
method = "spid"
for = ["citizen"]

[[method]]
method = "pin"
for = ["citizen"]

[[service]]
id = "indennita"
name = { it = "Indennità", en = "Benefit" }
for = ["citizen"]
consult = { level = "low" }
request = { level = "substantial", max_age = "1h", first_half = true }
"#;

fn of_citizen(catalogue: &Catalogue, operation: Operation, logins: &[Login]) -> Decision {
    let facts = facts(logins, of(Category::Citizen));
    decide(catalogue, &id("indennita"), operation, &facts, now())
}

#[test]
fn a_first_half_alone_opens_the_request_that_takes_it_and_nothing_beside() {
    let catalogue = Catalogue::parse(BENEFIT).unwrap();
    let request = |login| of_citizen(&catalogue, Operation::Request, &[login]);
    let decision = request(by(Pin, BelowLow, 5));
    assert_eq!(decision.name(), "permit");
    let lines: Vec<String> = decision.explanation().iter().map(RuleTrace::code).collect();
    assert_eq!(lines[5], "level=by-first-half");
    assert_eq!(request(by(Pin, BelowLow, 61)).name(), "step-up", "too old");
    assert_eq!(request(by(Spid, BelowLow, 5)).name(), "step-up", "no PIN");
    // What half a PIN opens, a whole one does of whatever grade; no other way in of its level does.
    assert_eq!(request(by(Pin, Low, 5)).name(), "permit");
    assert_eq!(request(by(Spid, Low, 5)).name(), "step-up");
    // Who has to log in is asked for what the operation needs, by every way in that reaches it.
    let Decision::StepUp { to, methods, .. } = of_citizen(&catalogue, Operation::Request, &[])
    else {
        panic!("a login is asked for");
    };
    assert_eq!(
        (to.0, methods),
        (Substantial, [Spid, Pin].into_iter().collect())
    );
    let consult = of_citizen(&catalogue, Operation::Consult, &[by(Pin, BelowLow, 0)]);
    assert_eq!(consult.name(), "step-up");
}

#[test]
fn by_default_a_first_half_opens_nothing() {
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let day: Timestamp = "2020-06-01T10:00:00Z".parse().unwrap();
    let half = [by(Pin, BelowLow, 0)];
    for service in catalogue.services() {
        for category in Category::ALL {
            for (operation, rule) in service.operations() {
                assert!(!rule.takes_first_half(), "{}", service.id());
                let facts = facts(&half, of(category));
                let decision = decide(&catalogue, service.id(), operation, &facts, day);
                let name = decision.name();
                assert!(
                    matches!(name, "step-up" | "deny"),
                    "{}: {name}",
                    service.id()
                );
            }
        }
    }
}
