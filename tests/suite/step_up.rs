//! Rising inside a session: by another provider or another way in, with the application's request kept; and what only one
//! login, or only a provisional one, opens.

use http::StatusCode;
use varco::demo::people::PEOPLE;
use varco::identity::AssuranceLevel::{High, Low, Substantial};
use varco::identity::{AuthenticationMethod, Methods};
use varco::policy::Catalogue;

use crate::support::gateway::{TestGateway, session_of};
use crate::support::openid::{Scene, anna, scene};
use crate::support::relying_party::{TestRelyingParty, user_info};
use crate::support::spid::{alfa, beta};
use crate::support::spid_visit::{answer, log_in, read_request, start};

const L3: &str = "https://www.spid.gov.it/SpidL3";

/// Services that the ways in open differently.
const CATALOGUE: &str = r#"
    [[method]]
    method = "spid"
    for = ["citizen"]
    [[method]]
    method = "cie"
    for = ["citizen"]
    [[method]]
    method = "cns"
    for = ["citizen"]
    [[method]]
    method = "pin"
    for = ["citizen"]

    [[service]]
    id = "carta"
    name = { it = "Con la carta", en = "By card" }
    for = ["citizen"]
    consult = { level = "substantial", methods = ["cie", "cns"] }

    [[service]]
    id = "domanda"
    name = { it = "Domanda", en = "Application" }
    for = ["citizen"]
    consult.level = "low"
    request = { level = "substantial", provisional = true }

    [[service]]
    id = "pagamento"
    name = { it = "Pagamento", en = "Payment" }
    for = ["citizen"]
    request = { level = "substantial", max_age = "5m" }
"#;

/// An application with those services in an installation with all ways in, at a floor.
fn many_ways(floor: &str) -> Scene {
    let app = TestRelyingParty::new("portale");
    let registration = app.registration(&format!(
        "minimum_level = \"{floor}\"\nservices = [\"carta\", \"domanda\", \"pagamento\"]"
    ));
    let catalogue = Catalogue::parse(CATALOGUE).unwrap().offering(Methods::ALL);
    let gateway = TestGateway::with_catalogue(vec![registration], catalogue);
    Scene {
        browser: gateway.browser(),
        gateway,
        other: app.clone(),
        app,
    }
}

fn claim(name: &str) -> String {
    format!("https://login.example/claims/{name}")
}

#[tokio::test]
async fn a_step_up_with_another_provider_keeps_the_application_s_request() {
    let mut scene = scene();
    let gateway = scene.gateway.clone();
    log_in(&gateway, &mut scene.browser, beta()).await;
    let before = session_of(&scene.browser).unwrap();

    let question = scene
        .app
        .question()
        .with("resource", "dati-personali/request");
    let page = scene.login_page(&question).await;
    let address = page.query_pairs().find(|(name, _)| name == "flow");
    let (_, flow) = address.unwrap();
    let page = scene.browser.open(page.as_str()).await;
    assert!(page.body.contains("already logged in with level 2"));
    assert!(page.body.contains("You can log in by: SPID."));
    let start = format!("/login/spid?flow={flow}&idp={}", alfa().entity_id());
    let sent = scene.browser.open(&start).await;
    let request = read_request(&gateway, alfa(), &sent).await;
    assert_eq!(request.level, High.digit());
    let back = answer(&gateway, &mut scene.browser, alfa(), &request, &PEOPLE[0]).await;
    // `receive` holds the answer against the state of the very request.
    let code = scene.app.receive(&question, &back).code();
    let tokens = scene.app.tokens(&gateway, &question, &code).await;
    assert_eq!(tokens.claims["acr"], L3);
    assert_eq!(tokens.claims[&claim("provider")], alfa().entity_id());
    assert_eq!(tokens.claims[&claim("service")], "dati-personali/request");
    assert_eq!(tokens.claims[&claim("decision")], "permit");

    let after = session_of(&scene.browser).unwrap();
    assert_eq!(before.handle(), after.handle(), "one session");
    assert_ne!(before, after, "under a new id");
    let found = gateway.gateway.sessions().find(&after, gateway.now()).await;
    let session = found.unwrap().unwrap();
    let providers: Vec<_> = session
        .events()
        .iter()
        .map(|e| e.provider.as_str())
        .collect();
    assert_eq!(providers, [beta().entity_id(), alfa().entity_id()]);
}

#[tokio::test]
async fn the_page_names_every_way_in_that_opens_the_service_and_no_other() {
    let mut scene = many_ways("low");
    for (service, named, other) in [
        ("carta/consult", vec!["CIE", "CNS"], vec!["SPID", "PIN"]),
        ("domanda/request", vec!["SPID", "CIE", "CNS", "PIN"], vec![]),
    ] {
        let question = scene.app.question().with("resource", service);
        let page = scene.login_page(&question).await;
        let page = scene.browser.open(page.as_str()).await;
        let (_, ways) = page.body.split_once("You can log in by: ").unwrap();
        let ways = ways.split('<').next().unwrap();
        for name in named {
            assert!(ways.contains(name), "{ways}");
        }
        for name in other {
            assert!(!ways.contains(name), "{ways}");
        }
        let has_spid = page.body.contains("Entra con SPID");
        assert_eq!(has_spid, service != "carta/consult");
    }
}

#[tokio::test]
async fn a_login_by_a_way_in_that_does_not_open_the_service_is_not_begun_for_it() {
    let mut scene = many_ways("substantial");
    let spid = AuthenticationMethod::Spid;
    let gateway = scene.gateway.clone();
    gateway
        .log_in_by(&mut scene.browser, &anna(), spid, High)
        .await;
    let question = scene.app.question().with("resource", "carta/consult");
    let page = scene.login_page(&question).await;
    let body = scene.browser.open(page.as_str()).await.body;
    assert!(body.contains("but in another way than those"), "{body}");
    let query = page.query().unwrap();
    let start = format!("/login/spid?{query}&idp={}", alfa().entity_id());
    let answer = scene.browser.open(&start).await;
    assert_eq!(answer.url.path(), "/login");
    assert_eq!(answer.status, StatusCode::OK);

    let cns = AuthenticationMethod::Cns;
    gateway
        .log_in_by(&mut scene.browser, &anna(), cns, High)
        .await;
    let code = scene.app.code(&mut scene.browser, &question).await;
    let tokens = scene.app.tokens(&gateway, &question, &code).await;
    assert_eq!(tokens.claims[&claim("method")], "cns");
}

#[tokio::test]
async fn a_hint_may_name_a_way_in_and_is_only_a_hint() {
    let mut scene = many_ways("substantial");
    for (hint, ways) in [
        ("spid", "You can log in by: SPID."),
        // By card the service would open, but the card alone was not what the application may ask.
        ("fax", "SPID; CIE"),
    ] {
        let question = scene.app.question().with("idp_hint", hint);
        let page = scene.login_page(&question).await;
        let body = scene.browser.open(page.as_str()).await.body;
        assert!(body.contains(ways), "{hint}: {body}");
    }
    let question = scene.app.question().with("idp_hint", "spid");
    let question = question.with("resource", "carta/consult");
    let page = scene.login_page(&question).await;
    let body = scene.browser.open(page.as_str()).await.body;
    assert!(body.contains("You can log in by: CIE"), "{body}");
}

#[tokio::test]
async fn one_login_must_meet_everything_by_itself() {
    let mut scene = many_ways("substantial");
    let gateway = scene.gateway.clone();
    for (method, level) in [
        (AuthenticationMethod::Spid, High),
        (AuthenticationMethod::Cie, Substantial),
    ] {
        gateway
            .log_in_by(&mut scene.browser, &anna(), method, level)
            .await;
    }
    let question = scene.app.question().with("resource", "carta/consult");
    assert!(!scene.hear(&question).await.code().is_empty());
    // The card opens the service and SPID has the level; neither has both.
    let question = question.with("acr_values", L3);
    scene.login_page(&question).await;
    let cie = AuthenticationMethod::Cie;
    gateway
        .log_in_by(&mut scene.browser, &anna(), cie, High)
        .await;
    let code = scene.app.code(&mut scene.browser, &question).await;
    let tokens = scene.app.tokens(&gateway, &question, &code).await;
    assert_eq!(tokens.claims["acr"], L3);
    assert_eq!(tokens.claims[&claim("method")], "cie");
}

#[tokio::test]
async fn a_provisional_request_reaches_the_application_and_says_that_it_is_one() {
    let mut scene = many_ways("low");
    let gateway = scene.gateway.clone();
    let pin = AuthenticationMethod::Pin;
    gateway
        .log_in_by(&mut scene.browser, &anna(), pin, Low)
        .await;
    for (resource, decision) in [
        ("domanda/request", "provisional"),
        ("domanda/consult", "permit"),
    ] {
        let question = scene.app.question().with("resource", resource);
        let code = scene.app.code(&mut scene.browser, &question).await;
        let tokens = scene.app.tokens(&gateway, &question, &code).await;
        assert_eq!(tokens.claims[&claim("decision")], decision);
        assert_eq!(tokens.claims[&claim("service")], resource);
    }
    let portal = scene.browser.open("/").await.body;
    assert!(portal.contains("Apply (provisional)"), "{portal}");

    // An application with a higher floor is not lowered by it.
    let mut strict = many_ways("substantial");
    let gateway = strict.gateway.clone();
    gateway
        .log_in_by(&mut strict.browser, &anna(), pin, Low)
        .await;
    let question = strict.app.question().with("resource", "domanda/request");
    strict.login_page(&question).await;
    // With a login that opens it without reserve, that is the one to tell of.
    let spid = AuthenticationMethod::Spid;
    gateway
        .log_in_by(&mut strict.browser, &anna(), spid, Substantial)
        .await;
    let code = strict.app.code(&mut strict.browser, &question).await;
    let tokens = strict.app.tokens(&gateway, &question, &code).await;
    assert_eq!(tokens.claims[&claim("decision")], "permit");
}

#[tokio::test]
async fn an_operation_that_wants_a_young_login_asks_again_when_it_is_old() {
    let mut scene = many_ways("substantial");
    let gateway = scene.gateway.clone();
    gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question().with("resource", "pagamento/request");
    gateway.clock.advance(chrono::Duration::minutes(5));
    assert!(!scene.hear(&question).await.code().is_empty());
    gateway.clock.advance(chrono::Duration::seconds(1));
    let page = scene.login_page(&question).await;
    // The pages of the login may take longer than the login may be old.
    gateway
        .complete_login(&mut scene.browser, &page, &anna(), Substantial)
        .await;
    gateway.clock.advance(chrono::Duration::minutes(10));
    let answer = scene.browser.open(page.as_str()).await;
    assert!(!scene.app.receive(&question, &answer).code().is_empty());
}

#[tokio::test]
async fn a_portal_s_service_begins_the_login_that_opens_it_and_leads_back() {
    let mut scene = many_ways("low");
    let gateway = scene.gateway.clone();
    gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let portal = scene.browser.open("/").await.body;
    assert!(portal.contains("id=\"further-2-cie-cns\""), "{portal}");
    let page = scene.browser.open("/services/carta/consult").await;
    assert!(
        page.body
            .contains("It opens with a further login of level 2, by: CIE")
    );
    assert!(
        page.body
            .contains("href=\"/login?service=carta&#38;operation=consult\"")
    );
    let login = scene
        .browser
        .open("/login?service=carta&operation=consult")
        .await;
    assert_eq!(login.url.path(), "/login");
    assert!(login.url.query().unwrap().starts_with("flow="));
    assert!(login.body.contains("By card"));
    let open = scene.browser.open("/login?service=domanda").await;
    assert_eq!(open.url.path(), "/", "it is open already");
    for unknown in ["/login?service=..", "/services/nessuno/consult"] {
        let page = scene.browser.open(unknown).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn a_login_of_another_person_takes_the_first_one_s_access_away() {
    let mut scene = scene();
    let gateway = scene.gateway.clone();
    log_in(&gateway, &mut scene.browser, alfa()).await;
    let tokens = scene.app.log_in(&gateway, &mut scene.browser).await;
    let (status, ..) = user_info(&gateway, &tokens.access_token).await;
    assert_eq!(status, StatusCode::OK);
    let request = start(&gateway, &mut scene.browser, alfa(), "").await;
    let page = answer(&gateway, &mut scene.browser, alfa(), &request, &PEOPLE[1]).await;
    assert!(page.body.contains("applications have lost their access"));
    let (status, ..) = user_info(&gateway, &tokens.access_token).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
