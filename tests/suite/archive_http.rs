//! The archives over HTTP, when they are well and when they are not.

use std::time::Duration;

use chrono::TimeDelta;
use varco::archive::{
    Archive as _, ArchiveError, AskedSettings, HttpArchive, Organisation, Profile, Remembered,
    Standing,
};
use varco::fetch::{Authorities, Rules};
use varco::identity::{Category, Clock as _, PersonKey, PhoneNumber, Redacted};

use crate::support::clock::TestClock;
use crate::support::http_server::{HttpServer, Reply};
use crate::support::person::person;

const ANNA: &str = "PRVNNA85C55F205D";
/// How long an answer counts.
const CACHE: Duration = Duration::from_secs(30);

struct Asked {
    archive: Remembered<HttpArchive>,
    clock: TestClock,
}

impl Asked {
    fn at(server: &HttpServer) -> Self {
        Self::with(server, Duration::from_secs(20))
    }

    fn with(server: &HttpServer, timeout: Duration) -> Self {
        let url = server.url("/people");
        let rules = Rules {
            danger_allow_http_on_loopback: true,
            timeout,
            max_bytes: 64 * 1024,
            ..Rules::for_origin_of(&url, Authorities::System)
        };
        let settings = AskedSettings {
            url,
            token: Some(Redacted::new("s3cret".to_owned())),
            rules,
        };
        Self {
            archive: Remembered::new(HttpArchive::new(settings).unwrap(), CACHE),
            clock: TestClock::new(),
        }
    }

    async fn ask(&self) -> Result<Standing, ArchiveError> {
        self.ask_for(&person(ANNA).key).await
    }

    async fn ask_for(&self, key: &PersonKey) -> Result<Standing, ArchiveError> {
        self.archive.standing(key, self.clock.now()).await
    }

    /// Later than anything that is remembered.
    fn later(&self) {
        self.clock.advance(TimeDelta::seconds(60));
    }
}

fn said(body: &str) -> Reply {
    Reply::of(200, "application/json", body)
}

fn well() -> Reply {
    said(
        r#"{"categories":["pensioner"],"profiles":[{"category":"company","organisation":{"code":"1","name":"Alfa"}}]}"#,
    )
}

fn company() -> Profile {
    Profile::new(
        Category::Company,
        Some(Organisation::new("1", "Alfa").unwrap()),
    )
    .unwrap()
}

#[tokio::test]
async fn a_person_is_asked_for_in_the_body_with_the_token_and_never_in_the_address() {
    let server = HttpServer::start(|_| well());
    let asked = Asked::at(&server);
    let standing = asked.ask().await.unwrap();
    assert_eq!(standing, Standing::new([Category::Pensioner], [company()]));
    let received = &server.received()[0];
    assert_eq!(received.line, "POST /people HTTP/1.1");
    assert_eq!(received.header("authorization"), Some("Bearer s3cret"));
    assert_eq!(
        received.body,
        format!("{{\"fiscal_code\":\"{ANNA}\"}}").as_bytes()
    );
}

#[tokio::test]
async fn the_mobile_telephone_comes_with_the_answer_and_one_that_is_no_number_closes_nothing() {
    let server = HttpServer::start(|_| well());
    let asked = Asked::at(&server);
    assert_eq!(asked.ask().await.unwrap().mobile(), None);
    for (mobile, number) in [("333 1234567", Some("+393331234567")), ("n. d.", None)] {
        let body = format!(r#"{{"categories":["pensioner"],"profiles":[],"mobile":"{mobile}"}}"#);
        server.answer(move |_| said(&body));
        asked.later();
        let standing = asked.ask().await.unwrap();
        assert_eq!(standing.mobile().map(PhoneNumber::expose), number);
        assert!(standing.personal().contains(Category::Pensioner));
    }
}

#[tokio::test]
async fn an_answer_counts_for_its_time_and_then_the_archives_are_asked_again() {
    let server = HttpServer::start(|_| well());
    let asked = Asked::at(&server);
    for _ in 0..3 {
        asked.ask().await.unwrap();
    }
    assert_eq!(server.received().len(), 1);
    server.answer(|_| said(r#"{"categories":[],"profiles":[]}"#));
    asked.clock.advance(TimeDelta::seconds(29));
    assert_eq!(asked.ask().await.unwrap().profiles().len(), 1);
    asked.clock.advance(TimeDelta::seconds(1));
    assert_eq!(asked.ask().await.unwrap(), Standing::citizen());
    // Another person's answer is their own.
    asked
        .ask_for(&person("SMPMRA70L02H501P").key)
        .await
        .unwrap();
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn an_answer_that_is_not_understood_is_refused_whole() {
    let server = HttpServer::start(|_| well());
    for (body, code) in [
        ("", "not-understood"),
        ("garbage", "not-understood"),
        ("[]", "not-understood"),
        ("{}", "not-understood"),
        (r#"{"categories":[]}"#, "not-understood"),
        (
            r#"{"categories":[],"profiles":[],"more":1}"#,
            "not-understood",
        ),
        (
            r#"{"categories":[],"categories":[],"profiles":[]}"#,
            "not-understood",
        ),
        (
            r#"{"categories":["astronaut"],"profiles":[]}"#,
            "not-understood",
        ),
        (
            r#"{"categories":[],"profiles":[{"category":"citizen"}]}"#,
            "not-understood",
        ),
        (
            r#"{"categories":[],"profiles":[{"category":"company","organisation":{"code":"a b","name":"A"}}]}"#,
            "not-understood",
        ),
        (
            r#"{"categories":["company"],"profiles":[]}"#,
            "category-is-no-personal-one",
        ),
    ] {
        // Anew each time: what failed before counts for the breaker.
        let asked = Asked::at(&server);
        server.answer(move |_| said(body));
        assert_eq!(
            asked.ask().await,
            Err(ArchiveError::Unusable(code)),
            "{body}"
        );
    }
    let profiles = vec![r#"{"category":"intermediary"}"#; 65].join(",");
    let many = format!(r#"{{"categories":[],"profiles":[{profiles}]}}"#);
    server.answer(move |_| said(&many));
    let refused = Asked::at(&server).ask().await;
    assert_eq!(refused, Err(ArchiveError::Unusable("too-many-profiles")));
}

#[tokio::test]
async fn archives_that_fail_in_any_way_are_unavailable_and_nobody_is_guessed() {
    let server = HttpServer::start(|_| well());
    let huge = "x".repeat(70_000);
    for (reply, code) in [
        (Reply::of(500, "application/json", "{}"), "status"),
        (Reply::of(404, "application/json", "{}"), "status"),
        (Reply::with(302, &[("location", "/")], ""), "redirect"),
        (Reply::of(200, "text/html", "<html>"), "wrong-kind"),
        (Reply::Bytes(Vec::new()), "broken"),
        (said(&huge), "too-large"),
    ] {
        server.answer(move |_| reply.clone());
        let refused = Asked::at(&server).ask().await;
        assert_eq!(refused, Err(ArchiveError::Unavailable(code)));
    }
    server.answer(|_| Reply::Stall(Vec::new()));
    let impatient = Asked::with(&server, Duration::from_millis(100));
    assert_eq!(
        impatient.ask().await,
        Err(ArchiveError::Unavailable("too-slow"))
    );
    let gone = Asked::at(&HttpServer::start(|_| well()));
    assert_eq!(
        gone.ask().await,
        Err(ArchiveError::Unavailable("no-connection"))
    );
}

#[tokio::test]
async fn archives_that_are_down_are_left_in_peace_and_found_again_when_they_are_up() {
    let server = HttpServer::start(|_| Reply::of(500, "application/json", "{}"));
    let asked = Asked::at(&server);
    for _ in 0..5 {
        assert_eq!(asked.ask().await, Err(ArchiveError::Unavailable("status")));
    }
    for _ in 0..20 {
        assert_eq!(
            asked.ask().await,
            Err(ArchiveError::Unavailable("left-in-peace"))
        );
    }
    assert_eq!(server.received().len(), 5);
    asked.later();
    assert_eq!(asked.ask().await, Err(ArchiveError::Unavailable("status")));
    assert_eq!(
        asked.ask().await,
        Err(ArchiveError::Unavailable("left-in-peace"))
    );
    server.answer(|_| well());
    asked.later();
    assert!(asked.ask().await.is_ok());
    assert_eq!(server.received().len(), 7);
}

#[tokio::test]
async fn what_was_known_opens_nothing_once_its_time_is_over_and_the_archives_are_down() {
    let server = HttpServer::start(|_| well());
    let asked = Asked::at(&server);
    asked.ask().await.unwrap();
    server.answer(|_| Reply::of(503, "application/json", "{}"));
    assert!(asked.ask().await.is_ok());
    asked.later();
    assert_eq!(asked.ask().await, Err(ArchiveError::Unavailable("status")));
}

#[tokio::test]
async fn who_has_no_fiscal_code_is_a_citizen_without_asking() {
    let server = HttpServer::start(|_| well());
    let key = PersonKey::SpidCode(Redacted::new("SE/IT/1".to_owned()));
    assert_eq!(
        Asked::at(&server).ask_for(&key).await,
        Ok(Standing::citizen())
    );
    assert!(server.received().is_empty());
}
