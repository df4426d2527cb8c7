//! Single logout through the real router, begun by the person and by the provider.

use http::StatusCode;
use url::Url;
use varco::audit::AuditEvent;
use varco::crypto::SystemRandom;
use varco::demo::idp::logout::read;
use varco::protocol::saml::logout::{LogoutContent, ReceivedLogout};
use varco::protocol::saml::redirect::MessageKind;

use crate::support::browser::{Answer, Browser};
use crate::support::gateway::{ISSUER, TestGateway, session_of};
use crate::support::spid::{alfa, beta};
use crate::support::spid_visit::{carry, known_to_providers, log_in};

fn gateway() -> TestGateway {
    TestGateway::with_clients(Vec::new())
}

/// Presses "log out" on the page that asks.
async fn press_log_out(browser: &mut Browser) -> Answer {
    let page = browser.open("/logout").await;
    log_out(browser, &page, "everywhere").await
}

/// Presses one of the two buttons.
async fn log_out(browser: &mut Browser, page: &Answer, choice: &str) -> Answer {
    let form = page.form();
    let mut fields = form.pairs();
    let buttons = |value: &str| ["everywhere", "here"].contains(&value);
    fields.retain(|(_, value)| !buttons(value) || *value == choice);
    browser.submit("/logout", &fields).await
}

#[tokio::test]
async fn a_logout_ends_the_session_first_and_then_the_providers_and_tells_and_records_a_partial_one()
 {
    for (partial, text) in [(false, "You are logged out"), (true, "not everywhere")] {
        let gateway = gateway();
        let mut browser = gateway.browser();
        log_in(&gateway, &mut browser, alfa()).await;
        let session = session_of(&browser).unwrap();
        let out = press_log_out(&mut browser).await;
        assert_eq!(out.status, StatusCode::FOUND);
        let found = gateway.gateway.sessions().find(&session, gateway.now());
        assert!(
            found.await.unwrap().is_none(),
            "the local session ends first"
        );
        assert!(session_of(&browser).is_none());

        let service = known_to_providers(&gateway).await;
        let location = out.location();
        let query = location.query().unwrap();
        let received = ReceivedLogout::Redirect { query };
        let request = read(received, &service, &alfa().slo()).unwrap();
        let LogoutContent::Request {
            name_id,
            session_indexes,
            ..
        } = request.content()
        else {
            panic!("a request");
        };
        assert_eq!(name_id, "_anna");
        assert_eq!(session_indexes, &["session-at-the-provider"]);

        let answered =
            alfa().answer_logout(&service, &request, partial, gateway.now(), &SystemRandom);
        let page = carry(&mut browser, answered.unwrap().unwrap()).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(text), "{}", page.body);
        let missed: Vec<_> = gateway
            .events()
            .into_iter()
            .filter_map(|event| match event {
                AuditEvent::LogoutPartial { session, missed } => Some((session, missed)),
                _ => None,
            })
            .collect();
        let left = (
            session.handle().to_string(),
            vec![alfa().entity_id().to_owned()],
        );
        assert_eq!(missed, if partial { vec![left] } else { Vec::new() });
    }
}

#[tokio::test]
async fn a_logout_only_here_ends_the_session_and_asks_no_provider() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    log_in(&gateway, &mut browser, alfa()).await;
    let page = browser.open("/logout").await;
    let bye = log_out(&mut browser, &page, "here").await;
    assert_eq!(bye.status, StatusCode::OK);
    assert!(bye.body.contains("You are logged out"), "{}", bye.body);
    assert!(session_of(&browser).is_none());
}

#[tokio::test]
async fn the_page_that_asks_may_lead_to_the_provider_by_its_content_security_policy() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    log_in(&gateway, &mut browser, alfa()).await;
    let page = browser.open("/logout").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let (_, targets) = policy.split_once("form-action ").unwrap();
    let targets = targets.split(';').next().unwrap();
    assert!(targets.contains("https://alfa.example"), "{policy}");
}

#[tokio::test]
async fn a_provider_ends_the_session_and_is_answered_success_even_when_there_is_none() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    log_in(&gateway, &mut browser, alfa()).await;
    let session = session_of(&browser).unwrap();
    let service = known_to_providers(&gateway).await;
    for ended in [1, 0] {
        let asked = alfa().ask_logout(
            &service,
            "_anna",
            "session-at-the-provider",
            gateway.now(),
            &SystemRandom,
        );
        let answer = carry(&mut browser, asked.unwrap().unwrap()).await;
        let (query, form);
        let received = if answer.status == StatusCode::FOUND {
            let location = answer.location();
            query = location.query().unwrap().to_owned();
            ReceivedLogout::Redirect { query: &query }
        } else {
            form = answer.form();
            ReceivedLogout::Post {
                kind: MessageKind::Response,
                field: form.field("SAMLResponse").unwrap(),
                relay_state: None,
            }
        };
        let answered = read(received, &service, &alfa().slo()).unwrap();
        let LogoutContent::Response { status, .. } = answered.content() else {
            panic!("an answer");
        };
        assert!(status.is_success() && !status.is_partial_logout());
        let last = gateway.events();
        let event = AuditEvent::LogoutRequested {
            provider: alfa().entity_id().to_owned(),
            ended,
        };
        assert!(last.contains(&event), "{last:?}");
        let found = gateway.gateway.sessions().find(&session, gateway.now());
        assert!(found.await.unwrap().is_none());
    }
}

#[tokio::test]
async fn another_provider_cannot_end_the_session() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    log_in(&gateway, &mut browser, alfa()).await;
    let session = session_of(&browser).unwrap();
    let service = known_to_providers(&gateway).await;
    let asked = beta().ask_logout(
        &service,
        "_anna",
        "session-at-the-provider",
        gateway.now(),
        &SystemRandom,
    );
    carry(&mut browser, asked.unwrap().unwrap()).await;
    let found = gateway.gateway.sessions().find(&session, gateway.now());
    assert!(found.await.unwrap().is_some());
}

#[tokio::test]
async fn bad_logout_messages_are_403_pages_and_end_nothing() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    log_in(&gateway, &mut browser, alfa()).await;
    let session = session_of(&browser).unwrap();
    let slo = Url::parse(&format!("{ISSUER}/spid/slo")).unwrap();
    // 32 MB of one letter, deflated: a bomb of some 32 kB.
    let bomb = {
        use std::io::Write as _;
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        let block = vec![b'x'; 1 << 20];
        for _ in 0..32 {
            encoder.write_all(&block).unwrap();
        }
        varco::crypto::encoding::base64(&encoder.finish().unwrap())
    };
    let query = |message: &str| {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("SAMLRequest", message)
            .append_pair(
                "SigAlg",
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            )
            .append_pair("Signature", "AAAA")
            .finish()
    };
    let half = "SAMLRequest=a".to_owned();
    for query in [String::new(), half, query("AAAA"), query(&bomb)] {
        let answer = browser.open(&format!("/spid/slo?{query}")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("Logout not confirmed"));
    }
    for fields in [
        vec![("SAMLRequest", "AAAA"), ("SAMLResponse", "AAAA")],
        vec![("RelayState", "x")],
    ] {
        let answer = browser.submit_from_elsewhere(&slo, &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    let answer = browser
        .submit_from_elsewhere(&slo, &[("SAMLRequest", "AAAA")])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let found = gateway.gateway.sessions().find(&session, gateway.now());
    assert!(found.await.unwrap().is_some());
}
