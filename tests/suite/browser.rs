//! A real Chromium walks through the demo: cross-site POST, two tabs, step up, logout, and life without JavaScript.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Value, json};
use varco::identity::AssuranceLevel;

use crate::support::chromium::{drive, task};
use crate::support::demo::Demo;

const L2: &str = "https://www.spid.gov.it/SpidL2";
const L3: &str = "https://www.spid.gov.it/SpidL3";

/// One Chromium for all scenarios: starting it costs more than any of them.
static SEEN: LazyLock<Value> = LazyLock::new(|| {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    drive("run.mjs", &task(&demo, json!({})))
});

/// What a scenario saw, if it came to its end and no page complained.
fn seen(scenario: &str) -> &'static Value {
    let seen = &SEEN[scenario];
    assert_eq!(seen["ok"], true, "{scenario}: {seen:#}");
    let complaints = seen["complaints"].as_array();
    assert!(complaints.is_none_or(Vec::is_empty), "{scenario}: {seen:#}");
    seen
}

fn names(value: &Value) -> BTreeSet<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect()
}

#[test]
fn a_login_survives_the_provider_s_cross_site_post() {
    let seen = seen("login");
    assert_eq!(seen["level"], L2);
    assert_eq!(seen["claims"]["name"], "Anna Provetti");
    assert_eq!(seen["claims"]["fiscal_number"], "PRVNNA85C55F205D");
    assert!(
        seen["idp"]
            .as_str()
            .unwrap()
            .starts_with("https://127.0.0.1:")
    );
    assert_eq!(names(&seen["offered"]).len(), 9);
}

#[test]
fn cookies_of_the_gateway_are_secure_and_only_the_flow_s_goes_cross_site() {
    let cookies = seen("login")["cookies"].as_array().unwrap();
    let policies: BTreeSet<(&str, &str)> = cookies
        .iter()
        .filter(|cookie| cookie["domain"] == "localhost")
        .map(|cookie| {
            assert_eq!(cookie["secure"], true, "{cookie}");
            assert_eq!(cookie["httpOnly"], true, "{cookie}");
            (
                cookie["name"].as_str().unwrap(),
                cookie["sameSite"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [("__Host-varco", "Lax"), ("__Host-varco-browser", "None")];
    assert_eq!(policies, BTreeSet::from(expected));
}

#[test]
fn two_tabs_log_in_at_once_and_both_arrive() {
    let seen = seen("two_tabs");
    for tab in ["first", "second"] {
        assert_eq!(seen[tab]["level"], L2, "{tab}");
        assert_eq!(seen[tab]["claims"]["name"], "Mario Esempi", "{tab}");
    }
}

#[test]
fn a_service_of_a_higher_level_sends_the_person_up_to_providers_that_reach_it() {
    let seen = seen("step_up");
    assert_eq!(seen["before"]["level"], L2);
    assert_eq!(seen["after"]["level"], L3);
    let expected = BTreeSet::from(["Aruba (prova)", "Poste (prova)"]);
    assert_eq!(names(&seen["offered"]), expected);
    assert_eq!(
        seen["before"]["claims"]["sub"],
        seen["after"]["claims"]["sub"]
    );
}

#[test]
fn logout_from_the_application_ends_the_session_here_and_at_the_provider() {
    let seen = seen("logout");
    assert_eq!(seen["before"], true);
    assert_eq!(seen["after"], false);
    assert_eq!(seen["asksAgain"], true);
}

#[test]
fn logout_at_the_provider_ends_the_session_here() {
    let seen = seen("logout_at_provider");
    assert!(
        seen["text"]
            .as_str()
            .unwrap()
            .contains("dal gestore e dal servizio"),
        "{seen:#}"
    );
    assert_eq!(seen["asksAgain"], true);
}

#[test]
fn a_session_left_open_in_another_browser_is_ended_from_here() {
    let seen = seen("sessions");
    let text = seen["text"].as_str().unwrap();
    assert!(text.contains("accessi sono stati chiusi") || text.contains("accesso è stato chiuso"));
    assert_eq!(
        (&seen["here"], &seen["there"]),
        (&false.into(), &true.into())
    );
}

#[test]
fn who_cancels_at_the_provider_reads_what_happened() {
    let seen = seen("cancelled");
    let status = seen["status"].as_u64().unwrap();
    assert!((400..500).contains(&status), "{seen:#}");
    let text = seen["text"].as_str().unwrap();
    assert!(text.to_lowercase().contains("annullat"), "{text}");
}

#[test]
fn everything_works_without_javascript() {
    assert_eq!(seen("without_javascript")["level"], L2);
}

#[test]
fn no_page_has_a_barrier_that_axe_can_find_nor_runs_off_a_phone_s_edge() {
    let seen = seen("pages");
    let control = seen["control"]["barriers"].to_string();
    for known in ["image-alt", "document-title", "wider than the window"] {
        assert!(control.contains(known), "{control}");
    }
    let pages = seen["pages"].as_object().unwrap();
    assert!(pages.len() >= 50, "{}", pages.len());
    for (page, found) in pages {
        assert!(found["checked"].as_u64().unwrap() > 5, "{page}: {found:#}");
        assert_eq!(found["barriers"], json!([]), "{page}");
    }
}
