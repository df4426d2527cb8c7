//! Pages as people see them: the portal, the ways in, logging out.

use http::header::{ORIGIN, SET_COOKIE};
use http::{Request, StatusCode};
use varco::audit::{AuditEvent, EndReason};
use varco::demo::people::PEOPLE;
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, EvidenceId,
    Person, SamlSession,
};
use varco::session::Origin;

use crate::support::browser::{Answer, Browser};
use crate::support::gateway::{ISSUER, TestGateway};
use crate::support::person::{person, vouch_for};
use crate::support::spid::{ALFA, alfa};
use crate::support::spid_visit::{answer, start};

fn maria() -> Person {
    let mut maria = person("RSSMRA80A01H501U");
    maria.given_name = Some("Maria <b>".to_owned().into());
    maria.family_name = Some("Rossi".to_owned().into());
    maria
}

/// What holds for every page: one language, one heading, landmarks, a way past the header, labelled fields, nothing
/// inline and nothing from another host.
fn assert_sound(page: &Answer) {
    let html = &page.body;
    assert!(html.contains("<html lang=\"it\">") || html.contains("<html lang=\"en\">"));
    for once in [
        "<h1",
        "<main id=\"content\"",
        "<header",
        "<footer",
        "<title>",
        "href=\"#content\"",
    ] {
        assert_eq!(html.matches(once).count(), 1, "{once} in {html}");
    }
    assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains("javascript:"));
    assert!(!html.contains(" onclick=") && !html.contains(" onload="));
    let tags = |name: &str| -> Vec<String> {
        let rest = html.split(name).skip(1);
        rest.map(|tag| tag.split('>').next().unwrap().to_owned())
            .collect()
    };
    for tag in [
        tags("<link "),
        tags("<img "),
        tags("<use "),
        tags("<script"),
    ]
    .concat()
    {
        assert!(tag.contains("=\"/static/"), "{tag}");
    }
    for field in html.split("<input").skip(1) {
        assert!(
            field.split('>').next().unwrap().contains("type=\"hidden\""),
            "an unlabelled field"
        );
    }
}

/// A browser in which Italian was chosen.
async fn italian(gateway: &TestGateway) -> Browser {
    let mut browser = gateway.browser();
    browser.open("/?lang=it").await;
    browser
}

async fn open(browser: &mut Browser, address: &str) -> Answer {
    let page = browser.open(address).await;
    assert_sound(&page);
    page
}

#[tokio::test]
async fn whoever_is_not_logged_in_sees_what_this_is_and_the_spid_button() {
    let gateway = TestGateway::with_clients(Vec::new());
    let page = open(&mut italian(&gateway).await, "/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<span>Entra con SPID</span>"));
    assert!(
        page.body
            .contains("/login/spid?level=2&#38;idp=https%3A%2F%2Falfa.example"),
        "{}",
        page.body
    );
    let at = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at(">Aruba (prova)<") < at("https://www.spid.gov.it\">Maggiori informazioni"));
    assert!(
        at("Maggiori informazioni") < at("https://www.spid.gov.it/richiedi-spid\">Non hai SPID?")
    );
    assert!(at("Non hai SPID?") < at("https://www.spid.gov.it/serve-aiuto\">Serve aiuto?"));
}

#[tokio::test]
async fn the_portal_says_who_how_and_what_one_step_more_would_open() {
    let gateway = TestGateway::with_clients(Vec::new());
    let mut browser = italian(&gateway).await;
    gateway
        .log_in(&mut browser, &maria(), AssuranceLevel::Substantial)
        .await;
    let page = open(&mut browser, "/").await;
    assert!(
        page.body.contains("Ciao, Maria &#60;b&#62; Rossi"),
        "names are escaped"
    );
    for text in [
        "RSSMRA80A01H501U",
        "SPID, Aruba (prova)",
        "Livello 2",
        "21 novembre 2026, ore 13:00",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    let further = page
        .body
        .split("id=\"further-3\"")
        .nth(1)
        .expect("what level 3 opens");
    assert!(further.contains("href=\"/login?level=3\""));
    assert!(!page.body.contains("id=\"further-2\""));

    let page = open(&mut browser, "/?lang=en").await;
    assert!(page.body.contains("21 November 2026, 13:00"));

    let page = open(&mut browser, "/login?level=3").await;
    assert!(
        page.body.contains("Log in"),
        "the choice of language is remembered"
    );
    assert!(page.body.contains("already logged in with level 2"));
    assert!(page.body.contains("/login/spid?level=3"));
}

#[tokio::test]
async fn a_login_below_the_configured_minimum_is_not_offered() {
    let gateway = TestGateway::with_clients(Vec::new());
    for address in [
        "/login",
        "/login?level=1",
        "/login?level=0",
        "/login?level=x",
    ] {
        let page = open(&mut gateway.browser(), address).await;
        assert!(page.body.contains("/login/spid?level=2"), "{address}");
    }
}

#[tokio::test]
async fn a_flow_that_is_not_there_says_to_start_again() {
    let gateway = TestGateway::with_clients(Vec::new());
    let unknown = "A".repeat(43);
    for address in [
        format!("/login?flow={unknown}"),
        "/login?flow=x".to_owned(),
        format!("/login/cancel?flow={unknown}"),
    ] {
        let page = open(&mut italian(&gateway).await, &address).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.body.contains("Questo accesso non è più valido"));
    }
}

#[tokio::test]
async fn a_person_logs_out_where_they_pressed_the_button_and_the_session_is_gone() {
    let gateway = TestGateway::with_clients(Vec::new());
    let mut browser = italian(&gateway).await;
    gateway
        .log_in(&mut browser, &maria(), AssuranceLevel::Substantial)
        .await;
    let page = open(&mut browser, "/logout").await;
    assert!(
        open(&mut browser, "/").await.body.contains("Ciao"),
        "asking ends nothing"
    );
    let form = page.form();
    let fields = form.pairs();
    let cookie = browser.cookie("__Host-varco").unwrap().to_owned();

    let posted = |origin: &str, fields: &[(&str, &str)]| {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Request::post("/logout")
            .header(ORIGIN, origin)
            .header("cookie", format!("__Host-varco={cookie}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(body))
            .unwrap()
    };
    let (status, _, body) = gateway.ask(posted("https://evil.example", &fields)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(body.contains("Richiesta non confermata"));
    let (status, _, _) = gateway.ask(posted(ISSUER, &[("token", "AAAA")])).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(
        open(&mut browser, "/").await.body.contains("Ciao"),
        "a forged form ends nothing"
    );

    let (status, headers, body) = gateway.ask(posted(ISSUER, &fields)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("Uscita completata"));
    let cleared = headers[SET_COOKIE].to_str().unwrap();
    assert!(cleared.starts_with("__Host-varco=;") && cleared.contains("Max-Age=0"));
    // The cookie that is still in this browser opens nothing any more.
    assert!(
        open(&mut browser, "/")
            .await
            .body
            .contains("Entra con SPID")
    );
    let ended = |event: &AuditEvent| {
        matches!(
            event,
            AuditEvent::SessionEnded {
                reason: EndReason::LoggedOut,
                ..
            }
        )
    };
    assert_eq!(
        gateway.events().iter().filter(|event| ended(event)).count(),
        1
    );
}

#[tokio::test]
async fn every_page_that_refuses_has_a_reference_of_its_own() {
    let gateway = TestGateway::with_clients(Vec::new());
    let reference = |page: &Answer| {
        let rest = page
            .body
            .split("Codice da comunicare: <strong>")
            .nth(1)
            .unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    let mut browser = italian(&gateway).await;
    let first = reference(&open(&mut browser, "/nowhere").await);
    let second = reference(&open(&mut browser, "/nowhere").await);
    assert_ne!(first, second);
    assert_eq!(first.len(), 11);
}

#[tokio::test]
async fn where_the_provider_keeps_a_session_the_person_chooses_whether_it_ends_too() {
    let gateway = TestGateway::with_clients(Vec::new());
    for (choice, text) in [
        ("here", "Esci solo da qui"),
        ("everywhere", "Esci da qui e dal gestore"),
    ] {
        let mut browser = italian(&gateway).await;
        let event = AuthenticationEvent {
            method: AuthenticationMethod::Spid,
            provider: ALFA.to_owned(),
            level: AchievedAssurance(AssuranceLevel::Low),
            at: gateway.now(),
            evidence: EvidenceId("1".to_owned()),
            saml: Some(SamlSession {
                identity_provider: ALFA.to_owned(),
                name_id: "_transient".to_owned().into(),
                name_qualifier: ALFA.to_owned(),
                session_index: Some("_index".to_owned()),
            }),
            card: None,
        };
        let sessions = gateway.gateway.sessions();
        let login = vouch_for(maria(), event);
        let established = sessions.establish(None, login, Origin::default(), gateway.now());
        let id = established.await.unwrap().id;
        browser.set_cookie("__Host-varco", &id.cookie_value(), true);

        let page = open(&mut browser, "/logout").await;
        assert!(page.body.contains(text));
        let form = page.form();
        let mut fields = form.pairs();
        // A browser sends the button that was pressed.
        fields.retain(|(name, value)| *name != "where" || *value == choice);
        let answer = browser.submit("/logout", &fields).await;
        if choice == "here" {
            assert!(answer.body.contains("Uscita completata"));
        } else {
            assert_eq!(answer.status, StatusCode::FOUND);
            assert!(answer.location().as_str().starts_with(ALFA));
        }
        assert!(
            open(&mut browser, "/")
                .await
                .body
                .contains("Entra con SPID")
        );
    }
}

#[tokio::test]
async fn a_login_of_another_person_says_so_before_anything_goes_on() {
    let gateway = TestGateway::with_clients(Vec::new());
    let mut browser = italian(&gateway).await;
    let request = start(&gateway, &mut browser, alfa(), "").await;
    answer(&gateway, &mut browser, alfa(), &request, &PEOPLE[0]).await;
    let first = browser.cookie("__Host-varco").unwrap().to_owned();

    let request = start(&gateway, &mut browser, alfa(), "").await;
    let page = answer(&gateway, &mut browser, alfa(), &request, &PEOPLE[1]).await;
    assert_sound(&page);
    assert_eq!(page.url.path(), "/spid/acs", "nothing has gone on yet");
    assert!(page.body.contains("Hai cambiato persona"));
    assert!(page.body.contains(PEOPLE[1].given_name));
    assert!(
        !page.body.contains(PEOPLE[0].given_name),
        "who it was is nobody's business"
    );
    assert_ne!(browser.cookie("__Host-varco"), Some(first.as_str()));

    let on = page.body.split("href=\"/login?flow=").nth(1).unwrap();
    let on = format!("/login?flow={}", on.split('"').next().unwrap());
    let portal = open(&mut browser, &on).await;
    assert_eq!(portal.url.path(), "/");
    assert!(portal.body.contains(PEOPLE[1].given_name));
}
