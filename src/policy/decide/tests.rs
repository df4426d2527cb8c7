use super::*;
use crate::identity::AssuranceLevel::{High, Low, Substantial};
use crate::identity::AuthenticationMethod::{Cie, Cns, Pin, Spid};
use crate::identity::{CardKind, Category};
use crate::policy::DEFAULT_CATALOGUE;

fn catalogue() -> Catalogue {
    Catalogue::parse(DEFAULT_CATALOGUE).unwrap()
}

fn id(text: &str) -> ServiceId {
    ServiceId::parse(text).unwrap()
}

fn now() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

/// A login by SPID, just made.
fn login(level: AssuranceLevel) -> Login {
    Login {
        level: AchievedAssurance(level),
        method: AuthenticationMethod::Spid,
        age: Duration::ZERO,
        card: None,
    }
}

fn facts(logins: &[Login], categories: KnownCategories) -> Facts<'_> {
    Facts {
        logins,
        categories,
        client: None,
    }
}

fn of(category: Category) -> KnownCategories {
    KnownCategories::Known(Categories::from_iter([category]))
}

#[test]
fn an_unknown_service_is_denied() {
    let decision = decide(
        &catalogue(),
        &id("no-such-service"),
        Operation::Consult,
        &facts(&[login(AssuranceLevel::High)], of(Category::Citizen)),
        now(),
    );
    let Decision::Deny {
        reason,
        explanation,
    } = decision
    else {
        panic!("{decision:?}");
    };
    assert_eq!(reason, DenyReason::UnknownService);
    assert_eq!(explanation.len(), 1);
}

#[test]
fn nobody_logged_in_is_asked_to_log_in_at_the_least_level_that_opens() {
    let decision = decide(
        &catalogue(),
        &id("dati-personali"),
        Operation::Request,
        &Facts::default(),
        now(),
    );
    let Decision::StepUp {
        to,
        methods,
        explanation,
    } = decision
    else {
        panic!("{decision:?}");
    };
    assert_eq!(to, RequiredAssurance(AssuranceLevel::High));
    assert_eq!(methods, Methods::from_iter([Spid, Cie, Cns]));
    let lines: Vec<String> = explanation.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "service-known=met",
            "operation-offered=met",
            "client=met (any application may ask)",
            "category=not-yet-known (for citizen; not known of the person)",
            "method=not-yet-known (by spid, cie, cns, pin; nobody is logged in)",
            "level=not-met (needs high; nobody is logged in)",
        ]
    );
}

#[test]
fn a_login_whose_categories_are_not_known_opens_nothing() {
    for service in catalogue().services() {
        for (operation, _) in service.operations() {
            let logins = [login(AssuranceLevel::High)];
            for (categories, expected) in [
                (KnownCategories::NotYet, DenyReason::CategoriesUnknown),
                (
                    KnownCategories::Unavailable,
                    DenyReason::CategoriesUnavailable,
                ),
            ] {
                let facts = facts(&logins, categories);
                let decision = decide(&catalogue(), service.id(), operation, &facts, now());
                assert!(
                    matches!(decision, Decision::Deny { reason, .. } if reason == expected),
                    "{decision:?}"
                );
            }
        }
    }
}

#[test]
fn the_wrong_category_is_denied_before_the_level_is_asked() {
    let decision = decide(
        &catalogue(),
        &id("servizi-medici"),
        Operation::Request,
        &facts(&[login(AssuranceLevel::Low)], of(Category::Citizen)),
        now(),
    );
    assert!(matches!(
        decision,
        Decision::Deny {
            reason: DenyReason::WrongCategory,
            ..
        }
    ));
    assert_eq!(decision.explanation().last().unwrap().rule, Rule::Category);
}

/// A catalogue with everything that a rule can say: an owner, ways in, ages, provisional requests.
const EVERYTHING: &str = r#"
[[service]]
id = "a"
name = { it = "A", en = "A" }
for = ["pensioner", "company"]
client = "portale"
consult = { level = "low", methods = ["spid", "pin"], max_age = "8h" }
request = { level = "substantial", max_age = "1h", provisional = true }

[[service]]
id = "b"
name = { it = "B", en = "B" }
for = ["citizen", "patronato"]
consult = { level = "substantial", methods = ["cns"], cards = ["health", "public-servant"] }
request = { level = "high", max_age = "15m" }

[[method]]
method = "spid"
for = ["citizen", "company", "patronato"]
from = 2016-03-15

[[method]]
method = "cns"
for = ["pensioner", "patronato"]

[[method]]
method = "pin"
for = ["citizen", "company"]
until = 2021-09-30

[[method]]
method = "pin"
for = ["resident-abroad"]
"#;

fn everything() -> Catalogue {
    Catalogue::parse(EVERYTHING).unwrap()
}

fn by(method: AuthenticationMethod, level: AssuranceLevel, minutes: u64) -> Login {
    Login {
        method,
        age: Duration::from_secs(60 * minutes),
        ..login(level)
    }
}

/// What is decided of service `a`, and the lines of the explanation from the way in on.
fn of_a(operation: Operation, logins: &[Login], day: &str) -> (String, Vec<String>) {
    let facts = Facts {
        client: Some("portale"),
        ..facts(logins, of(Category::Company))
    };
    let at = format!("{day}T12:00:00Z").parse().unwrap();
    let decision = decide(&everything(), &id("a"), operation, &facts, at);
    let lines = decision.explanation().iter().skip(4);
    let name = match &decision {
        Decision::StepUp { to, methods, .. } => format!("step-up to {to} by {methods}"),
        Decision::Deny { reason, .. } => format!("deny: {}", reason.code()),
        other => other.name().to_owned(),
    };
    (name, lines.map(ToString::to_string).collect())
}

#[test]
fn a_card_of_a_kind_that_is_not_allowed_opens_nothing_and_the_explanation_names_both() {
    let of_b = |card| {
        let login = [Login {
            card: Some(card),
            ..by(Cns, High, 5)
        }];
        let facts = facts(&login, of(Category::Patronato));
        decide(&everything(), &id("b"), Operation::Consult, &facts, now())
    };
    let line = |decision: &Decision| decision.explanation()[4].to_string();
    assert!(of_b(CardKind::Health).is_permit());
    let allowed = "method=met (by cns (cards: health, public-servant); the login is by cns (card: public-servant))";
    assert_eq!(line(&of_b(CardKind::PublicServant)), allowed);

    let refused = of_b(CardKind::Professional);
    let methods = Methods::from_iter([Cns]);
    assert!(matches!(&refused, Decision::StepUp { methods: by, .. } if *by == methods));
    let other = "method=not-met (by cns (cards: health, public-servant); the login is by cns (card: professional))";
    assert_eq!(line(&refused), other);
}

#[test]
fn an_ordinary_pin_makes_a_provisional_request_where_a_better_one_would_do() {
    let (decision, lines) = of_a(Operation::Request, &[by(Pin, Low, 5)], "2020-06-01");
    assert_eq!(decision, "provisional");
    assert_eq!(
        lines,
        [
            "method=met (by spid, pin; the login is by pin)",
            "level=provisionally (needs substantial; the login is low)",
            "age=met (at most 1h old; the login is 5m old)",
        ]
    );
    // Not with another way in of the same level, nor when it is too old, nor once the PIN is annulled.
    for (logins, day) in [
        ([by(Spid, Low, 5)], "2020-06-01"),
        ([by(Pin, Low, 61)], "2020-06-01"),
    ] {
        let (decision, _) = of_a(Operation::Request, &logins, day);
        assert_eq!(decision, "step-up to substantial by spid, pin");
    }
    let (decision, _) = of_a(Operation::Request, &[by(Pin, Low, 5)], "2021-10-01");
    assert_eq!(decision, "step-up to substantial by spid");
    // A login that opens it whole is worth more.
    let both = [by(Pin, Low, 5), by(Spid, Substantial, 5)];
    assert_eq!(of_a(Operation::Request, &both, "2020-06-01").0, "permit");
    // An old one of the level does not take the provisional request away.
    let old = [by(Pin, Low, 5), by(Spid, Substantial, 90)];
    assert_eq!(
        of_a(Operation::Request, &old, "2020-06-01").0,
        "provisional"
    );
}

#[test]
fn a_login_that_is_too_old_is_to_be_made_again_at_the_same_level() {
    let (decision, lines) = of_a(Operation::Request, &[by(Spid, High, 61)], "2026-11-22");
    assert_eq!(decision, "step-up to substantial by spid");
    assert_eq!(
        lines.last().unwrap(),
        "age=not-met (at most 1h old; the login is 1h 1m old)"
    );
}

#[test]
fn a_way_in_that_is_not_allowed_adds_nothing_to_one_that_is() {
    // The CNS is high, and not for service `a`; SPID is, and low.
    let logins = [by(Cns, High, 1), by(Spid, Low, 1)];
    let (decision, lines) = of_a(Operation::Request, &logins, "2026-11-22");
    assert_eq!(decision, "step-up to substantial by spid");
    assert_eq!(lines[0], "method=met (by spid; the login is by spid, cns)");
    assert_eq!(
        lines[1],
        "level=not-met (needs substantial; the login is low)"
    );
    let (decision, lines) = of_a(Operation::Consult, &[by(Cns, High, 1)], "2026-11-22");
    assert_eq!(decision, "step-up to low by spid");
    assert_eq!(lines, ["method=not-met (by spid; the login is by cns)"]);
}

#[test]
fn a_service_is_closed_when_no_way_in_is_open_at_that_date() {
    let (decision, _) = of_a(Operation::Request, &[], "2021-10-01");
    assert_eq!(decision, "step-up to substantial by spid");
    let facts = Facts::default();
    let decision = decide(&everything(), &id("b"), Operation::Consult, &facts, now());
    assert!(matches!(decision, Decision::StepUp { .. }), "{decision:?}");
    let only_pin = everything().offering(Methods::from_iter([Pin]));
    let decision = decide(&only_pin, &id("b"), Operation::Consult, &facts, now());
    let unreachable = DenyReason::OutOfReach;
    assert!(
        matches!(decision, Decision::Deny { reason, .. } if reason == unreachable),
        "{decision:?}"
    );
}

#[test]
fn a_service_with_an_owner_is_asked_for_by_nobody_else() {
    for (client, allowed, says) in [
        (
            Some("portale"),
            true,
            "client=met (the application that owns it asks)",
        ),
        (None, true, "client=met (no application asks)"),
        (
            Some("altra"),
            false,
            "client=not-met (it belongs to another application)",
        ),
    ] {
        let logins = [login(High)];
        let facts = Facts {
            client,
            ..facts(&logins, of(Category::Company))
        };
        let decision = decide(&everything(), &id("a"), Operation::Consult, &facts, now());
        assert_eq!(decision.is_permit(), allowed, "{decision:?}");
        assert_eq!(decision.explanation()[2].to_string(), says);
    }
}

#[test]
fn a_pin_is_never_taken_for_high_whatever_is_claimed() {
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let logins = [by(Pin, High, 0)];
    let in_2020 = "2020-06-01T12:00:00Z".parse().unwrap();
    let facts = facts(&logins, of(Category::Citizen));
    let service = id("domanda-di-pensione");
    let decision = decide(&catalogue, &service, Operation::Request, &facts, in_2020);
    assert_eq!(decision.name(), "step-up");
}

mod first_half;
mod properties;
