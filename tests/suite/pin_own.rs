//! One's own PIN and the temporary telephone PIN (`/pin`), and what dates bring (PIN rules, More facts and Numbers).

use chrono::Duration;
use http::StatusCode;
use varco::crypto::Verdict;
use varco::http::pin::bring_pins_up_to_date;
use varco::identity::{AssuranceLevel, AuthenticationMethod, Timestamp};
use varco::pin::{PinRules, PinStatus};

use crate::support::browser::{Answer, Browser};
use crate::support::gateway::session_of;
use crate::support::person::person;
use crate::support::pin_care::{CareStand, MARA, issuing, told};
use crate::support::pins;

/// Somebody who is logged in, as Mara.
async fn logged_in(
    stand: &CareStand,
    method: AuthenticationMethod,
    level: AssuranceLevel,
) -> Browser {
    let mut browser = stand.here.browser();
    let mara = person(MARA);
    stand
        .here
        .log_in_by(&mut browser, &mara, method, level)
        .await;
    browser
}

async fn with_spid(stand: &CareStand) -> Browser {
    let level = AssuranceLevel::Substantial;
    logged_in(stand, AuthenticationMethod::Spid, level).await
}

/// Presses a button of one's own page.
async fn press(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    let page = browser.open("/pin").await;
    let token = page.form().field("token").unwrap().to_owned();
    let mut fields = fields.to_vec();
    fields.push(("token", &token));
    browser.submit("/pin", &fields).await
}

/// The telephone PIN that a page shows.
fn shown(page: &Answer) -> String {
    let (_, rest) = page
        .body
        .split_once("id=\"telephone-pin\">")
        .expect("a PIN");
    let code = rest.split('<').next().unwrap();
    code.chars().filter(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn whoever_is_not_logged_in_finds_the_ways_and_nothing_about_anybody() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let page = stand.here.browser().open("/pin").await;
    for way in [
        "/login",
        "/pin/request",
        "/pin/again",
        "/pin/restore",
        "/pin/revoke",
    ] {
        assert!(page.body.contains(&format!("href=\"{way}\"")), "{way}");
    }
    assert!(!page.body.contains("<form"));
}

#[tokio::test]
async fn ones_own_page_says_how_the_pin_stands() {
    let stand = CareStand::new();
    let mut browser = with_spid(&stand).await;
    let page = browser.open("/pin").await;
    assert!(page.body.contains("You have no PIN."));
    stand.with_halves().await;
    let page = browser.open("/pin").await;
    assert!(page.body.contains("Your PIN waits for its first access"));
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let page = with_spid(&stand).await.open("/pin").await;
    for text in [
        "Your PIN is active.",
        "Ordinary: to consult",
        "It expires on",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
}

#[tokio::test]
async fn a_letter_that_cannot_be_had_is_not_offered() {
    let stand = CareStand::new();
    stand.with_halves().await;
    let mut browser = with_spid(&stand).await;
    let page = browser.open("/pin").await;
    assert!(page.body.contains("value=\"first\"") && !page.body.contains("value=\"letter\""));
    assert!(
        page.body
            .contains("A new letter can be asked for from 22 November 2026, 13:00")
    );
    let forced = press(&mut browser, &[("do", "letter")]).await;
    assert_eq!(forced.status, StatusCode::CONFLICT);
    assert!(stand.drain().await.is_empty());

    stand.here.clock.advance(Duration::days(1));
    let mut browser = with_spid(&stand).await;
    let page = press(&mut browser, &[("do", "letter")]).await;
    assert_eq!(page.status, StatusCode::OK);
    let expected = ["first-half by sms", "second-half by letter"];
    assert_eq!(told(&stand.drain().await), expected);
}

#[tokio::test]
async fn a_telephone_pin_is_shown_once_and_kept_as_a_hash_for_its_term() {
    let at = |text: &str| -> Timestamp { text.parse().unwrap() };
    // The last day counts to its end, in Italy.
    for (term, ends) in [
        ("day", "2026-11-22T23:00:00Z"),
        ("week", "2026-11-28T23:00:00Z"),
        ("month", "2026-12-21T23:00:00Z"),
        ("three-months", "2027-02-21T23:00:00Z"),
    ] {
        let stand = CareStand::new();
        let mut browser = with_spid(&stand).await;
        let fields = [("do", "telephone"), ("term", term)];
        let page = press(&mut browser, &fields).await;
        let code = shown(&page);
        assert_eq!(code.len(), 8);
        let dossier = stand.dossier().await;
        let now = stand.here.now();
        let kept = dossier.telephone(&stand.rules, now).unwrap();
        assert_eq!(kept.ends, at(ends), "{term}");
        let verdict = pins::hasher().verify(code.as_bytes(), Some(&kept.hash));
        assert!(matches!(verdict.unwrap(), Verdict::Right(_)));
        let last = kept.ends - Duration::seconds(1);
        assert!(dossier.telephone(&stand.rules, last).is_some());
        assert!(dossier.telephone(&stand.rules, kept.ends).is_none());
        let again = browser.open("/pin").await;
        assert!(!again.body.contains("telephone-pin\">"));
    }
}

#[tokio::test]
async fn a_new_telephone_pin_cancels_the_old_one() {
    let stand = CareStand::new();
    let mut browser = with_spid(&stand).await;
    let fields = [("do", "telephone"), ("term", "week")];
    let old = shown(&press(&mut browser, &fields).await);
    let new = shown(&press(&mut browser, &fields).await);
    let dossier = stand.dossier().await;
    let kept = dossier.telephone(&stand.rules, stand.here.now()).unwrap();
    let verify = |code: &str| {
        pins::hasher()
            .verify(code.as_bytes(), Some(&kept.hash))
            .unwrap()
    };
    assert!(matches!(verify(&new), Verdict::Right(_)));
    assert!(matches!(verify(&old), Verdict::Wrong));
    press(&mut browser, &[("do", "end-telephone")]).await;
    let dossier = stand.dossier().await;
    assert!(dossier.telephone(&stand.rules, stand.here.now()).is_none());
}

#[tokio::test]
async fn a_telephone_pin_takes_a_login_with_spid_cie_or_cns() {
    for method in [
        AuthenticationMethod::Spid,
        AuthenticationMethod::Cie,
        AuthenticationMethod::Cns,
        AuthenticationMethod::Pin,
    ] {
        let stand = CareStand::new();
        let mut browser = logged_in(&stand, method, AssuranceLevel::Substantial).await;
        let page = browser.open("/pin").await;
        let token = page.form().field("token").unwrap().to_owned();
        let fields = [("do", "telephone"), ("term", "day"), ("token", &token)];
        let answer = browser.submit("/pin", &fields).await;
        let is_enough = method != AuthenticationMethod::Pin;
        assert_eq!(
            page.body.contains("value=\"telephone\""),
            is_enough,
            "{method}"
        );
        let expected = if is_enough {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer.status, expected, "{method}");
        let dossier = stand.dossier().await;
        let telephone = dossier.telephone(&stand.rules, stand.here.now());
        assert_eq!(telephone.is_some(), is_enough, "{method}");
    }
}

#[tokio::test]
async fn revoking_ones_own_pin_stops_it() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    stand.here.clock.advance(Duration::minutes(1));
    let mut spid = with_spid(&stand).await;
    let page = press(&mut spid, &[("do", "revoke")]).await;
    assert!(
        page.body.contains("Your PIN has been revoked."),
        "{}",
        page.body
    );
    let dossier = stand.dossier().await;
    assert_eq!(dossier.stopped(), Some(stand.here.now()));
    assert!(session_of(&spid).is_some());
    assert_eq!(told(&stand.drain().await).len(), 3);
}

#[tokio::test]
async fn what_is_done_takes_the_token_of_the_session() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let mut browser = with_spid(&stand).await;
    for token in ["", "AAAA"] {
        let fields = [("do", "revoke"), ("token", token)];
        let answer = browser.submit("/pin", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    let dossier = stand.dossier().await;
    let status = dossier.status(&stand.rules, stand.here.now());
    assert!(matches!(status, PinStatus::Working(_)));
}

/// The holder is told of an expiry that stands this far away, at most once each.
#[tokio::test]
async fn the_holder_is_warned_30_7_and_1_days_before_the_expiry() {
    // Used now and then, or it would be switched off before it expires.
    let rules = PinRules {
        unused_months: 12,
        ..issuing()
    };
    let stand = CareStand::with(rules);
    stand.with_working_pin().await;
    let dossier = stand.dossier().await;
    let PinStatus::Working(working) = dossier.status(&stand.rules, stand.here.now()) else {
        panic!("a working PIN");
    };
    let expires = working.expires.unwrap();
    let gateway = &stand.here.gateway;
    let mut now = stand.here.now();
    for days in [30, 7, 1] {
        let due = expires - Duration::days(days);
        for (at, warnings) in [(due - Duration::seconds(1), 0), (due, 1), (due, 0)] {
            stand.here.clock.advance(at - now);
            now = at;
            let changed = bring_pins_up_to_date(gateway).await;
            assert_eq!(changed, warnings, "{days} days");
            let sent = told(&stand.drain().await);
            assert_eq!(sent.len(), 3 * warnings, "every contact: {sent:?}");
            assert!(sent.iter().all(|told| told.starts_with("will-expire")));
        }
    }
}

#[tokio::test]
async fn halves_that_are_not_used_in_thirty_days_end_and_the_person_is_told() {
    let stand = CareStand::new();
    stand.with_halves().await;
    let gateway = &stand.here.gateway;
    // Thirty days after the day on which they were made, at its end in Italy.
    let ends: Timestamp = "2026-12-21T23:00:00Z".parse().unwrap();
    stand.here.clock.set(ends - Duration::seconds(1));
    assert_eq!(bring_pins_up_to_date(gateway).await, 0);
    stand.here.clock.advance(Duration::seconds(1));
    assert_eq!(bring_pins_up_to_date(gateway).await, 1);
    assert_eq!(told(&stand.drain().await)[0], "pair-ended by sms");
    assert_eq!(bring_pins_up_to_date(gateway).await, 0);
}
