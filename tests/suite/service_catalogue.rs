//! The whole catalogue, reviewed against the product's description and the rules of the PIN: a table to be read, and held.

use std::collections::BTreeMap;
use std::time::Duration;

use varco::identity::AssuranceLevel::{self, High, Low, Substantial};
use varco::identity::AuthenticationMethod::{self, Cie, Cns, Pin, Spid};
use varco::identity::{AchievedAssurance, Categories, Category, Person, Timestamp};
use varco::policy::{
    Catalogue, DEFAULT_CATALOGUE, Decision, DenyReason, Facts, KnownCategories, Login, Operation,
    Rule, ServiceId, decide,
};

use crate::support::gateway::TestGateway;
use crate::support::openid::anna;
use crate::support::relying_party::TestRelyingParty;

/// Each service as the product's description calls it, in its order.
const PRODUCT: &[(&str, &[&str])] = &[
    ("status of a file or application", &["stato-pratica"]),
    (
        "citizen's social-security file (fascicolo previdenziale)",
        &["fascicolo-previdenziale"],
    ),
    (
        "applications for income-support benefits (NASpI, family allowances, leave for disabled relatives, sickness, \
         mobility in deroga, ReI, special unemployment)",
        &[
            "naspi",
            "assegni-familiari",
            "permessi-assistenza-disabili",
            "indennita-di-malattia",
            "mobilita-in-deroga",
            "rei",
            "disoccupazione-speciale",
        ],
    ),
    (
        "Agenzia delle Entrate-Riscossione",
        &["agenzia-entrate-riscossione"],
    ),
    (
        "Agenzia delle Entrate, pre-filled 730 (login by PIN, SPID or CNS)",
        &["730-precompilato"],
    ),
    (
        "consultation of pregnancy certificates",
        &["certificati-di-gravidanza"],
    ),
    ("la mia pensione futura", &["la-mia-pensione-futura"]),
    (
        "DIS-COLL: consult, apply, send communication",
        &["dis-coll"],
    ),
    (
        "unemployment of returning workers: consult, apply",
        &["disoccupazione-lavoratori-rimpatriati"],
    ),
    ("pension applications", &["domanda-di-pensione"]),
    (
        "management of the Poste Italiane fund",
        &["gestione-fondo-poste"],
    ),
    ("payments portal", &["portale-dei-pagamenti"]),
    (
        "payment points of partner networks",
        &["punti-di-pagamento"],
    ),
    (
        "redemption of contribution periods",
        &["riscatto-contributi"],
    ),
    ("certificazione unica", &["certificazione-unica"]),
    ("civil-invalidity application", &["invalidita-civile"]),
    (
        "maternity and parental leave",
        &["maternita-e-congedo-parentale"],
    ),
    ("bonus bebè", &["bonus-bebe"]),
    (
        "view and change personal data, address and contacts",
        &["dati-personali"],
    ),
    (
        "services for intermediaries, for companies, for public bodies, for doctors and local health authorities",
        &[
            "servizi-intermediari",
            "servizi-aziende",
            "servizi-enti-pubblici",
            "servizi-medici",
        ],
    ),
];

/// What opens with what, on a day on which every way in was there. Whoever is of none of the categories that stand beside a
/// service is denied it. `ordinario` consults one's own contributions, pension and payments, and may make applications
/// provisionally; `dispositivo` makes them. No PIN is High, and patronati have none.
const TABLE: &str = "
service                               | does    | is for                                       | PIN ordinario | PIN dispositivo | SPID 1  | SPID 2  | SPID 3 | CIE 2   | CIE 3   | CNS
stato-pratica                         | consult | citizen                                      | open          | open            | open    | open    | open   | open    | open    | open
fascicolo-previdenziale               | consult | citizen                                      | open          | open            | open    | open    | open   | open    | open    | open
naspi                                 | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
naspi                                 | request | citizen                                      | provisional   | open            | step-up | open    | open   | open    | open    | open
assegni-familiari                     | consult | worker-private, pensioner, unemployed        | step-up       | open            | step-up | open    | open   | open    | open    | open
assegni-familiari                     | request | worker-private, pensioner, unemployed        | provisional   | open            | step-up | open    | open   | open    | open    | open
permessi-assistenza-disabili          | consult | worker-private                               | step-up       | open            | step-up | open    | open   | open    | open    | open
permessi-assistenza-disabili          | request | worker-private                               | provisional   | open            | step-up | open    | open   | open    | open    | open
indennita-di-malattia                 | consult | worker-private                               | step-up       | open            | step-up | open    | open   | open    | open    | open
indennita-di-malattia                 | request | worker-private                               | provisional   | open            | step-up | open    | open   | open    | open    | open
mobilita-in-deroga                    | consult | worker-private, unemployed                   | step-up       | open            | step-up | open    | open   | open    | open    | open
mobilita-in-deroga                    | request | worker-private, unemployed                   | provisional   | open            | step-up | open    | open   | open    | open    | open
rei                                   | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
rei                                   | request | citizen                                      | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
disoccupazione-speciale               | consult | worker-private, unemployed                   | step-up       | open            | step-up | open    | open   | open    | open    | open
disoccupazione-speciale               | request | worker-private, unemployed                   | provisional   | open            | step-up | open    | open   | open    | open    | open
agenzia-entrate-riscossione           | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
730-precompilato                      | consult | citizen                                      | step-up       | open            | step-up | open    | open   | step-up | step-up | open
certificati-di-gravidanza             | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
la-mia-pensione-futura                | consult | worker-private, worker-public, unemployed    | open          | open            | open    | open    | open   | open    | open    | open
dis-coll                              | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
dis-coll                              | request | citizen                                      | provisional   | open            | step-up | open    | open   | open    | open    | open
disoccupazione-lavoratori-rimpatriati | consult | worker-private, unemployed                   | step-up       | open            | step-up | open    | open   | open    | open    | open
disoccupazione-lavoratori-rimpatriati | request | worker-private, unemployed                   | provisional   | open            | step-up | open    | open   | open    | open    | open
domanda-di-pensione                   | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
domanda-di-pensione                   | request | citizen                                      | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
gestione-fondo-poste                  | consult | worker-public                                | step-up       | open            | step-up | open    | open   | open    | open    | open
gestione-fondo-poste                  | request | worker-public                                | step-up       | open            | step-up | open    | open   | open    | open    | open
portale-dei-pagamenti                 | consult | citizen, intermediary, company, professional | open          | open            | open    | open    | open   | open    | open    | open
portale-dei-pagamenti                 | request | citizen, intermediary, company, professional | step-up       | open            | step-up | open    | open   | open    | open    | open
punti-di-pagamento                    | consult | citizen, intermediary, company, bank         | open          | open            | open    | open    | open   | open    | open    | open
riscatto-contributi                   | consult | worker-private, worker-public, unemployed    | step-up       | open            | step-up | open    | open   | open    | open    | open
riscatto-contributi                   | request | worker-private, worker-public, unemployed    | provisional   | open            | step-up | open    | open   | open    | open    | open
certificazione-unica                  | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
invalidita-civile                     | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
invalidita-civile                     | request | citizen                                      | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
maternita-e-congedo-parentale         | consult | worker-private, unemployed                   | step-up       | open            | step-up | open    | open   | open    | open    | open
maternita-e-congedo-parentale         | request | worker-private, unemployed                   | provisional   | open            | step-up | open    | open   | open    | open    | open
bonus-bebe                            | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
bonus-bebe                            | request | citizen                                      | provisional   | open            | step-up | open    | open   | open    | open    | open
dati-personali                        | consult | citizen                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
dati-personali                        | request | citizen                                      | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
servizi-intermediari                  | consult | intermediary                                 | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-intermediari                  | consult | patronato                                    | step-up       | step-up         | step-up | open    | open   | open    | open    | open
servizi-intermediari                  | request | intermediary                                 | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
servizi-intermediari                  | request | patronato                                    | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
servizi-aziende                       | consult | company                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-aziende                       | request | company                                      | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-enti-pubblici                 | consult | public-body                                  | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-enti-pubblici                 | request | public-body                                  | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
servizi-medici                        | consult | doctor                                       | step-up       | open            | step-up | open    | open   | open    | open    | open
servizi-medici                        | request | doctor                                       | step-up       | step-up         | step-up | step-up | open   | step-up | open    | open
";

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

fn catalogue() -> Catalogue {
    Catalogue::parse(DEFAULT_CATALOGUE).unwrap()
}

fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn login((method, level): (AuthenticationMethod, AssuranceLevel)) -> Login {
    Login {
        level: AchievedAssurance(level),
        method,
        age: Duration::ZERO,
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
    decide(&catalogue(), service, operation, &facts, at(now))
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

/// Way in, category, the last moment before and the first moment after a date, and whether it is open before and after.
/// Days are days in Italy: in winter they begin at 23:00 UTC, in summer at 22:00.
const DATES: &[(AuthenticationMethod, &[Category], &str, bool, bool)] = &[
    // SPID for citizens' services from 15 March 2016.
    (Spid, PERSONAL, "2016-03-14T23:00:00Z", false, true),
    // SPID for every category of user from 21 July 2017.
    (Spid, PROFILES, "2017-07-20T22:00:00Z", false, true),
    (
        Spid,
        &[Category::Patronato],
        "2017-07-20T22:00:00Z",
        false,
        true,
    ),
    // CIE from 22 January 2020.
    (Cie, PERSONAL, "2020-01-21T23:00:00Z", false, true),
    (Cie, PROFILES, "2020-01-21T23:00:00Z", false, true),
    (
        Cie,
        &[Category::Patronato],
        "2020-01-21T23:00:00Z",
        false,
        true,
    ),
    // CNS always, for all services and all categories.
    (Cns, PERSONAL, "2010-01-01T00:00:00Z", true, true),
    (Cns, PROFILES, "2026-11-22T00:00:00Z", true, true),
    (
        Cns,
        &[Category::Patronato],
        "2026-11-22T00:00:00Z",
        true,
        true,
    ),
    // PIN until 30 September 2021 for professional profiles and for everybody else, but for residents abroad; never for
    // patronati.
    (Pin, PERSONAL, "2021-09-30T22:00:00Z", true, false),
    (Pin, PROFILES, "2021-09-30T22:00:00Z", true, false),
    (
        Pin,
        &[Category::ResidentAbroad],
        "2021-09-30T22:00:00Z",
        true,
        true,
    ),
    (
        Pin,
        &[Category::Patronato],
        "2021-09-30T22:00:00Z",
        false,
        false,
    ),
    (
        Pin,
        &[Category::Patronato],
        "2015-01-01T00:00:00Z",
        false,
        false,
    ),
];
const PERSONAL: &[Category] = &[
    Category::Citizen,
    Category::WorkerPrivate,
    Category::WorkerPublic,
    Category::Pensioner,
    Category::Unemployed,
];
const PROFILES: &[Category] = &[
    Category::Intermediary,
    Category::Company,
    Category::PublicBody,
    Category::Professional,
    Category::Doctor,
    Category::Bank,
];

#[test]
fn a_way_in_opens_and_closes_on_its_day_in_italy_for_each_category() {
    let catalogue = catalogue();
    for (method, categories, date, before, after) in DATES {
        for category in *categories {
            let categories = Categories::from_iter([*category]);
            let open = |now| catalogue.open_to(categories, now).contains(*method);
            let last = at(date) - chrono::Duration::milliseconds(1);
            assert_eq!(open(last), *before, "{method} for {category} before {date}");
            assert_eq!(
                open(at(date)),
                *after,
                "{method} for {category} from {date}"
            );
        }
    }
    let told: Vec<_> = DATES
        .iter()
        .flat_map(|(_, categories, ..)| *categories)
        .collect();
    assert!(
        Category::ALL
            .iter()
            .all(|category| told.contains(&category))
    );
}

#[test]
fn before_its_day_a_way_in_is_named_by_no_step_up_and_is_not_the_persons_fault() {
    let id = ServiceId::parse("naspi").unwrap();
    let methods = |now: &str| {
        let facts = Facts::default();
        match decide(&catalogue(), &id, Operation::Request, &facts, at(now)) {
            Decision::StepUp { methods, .. } => methods.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(methods("2016-03-14T12:00:00Z"), "cns, pin");
    assert_eq!(methods("2016-03-15T12:00:00Z"), "spid, cns, pin");
    assert_eq!(methods("2020-01-22T12:00:00Z"), "spid, cie, cns, pin");
    // Who is not known yet may live abroad.
    assert_eq!(methods(TODAY), "spid, cie, cns, pin");

    let citizen = somebody(Category::Citizen);
    let found = decision(
        &id,
        Operation::Request,
        citizen,
        login((Pin, Substantial)),
        TODAY,
    );
    let Decision::StepUp {
        to,
        methods,
        explanation,
    } = found
    else {
        panic!("{found:?}");
    };
    assert_eq!(
        (to.0, methods.to_string().as_str()),
        (Substantial, "spid, cie, cns")
    );
    assert_eq!(explanation.last().unwrap().rule, Rule::Method);
}

/// Who logs in by SPID on the eve of its day, and again after midnight, as the application that sent them hears of it.
async fn across_midnight(person: &Person, service: &str, midnight: &str) {
    let app = TestRelyingParty::new("portale");
    let services = format!("services = [\"{service}\"]");
    let gateway = TestGateway::with_clients(vec![app.registration(&services)]);
    gateway
        .clock
        .set(at(midnight) - chrono::Duration::seconds(1));
    let mut browser = gateway.browser();
    gateway.log_in(&mut browser, person, Substantial).await;
    let question = app.question().with("resource", service);
    let answer = browser.open_from_elsewhere(&question.url()).await;
    let callback = app.receive(&question, &answer);
    let heard = callback.error();
    assert_eq!(heard, "unmet_authentication_requirements", "{service}");

    gateway.clock.advance(chrono::Duration::seconds(1));
    assert!(
        !app.code(&mut browser, &question).await.is_empty(),
        "{service}"
    );
}

#[tokio::test]
async fn spid_opens_citizens_services_at_midnight_and_other_categories_services_a_year_later() {
    across_midnight(&anna(), "naspi", "2016-03-14T23:00:00Z").await;
    let mut for_a_company = anna();
    for_a_company.company = Some(varco::identity::Company {
        name: "Alfa".to_owned().into(),
        fiscal_number: None,
        vat_number: None,
        registered_office: None,
    });
    across_midnight(&for_a_company, "servizi-aziende", "2017-07-20T22:00:00Z").await;
}
