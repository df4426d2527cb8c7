//! Logins with smart cards by clients as people have them, from the sample application and back to it: `curl` and
//! `gnutls-cli` with a token of SoftHSM, in both versions of TLS.

use std::sync::LazyLock;

use serde_json::{Value, json};
use varco::demo::citizen::Citizen;
use varco::demo::cns::{Flaw, Tokens};
use varco::demo::walk::way_to_cards;
use varco::identity::AssuranceLevel;

use crate::support::card_clients::{Curl, Fetched, Version, card_address, gnutls, openssl};
use crate::support::demo::Demo;

const DEMANDING: &str = "domanda-di-pensione/request";

struct Site {
    demo: Demo,
    tokens: Tokens,
}

/// One demo for all: nobody here changes it for another.
static SITE: LazyLock<Site> = LazyLock::new(|| {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    let tokens = demo.cards().tokens().unwrap();
    let tokens = tokens.expect("SoftHSM and OpenSC are there: run `make setup`");
    Site { demo, tokens }
});

/// The application's address that asks for the demanding service, with a hint or none.
fn wish(hint: &str) -> String {
    format!(
        "{}/login?resource={DEMANDING}{hint}",
        SITE.demo.addresses().app
    )
}

/// Asserts that somebody arrived at the application with their card, and gives what it was told.
fn arrived(curl: &Curl, page: Fetched, code: &str) -> Value {
    let page = page.unwrap();
    let app = format!("{}/", SITE.demo.addresses().app);
    assert_eq!(
        (page.url.as_str(), page.status.as_u16()),
        (app.as_str(), 200),
        "{}",
        page.body
    );
    let told = curl.told(&SITE.demo);
    assert_eq!(told["acr"], "https://www.spid.gov.it/SpidL3", "{told:#}");
    assert_eq!(told["amr"], json!(["sc"]), "{told:#}");
    assert_eq!(told["fiscal_number"], code, "{told:#}");
    told
}

#[test]
fn curl_logs_in_with_a_token_from_the_application_to_its_id_token_in_both_versions_of_tls() {
    for version in Version::BOTH {
        let curl = Curl::new(&SITE.demo)
            .with_card(&SITE.tokens, "anna")
            .speaking(version);
        let page = curl.open(&wish("&idp_hint=cns"));
        let told = arrived(&curl, page, "PRVNNA85C55F205D");
        assert_eq!(told["given_name"], "Anna", "{told:#}");
    }
}

#[test]
fn curl_finds_the_way_with_a_card_on_the_page_of_the_ways_in() {
    let curl = Curl::new(&SITE.demo).with_card(&SITE.tokens, "mario");
    let ways_in = curl.open(&wish("")).unwrap();
    let link = way_to_cards(&ways_in, false).unwrap();
    arrived(&curl, curl.open(link.target.as_str()), "SMPMRA70L02H501P");
}

#[test]
fn a_card_without_pss_fails_at_the_one_host_and_the_page_before_leads_to_the_other() {
    let new = || Curl::new(&SITE.demo).with_old_card(&SITE.tokens, "mario");
    let curl = new();
    let ways_in = curl.open(&wish("")).unwrap();
    assert_eq!(ways_in.url.path(), "/login");
    // What the person sees is an error of their program: nothing of ours can be shown in its place.
    let way = way_to_cards(&ways_in, false).unwrap();
    let failed = curl.open(way.target.as_str()).unwrap_err();
    assert!(failed.contains("curl: ("), "{failed}");
    // So the page with the button has said before what to do then.
    let help = way_to_cards(&ways_in, true).unwrap();
    assert!(
        ways_in.body.contains("carte meno recenti"),
        "{}",
        ways_in.body
    );
    arrived(&curl, curl.open(help.target.as_str()), "SMPMRA70L02H501P");
    // In TLS 1.2 the host for cards of today asks for signatures that an old one can make, before the others.
    let curl = new().speaking(Version::Tls12);
    arrived(&curl, curl.open(&wish("&idp_hint=cns")), "SMPMRA70L02H501P");
}

#[test]
fn a_card_of_today_is_read_at_the_host_for_old_ones_too() {
    let curl = Curl::new(&SITE.demo).with_card(&SITE.tokens, "giulia");
    let ways_in = curl.open(&wish("")).unwrap();
    let way = way_to_cards(&ways_in, true).unwrap();
    arrived(&curl, curl.open(way.target.as_str()), "FNZGLI79S63L219A");
}

#[test]
fn curl_without_a_card_gets_a_page_with_help_in_both_versions_of_tls() {
    for version in Version::BOTH {
        let curl = Curl::new(&SITE.demo).speaking(version);
        let page = curl.open(&wish("&idp_hint=cns")).unwrap();
        assert_eq!(page.status.as_u16(), 403, "{}", page.body);
        assert!(
            page.url
                .as_str()
                .starts_with(&SITE.demo.addresses().gateway)
        );
        assert!(page.body.contains("nessun certificato"), "{}", page.body);
        // Back to the ways in, again to the card host, and to the one for old cards.
        for old in [false, true] {
            assert!(way_to_cards(&page, old).is_some(), "{}", page.body);
        }
        page.link_to("/login?choose").unwrap();
    }
}

/// Words of the heading that the person reads of a card with this flaw.
fn about(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Revoked => "bloccata",
        Flaw::Expired => "scaduta",
        Flaw::Signature => "firma",
        Flaw::UnknownIssuer => "chi ha emesso",
        Flaw::IdentityCard => "Carta d'Identità Elettronica",
    }
}

#[test]
fn openssl_shows_flawed_cards_in_both_versions_of_tls_and_each_gets_its_page() {
    let flawed = SITE
        .demo
        .cards()
        .iter()
        .filter(|held| held.card.flaw.is_some());
    for held in flawed {
        let flaw = held.card.flaw.unwrap();
        let folder = SITE.demo.cards().files();
        let certificate = folder.join(format!("{}.pem", held.card.slug));
        let key = folder.join(format!("{}.key.pem", held.card.holder));
        for version in Version::BOTH {
            SITE.demo.block_on(async {
                let mut citizen = Citizen::new(SITE.demo.authority()).unwrap();
                let address = card_address(&SITE.demo, &mut citizen, false).await;
                let said = openssl(&SITE.demo, (&certificate, &key), version, &address);
                let page = citizen.open(&led_to(&said)).await.unwrap();
                assert_eq!(page.status.as_u16(), 403, "{flaw:?}: {}", page.body);
                let heading = page.heading();
                assert!(heading.contains(about(flaw)), "{flaw:?}: {heading}");
            });
        }
    }
}

/// Where an answer on the wire leads.
fn led_to(said: &str) -> String {
    assert!(said.contains("HTTP/1.1 303"), "{said}");
    let location = said
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    location
        .unwrap_or_else(|| panic!("{said}"))
        .trim()
        .to_owned()
}

#[test]
fn gnutls_shows_a_token_in_both_versions_of_tls() {
    for version in Version::BOTH {
        SITE.demo.block_on(async {
            let mut citizen = Citizen::new(SITE.demo.authority()).unwrap();
            let address = card_address(&SITE.demo, &mut citizen, false).await;
            let said = gnutls(&SITE.demo, &SITE.tokens, "luca", version, &address);
            let portal = citizen.open(&led_to(&said)).await.unwrap();
            assert!(portal.body.contains("Luca Inventi"), "{}", portal.body);
        });
    }
}
