use proptest::prelude::*;

use super::*;
use crate::identity::AuthenticationMethod::{Cie, Cns, Spid};
use crate::identity::Category;
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

/// Every service of `product.md`: id, whom it is for, and the level of consult and request.
const ROWS: &[(&str, &str, Option<&str>, Option<&str>)] = &[
    ("stato-pratica", "citizen", Some("low"), None),
    ("fascicolo-previdenziale", "citizen", Some("low"), None),
    ("naspi", "citizen", Some("substantial"), Some("substantial")),
    (
        "assegni-familiari",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "permessi-assistenza-disabili",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "indennita-di-malattia",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "mobilita-in-deroga",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    ("rei", "citizen", Some("substantial"), Some("high")),
    (
        "disoccupazione-speciale",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "agenzia-entrate-riscossione",
        "citizen",
        Some("substantial"),
        None,
    ),
    ("730-precompilato", "citizen", Some("substantial"), None),
    (
        "certificati-di-gravidanza",
        "citizen",
        Some("substantial"),
        None,
    ),
    ("la-mia-pensione-futura", "citizen", Some("low"), None),
    (
        "dis-coll",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "disoccupazione-lavoratori-rimpatriati",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "domanda-di-pensione",
        "citizen",
        Some("substantial"),
        Some("high"),
    ),
    (
        "gestione-fondo-poste",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "portale-dei-pagamenti",
        "citizen intermediary company",
        Some("low"),
        Some("substantial"),
    ),
    (
        "punti-di-pagamento",
        "citizen intermediary company",
        Some("low"),
        None,
    ),
    (
        "riscatto-contributi",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    ("certificazione-unica", "citizen", Some("substantial"), None),
    (
        "invalidita-civile",
        "citizen",
        Some("substantial"),
        Some("high"),
    ),
    (
        "maternita-e-congedo-parentale",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "bonus-bebe",
        "citizen",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "dati-personali",
        "citizen",
        Some("substantial"),
        Some("high"),
    ),
    (
        "servizi-intermediari",
        "intermediary",
        Some("substantial"),
        Some("high"),
    ),
    (
        "servizi-aziende",
        "company",
        Some("substantial"),
        Some("substantial"),
    ),
    (
        "servizi-enti-pubblici",
        "public-body",
        Some("substantial"),
        Some("high"),
    ),
    (
        "servizi-medici",
        "doctor",
        Some("substantial"),
        Some("high"),
    ),
];

#[test]
fn every_service_of_the_product_opens_exactly_at_its_level_to_its_categories() {
    let catalogue = catalogue();
    assert!(
        catalogue
            .services()
            .map(|service| service.id().as_str())
            .eq(ROWS.iter().map(|row| row.0)),
        "the table and the catalogue list the same services"
    );
    for (service, categories, consult, request) in ROWS {
        for (operation, level) in [(Operation::Consult, consult), (Operation::Request, request)] {
            for achieved in AssuranceLevel::ALL {
                for category in Category::ALL {
                    let logins = [login(achieved)];
                    let facts = facts(&logins, of(category));
                    let decision = decide(&catalogue, &id(service), operation, &facts, now());
                    let needed = level.and_then(AssuranceLevel::from_name);
                    let for_them = categories.split(' ').any(|name| name == category.name());
                    let expected = match needed {
                        None => "deny",
                        Some(_) if !for_them => "deny",
                        Some(needed) if achieved >= needed => "permit",
                        Some(_) => "step-up",
                    };
                    assert_eq!(
                        decision.name(),
                        expected,
                        "{service} {operation} at {achieved} as {category}"
                    );
                }
            }
        }
    }
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

fn any_login() -> impl Strategy<Value = Login> {
    let level = proptest::sample::select(AssuranceLevel::ALL.to_vec());
    let method = proptest::sample::select(AuthenticationMethod::ALL.to_vec());
    (level, method, 0..100_000_u64).prop_map(|(level, method, age)| Login {
        level: AchievedAssurance(level),
        method,
        age: Duration::from_secs(age),
    })
}

fn any_categories() -> impl Strategy<Value = KnownCategories> {
    let known = proptest::collection::vec(proptest::sample::select(Category::ALL.to_vec()), 0..4)
        .prop_map(|categories| KnownCategories::Known(Categories::from_iter(categories)));
    prop_oneof![
        6 => known,
        1 => Just(KnownCategories::NotYet),
        1 => Just(KnownCategories::Unavailable),
    ]
}

fn any_logins() -> impl Strategy<Value = Vec<Login>> {
    proptest::collection::vec(any_login(), 0..4)
}

/// Services of the catalogue and names that are not in it.
fn any_service() -> impl Strategy<Value = ServiceId> {
    let known: Vec<ServiceId> = catalogue().services().map(|s| s.id().clone()).collect();
    prop_oneof![
        8 => proptest::sample::select(known),
        1 => "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}".prop_map(|text| id(&text)),
    ]
}

fn any_operation() -> impl Strategy<Value = Operation> {
    proptest::sample::select(Operation::ALL.to_vec())
}

proptest! {
    #[test]
    fn a_further_login_never_closes_what_was_open(
        service in any_service(), operation in any_operation(), mut logins in any_logins(),
        categories in any_categories(), further in any_login(),
    ) {
        let catalogue = catalogue();
        if decide(&catalogue, &service, operation, &facts(&logins, categories), now()).is_permit() {
            logins.push(further);
            let after = decide(&catalogue, &service, operation, &facts(&logins, categories), now());
            prop_assert!(after.is_permit());
        }
    }

    #[test]
    fn every_decision_is_explained_and_a_step_up_keeps_its_promise(
        service in any_service(), operation in any_operation(), mut logins in any_logins(),
        categories in any_categories(),
    ) {
        let catalogue = catalogue();
        let decision = decide(&catalogue, &service, operation, &facts(&logins, categories), now());
        let explanation = decision.explanation();
        let last = explanation.last().unwrap();
        prop_assert_eq!(decision.is_permit(), last.outcome == Outcome::Met);
        prop_assert!(explanation.iter().rev().skip(1).all(|line| line.outcome != Outcome::NotMet));
        if let Decision::StepUp { to, methods, .. } = decision {
            prop_assert!(!methods.is_empty());
            let categories = match categories {
                KnownCategories::NotYet => {
                    KnownCategories::Known(catalogue.get(&service).unwrap().categories())
                }
                known => known,
            };
            for method in methods.iter() {
                logins.push(Login { method, ..login(to.0) });
                let after = decide(&catalogue, &service, operation, &facts(&logins, categories), now());
                prop_assert!(after.is_permit());
                logins.pop();
            }
        }
    }
}
