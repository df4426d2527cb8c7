//! What binds an answer to its request, the register, and what is believed of a level.

use super::*;
use crate::audit::RegisterOutcome;
use crate::login::cie::testing::{FOREIGN, MINISTRY, failed};

async fn code(bench: &Bench, browser: &Browser, sent: &Sent, xml: &str) -> String {
    bench.answer(browser, sent, xml).await.unwrap_err().code
}

#[tokio::test]
async fn a_correct_answer_logs_the_person_in_once() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start_at(&browser, AssuranceLevel::High).await;
    let xml = signed(correct(&sent.id));
    let login = bench.answer(&browser, &sent, &xml).await.unwrap();
    assert_eq!(login.flow, browser.flow);
    let (person, event) = login.identity.into_parts();
    assert_eq!(person.fiscal_code().unwrap().expose(), "RSSMRA80A01H501U");
    assert_eq!(event.method.name(), "cie");
    assert_eq!(event.level.0, AssuranceLevel::High);
    assert_eq!(event.provider, MINISTRY);
    assert_eq!(event.at, issued());
    // The transient name of the subject names nobody afterwards.
    assert_eq!(event.saml, None);

    let again = bench.answer(&browser, &sent, &xml).await.unwrap_err();
    assert_eq!(again.code, "request-unknown");
    assert_eq!(again.kind, RefusalKind::NoRequest);
}

#[tokio::test]
async fn the_class_that_is_always_the_highest_proves_no_more_than_was_asked_for() {
    let levels = AssuranceLevel::ALL;
    for (asked, got) in levels.into_iter().flat_map(|a| levels.map(|b| (a, b))) {
        let (bench, browser) = (Bench::new(), Browser::new());
        let sent = bench.start_at(&browser, asked).await;
        let xml = correct(&sent.id).replace("SpidL3", &format!("SpidL{}", got.digit()));
        let answer = bench.answer(&browser, &sent, &signed(xml)).await;
        if got >= asked {
            let (_, event) = answer.unwrap().identity.into_parts();
            assert_eq!(event.level.0, asked);
            let entries = bench.register.entries.lock().unwrap();
            assert_eq!(entries.last().unwrap().level, Some(asked));
        } else {
            assert_eq!(answer.unwrap_err().code, "level-too-low");
        }
    }
}

#[tokio::test]
async fn an_answer_to_nothing_and_one_in_another_browser_are_refused() {
    let (bench, browser, thief) = (Bench::new(), Browser::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let unsolicited = signed(correct("_unsolicited"));
    let refused = code(&bench, &browser, &sent, &unsolicited).await;
    assert_eq!(refused, "request-unknown");
    let xml = signed(correct(&sent.id));
    assert_eq!(code(&bench, &thief, &sent, &xml).await, "browser-other");
    assert!(bench.answer(&browser, &sent, &xml).await.is_ok());
}

#[tokio::test]
async fn an_assertion_that_was_used_is_refused_in_the_answer_to_another_request() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let first = bench.start(&browser).await;
    let xml = signed(correct(&first.id));
    assert!(bench.answer(&browser, &first, &xml).await.is_ok());
    let second = bench.start(&browser).await;
    let xml = signed(correct(&second.id));
    let refused = code(&bench, &browser, &second, &xml).await;
    assert_eq!(refused, "assertion-replayed");
}

#[tokio::test]
async fn a_request_is_forgotten_after_fifteen_minutes() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    bench.advance(15 * 60);
    let xml = signed(correct(&sent.id));
    assert_eq!(code(&bench, &browser, &sent, &xml).await, "request-unknown");
}

#[tokio::test]
async fn another_relay_state_or_none_is_refused() {
    let (bench, browser) = (Bench::new(), Browser::new());
    for relay_state in [Some("https://evil.example"), Some(""), None] {
        let sent = bench.start(&browser).await;
        let form = AcsForm {
            saml_response: encode_post(&signed(correct(&sent.id))).into(),
            relay_state,
            client_address: None,
        };
        let refusal = bench.cie.consume(form, Some(&browser.digest), bench.now());
        assert_eq!(refusal.await.unwrap_err().code, "relay-state-other");
    }
}

#[tokio::test]
async fn times_are_held_to_a_minute_of_skew() {
    // Conditions end at 10:05:00.123; the request was made at 10:00:00.123.
    for (seconds, accepted) in [(0, true), (359, true), (360, false)] {
        let (bench, browser) = (Bench::new(), Browser::new());
        let sent = bench.start(&browser).await;
        bench.advance(seconds);
        let xml = signed(correct(&sent.id));
        let answer = bench.answer(&browser, &sent, &xml);
        assert_eq!(answer.await.is_ok(), accepted, "{seconds}");
    }
    // The Ministry's clock runs ahead of ours.
    for (seconds, accepted) in [(60, true), (61, false)] {
        let (bench, browser) = (Bench::new(), Browser::new());
        bench.advance(-seconds);
        let sent = bench.start(&browser).await;
        let xml = signed(correct(&sent.id));
        let answer = bench.answer(&browser, &sent, &xml);
        assert_eq!(answer.await.is_ok(), accepted, "{seconds}");
    }
}

#[tokio::test]
async fn an_error_is_told_by_its_number_signed_or_not_but_never_wrongly_signed() {
    let (bench, browser) = (Bench::new(), Browser::new());
    for (number, expected) in [
        ("nr21", CieError::TimedOut),
        ("nr22", CieError::ConsentDenied),
        ("nr23", CieError::CardNotValid),
        ("nr25", CieError::Cancelled),
        ("nr08", CieError::Request(8)),
        ("nr18", CieError::Request(18)),
        ("", CieError::Other(None)),
    ] {
        for sign in [|xml| xml, signed as fn(String) -> String] {
            let sent = bench.start(&browser).await;
            let xml = sign(failed(&sent.id, &format!("ErrorCode {number}")));
            let refusal = bench.answer(&browser, &sent, &xml).await.unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::Anomaly(expected));
            assert_eq!(refusal.flow.as_ref(), Some(&browser.flow));
            assert!(refusal.evidence.is_some());
        }
    }
    let sent = bench.start(&browser).await;
    let xml = sign(
        failed(&sent.id, "ErrorCode nr21"),
        "_response",
        &FOREIGN.key,
    );
    let refused = code(&bench, &browser, &sent, &xml).await;
    assert_eq!(refused, "response-signature-value");
}

#[tokio::test]
async fn the_register_keeps_request_and_answer_whole_whether_accepted_or_refused() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let good = bench.start(&browser).await;
    let accepted = signed(correct(&good.id));
    bench.answer(&browser, &good, &accepted).await.unwrap();
    let bad = bench.start(&browser).await;
    let refused = correct(&bad.id);
    bench.answer(&browser, &bad, &refused).await.unwrap_err();

    let entries = bench.register.entries.lock().unwrap();
    let [first, second] = entries.as_slice() else {
        panic!("two entries");
    };
    assert_eq!(first.outcome, RegisterOutcome::Accepted);
    assert_eq!(first.provider.as_deref(), Some(MINISTRY));
    assert_eq!(first.request_raw.expose(), good.xml.as_bytes());
    assert_eq!(first.response_raw.expose(), accepted.as_bytes());
    let code = "response-signature-missing".to_owned();
    assert_eq!(second.outcome, RegisterOutcome::Refused { code });
    assert_eq!(second.response_raw.expose(), refused.as_bytes());
}

#[tokio::test]
async fn a_login_that_the_register_cannot_keep_does_not_happen() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    *bench.register.fails.lock().unwrap() = true;
    let xml = signed(correct(&sent.id));
    let refusal = bench.answer(&browser, &sent, &xml).await.unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unavailable);
}
