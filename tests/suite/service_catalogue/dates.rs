//! The dated rules of the ways in, on both sides of each midnight in Italy.

use varco::identity::AssuranceLevel::Substantial;
use varco::identity::AuthenticationMethod::{self, Cie, Cns, Pin, Spid};
use varco::identity::{Categories, Category, Company, Person};
use varco::policy::{Decision, Facts, Operation, Rule, ServiceId, decide};

use super::{TODAY, at, catalogue, decision, login, somebody};
use crate::support::gateway::TestGateway;
use crate::support::openid::anna;
use crate::support::relying_party::TestRelyingParty;

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
        match decide(catalogue(), &id, Operation::Request, &facts, at(now)) {
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
    let mut answer = browser.open_from_elsewhere(&question.url()).await;
    // Who acts for a company too says so first.
    if person.company.is_some() {
        assert_eq!(answer.url.path(), "/profile", "{}", answer.body);
        let form = answer.form();
        let mut fields = form.pairs();
        fields.retain(|field| *field != ("profile", "personal"));
        answer = browser.submit(&form.action, &fields).await;
    }
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
    for_a_company.company = Some(Company {
        name: "Alfa".to_owned().into(),
        fiscal_number: None,
        vat_number: None,
        registered_office: None,
    });
    across_midnight(&for_a_company, "servizi-aziende", "2017-07-20T22:00:00Z").await;
}
