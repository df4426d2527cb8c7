//! Registers over HTTP: what they are asked, what of their answers counts, and what happens when they give none.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use http::StatusCode;
use serde_json::{Value, json};
use varco::archive::{ArchiveError, AskedSettings, HttpRegisters, Registers};
use varco::fetch::{Authorities, Rules};
use varco::identity::{Clock as _, FiscalCode, HealthCardNumber, PostalAddress, Redacted};

use crate::support::clock::TestClock;
use crate::support::http_server::{HttpServer, Reply};
use crate::support::pin_care::{CARD, CareStand, MARA, mara, request_pages, send};
use crate::support::pins::application;

/// How long an answer counts.
const CACHE: Duration = Duration::from_secs(30);

fn said(body: &str) -> Reply {
    Reply::of(200, "application/json", body)
}

fn yes() -> Reply {
    said(r#"{"confirmed":true}"#)
}

fn settings(server: &HttpServer, path: &str) -> AskedSettings {
    let url = server.url(path);
    let rules = Rules {
        danger_allow_http_on_loopback: true,
        timeout: Duration::from_secs(20),
        max_bytes: 4096,
        ..Rules::for_origin_of(&url, Authorities::System)
    };
    AskedSettings {
        url,
        token: Some(Redacted::new("s3cret".to_owned())),
        rules,
    }
}

fn registers(server: &HttpServer) -> HttpRegisters {
    let both = HttpRegisters::new()
        .of_residence(settings(server, "/residence"), CACHE)
        .unwrap();
    both.of_health_cards(settings(server, "/cards"), CACHE)
        .unwrap()
}

fn card() -> HealthCardNumber {
    HealthCardNumber::parse(CARD).unwrap()
}

fn home() -> PostalAddress {
    application().details.residence
}

#[tokio::test]
async fn each_register_is_asked_its_own_question_in_the_body_with_the_token() {
    let server = HttpServer::start(|_| yes());
    let (registers, clock) = (registers(&server), TestClock::new());
    let (mara, home) = (mara(), home());
    let lives = registers.lives_at(&mara, &home, clock.now());
    assert!(lives.await.unwrap());
    assert!(
        registers
            .has_health_card(&mara, &card(), clock.now())
            .await
            .unwrap()
    );
    let received = server.received();
    let lines: Vec<&str> = received.iter().map(|one| one.line.as_str()).collect();
    assert_eq!(lines, ["POST /residence HTTP/1.1", "POST /cards HTTP/1.1"]);
    let bodies = received.iter().map(|one| {
        assert_eq!(one.header("authorization"), Some("Bearer s3cret"));
        serde_json::from_slice(&one.body).unwrap()
    });
    let residence = json!({
        "street": "Via dei Mille 12", "addition": "", "postal_code": "00185", "city": "Roma",
        "province": "RM", "country": "IT",
    });
    assert_eq!(
        bodies.collect::<Vec<Value>>(),
        [
            json!({ "fiscal_code": MARA, "residence": residence }),
            json!({ "fiscal_code": MARA, "health_card": CARD }),
        ]
    );
}

#[tokio::test]
async fn what_a_register_says_counts_for_its_time_and_for_that_question_alone() {
    let server = HttpServer::start(|_| yes());
    let (registers, clock) = (registers(&server), TestClock::new());
    let other = FiscalCode::parse("BNCNNA75L63F205J").unwrap();
    let ask = async |person: &FiscalCode| {
        let home = home();
        let lives = registers.lives_at(person, &home, clock.now());
        lives.await.unwrap()
    };
    assert!(ask(&mara()).await && ask(&mara()).await);
    assert_eq!(server.received().len(), 1);
    server.answer(|_| said(r#"{"confirmed":false}"#));
    assert!(!ask(&other).await, "another person's answer is their own");
    clock.advance(TimeDelta::seconds(29));
    assert!(ask(&mara()).await);
    clock.advance(TimeDelta::seconds(1));
    assert!(!ask(&mara()).await);
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn an_answer_that_is_none_confirms_nothing_and_is_not_kept() {
    let server = HttpServer::start(|_| yes());
    let (registers, clock) = (registers(&server), TestClock::new());
    let huge = format!("{{\"confirmed\":true{}}}", " ".repeat(5000));
    let ask = async || registers.lives_at(&mara(), &home(), clock.now()).await;
    for (reply, code) in [
        (said("true"), "not-understood"),
        (said("{}"), "not-understood"),
        (said(r#"{"confirmed":"yes"}"#), "not-understood"),
        (said(r#"{"confirmed":true,"since":1}"#), "not-understood"),
        (
            said(r#"{"confirmed":true,"confirmed":true}"#),
            "not-understood",
        ),
    ] {
        server.answer(move |_| reply.clone());
        assert_eq!(ask().await, Err(ArchiveError::Unusable(code)));
    }
    // After five failures it is left in peace.
    assert_eq!(ask().await, Err(ArchiveError::Unavailable("left-in-peace")));
    assert_eq!(server.received().len(), 5);
    for (reply, code) in [
        (Reply::of(404, "application/json", "{}"), "status"),
        (Reply::with(302, &[("location", "/")], ""), "redirect"),
        (Reply::of(200, "text/html", "<html>"), "wrong-kind"),
        (said(&huge), "too-large"),
    ] {
        server.answer(move |_| reply.clone());
        clock.advance(TimeDelta::seconds(10));
        assert_eq!(ask().await, Err(ArchiveError::Unavailable(code)));
    }
    server.answer(|_| yes());
    clock.advance(TimeDelta::seconds(10));
    assert_eq!(ask().await, Ok(true));
}

#[tokio::test]
async fn what_there_is_no_register_for_is_not_confirmed() {
    let server = HttpServer::start(|_| yes());
    let now = TestClock::new().now();
    let none = HttpRegisters::new();
    assert_eq!(none.lives_at(&mara(), &home(), now).await, Ok(false));
    assert_eq!(none.has_health_card(&mara(), &card(), now).await, Ok(false));
    let cards = HttpRegisters::new().of_health_cards(settings(&server, "/cards"), CACHE);
    assert_eq!(
        cards.unwrap().lives_at(&mara(), &home(), now).await,
        Ok(false)
    );
    assert!(server.received().is_empty());
}

/// Mara asks for a PIN on the web.
async fn request(stand: &CareStand) -> StatusCode {
    let mut browser = stand.here.browser();
    let mut page = browser.open("/pin/request").await;
    for typed in request_pages() {
        page = send(&mut browser, &page, &typed).await;
    }
    page.status
}

#[tokio::test]
async fn a_register_that_does_not_answer_makes_the_request_wait_for_a_call() {
    let server = HttpServer::start(|_| Reply::of(503, "application/json", "{}"));
    let stand = CareStand::with_registers(Arc::new(registers(&server)));
    assert_eq!(request(&stand).await, StatusCode::OK);
    assert_eq!(server.received().len(), 1);
    assert!(stand.dossier().await.pin().is_none());
    assert_eq!(stand.calls().await, 1);

    let server = HttpServer::start(|_| yes());
    let stand = CareStand::with_registers(Arc::new(registers(&server)));
    request(&stand).await;
    assert!(stand.dossier().await.pin().is_some(), "confirmed at once");
    assert_eq!(stand.calls().await, 0);
}

#[tokio::test]
async fn without_an_answer_of_the_register_of_cards_nothing_is_revoked() {
    let server = HttpServer::start(|_| Reply::of(503, "application/json", "{}"));
    let stand = CareStand::with_registers(Arc::new(registers(&server)));
    stand.with_working_pin().await;
    let revoke = async || {
        let mut browser = stand.here.browser();
        let page = browser.open("/pin/revoke").await;
        let typed = [
            ("fiscal_code", MARA),
            ("health_card", CARD),
            ("go", "revoke"),
        ];
        send(&mut browser, &page, &typed).await.status
    };
    assert_eq!(revoke().await, StatusCode::SERVICE_UNAVAILABLE);
    let status = |dossier: &varco::pin::Dossier| {
        let status = dossier.status(&stand.rules, stand.here.now());
        status.name()
    };
    assert_eq!(status(&stand.dossier().await), "working");
    server.answer(|_| yes());
    assert_eq!(revoke().await, StatusCode::OK);
    assert_eq!(status(&stand.dossier().await), "revoked");
}
