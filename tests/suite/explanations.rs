//! One decision, told in four places: the page of the service, the page that refuses, the audit log and `varco explain`.

use http::StatusCode;
use varco::audit::AuditEvent;
use varco::identity::AssuranceLevel::{High, Substantial};
use varco::identity::{AssuranceLevel, AuthenticationMethod};

use crate::support::browser::Answer;
use crate::support::configured::varco;
use crate::support::gateway::TestGateway;
use crate::support::openid::anna;

/// The rules of an explanation on a page, as in `category=met`.
fn on_page(page: &Answer) -> Vec<String> {
    let rules = page.body.split("data-rule=\"").skip(1);
    rules
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// The same as the last decision in the audit log tells it, with the decision.
fn in_the_log(gateway: &TestGateway) -> (String, Vec<String>) {
    let mut events = gateway.events().into_iter().rev();
    let decided = events.find_map(|event| match event {
        AuditEvent::AccessDecided {
            decision, rules, ..
        } => Some((decision, rules)),
        _ => None,
    });
    decided.unwrap()
}

/// The same as the command line tells it of a citizen who has just logged in.
fn on_the_command_line(
    service: &str,
    operation: &str,
    level: AssuranceLevel,
) -> (String, Vec<String>) {
    let ran = varco(&[
        "explain",
        "--service",
        service,
        "--operation",
        operation,
        "--method",
        AuthenticationMethod::Spid.name(),
        "--level",
        level.name(),
    ]);
    let mut rules = Vec::new();
    let mut decision = String::new();
    for line in ran.expect(0).out.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let outcomes = ["met", "provisionally", "not-met", "not-yet-known"];
        match words.as_slice() {
            ["decision", name, ..] => decision = name.trim_end_matches(':').to_owned(),
            [rule, outcome, ..] if outcomes.contains(outcome) => {
                rules.push(format!("{rule}={outcome}"));
            }
            _ => {}
        }
    }
    (decision, rules)
}

#[tokio::test]
async fn page_refusal_audit_log_and_command_line_tell_the_same() {
    for (service, operation, level, decision) in [
        ("naspi", "request", Substantial, "permit"),
        ("dati-personali", "request", Substantial, "step-up"),
        ("dati-personali", "request", High, "permit"),
        ("servizi-aziende", "consult", High, "deny"),
    ] {
        let gateway = TestGateway::with_clients(Vec::new());
        let mut browser = gateway.browser();
        gateway.log_in(&mut browser, &anna(), level).await;
        let login = format!("/login?service={service}&operation={operation}");
        let refusal = browser.open(&login).await;
        let (logged, told) = in_the_log(&gateway);
        assert_eq!(logged, decision, "{service}");

        let page = browser
            .open(&format!("/services/{service}/{operation}"))
            .await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(on_page(&page), told, "{service}: page");
        let explained = on_the_command_line(service, operation, level);
        assert_eq!(explained, (logged, told.clone()), "{service}: command line");
        if decision == "deny" {
            assert_eq!(refusal.status, StatusCode::FORBIDDEN);
            assert_eq!(on_page(&refusal), told, "{service}: refusal");
        }
    }
}

#[tokio::test]
async fn an_explanation_is_in_words_of_the_visitor_s_language() {
    let gateway = TestGateway::with_clients(Vec::new());
    let mut browser = gateway.browser();
    let address = "/services/dati-personali/request";
    let page = browser.open(address).await;
    assert!(page.body.contains("You are not logged in."));
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let page = browser.open(&format!("{address}?lang=it")).await;
    for text in [
        "Serve il livello 3 o superiore. Il tuo accesso conta come livello 2.",
        "Tu risulti: cittadino.",
        "Si apre con un altro accesso di livello 3, con: SPID.",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
}

#[tokio::test]
async fn the_portal_tells_until_when_a_login_counts_and_what_it_opens_then() {
    let gateway = TestGateway::with_clients(Vec::new());
    let mut browser = gateway.browser();
    gateway.log_in(&mut browser, &anna(), High).await;
    let counts = |level: u8, until: &str| format!("Counts as level {level} until {until}");
    let (high, substantial) = (
        counts(3, "21 November 2026, 13:15"),
        counts(2, "22 November 2026, 01:00"),
    );
    let opens = "href=\"/services/dati-personali/request\"";
    let page = browser.open("/").await.body;
    assert!(
        page.contains(&high) && page.contains(&substantial),
        "{page}"
    );
    assert!(page.contains(opens) && !page.contains("id=\"further-3\""));

    let seconds = chrono::Duration::seconds;
    gateway.clock.advance(seconds(15 * 60 + 1));
    let page = browser.open("/").await.body;
    assert!(
        !page.contains(&high) && page.contains(&substantial),
        "{page}"
    );
    let (_, further) = page.split_once("id=\"further-3\"").unwrap();
    assert!(further.contains(opens));
    let ways = browser.open("/login?level=3").await.body;
    assert!(
        ways.contains("by now that login counts as level 2"),
        "{ways}"
    );
}
