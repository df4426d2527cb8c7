//! The whole catalogue, reviewed against the product's description and the rules of the PIN: a table to be read, and held.

mod dates;
mod table;

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use varco::identity::AssuranceLevel::{self, High, Low, Substantial};
use varco::identity::AuthenticationMethod::{self, Cie, Cns, Pin, Spid};
use varco::identity::{AchievedAssurance, Categories, Category, Timestamp};
use varco::policy::{
    Catalogue, DEFAULT_CATALOGUE, Decision, DenyReason, Facts, KnownCategories, Login, Operation,
    ServiceId, decide,
};

use table::{PRODUCT, TABLE};

/// A day between the coming of the CIE and the end of the PIN.
const ALL_THERE: &str = "2020-06-01T10:00:00Z";
/// A day after it.
const TODAY: &str = "2026-11-22T10:00:00Z";

/// The columns of the table.
const LOGINS: [(AuthenticationMethod, AssuranceLevel); 8] = [
    (Pin, Low),
    (Pin, Substantial),
    (Spid, Low),
    (Spid, Substantial),
    (Spid, High),
    (Cie, Substantial),
    (Cie, High),
    (Cns, High),
];

/// A row of the table.
struct Row {
    service: ServiceId,
    operation: Operation,
    categories: Categories,
    decisions: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let lines = TABLE.trim().lines().skip(1);
    let row = |line: &'static str| {
        let mut cells = line.split('|').map(str::trim);
        let (service, operation) = (cells.next().unwrap(), cells.next().unwrap());
        let names = cells.next().unwrap().split(", ");
        let row = Row {
            service: ServiceId::parse(service).unwrap(),
            operation: Operation::from_name(operation).unwrap(),
            categories: names
                .map(|name| Category::from_name(name).unwrap())
                .collect(),
            decisions: cells.collect(),
        };
        assert_eq!(row.decisions.len(), LOGINS.len(), "{line}");
        row
    };
    lines.map(row).collect()
}

/// Read once: a debug build takes its time.
fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> =
        LazyLock::new(|| Catalogue::parse(DEFAULT_CATALOGUE).unwrap());
    &CATALOGUE
}

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn login((method, level): (AuthenticationMethod, AssuranceLevel)) -> Login {
    Login {
        level: AchievedAssurance(level),
        method,
        age: Duration::ZERO,
        card: None,
    }
}

/// Somebody of a category: in their own affairs everybody is a citizen besides, a profile stands alone.
fn somebody(category: Category) -> Categories {
    let besides = category.is_personal().then_some(Category::Citizen);
    [Some(category), besides].into_iter().flatten().collect()
}

fn decision(
    service: &ServiceId,
    operation: Operation,
    categories: Categories,
    login: Login,
    now: &str,
) -> Decision {
    let facts = Facts {
        logins: &[login],
        categories: KnownCategories::Known(categories),
        client: None,
    };
    decide(catalogue(), service, operation, &facts, at(now))
}

/// The decision in the words of the table.
fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Permit { .. } => "open",
        other => other.name(),
    }
}

#[test]
fn every_service_of_the_product_is_in_the_catalogue_and_in_the_table_and_no_other() {
    let catalogue = catalogue();
    let there: Vec<&str> = catalogue
        .services()
        .map(|service| service.id().as_str())
        .collect();
    let described = PRODUCT.iter().flat_map(|(_, ids)| ids.iter().copied());
    assert!(described.eq(there.iter().copied()), "{there:?}");

    let mut offered: BTreeMap<ServiceId, Vec<Operation>> = BTreeMap::new();
    for row in rows() {
        let operations = offered.entry(row.service).or_default();
        if !operations.contains(&row.operation) {
            operations.push(row.operation);
        }
    }
    for service in catalogue.services() {
        let operations: Vec<_> = service
            .operations()
            .map(|(operation, _)| operation)
            .collect();
        assert_eq!(
            offered.remove(service.id()),
            Some(operations),
            "{}",
            service.id()
        );
    }
    assert!(offered.is_empty());
}

#[test]
fn every_service_opens_as_the_table_says() {
    for row in rows() {
        for (expected, column) in row.decisions.iter().zip(LOGINS) {
            for category in row.categories.iter() {
                let found = decision(
                    &row.service,
                    row.operation,
                    somebody(category),
                    login(column),
                    ALL_THERE,
                );
                let what = format!(
                    "{} {} as {category} by {column:?}",
                    row.service, row.operation
                );
                assert_eq!(word(&found), *expected, "{what}: {found:?}");
            }
        }
    }
}

#[test]
fn whoever_does_not_stand_in_the_table_is_denied_whatever_the_login() {
    let mut allowed: BTreeMap<(ServiceId, Operation), Categories> = BTreeMap::new();
    for row in rows() {
        let to = allowed.entry((row.service, row.operation)).or_default();
        *to = to.or(row.categories);
    }
    for ((service, operation), categories) in allowed {
        for category in Category::ALL {
            if somebody(category).intersects(categories) {
                continue;
            }
            for column in LOGINS {
                let found = decision(
                    &service,
                    operation,
                    somebody(category),
                    login(column),
                    ALL_THERE,
                );
                let denied = matches!(
                    found,
                    Decision::Deny {
                        reason: DenyReason::WrongCategory,
                        ..
                    }
                );
                assert!(denied, "{service} {operation} as {category}: {found:?}");
            }
        }
    }
}

#[test]
fn a_pensioner_cannot_open_the_workers_services_nor_one_scheme_those_of_the_other() {
    let opens = |service: &str, category| {
        let id = ServiceId::parse(service).unwrap();
        let found = decision(
            &id,
            Operation::Consult,
            somebody(category),
            login((Cns, High)),
            TODAY,
        );
        found.is_permit()
    };
    for (service, private, public, pensioner) in [
        ("indennita-di-malattia", true, false, false),
        ("gestione-fondo-poste", false, true, false),
        ("la-mia-pensione-futura", true, true, false),
        ("fascicolo-previdenziale", true, true, true),
    ] {
        assert_eq!(
            opens(service, Category::WorkerPrivate),
            private,
            "{service}"
        );
        assert_eq!(opens(service, Category::WorkerPublic), public, "{service}");
        assert_eq!(opens(service, Category::Pensioner), pensioner, "{service}");
    }
}

#[test]
fn after_its_end_the_pin_opens_nothing_but_to_residents_abroad_and_every_other_way_in_is_as_before()
{
    for row in rows() {
        for (before, column) in row.decisions.iter().zip(LOGINS) {
            for category in row.categories.iter() {
                let today = |categories| {
                    let login = login(column);
                    decision(&row.service, row.operation, categories, login, TODAY)
                };
                let what = format!(
                    "{} {} as {category} by {column:?}",
                    row.service, row.operation
                );
                let expected = if column.0 == Pin { "step-up" } else { before };
                assert_eq!(word(&today(somebody(category))), expected, "{what}");
                if category.is_personal() {
                    let abroad = Categories::from_iter([Category::ResidentAbroad]);
                    let abroad = somebody(category).or(abroad);
                    assert_eq!(word(&today(abroad)), *before, "{what} living abroad");
                }
            }
        }
    }
}
