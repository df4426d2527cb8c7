//! The page of one's own sessions: every device of the person and nobody else's, ended one by one or all.

use http::StatusCode;
use varco::audit::{AuditEvent, EndReason};
use varco::demo::people::PEOPLE;

use crate::support::browser::{Answer, Browser};
use crate::support::gateway::{TestGateway, session_of};
use crate::support::openid::{anna, mario, scene};
use crate::support::relying_party::user_info;
use crate::support::spid::{alfa, beta};
use crate::support::spid_visit::{answer, log_in, start};
use varco::identity::AssuranceLevel::Substantial;

const FIREFOX: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0 <script>";
const PHONE: &str =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36";

/// One person on two devices.
struct Devices {
    gateway: TestGateway,
    desk: Browser,
    phone: Browser,
}

async fn devices() -> Devices {
    let gateway = TestGateway::with_clients(Vec::new());
    let mut desk = gateway.browser().on(FIREFOX, "192.0.2.77");
    log_in(&gateway, &mut desk, alfa()).await;
    gateway.clock.advance(chrono::Duration::minutes(5));
    let mut phone = gateway.browser().on(PHONE, "2001:db8:a:b::1");
    log_in(&gateway, &mut phone, beta()).await;
    Devices {
        gateway,
        desk,
        phone,
    }
}

async fn is_in(browser: &mut Browser) -> bool {
    let page = browser.open("/").await;
    !page.body.contains("Entra con SPID")
}

/// Presses a button of the page.
async fn press(browser: &mut Browser, page: &Answer, which: &str) -> Answer {
    let form = page.form();
    let mut fields = form.pairs();
    fields.retain(|(name, value)| *name != "end" || *value == which);
    assert_eq!(fields.len(), 2, "the token and the button {which}");
    browser.submit("/sessions", &fields).await
}

fn handle(browser: &Browser) -> String {
    session_of(browser).unwrap().handle().to_string()
}

fn ended_from_elsewhere(gateway: &TestGateway) -> Vec<String> {
    let events = gateway.events().into_iter();
    let ended = events.filter_map(|event| match event {
        AuditEvent::SessionEnded {
            session,
            reason: EndReason::FromElsewhere,
        } => Some(session),
        _ => None,
    });
    ended.collect()
}

#[tokio::test]
async fn every_session_is_shown_with_device_place_time_and_how_it_was_earned() {
    let mut there = devices().await;
    let page = there.phone.open("/sessions?lang=it").await;
    assert_eq!(page.status, StatusCode::OK);
    let [this, other] = page
        .body
        .split("<h2")
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    for text in [
        "Chrome, Android",
        "rete 2001:db8:a::/48",
        "21 novembre 2026, ore 13:05",
        "SPID, Aruba (prova), livello 2",
    ] {
        assert!(this.contains(text), "{text}: {this}");
    }
    assert!(this.contains("badge") && !other.contains("badge"));
    for text in [
        "Firefox, Linux",
        "rete 192.0.2.0/24",
        "21 novembre 2026, ore 13:00",
        "SPID, Aruba (prova), livello 2",
    ] {
        assert!(other.contains(text), "{text}: {other}");
    }
    for text in ["script>", "192.0.2.77", "Mozilla", "2001:db8:a:b"] {
        assert!(!page.body.contains(text), "{text}");
    }
}

#[tokio::test]
async fn one_session_is_ended_and_the_others_go_on() {
    let mut there = devices().await;
    let lost = handle(&there.phone);
    let page = there.desk.open("/sessions").await;
    let after = press(&mut there.desk, &page, &lost).await;
    assert!(after.body.contains("One session has been ended"));
    assert_eq!(after.body.matches("<h2").count(), 1);
    assert!(is_in(&mut there.desk).await);
    assert!(!is_in(&mut there.phone).await);
    assert_eq!(ended_from_elsewhere(&there.gateway), [lost.as_str()]);
    // The provider is asked through the person's browser, and that one is elsewhere: the log says who was not reached.
    let missed = there
        .gateway
        .events()
        .into_iter()
        .find_map(|event| match event {
            AuditEvent::LogoutPartial { session, missed } if session == lost => Some(missed),
            _ => None,
        });
    assert_eq!(missed.unwrap(), [beta().entity_id()]);

    let again = press(&mut there.desk, &page, &lost).await;
    assert!(again.body.contains("had ended already"));
    assert_eq!(ended_from_elsewhere(&there.gateway), [lost]);
}

#[tokio::test]
async fn all_others_are_ended_and_this_one_stays() {
    let mut there = devices().await;
    let mut third = there.gateway.browser();
    log_in(&there.gateway, &mut third, alfa()).await;
    let page = there.desk.open("/sessions").await;
    let after = press(&mut there.desk, &page, "others").await;
    assert!(after.body.contains("2 sessions have been ended"));
    assert!(!after.body.contains("value=\"others\""));
    assert!(is_in(&mut there.desk).await);
    assert!(!is_in(&mut there.phone).await && !is_in(&mut third).await);
}

#[tokio::test]
async fn ending_all_or_this_one_is_a_logout_with_the_provider_told() {
    for which in ["all", "this"] {
        let mut there = devices().await;
        let this = handle(&there.desk);
        let page = there.desk.open("/sessions").await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("https://alfa.example"), "{policy}");
        let which = if which == "all" { "all" } else { &this };
        let out = press(&mut there.desk, &page, which).await;
        assert_eq!(out.status, StatusCode::FOUND);
        assert!(out.location().as_str().starts_with(alfa().entity_id()));
        assert!(session_of(&there.desk).is_none());
        assert_eq!(is_in(&mut there.phone).await, which != "all");
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_or_without_its_token_ends_nothing() {
    let mut there = devices().await;
    let page = there.desk.open("/sessions").await;
    let token = page.form().field("token").unwrap().to_owned();
    let lost = handle(&there.phone);
    let genuine = [("token", token.as_str()), ("end", &lost)];
    let url = page.url.clone();
    let answer = there.desk.submit_from_elsewhere(&url, &genuine).await;
    // The session cookie does not come along, so there is nobody whose sessions could end.
    assert_eq!(answer.url.path(), "/");
    assert!(is_in(&mut there.phone).await);
    for token in [None, Some("AAAA")] {
        let mut fields = vec![("end", "others")];
        fields.extend(token.map(|token| ("token", token)));
        let refused = there.desk.submit("/sessions", &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    // The token of another session of the same person is not this one's.
    let refused = there.phone.submit("/sessions", &genuine).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for strange in ["", "everything", "../x"] {
        let fields = [("token", token.as_str()), ("end", strange)];
        let refused = there.desk.submit("/sessions", &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    }
    assert!(is_in(&mut there.desk).await && is_in(&mut there.phone).await);
}

#[tokio::test]
async fn nobody_sees_or_ends_another_person_s_session() {
    let mut there = devices().await;
    let theirs = handle(&there.desk);
    let mut stranger = there.gateway.browser();
    let request = start(&there.gateway, &mut stranger, alfa(), "").await;
    answer(&there.gateway, &mut stranger, alfa(), &request, &PEOPLE[1]).await;
    let page = stranger.open("/sessions").await;
    assert_eq!(page.body.matches("<h2").count(), 1);
    assert!(!page.body.contains(&theirs));
    let form = page.form();
    let token = form.field("token").unwrap();
    for end in [theirs.as_str(), "others"] {
        let after = stranger
            .submit("/sessions", &[("token", token), ("end", end)])
            .await;
        assert!(after.body.contains("had ended already"));
    }
    assert!(is_in(&mut there.desk).await && is_in(&mut there.phone).await);
    let nobody = there.gateway.browser().open("/sessions").await;
    assert_eq!(nobody.url.path(), "/");
}

#[tokio::test]
async fn an_application_loses_its_access_with_the_session() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    let mut elsewhere = scene.gateway.browser();
    scene
        .gateway
        .log_in(&mut elsewhere, &anna(), Substantial)
        .await;
    let mut mario_s = scene.gateway.browser();
    scene
        .gateway
        .log_in(&mut mario_s, &mario(), Substantial)
        .await;

    let (status, ..) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(status, StatusCode::OK);
    let page = elsewhere.open("/sessions").await;
    press(&mut elsewhere, &page, "others").await;
    let (status, ..) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(is_in(&mut mario_s).await);
}

#[tokio::test]
async fn a_session_that_ended_by_itself_is_not_shown() {
    let mut there = devices().await;
    there.gateway.clock.advance(chrono::Duration::minutes(26));
    let page = there.phone.open("/sessions").await;
    assert_eq!(
        page.body.matches("<h2").count(),
        1,
        "the desk was left for 31 minutes"
    );
}
