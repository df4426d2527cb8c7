//! `varco demo --once`: a login with each of the nine providers, with CIE by both protocols and with each card, over real HTTP
//! and TLS, and the matrix of decisions; every error of the Ministry; and the whole life of a PIN.

use std::collections::{BTreeMap, BTreeSet};

use varco::demo::cns::CARDS;
use varco::demo::idp::anomaly::CIE_ERRORS;
use varco::demo::ministry::outcome::OUTCOMES;
use varco::demo::once;
use varco::demo::providers::{MINISTRY, PROVIDERS};
use varco::identity::AssuranceLevel;

use crate::support::demo::{Demo, report};

#[test]
fn citizens_log_in_with_each_provider_and_card_and_every_decision_is_one_that_happened() {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    let mut table = Vec::new();
    let good = demo.block_on(once::run(&demo, &mut table)).unwrap();
    let table = String::from_utf8(table).unwrap();
    report("demo-once", &table);
    assert!(good, "{table}");
    let (refused, others): (Vec<&str>, Vec<&str>) = table
        .lines()
        .skip(1)
        .partition(|line| line.starts_with("refused  "));
    let (errors, others): (Vec<&str>, Vec<&str>) = others
        .into_iter()
        .partition(|line| line.starts_with("error  "));
    let (stages, logins): (Vec<&str>, Vec<&str>) = others
        .into_iter()
        .partition(|line| line.starts_with("stage  "));
    let rows: Vec<Vec<&str>> = logins
        .into_iter()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert!(rows.iter().all(|row| row.len() == 7));

    for provider in PROVIDERS {
        let by = ["spid", provider.name];
        // One step more, in the same session: at the provider, or with the card where the provider reaches no further.
        let further = match provider.highest {
            AssuranceLevel::High => by,
            _ => ["cns", "Regione Esempio - CA Cittadini"],
        };
        let (medium, pension) = ("substantial", "domanda-di-pensione");
        let expected = [
            (by, [medium, "naspi", "request", "permit"]),
            (by, [medium, "fascicolo-previdenziale", "consult", "permit"]),
            (by, [medium, pension, "request", "step-up"]),
            (further, ["high", pension, "request", "permit"]),
        ]
        .map(|(by, what)| [&by[..], &what[..]].concat());
        let first = rows.iter().position(|row| row[1] == provider.name).unwrap();
        let found = rows[first..].iter().take(expected.len());
        let found: Vec<&[&str]> = found.map(|row| &row[..6]).collect();
        assert_eq!(found, expected);
    }

    // The same by way of the Ministry in both protocols. What it tells of people comes encrypted.
    for method in ["cie-saml", "cie-openid"] {
        for what in [
            ["substantial", "naspi", "request", "permit"],
            [
                "substantial",
                "fascicolo-previdenziale",
                "consult",
                "permit",
            ],
            ["substantial", "domanda-di-pensione", "request", "step-up"],
            ["high", "domanda-di-pensione", "request", "permit"],
        ] {
            let wanted = [&[method, MINISTRY.name], &what[..]].concat();
            assert!(rows.iter().any(|row| row[..6] == wanted), "{wanted:?}");
        }
    }
    // And each of its errors, which has a page in both languages.
    let of_saml = CIE_ERRORS.map(|error| format!("error  cie-saml    nr{:02} ", error.number));
    let of_openid = OUTCOMES.map(|outcome| format!("error  cie-openid  {} ", outcome.error));
    assert_eq!(errors.len(), of_saml.len() + of_openid.len(), "{table}");
    for wanted in of_saml.iter().chain(&of_openid) {
        assert!(
            errors.iter().any(|line| line.starts_with(wanted)),
            "{wanted}"
        );
    }

    // The matrix: every operation of the catalogue, for everybody, at both levels, and each kind of decision.
    let catalogue = demo.catalogue();
    for service in catalogue.services() {
        for (operation, _) in service.operations() {
            let (service, operation) = (service.id().as_str(), operation.name());
            let logins = [
                ("spid", "substantial"),
                ("spid", "high"),
                ("cie-saml", "substantial"),
                ("cie-saml", "high"),
                ("cie-openid", "substantial"),
                ("cie-openid", "high"),
                ("cns", "high"),
                ("pin", "low"),
                ("pin", "substantial"),
            ];
            for (method, level) in logins {
                let wanted = (method, [level, service, operation]);
                let found = |row: &Vec<&str>| row[0] == wanted.0 && row[2..5] == wanted.1;
                assert!(rows.iter().any(found), "{wanted:?}");
            }
        }
    }
    // With the cards of every trusted authority that issues CNS, of whatever kind the person is.
    for (issuer, profile) in [
        ("Regione Esempio - CA Cittadini", "citizen"),
        ("Regione Esempio - CA Cittadini", "citizen, unemployed"),
        ("Regione Prova - CA Cittadini 2020", "citizen, pensioner"),
        (
            "Ordine Professionale di Prova - CA Autenticazione CNS",
            "intermediary",
        ),
    ] {
        let found = |row: &Vec<&str>| (row[0], row[1], row[6]) == ("cns", issuer, profile);
        assert!(rows.iter().any(found), "{issuer} {profile} in\n{table}");
    }
    // What an ordinary PIN opens, what it may only begin, and what a better one opens.
    for (level, service, operation, decision) in [
        ("low", "fascicolo-previdenziale", "consult", "permit"),
        ("low", "naspi", "request", "provisional"),
        ("low", "domanda-di-pensione", "request", "step-up"),
        ("substantial", "naspi", "request", "permit"),
        ("substantial", "domanda-di-pensione", "request", "step-up"),
    ] {
        let wanted = [
            "pin",
            "Istituto di Prova",
            level,
            service,
            operation,
            decision,
        ];
        assert!(
            rows.iter().any(|row| row[..6] == wanted),
            "{wanted:?} in\n{table}"
        );
    }
    let stages: Vec<&str> = stages
        .iter()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
        })
        .filter_map(|mut cells| cells.nth(1))
        .collect();
    let whole_life = [
        "request",
        "halves",
        "first access",
        "provisional",
        "form",
        "conversion",
        "event",
        "same request",
        "restore",
        "revocation",
        "expiry",
        "renewal",
    ];
    assert_eq!(stages, whole_life, "{table}");
    // And those that open nothing.
    let refused: BTreeMap<&str, &str> = refused
        .iter()
        .map(|line| line.split_once("  403  ").unwrap())
        .map(|(card, heading)| (card.trim_end(), heading))
        .collect();
    for card in CARDS.iter().filter(|card| card.flaw.is_some()) {
        let line = format!("refused  {}", card.slug);
        assert!(refused.contains_key(line.as_str()), "{table}");
    }
    let headings: BTreeSet<&&str> = refused.values().collect();
    assert_eq!(headings.len(), refused.len(), "{refused:?}");
    let decisions: BTreeSet<&str> = rows.iter().map(|row| row[5]).collect();
    assert_eq!(
        decisions,
        BTreeSet::from(["deny", "permit", "provisional", "step-up"])
    );
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
