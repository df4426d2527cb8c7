//! SPID login through the real router, with the test providers: what a person's browser sends and gets.

use chrono::TimeDelta;
use http::StatusCode;
use url::Url;
use varco::audit::{AuditEvent, RegisterOutcome};
use varco::crypto::SystemRandom;
use varco::demo::idp::anomaly::Anomaly;
use varco::demo::people::PEOPLE;
use varco::demo::providers::TestFederation;

use crate::support::gateway::{ISSUER, TestGateway, session_of};
use crate::support::openid::scene;
use crate::support::spid::{alfa, beta};
use crate::support::spid_visit::{answer, bring, log_in, read_request, start, success};

fn gateway() -> TestGateway {
    TestGateway::with_clients(Vec::new())
}

fn refusals(gateway: &TestGateway) -> Vec<String> {
    gateway
        .events()
        .into_iter()
        .filter_map(|event| match event {
            AuditEvent::LoginRefused { code, .. } => Some(code),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_person_logs_in_by_either_binding_and_lands_on_the_portal() {
    for (binding, status) in [("post", StatusCode::OK), ("redirect", StatusCode::FOUND)] {
        let gateway = gateway();
        let mut browser = gateway.browser();
        let address = format!("/login/spid?idp={}&binding={binding}", alfa().entity_id());
        let out = browser.open(&address).await;
        assert_eq!(out.status, status);
        let request = read_request(&gateway, alfa(), &out).await;
        assert_eq!(request.level, 2);
        assert!(request.force);
        let back = answer(&gateway, &mut browser, alfa(), &request, &PEOPLE[0]).await;
        assert_eq!(back.status, StatusCode::OK);
        assert_eq!(back.url.path(), "/");
        assert!(back.body.contains("Anna"), "{}", back.body);
        assert!(session_of(&browser).is_some());
    }
}

#[tokio::test]
async fn the_register_keeps_the_redirect_request_with_its_signature_and_the_answer() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, alfa(), "&binding=redirect").await;
    answer(&gateway, &mut browser, alfa(), &request, &PEOPLE[0]).await;
    let [entry] = gateway.register().try_into().unwrap();
    assert_eq!(entry.outcome, RegisterOutcome::Accepted);
    assert_eq!(entry.request_id.as_deref(), Some(request.id.as_str()));
    let raw = String::from_utf8(entry.request_raw.expose().clone()).unwrap();
    assert!(raw.starts_with("SAMLRequest=") && raw.contains("&Signature="));
    assert!(entry.response_raw.expose().starts_with(b"<samlp:Response"));
}

#[tokio::test]
async fn the_level_and_the_purpose_of_the_address_reach_the_provider_and_the_minimum_holds() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    for (more, level, purpose) in [
        ("&level=3", 3, None),
        ("&level=1", 2, None),
        ("&level=9", 2, None),
        ("&purpose=PG", 2, Some("PG")),
    ] {
        let request = start(&gateway, &mut browser, alfa(), more).await;
        assert_eq!(request.level, level, "{more}");
        assert_eq!(request.purpose.as_deref(), purpose, "{more}");
    }
}

#[tokio::test]
async fn an_address_with_an_unknown_provider_binding_or_purpose_is_a_page_that_leads_back() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let alfa = alfa().entity_id();
    for address in [
        "/login/spid?idp=https://nobody.example".to_owned(),
        "/login/spid".to_owned(),
        format!("/login/spid?idp={alfa}&binding=soap"),
        format!("/login/spid?idp={alfa}&purpose=Z"),
        format!("/login/spid?idp={alfa}&flow=nothing"),
    ] {
        let answer = browser.open(&address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
        assert!(answer.body.contains("What you can do"), "{address}");
    }
}

#[tokio::test]
async fn two_tabs_log_in_with_two_providers_at_once() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let first = start(&gateway, &mut browser, alfa(), "").await;
    let second = start(&gateway, &mut browser, beta(), "").await;
    let cookie = browser.cookie("__Host-varco-browser").unwrap().to_owned();
    let back = answer(&gateway, &mut browser, beta(), &second, &PEOPLE[0]).await;
    assert_eq!(back.url.path(), "/");
    let back = answer(&gateway, &mut browser, alfa(), &first, &PEOPLE[0]).await;
    assert_eq!(back.url.path(), "/", "{}", back.body);
    // The cookie that binds them neither changes nor grows.
    assert_eq!(
        browser.cookie("__Host-varco-browser"),
        Some(cookie.as_str())
    );
}

#[tokio::test]
async fn an_answer_in_another_browser_is_refused_with_a_page_and_logs_nobody_in() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, alfa(), "").await;
    let mut thief = gateway.browser();
    let back = answer(&gateway, &mut thief, alfa(), &request, &PEOPLE[0]).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    assert!(session_of(&thief).is_none());
    // A browser with a request of its own is another one all the same.
    start(&gateway, &mut thief, alfa(), "").await;
    let back = answer(&gateway, &mut thief, alfa(), &request, &PEOPLE[0]).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    assert!(session_of(&thief).is_none());
    let back = answer(&gateway, &mut browser, alfa(), &request, &PEOPLE[0]).await;
    assert_eq!(back.status, StatusCode::OK);
}

#[tokio::test]
async fn the_same_answer_twice_is_refused_the_second_time() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, alfa(), "").await;
    let response = success(&gateway, alfa(), &request, &PEOPLE[0]);
    let xml = alfa().sign(&response).unwrap();
    let relay_state = request.relay_state.as_deref();
    assert_eq!(
        bring(&mut browser, &xml, relay_state).await.status,
        StatusCode::OK
    );
    let again = bring(&mut browser, &xml, relay_state).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert!(again.body.contains("no longer valid"), "{}", again.body);
}

#[tokio::test]
async fn a_provider_cannot_answer_for_another() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, alfa(), "").await;
    let back = answer(&gateway, &mut browser, beta(), &request, &PEOPLE[0]).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    // It says that it is the other, and signs with its own key, which is known and trusted for itself.
    let request = start(&gateway, &mut browser, alfa(), "").await;
    let forged = success(&gateway, alfa(), &request, &PEOPLE[0]);
    let xml = beta().sign(&forged).unwrap();
    let back = bring(&mut browser, &xml, request.relay_state.as_deref()).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    assert_eq!(
        refusals(&gateway),
        ["response-issuer-other", "response-signature-value"]
    );
    assert!(session_of(&browser).is_none());
}

#[tokio::test]
async fn every_anomaly_is_a_403_page_in_both_languages_with_the_way_back_to_the_same_flow() {
    let gateway = gateway();
    for (number, english, italian) in [
        (
            8,
            "could not process our request",
            "non ha potuto elaborare",
        ),
        (
            12,
            "did not accept the login level",
            "non ha accettato il livello",
        ),
        (19, "too many", "troppi tentativi"),
        (20, "level", "livello"),
        (21, "time", "tempo"),
        (22, "consent", "consenso"),
        (23, "suspended", "sospesa"),
        (25, "cancelled", "annullato"),
        (30, "type of identity", "tipo di identità"),
    ] {
        let anomaly = Anomaly::find(TestFederation::Spid, number).unwrap();
        for (language, expected) in [("en", english), ("it", italian)] {
            let mut browser = gateway.browser();
            browser.open(&format!("/?lang={language}")).await;
            let request = start(&gateway, &mut browser, alfa(), "").await;
            let mut response = alfa().refusal(
                Some(&request.id),
                &request.consumer,
                &anomaly,
                gateway.now(),
                &SystemRandom,
            );
            // Providers send errors unsigned, and some without the relay state.
            response.sign_response = false;
            let xml = alfa().sign(&response).unwrap();
            let back = bring(&mut browser, &xml, None).await;
            assert_eq!(back.status, StatusCode::FORBIDDEN, "{number}");
            let page = back.body.to_lowercase();
            assert!(page.contains(expected), "{number} {language}: {page}");
            let (_, rest) = back.body.split_once("/login?choose").unwrap();
            let way_back = format!("/login?choose{}", rest.split_once('"').unwrap().0);
            let ways = browser
                .open(&way_back.replace("&amp;", "&").replace("&#38;", "&"))
                .await;
            assert_eq!(ways.status, StatusCode::OK);
            assert!(ways.body.contains("SPID"));
        }
    }
}

#[tokio::test]
async fn a_refused_answer_is_audited_with_its_code_and_counts_in_the_register() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, alfa(), "").await;
    let mut response = success(&gateway, alfa(), &request, &PEOPLE[0]);
    response.sign_assertion = false;
    let xml = alfa().sign(&response).unwrap();
    let back = bring(&mut browser, &xml, request.relay_state.as_deref()).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    assert!(back.body.contains("did not pass our security checks"));
    assert_eq!(refusals(&gateway), ["assertion-signature-missing"]);
    let [entry] = gateway.register().try_into().unwrap();
    assert_eq!(
        entry.outcome,
        RegisterOutcome::Refused {
            code: "assertion-signature-missing".to_owned()
        }
    );
}

#[tokio::test]
async fn a_higher_level_raises_the_session_and_changes_its_cookie() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    log_in(&gateway, &mut browser, alfa()).await;
    let before = session_of(&browser).unwrap().cookie_value();
    let request = start(&gateway, &mut browser, alfa(), "&level=3").await;
    let back = answer(&gateway, &mut browser, alfa(), &request, &PEOPLE[0]).await;
    assert_eq!(back.url.path(), "/");
    assert_ne!(session_of(&browser).unwrap().cookie_value(), before);
    assert!(
        gateway
            .events()
            .iter()
            .any(|event| matches!(event, AuditEvent::SessionRaised { .. }))
    );
}

#[tokio::test]
async fn bad_input_at_the_acs_is_a_4xx_page_each_and_leaves_no_trace_but_the_code() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, alfa(), "").await;
    let good = alfa()
        .sign(&success(&gateway, alfa(), &request, &PEOPLE[0]))
        .unwrap();
    let acs = Url::parse(&format!("{ISSUER}/spid/acs")).unwrap();
    let attributes = format!("<a {}/>", "x=\"1\" ".repeat(20_000));
    let deep = "<a>".repeat(40_000);
    let encode = |bytes: &[u8]| varco::crypto::encoding::base64(bytes);
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (what, message) in [
        ("nothing", String::new()),
        ("no base64", "<xml>".to_owned()),
        ("not XML", encode(b"hello")),
        ("NUL", encode(b"<a>\0</a>")),
        ("UTF-16", encode(&utf16)),
        ("not UTF-8", encode(&[0xc0, 0xaf])),
        ("attributes", encode(attributes.as_bytes())),
        ("depth", encode(deep.as_bytes())),
        (
            "a document type",
            encode(format!("<!DOCTYPE a>{good}").as_bytes()),
        ),
        ("large", encode("x".repeat(200_000).as_bytes())),
        ("10 MB", "A".repeat(10_000_000)),
    ] {
        let fields = [("SAMLResponse", message.as_str())];
        let answer = browser.submit_from_elsewhere(&acs, &fields).await;
        assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
        assert!(answer.body.contains("<html"), "{what}");
    }
    let xml = encode(good.as_bytes());
    for fields in [
        vec![],
        vec![("RelayState", "x")],
        vec![("SAMLRequest", xml.as_str())],
        vec![
            ("SAMLResponse", xml.as_str()),
            ("SAMLRequest", xml.as_str()),
        ],
        vec![
            ("SAMLResponse", xml.as_str()),
            ("SAMLResponse", xml.as_str()),
        ],
    ] {
        let answer = browser.submit_from_elsewhere(&acs, &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    // The response by GET is another transport (SPID technical rules: POST alone).
    let answer = browser
        .open(&format!("/spid/acs?SAMLResponse={}", xml.len()))
        .await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(gateway.register().is_empty());
    assert!(refusals(&gateway).is_empty());
    // None of it used the request up.
    let back = bring(&mut browser, &good, request.relay_state.as_deref()).await;
    assert_eq!(back.status, StatusCode::OK);
}

#[tokio::test]
async fn a_client_entitled_to_an_email_address_gets_the_full_attribute_set_requested() {
    for (scope, full) in [
        // Asked for and registered, registered and not asked for, asked for and not registered.
        ("openid email", true),
        ("openid profile", false),
        ("openid phone", false),
    ] {
        let mut scene = scene();
        let question = scene.app.question().with("scope", scope);
        let page = scene.login_page(&question).await;
        let flow = page.query_pairs().find(|(name, _)| name == "flow").unwrap();
        let more = format!("&flow={}", flow.1);
        let request = start(&scene.gateway, &mut scene.browser, alfa(), &more).await;
        let email = "email".to_owned();
        assert_eq!(request.attributes.contains(&email), full, "{scope}");
    }
}

#[tokio::test]
async fn relay_states_that_are_not_the_requests_lead_nowhere() {
    let gateway = gateway();
    for relay_state in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\r\nLocation: https://evil.example",
        "<script>",
    ] {
        let mut browser = gateway.browser();
        let request = start(&gateway, &mut browser, alfa(), "").await;
        let xml = alfa()
            .sign(&success(&gateway, alfa(), &request, &PEOPLE[0]))
            .unwrap();
        let back = bring(&mut browser, &xml, Some(relay_state)).await;
        assert_eq!(back.status, StatusCode::FORBIDDEN, "{relay_state:?}");
        assert!(!back.body.contains("evil.example"));
        assert!(!back.body.contains("<script>"));
        assert!(session_of(&browser).is_none());
    }
}

#[tokio::test]
async fn a_network_starts_so_many_logins_a_minute_and_waits_then() {
    let gateway = TestGateway::tuned(|settings| settings.with_login_starts_per_minute(6));
    let start = format!("/login/spid?idp={}", alfa().entity_id());
    let from = |address: &str| gateway.browser().on("a browser", address);
    // An IPv6 client is its network, whatever address of it it takes; each browser is a new one.
    for client in 1..=6 {
        let client = format!("2001:db8::{client}");
        assert_eq!(from(&client).open(&start).await.status, StatusCode::OK);
    }
    let refused = from("2001:db8::7").open(&start).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers["retry-after"], "11");
    assert!(refused.body.contains("Too many logins"), "{}", refused.body);
    // Nothing was signed or written down for it.
    let started = |event: &&AuditEvent| matches!(event, AuditEvent::LoginStarted { .. });
    assert_eq!(gateway.events().iter().filter(started).count(), 6);

    // Others are not held up, nor what comes from this machine: that is a proxy's, for everybody.
    for client in ["2001:db8:0:1::7", "192.0.2.7"] {
        assert_eq!(from(client).open(&start).await.status, StatusCode::OK);
    }
    for _ in 0..8 {
        assert_eq!(from("127.0.0.1").open(&start).await.status, StatusCode::OK);
        assert_eq!(from("::1").open(&start).await.status, StatusCode::OK);
    }
    gateway.clock.advance(TimeDelta::seconds(11));
    let again = from("2001:db8::7").open(&start).await;
    assert_eq!(again.status, StatusCode::OK);
}
