//! What binds an answer to its request: one browser, one provider, once, in time. And the register.

use super::*;
use crate::audit::RegisterOutcome;
use crate::protocol::saml::testing::{FOREIGN_KEY, correct, failed, sign, sign_both};

async fn code(bench: &Bench, browser: &Browser, sent: &Sent, xml: &str) -> String {
    bench.answer(browser, sent, xml).await.unwrap_err().code
}

#[tokio::test]
async fn a_correct_answer_logs_the_person_in_once() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let xml = sign_both(correct(&sent.id));
    let login = bench.answer(&browser, &sent, &xml).await.unwrap();
    assert_eq!(login.flow, browser.flow);
    let (person, event) = login.identity.into_parts();
    assert_eq!(person.fiscal_code().unwrap().expose(), "RSSMRA80A01H501U");
    assert_eq!(event.level.0, AssuranceLevel::Substantial);
    assert_eq!(event.provider, PROVIDER);
    assert_eq!(event.at, issued());
    let session = event.saml.unwrap();
    assert_eq!(session.name_id.expose(), "_transient");
    assert_eq!(session.session_index.as_deref(), Some("_session"));

    let again = bench.answer(&browser, &sent, &xml).await.unwrap_err();
    assert_eq!(again.code, "request-unknown");
    assert_eq!(again.kind, RefusalKind::NoRequest);
}

#[tokio::test]
async fn an_answer_to_nothing_is_refused() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let xml = sign_both(correct("_unsolicited"));
    assert_eq!(code(&bench, &browser, &sent, &xml).await, "request-unknown");
}

#[tokio::test]
async fn an_answer_in_another_browser_is_refused_and_does_not_use_the_request_up() {
    let (bench, browser, thief) = (Bench::new(), Browser::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let xml = sign_both(correct(&sent.id));
    assert_eq!(code(&bench, &thief, &sent, &xml).await, "browser-other");
    let form = AcsForm {
        saml_response: encode_post(&xml).into(),
        relay_state: Some(&sent.relay_state),
        client_address: None,
    };
    let without = bench.spid.consume(form, None, bench.now()).await;
    assert_eq!(without.unwrap_err().code, "browser-unknown");
    assert!(bench.answer(&browser, &sent, &xml).await.is_ok());
}

#[tokio::test]
async fn two_tabs_of_one_browser_log_in_each_with_its_own_request() {
    let bench = Bench::new();
    let (first, mut second) = (Browser::new(), Browser::new());
    second.digest = first.digest.clone();
    let (one, two) = (bench.start(&first).await, bench.start(&second).await);
    // The second tab is answered first.
    for (tab, sent, assertion) in [(&second, &two, "_a2"), (&first, &one, "_a1")] {
        let xml = sign(
            correct(&sent.id).replace("_assertion", assertion),
            assertion,
            &testing::PROVIDER_KEY,
        );
        let login = bench.answer(tab, sent, &xml).await.unwrap();
        assert_eq!(login.flow, tab.flow);
    }
}

#[tokio::test]
async fn of_eight_answers_at_once_one_logs_in() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let xml = sign_both(correct(&sent.id));
    let (bench, browser, sent, xml) = (
        Arc::new(bench),
        Arc::new(browser),
        Arc::new(sent),
        Arc::new(xml),
    );
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (bench, browser, sent, xml) =
            (bench.clone(), browser.clone(), sent.clone(), xml.clone());
        tasks.spawn(async move { bench.answer(&browser, &sent, &xml).await.is_ok() });
    }
    let logins = tasks.join_all().await.into_iter().filter(|ok| *ok).count();
    assert_eq!(logins, 1);
}

#[tokio::test]
async fn an_assertion_that_was_used_is_refused_in_the_answer_to_another_request() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let first = bench.start(&browser).await;
    assert!(
        bench
            .answer(&browser, &first, &sign_both(correct(&first.id)))
            .await
            .is_ok()
    );
    let second = bench.start(&browser).await;
    let xml = sign_both(correct(&second.id));
    assert_eq!(
        code(&bench, &browser, &second, &xml).await,
        "assertion-replayed"
    );
}

#[tokio::test]
async fn another_provider_cannot_answer_and_cannot_sign_for_the_one_that_was_asked() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let xml = sign(
        correct(&sent.id).replace(PROVIDER, OTHER_PROVIDER),
        "_assertion",
        &FOREIGN_KEY,
    );
    assert_eq!(
        code(&bench, &browser, &sent, &xml).await,
        "response-issuer-other"
    );
    // FOREIGN_KEY is the other provider's key, and known.
    let sent = bench.start(&browser).await;
    let xml = sign(correct(&sent.id), "_assertion", &FOREIGN_KEY);
    assert_eq!(
        code(&bench, &browser, &sent, &xml).await,
        "assertion-signature-value"
    );
    let sent = bench.start(&browser).await;
    let inner = correct(&sent.id).replacen(PROVIDER, "https://keep.example", 1);
    let xml = inner
        .replace(PROVIDER, OTHER_PROVIDER)
        .replace("https://keep.example", PROVIDER);
    let xml = sign(xml, "_assertion", &FOREIGN_KEY);
    assert_eq!(
        code(&bench, &browser, &sent, &xml).await,
        "assertion-signature-value"
    );
}

#[tokio::test]
async fn a_refused_answer_uses_the_request_up() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    assert_eq!(
        code(&bench, &browser, &sent, &correct(&sent.id)).await,
        "assertion-signature-missing"
    );
    let xml = sign_both(correct(&sent.id));
    assert_eq!(code(&bench, &browser, &sent, &xml).await, "request-unknown");
}

#[tokio::test]
async fn a_request_is_forgotten_after_fifteen_minutes() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    bench.advance(15 * 60);
    let xml = sign_both(correct(&sent.id));
    assert_eq!(code(&bench, &browser, &sent, &xml).await, "request-unknown");
}

#[tokio::test]
async fn another_relay_state_or_none_is_refused() {
    let (bench, browser) = (Bench::new(), Browser::new());
    for relay_state in [Some("https://evil.example"), Some(""), None] {
        let sent = bench.start(&browser).await;
        let form = AcsForm {
            saml_response: encode_post(&sign_both(correct(&sent.id))).into(),
            relay_state,
            client_address: None,
        };
        let refusal = bench.spid.consume(form, Some(&browser.digest), bench.now());
        assert_eq!(refusal.await.unwrap_err().code, "relay-state-other");
    }
}

#[tokio::test]
async fn an_error_is_told_by_its_number_to_the_browser_that_asked_even_without_relay_state() {
    let (bench, browser) = (Bench::new(), Browser::new());
    for (number, expected) in [
        ("nr19", Anomaly::TooManyAttempts),
        ("nr20", Anomaly::CredentialsTooLow),
        ("nr21", Anomaly::TimedOut),
        ("nr22", Anomaly::ConsentDenied),
        ("nr23", Anomaly::IdentitySuspended),
        ("nr25", Anomaly::Cancelled),
        ("nr30", Anomaly::WrongIdentityType),
        ("nr08", Anomaly::Request(8)),
        ("nr18", Anomaly::Request(18)),
        ("", Anomaly::Other(None)),
    ] {
        let sent = bench.start(&browser).await;
        let xml = failed(&sent.id, &format!("ErrorCode {number}"));
        let form = AcsForm {
            saml_response: encode_post(&xml).into(),
            relay_state: None,
            client_address: None,
        };
        let refusal = bench
            .spid
            .consume(form, Some(&browser.digest), bench.now())
            .await
            .unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Anomaly(expected));
        assert_eq!(refusal.flow.as_ref(), Some(&browser.flow));
        assert!(refusal.evidence.is_some());
    }
    let xml = failed("_unknown", "ErrorCode nr23");
    let sent = bench.start(&browser).await;
    assert_eq!(code(&bench, &browser, &sent, &xml).await, "request-unknown");
}

#[tokio::test]
async fn the_register_keeps_request_and_answer_whole_whether_accepted_or_refused() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let good = bench.start(&browser).await;
    let accepted = sign_both(correct(&good.id));
    bench.answer(&browser, &good, &accepted).await.unwrap();
    let bad = bench.start(&browser).await;
    let refused = correct(&bad.id);
    bench.answer(&browser, &bad, &refused).await.unwrap_err();

    let entries = bench.register.entries.lock().unwrap();
    let [first, second] = entries.as_slice() else {
        panic!("two entries");
    };
    assert_eq!(first.outcome, RegisterOutcome::Accepted);
    assert_eq!(first.request_raw.expose(), good.xml.as_bytes());
    assert_eq!(first.response_raw.expose(), accepted.as_bytes());
    assert_eq!(first.assertion_id.as_deref(), Some("_assertion"));
    assert_eq!(first.level, Some(AssuranceLevel::Substantial));
    assert_eq!(
        second.outcome,
        RegisterOutcome::Refused {
            code: "assertion-signature-missing".to_owned()
        }
    );
    assert_eq!(second.request_id.as_deref(), Some(bad.id.as_str()));
    assert_eq!(second.response_raw.expose(), refused.as_bytes());
}

#[tokio::test]
async fn what_answers_no_request_stays_out_of_the_register() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let xml = sign_both(correct("_unknown"));
    bench.answer(&browser, &sent, &xml).await.unwrap_err();
    for relay_state in [None, Some("another")] {
        let form = AcsForm {
            saml_response: encode_post("<a/>").into(),
            relay_state,
            client_address: None,
        };
        let refusal = bench.spid.consume(form, Some(&browser.digest), bench.now());
        assert_eq!(refusal.await.unwrap_err().provider, None);
    }
    assert!(bench.register.entries.lock().unwrap().is_empty());
    let xml = sign_both(correct(&sent.id));
    assert!(bench.answer(&browser, &sent, &xml).await.is_ok());
}

#[tokio::test]
async fn a_response_of_the_wrong_shape_is_registered_and_uses_the_request_up() {
    let (bench, browser, thief) = (Bench::new(), Browser::new(), Browser::new());
    let large = "A".repeat(400_000);
    for (field, raw, code) in [
        ("not base64!", "not base64!", "message-not-base64"),
        (&*encode_post("<a/>"), "<a/>", "response-unexpected"),
        (&*encode_post("<!DOCTYPE a>"), "<!DOCTYPE a>", "xml-doctype"),
        (&*large, &large[..128 * 1024], "message-too-large"),
    ] {
        let sent = bench.start(&browser).await;
        let form = AcsForm {
            saml_response: field.into(),
            relay_state: Some(&sent.relay_state),
            client_address: None,
        };
        let consume = async |browser: &Browser| {
            let form = form.clone();
            let answer = bench.spid.consume(form, Some(&browser.digest), bench.now());
            answer.await.unwrap_err()
        };
        // In another browser it answers nothing.
        let before = bench.register.entries.lock().unwrap().len();
        assert_eq!(consume(&thief).await.provider, None);
        assert_eq!(bench.register.entries.lock().unwrap().len(), before);

        let refusal = consume(&browser).await;
        assert_eq!(refusal.code, code);
        assert_eq!(refusal.provider.as_deref(), Some(PROVIDER));
        assert_eq!(refusal.flow.as_ref(), Some(&browser.flow));
        assert!(refusal.evidence.is_some());
        {
            let entries = bench.register.entries.lock().unwrap();
            let entry = &entries[before];
            let code = code.to_owned();
            assert_eq!(entry.outcome, RegisterOutcome::Refused { code });
            assert_eq!(entry.request_id.as_deref(), Some(sent.id.as_str()));
            assert_eq!(entry.response_raw.expose(), raw.as_bytes());
        }
        let again = bench
            .answer(&browser, &sent, &sign_both(correct(&sent.id)))
            .await;
        assert_eq!(again.unwrap_err().code, "request-unknown");
    }
}

#[tokio::test]
async fn a_login_that_the_register_cannot_keep_does_not_happen() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    *bench.register.fails.lock().unwrap() = true;
    let xml = sign_both(correct(&sent.id));
    let refusal = bench.answer(&browser, &sent, &xml).await.unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unavailable);
}

#[tokio::test]
async fn what_is_no_message_is_refused_with_the_code_of_the_gate() {
    let (bench, browser) = (Bench::new(), Browser::new());
    let sent = bench.start(&browser).await;
    let correct = correct(&sent.id);
    let deep = "<a>".repeat(100_000);
    for (xml, expected) in [
        ("", "xml-malformed"),
        ("<a/>", "response-unexpected"),
        (deep.as_str(), "message-too-large"),
        (&deep[..90_000], "xml-too-deep"),
        ("<a>\0</a>", "xml-nul"),
        (
            &format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{correct}"),
            "xml-doctype",
        ),
        (&format!("\u{feff}{correct}"), "xml-byte-order-mark"),
    ] {
        assert_eq!(code(&bench, &browser, &sent, xml).await, expected);
    }
    let utf16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let nul = crate::crypto::encoding::base64(&utf16);
    let form = AcsForm {
        saml_response: nul.as_str().into(),
        relay_state: None,
        client_address: None,
    };
    let refusal = bench.spid.consume(form, Some(&browser.digest), bench.now());
    assert_eq!(refusal.await.unwrap_err().code, "xml-nul");
}
