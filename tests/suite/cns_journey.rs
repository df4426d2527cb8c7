//! From an application to a card and back: through real handshakes with the hosts where cards are shown.

use std::collections::BTreeSet;

use chrono::Duration;
use http::StatusCode;
use rustls_pki_types::CertificateDer;
use serde_json::json;
use url::Url;
use varco::audit::AuditEvent;
use varco::identity::{AuthenticationMethod, CardKind};

use crate::support::browser::{Answer, Browser};
use crate::support::card::{Card, TLS_12, TLS_13, tell, tell_on};
use crate::support::card_stand::{CARD_HOST, CardStand, OLD_CARD_HOST, good_card, location};
use crate::support::cards::negative_cards;
use crate::support::gateway::{ISSUER, session_of};
use crate::support::relying_party::{METHOD, TestRelyingParty};
use crate::support::wire::status;

mod stolen;

/// Wrong cards that no page is shown for, since no handshake can be made with them.
const DIE_IN_THE_HANDSHAKE: [&str; 10] = [
    // What cannot be read has no key whose signature could be verified. No browser sends such a thing.
    "cut-short",
    "empty",
    "indefinite-length",
    "no-certificate-of-a-person-but-a-key",
    "not-der",
    "trailing-bytes",
    // More than a handshake may bring.
    "five-certificates",
    "nine-kilobytes",
    "two-hundred-certificates",
    // TLS libraries, ours among them, neither make nor verify signatures with keys under 2048 bits.
    "rsa1024",
];

const L3: &str = "https://www.spid.gov.it/SpidL3";

fn app() -> TestRelyingParty {
    TestRelyingParty::new("portale")
}

async fn stand() -> CardStand {
    CardStand::start(vec![app().registration(r#"claims = ["fiscal_number"]"#)]).await
}

/// Where a link of a page leads whose address begins like this.
fn link(page: &Answer, beginning: &str) -> String {
    let at = page.body.find(&format!("href=\"{beginning}"));
    let at = at.unwrap_or_else(|| panic!("{beginning} in {}", page.body));
    let rest = &page.body[at + "href=\"".len()..];
    rest.split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn an_application_gets_a_login_with_a_card_in_both_versions_of_tls() {
    let stand = stand().await;
    let (card, fiscal_code) = good_card();
    for version in [TLS_13, TLS_12] {
        let mut browser = stand.here.browser();
        let computer = stand.computer_of(version, Some(card.clone()));
        let question = app().question().with("acr_values", L3);
        let ways_in = browser.open_from_elsewhere(&question.url()).await;
        assert!(ways_in.body.contains("Entra con CNS"), "{}", ways_in.body);
        let start = link(&ways_in, "/login/cns?flow=");
        let answer = stand.log_in(&mut browser, &computer, &start).await;
        let code = app().receive(&question, &answer.unwrap()).code();
        let tokens = app().tokens(&stand.here, &question, &code).await;
        assert_eq!(tokens.claims["acr"], L3);
        assert_eq!(tokens.claims["amr"], json!(["sc"]));
        assert_eq!(tokens.claims[METHOD], "cns");
    }
    let logins: Vec<AuditEvent> = stand.here.events();
    let cards = logins.iter().filter_map(|event| match event {
        AuditEvent::LoginSucceeded {
            card,
            person,
            method,
            ..
        } => Some((card, person, method)),
        _ => None,
    });
    for (card, person, method) in cards {
        let card = card.as_ref().unwrap();
        assert_eq!(*method, AuthenticationMethod::Cns);
        assert_eq!(person.canonical(), format!("cf:{fiscal_code}"));
        assert_eq!(card.kind, CardKind::Health);
        assert_eq!(card.serial, "112233");
        assert_eq!(card.issuer, "Regione Esempio - CA Cittadini");
        assert_eq!((card.sha256.len(), card.issuer_id.len()), (64, 64));
    }
    stand.end().await;
}

#[tokio::test]
async fn a_hint_leads_straight_to_the_card() {
    let stand = stand().await;
    let mut browser = stand.here.browser();
    let question = app().question().with("idp_hint", "cns");
    let sent = browser.open_from_elsewhere(&question.url()).await;
    assert_eq!(sent.location().origin().ascii_serialization(), CARD_HOST);
    let computer = stand.computer(Some(good_card().0));
    let back = stand.show(&computer, &sent).await.unwrap();
    let answer = browser.open(back.as_str()).await;
    app().receive(&question, &answer).code();
    stand.end().await;
}

#[tokio::test]
async fn a_card_whose_software_knows_no_pss_logs_in_at_the_host_for_old_cards() {
    let stand = stand().await;
    let mut browser = stand.here.browser();
    let computer = stand.computer(Some(good_card().0.without_pss()));
    // In TLS 1.3 its software can sign nothing. The page that comes leads to the other host.
    let page = stand
        .log_in(&mut browser, &computer, "/login/cns")
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("We did not see your card"),
        "{}",
        page.body
    );
    let old = link(&page, "/login/cns?flow=");
    let links: Vec<&str> = page
        .body
        .split("href=\"")
        .filter(|rest| rest.contains("card=old"))
        .collect();
    assert_eq!(links.len(), 1, "{old}");
    let old = links[0]
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let sent = browser.open(&old).await;
    assert_eq!(
        sent.location().origin().ascii_serialization(),
        OLD_CARD_HOST
    );
    let back = stand.show(&computer, &sent).await.unwrap();
    let portal = browser.open(back.as_str()).await;
    assert_eq!((portal.status, portal.url.path()), (StatusCode::OK, "/"));
    assert!(
        portal.body.contains("CNS, national services card"),
        "{}",
        portal.body
    );
    stand.end().await;
}

#[tokio::test]
async fn the_pages_of_who_is_logged_in_name_the_card() {
    let stand = stand().await;
    let mut browser = stand.here.browser();
    let computer = stand.computer(Some(good_card().0));
    for page in ["/", "/sessions"] {
        stand
            .log_in(&mut browser, &computer, "/login/cns")
            .await
            .unwrap();
        let answer = browser.open(page).await;
        assert!(
            answer.body.contains("CNS, national services card"),
            "{page}"
        );
    }
    assert!(session_of(&browser).is_some());
    let welcome = stand.here.browser().open("/").await;
    assert!(welcome.body.contains("Entra con CNS"), "{}", welcome.body);
    stand.end().await;
}

#[tokio::test]
async fn each_login_shakes_hands_anew() {
    let stand = stand().await;
    let mut browser = stand.here.browser();
    let sent = browser.open("/login/cns").await;
    let url = sent.location();
    let computer = stand.computer(Some(good_card().0));
    // The client wants to keep the connection; the answer says, and does, otherwise.
    let target = &url[url::Position::BeforePath..];
    let request = format!("GET {target} HTTP/1.1\r\nHost: carta.login.example\r\n\r\n");
    let answer = stand.send(&computer, &url, &request).await.unwrap();
    assert_eq!(status(&answer), 303);
    assert!(answer.contains("connection: close"), "{answer}");
    stand.end().await;
}

#[tokio::test]
async fn a_connection_that_served_something_else_is_not_taken_for_a_login() {
    let stand = stand().await;
    let computer = stand.computer(Some(good_card().0));
    let mut browser = stand.here.browser();
    let sent = browser.open("/login/cns").await;
    let url = sent.location();
    let target = &url[url::Position::BeforePath..];
    let mut stream = computer
        .connect_as(stand.current.address, "carta.login.example")
        .await
        .unwrap();
    // Somebody looked at a page with their card, and the next person at this computer logs in on the same connection.
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: carta.login.example\r\n\r\n");
    let page = tell_on(&mut stream, get("/").as_bytes()).await;
    assert_eq!(status(&page), 200);
    let answer = tell(&mut stream, get(target).as_bytes()).await.unwrap();
    assert_eq!(status(&answer), 303);
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.contains(&format!("location: {target}")), "{answer}");
    // The same again on a new connection, with whatever card there is now.
    let back = stand.show(&computer, &sent).await.unwrap();
    assert_eq!(back.path(), "/login/cns/done");
    stand.end().await;
}

#[tokio::test]
async fn a_host_that_the_handshake_did_not_ask_for_is_misdirected() {
    let stand = stand().await;
    let computer = stand.computer(Some(good_card().0));
    let mut browser = stand.here.browser();
    let sent = browser.open("/login/cns").await.location();
    let target = sent[url::Position::BeforePath..].to_owned();
    let (here, old) = ("carta.login.example", "vecchia.login.example");
    let hosts = |hosts: &[&str]| {
        let hosts: Vec<String> = hosts
            .iter()
            .map(|host| format!("Host: {host}\r\n"))
            .collect();
        format!(
            "GET {target} HTTP/1.1\r\n{}Connection: close\r\n\r\n",
            hosts.concat()
        )
    };
    let absolute = format!(
        "GET https://login.example{target} HTTP/1.1\r\nHost: {here}\r\nConnection: close\r\n\r\n"
    );
    for request in [
        hosts(&["login.example"]),
        hosts(&[old]),
        hosts(&["carta.login.example:8443"]),
        hosts(&["carta.login.example.evil.example"]),
        hosts(&["user@carta.login.example"]),
        hosts(&[""]),
        hosts(&[here, here]),
        hosts(&[here, "login.example"]),
        absolute,
    ] {
        let answer = stand.send(&computer, &sent, &request).await.unwrap();
        assert_eq!(status(&answer), 421, "{request}");
        assert_eq!(location(&answer), None);
    }
    // The other way round: another name in the handshake, or none, and the right one in the request.
    let right = hosts(&["CARTA.login.example"]);
    for name in [old, "127.0.0.1"] {
        let stream = computer.connect_as(stand.current.address, name).await;
        let mut stream = stream.unwrap();
        let answer = tell(&mut stream, right.as_bytes()).await;
        assert_eq!(status(&answer.unwrap()), 421, "{name}");
    }
    // The ticket was never looked at.
    let answer = stand.send(&computer, &sent, &right).await.unwrap();
    assert_eq!(status(&answer), 303);
    stand.end().await;
}

/// The reason code of the last card that was refused.
fn last_refused(stand: &CardStand) -> (String, Option<String>) {
    let events = stand.here.events().into_iter().rev();
    let mut refused = events.filter_map(|event| match event {
        AuditEvent::LoginRefused {
            code, certificate, ..
        } => Some((code, certificate)),
        _ => None,
    });
    refused.next().unwrap()
}

#[tokio::test]
async fn every_wrong_card_gets_a_page_with_its_reason_in_both_versions_of_tls() {
    let stand = stand().await;
    let mut wrong = Vec::new();
    let mut died = BTreeSet::new();
    let mut told = 0;
    for card in negative_cards(stand.here.now()) {
        let chain = card.chain_der.into_iter().map(CertificateDer::from);
        let Some(in_reader) = Card::load(chain.collect(), &card.key_pkcs8) else {
            died.insert(card.name);
            continue;
        };
        for version in [TLS_13, TLS_12] {
            let mut browser = stand.here.browser();
            let computer = stand.computer_of(version, Some(in_reader.clone()));
            let Some(page) = stand.log_in(&mut browser, &computer, "/login/cns").await else {
                died.insert(card.name);
                continue;
            };
            let (code, certificate) = last_refused(&stand);
            let is_page = page.status == StatusCode::FORBIDDEN
                && page.body.contains("Log in in another way")
                && session_of(&browser).is_none()
                && certificate.is_some_and(|digest| digest.len() == 64);
            if !is_page || code != card.expected.code() {
                wrong.push(format!("{}: {code} in {:?}", card.name, version.version));
            }
            told += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told > 2 * 36, "{told}");
    let expected: BTreeSet<&str> = DIE_IN_THE_HANDSHAKE.into();
    assert_eq!(died, expected);
    stand.end().await;
}
