//! Logging in with the institute's PIN: what each grade opens, the first access, the renewal, and who may not.

use chrono::Duration;
use http::StatusCode;
use serde_json::json;
use varco::audit::AuditEvent;
use varco::crypto::{Pepper, PinHasher};
use varco::identity::{AuthenticationMethod, Category, Person, PersonKey, PinGrade};
use varco::pin::PinState;

use crate::support::archive::acts_for;
use crate::support::browser::{Answer, Browser};
use crate::support::gateway::session_of;
use crate::support::pin_stand::{CHEAP, PinSettings, PinStand, log_in, somebody, type_in, wrong};
use crate::support::relying_party::TestRelyingParty;

mod expired;

const HOME: &str = "192.0.2.1";

/// The new PIN that a page shows.
fn shown(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("<strong>").expect("a new PIN");
    rest.split_once("</strong>").unwrap().0.to_owned()
}

/// Types the new PIN as it was kept.
async fn keep(browser: &mut Browser, page: &Answer, pin: &str) -> Answer {
    let form = page.form();
    let step = form.field("step").expect("a procedure").to_owned();
    browser
        .submit(&form.action, &[("step", &step), ("pin", pin)])
        .await
}

fn is_logged_in(browser: &Browser) -> bool {
    session_of(browser).is_some()
}

#[tokio::test]
async fn an_ordinary_pin_is_worth_low_and_a_dispositive_one_substantial() {
    let stand = PinStand::new();
    for (number, grade, level) in [
        (1, PinGrade::Ordinary, "Level 1"),
        (2, PinGrade::Dispositive, "Level 2"),
    ] {
        let pin = stand.working(&somebody(number), grade).await;
        let mut browser = stand.browser(HOME);
        let portal = log_in(&mut browser, &somebody(number), &pin).await;
        assert_eq!(portal.status, StatusCode::OK, "{}", portal.body);
        assert_eq!(portal.url.path(), "/");
        assert!(portal.body.contains(level), "{}", portal.body);
        let events = stand.here.events();
        let login = events.iter().rev().find_map(|event| match event {
            AuditEvent::LoginSucceeded { method, level, .. } => Some((*method, *level)),
            _ => None,
        });
        assert_eq!(login, Some((AuthenticationMethod::Pin, grade.level())));
    }
}

#[tokio::test]
async fn case_spaces_and_hyphens_of_what_is_typed_make_no_difference() {
    let stand = PinStand::new();
    let pin = stand.working(&somebody(1), PinGrade::Ordinary).await;
    let typed = format!(" {}-{} ", pin[..4].to_lowercase(), &pin[4..]);
    let mut browser = stand.browser(HOME);
    log_in(&mut browser, &somebody(1), &typed).await;
    assert!(is_logged_in(&browser));
}

#[tokio::test]
async fn the_initial_pin_gives_the_working_one_and_opens_nothing_else() {
    let stand = PinStand::new();
    let person = somebody(1);
    let initial = stand.issue(&person, PinGrade::Ordinary).await;
    let mut browser = stand.browser(HOME);
    let page = log_in(&mut browser, &person, &initial).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(!is_logged_in(&browser), "not before the new PIN is kept");
    let pin = shown(&page);
    assert_eq!(pin.len(), 8);
    // Half of the initial PIN is none.
    for half in [&initial[..8], &initial[8..]] {
        let refused = log_in(&mut stand.browser(HOME), &person, half).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    let portal = keep(&mut browser, &page, &pin.to_lowercase()).await;
    assert_eq!(portal.url.path(), "/", "{}", portal.body);
    assert!(is_logged_in(&browser));
    let mut elsewhere = stand.browser("192.0.2.2");
    let refused = log_in(&mut elsewhere, &person, &initial).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    // That were three failures since the last success.
    stand.here.clock.advance(Duration::seconds(30));
    log_in(&mut elsewhere, &person, &pin).await;
    assert!(is_logged_in(&elsewhere));
}

#[tokio::test]
async fn a_first_access_that_breaks_off_leaves_the_initial_pin_as_it_was() {
    let stand = PinStand::new();
    let person = somebody(1);
    let initial = stand.issue(&person, PinGrade::Ordinary).await;
    let mut lost = stand.browser(HOME);
    let page = log_in(&mut lost, &person, &initial).await;
    let never_kept = shown(&page);

    let mut browser = stand.browser(HOME);
    let page = log_in(&mut browser, &person, &initial).await;
    let first = shown(&page);
    let page = keep(&mut browser, &page, &wrong(&first, 1)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let second = shown(&page);
    assert!(first != second && first != never_kept);
    let again = keep(&mut browser, &page, &first).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let portal = keep(&mut browser, &again, &shown(&again)).await;
    assert_eq!(portal.url.path(), "/", "{}", portal.body);
}

#[tokio::test]
async fn a_guided_procedure_goes_on_in_its_own_browser_and_once() {
    let stand = PinStand::new();
    let person = somebody(1);
    let initial = stand.issue(&person, PinGrade::Ordinary).await;
    let mut browser = stand.browser(HOME);
    let page = log_in(&mut browser, &person, &initial).await;
    let mut stranger = stand.browser(HOME);
    stranger.open("/login/pin").await;
    let refused = keep(&mut stranger, &page, &shown(&page)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(!is_logged_in(&stranger));
    keep(&mut browser, &page, &shown(&page)).await;
    assert!(is_logged_in(&browser));
    let twice = keep(&mut browser, &page, &shown(&page)).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_application_hears_of_the_pin_and_that_a_request_with_an_ordinary_one_is_provisional() {
    let app = TestRelyingParty::new("portale");
    let more = "minimum_level = \"low\"\nservices = [\"naspi\", \"stato-pratica\"]";
    let stand = PinStand::with(PinSettings {
        clients: vec![app.registration(more)],
        ..PinSettings::default()
    });
    let pin = stand.working(&somebody(1), PinGrade::Ordinary).await;
    let mut browser = stand.browser(HOME);
    for (resource, decision) in [
        ("naspi/request", "provisional"),
        ("stato-pratica/consult", "permit"),
    ] {
        let question = app
            .question()
            .with("resource", resource)
            .with("idp_hint", "pin");
        let mut answer = browser.open_from_elsewhere(&question.url()).await;
        if answer.url.path() == "/login/pin" {
            answer = type_in(&mut browser, &answer, &somebody(1), &pin).await;
        }
        let code = app.receive(&question, &answer).code();
        let tokens = app.tokens(&stand.here, &question, &code).await;
        assert_eq!(tokens.claims["amr"], json!(["pin"]));
        assert_eq!(tokens.claims["https://login.example/claims/method"], "pin");
        assert_eq!(
            tokens.claims["https://login.example/claims/decision"],
            decision
        );
    }
}

#[tokio::test]
async fn unknown_people_wrong_locked_and_dead_pins_get_the_same_answer() {
    let stand = PinStand::new();
    let (known, fresh) = (somebody(1), somebody(2));
    let pin = stand.working(&known, PinGrade::Ordinary).await;
    stand.issue(&fresh, PinGrade::Ordinary).await;
    let mut bodies = Vec::new();
    for person in [&known, &fresh, &somebody(3)] {
        let mut browser = stand.browser(HOME);
        let page = log_in(&mut browser, person, &wrong(&pin, 7)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let flow = page.form().field("flow").unwrap().to_owned();
        bodies.push(page.body.replace(&flow, "F").replace(person.expose(), "P"));
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[0], bodies[2]);
    let codes: Vec<String> = stand
        .here
        .events()
        .into_iter()
        .filter_map(|event| match event {
            AuditEvent::LoginRefused { code, .. } => Some(code),
            _ => None,
        })
        .collect();
    assert_eq!(codes, ["wrong", "wrong-state", "unknown"], "the log knows");
}

#[tokio::test]
async fn what_is_no_fiscal_code_or_no_pin_is_said_at_once_and_counts_for_nobody() {
    let stand = PinStand::new();
    let pin = stand.working(&somebody(1), PinGrade::Ordinary).await;
    let mut browser = stand.browser(HOME);
    let page = browser.open("/login/pin").await;
    let flow = page.form().field("flow").unwrap().to_owned();
    for _ in 0..5 {
        for (person, pin) in [
            ("RSSMRA80A01H501X", pin.as_str()),
            ("<b>", &pin),
            ("", ""),
            (somebody(1).expose(), "ABC"),
            (somebody(1).expose(), "ABCD2345ABC"),
            (somebody(1).expose(), "ABCD 23é5"),
        ] {
            let fields = [("flow", flow.as_str()), ("person", person), ("pin", pin)];
            let page = browser.submit("/login/pin", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!page.body.contains("<b>") && !page.body.contains("ABCD2345"));
        }
    }
    type_in(&mut browser, &page, &somebody(1), &pin).await;
    assert!(is_logged_in(&browser));
}

#[tokio::test]
async fn a_form_from_elsewhere_or_for_another_browser_s_flow_logs_nobody_in() {
    let stand = PinStand::new();
    let pin = stand.working(&somebody(1), PinGrade::Ordinary).await;
    let mut browser = stand.browser(HOME);
    let page = browser.open("/login/pin").await;
    let flow = page.form().field("flow").unwrap().to_owned();
    let person = somebody(1);
    let fields = [
        ("flow", flow.as_str()),
        ("person", person.expose()),
        ("pin", pin.as_str()),
    ];
    let there = page.url.join("/login/pin").unwrap();
    let forged = browser.submit_from_elsewhere(&there, &fields).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let mut victim = stand.browser("192.0.2.2");
    victim.open("/login/pin").await;
    let others = victim.submit("/login/pin", &fields).await;
    assert_eq!(others.status, StatusCode::BAD_REQUEST);
    assert!(!is_logged_in(&browser) && !is_logged_in(&victim));
}

#[tokio::test]
async fn archives_that_do_not_answer_let_nobody_in_with_a_pin() {
    let stand = PinStand::new();
    let pin = stand.working(&somebody(1), PinGrade::Ordinary).await;
    stand.here.archive.set_down(true);
    let mut browser = stand.browser(HOME);
    let page = log_in(&mut browser, &somebody(1), &pin).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!is_logged_in(&browser));
}

#[tokio::test]
async fn who_is_logged_in_already_and_types_another_person_s_pin_becomes_that_person() {
    let stand = PinStand::new();
    let first = stand.working(&somebody(1), PinGrade::Ordinary).await;
    let second = stand.working(&somebody(2), PinGrade::Ordinary).await;
    let mut browser = stand.browser(HOME);
    log_in(&mut browser, &somebody(1), &first).await;
    let refused = log_in(&mut browser, &somebody(2), &wrong(&second, 1)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = log_in(&mut browser, &somebody(2), &second).await;
    assert!(page.body.contains("different person"), "{}", page.body);
    let portal = browser.open("/").await;
    assert!(
        portal.body.contains(somebody(2).expose()),
        "{}",
        portal.body
    );
}

#[tokio::test]
async fn a_pin_under_an_old_pepper_is_hashed_anew_at_the_next_login() {
    let stand = PinStand::new();
    let person = somebody(1);
    let pin = stand.working(&person, PinGrade::Ordinary).await;
    let (old, new) = (Pepper::new(1, [5; 32]), Pepper::new(2, [6; 32]));
    let changed = PinHasher::new(CHEAP, new.clone(), vec![old]).unwrap();
    let only_new = PinHasher::new(CHEAP, new, Vec::new()).unwrap();

    // Without the old pepper nothing can be said of the PIN: that is our fault, and counts for nobody.
    let too_early = stand.hashing_by(only_new.clone());
    let page = log_in(&mut too_early.browser(HOME), &person, &pin).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);

    let changing = stand.hashing_by(changed);
    let mut browser = changing.browser(HOME);
    log_in(&mut browser, &person, &pin).await;
    assert!(is_logged_in(&browser));
    let after = stand.hashing_by(only_new);
    let mut browser = after.browser(HOME);
    log_in(&mut browser, &person, &pin).await;
    assert!(is_logged_in(&browser));
}
