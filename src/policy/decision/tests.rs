use proptest::prelude::*;

use super::*;
use crate::identity::Category;
use crate::policy::DEFAULT_CATALOGUE;

fn catalogue() -> Catalogue {
    Catalogue::parse(DEFAULT_CATALOGUE).unwrap()
}

fn id(text: &str) -> ServiceId {
    ServiceId::parse(text).unwrap()
}

fn facts(level: Option<AssuranceLevel>, categories: Option<Categories>) -> Facts {
    Facts {
        login: level.map(|level| Login {
            level: AchievedAssurance(level),
            method: AuthenticationMethod::Spid,
        }),
        categories,
    }
}

fn citizen() -> Option<Categories> {
    Some(Categories::from_iter([Category::Citizen]))
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
                    let had = Some(Categories::from_iter([category]));
                    let decision = decide(
                        &catalogue,
                        &id(service),
                        operation,
                        &facts(Some(achieved), had),
                    );
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
        &facts(Some(AssuranceLevel::High), citizen()),
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
    assert_eq!(methods, [AuthenticationMethod::Spid]);
    let lines: Vec<String> = explanation.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "service-known=met",
            "operation-offered=met",
            "category=not-yet-known (for citizen; not known of the person)",
            "level=not-met (needs high; nobody is logged in)",
        ]
    );
}

#[test]
fn a_login_whose_categories_are_not_known_opens_nothing() {
    for service in catalogue().services() {
        for (operation, _) in service.operations() {
            let facts = facts(Some(AssuranceLevel::High), None);
            let decision = decide(&catalogue(), service.id(), operation, &facts);
            assert!(
                matches!(
                    decision,
                    Decision::Deny {
                        reason: DenyReason::CategoriesUnknown,
                        ..
                    }
                ),
                "{decision:?}"
            );
        }
    }
}

#[test]
fn the_wrong_category_is_denied_before_the_level_is_asked() {
    let decision = decide(
        &catalogue(),
        &id("servizi-medici"),
        Operation::Request,
        &facts(Some(AssuranceLevel::Low), citizen()),
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

fn any_level() -> impl Strategy<Value = AssuranceLevel> {
    proptest::sample::select(AssuranceLevel::ALL.to_vec())
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let categories =
        proptest::collection::vec(proptest::sample::select(Category::ALL.to_vec()), 0..4)
            .prop_map(Categories::from_iter);
    (
        proptest::option::of(any_level()),
        proptest::option::of(categories),
    )
        .prop_map(|(level, categories)| facts(level, categories))
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
    fn a_higher_level_never_closes_what_was_open(
        service in any_service(), operation in any_operation(), before in any_facts(), raised in any_level(),
    ) {
        let catalogue = catalogue();
        if decide(&catalogue, &service, operation, &before).is_permit() {
            let level = raised.max(before.login.unwrap().level.0);
            let after = facts(Some(level), before.categories);
            prop_assert!(decide(&catalogue, &service, operation, &after).is_permit());
        }
    }

    #[test]
    fn a_further_category_never_closes_what_was_open(
        service in any_service(), operation in any_operation(), before in any_facts(),
        further in proptest::sample::select(Category::ALL.to_vec()),
    ) {
        let catalogue = catalogue();
        if decide(&catalogue, &service, operation, &before).is_permit() {
            let categories = before.categories.unwrap().iter().chain([further]).collect();
            let after = Facts { categories: Some(categories), ..before };
            prop_assert!(decide(&catalogue, &service, operation, &after).is_permit());
        }
    }

    #[test]
    fn what_no_rule_opens_stays_closed(
        service in any_service(), operation in any_operation(), facts in any_facts(),
    ) {
        let catalogue = catalogue();
        let opened = catalogue.get(&service).is_some_and(|service| {
            let level = service.level(operation);
            let level_met = facts.login.zip(level).is_some_and(|(login, level)| login.level.0 >= level.0);
            level_met && facts.categories.is_some_and(|had| had.intersects(service.categories()))
        });
        prop_assert_eq!(decide(&catalogue, &service, operation, &facts).is_permit(), opened);
    }

    #[test]
    fn every_decision_is_explained_and_a_step_up_keeps_its_promise(
        service in any_service(), operation in any_operation(), before in any_facts(),
    ) {
        let catalogue = catalogue();
        let decision = decide(&catalogue, &service, operation, &before);
        let explanation = decision.explanation();
        let last = explanation.last().unwrap();
        prop_assert_eq!(decision.is_permit(), last.outcome == Outcome::Met);
        prop_assert!(explanation.iter().rev().skip(1).all(|line| line.outcome != Outcome::NotMet));
        if let Decision::StepUp { to, methods, .. } = decision {
            prop_assert!(!methods.is_empty());
            let categories = before.categories.or(catalogue.get(&service).map(Service::categories));
            prop_assert!(decide(&catalogue, &service, operation, &facts(Some(to.0), categories)).is_permit());
            for lower in AssuranceLevel::ALL.into_iter().filter(|level| *level < to.0) {
                prop_assert!(!decide(&catalogue, &service, operation, &facts(Some(lower), categories)).is_permit());
            }
        }
    }
}
