//! From an application's host to the gateway and back: what a session's key there is good for, and who gets one.

use http::StatusCode;
use url::Url;
use varco::identity::AssuranceLevel::{High, Substantial};
use varco::session::SessionId;

use crate::support::browser::Browser;
use crate::support::gateway::{ISSUER, TestGateway};
use crate::support::openid::{anna, mario};
use crate::support::proxied::{APP, Kind, Proxied, tables};

fn scene() -> (TestGateway, Browser, Proxied) {
    let other = r#"
        [[route]]
        origin = "https://other.example"
        path = "/"
        service = "dis-coll"
    "#;
    let gateway = TestGateway::behind_proxies(&(tables(Kind::Traefik) + other));
    let browser = gateway.browser();
    let site = Proxied::new(&gateway, Kind::Traefik);
    (gateway, browser, site)
}

/// The callback that a logged-in browser is sent to.
async fn callback(site: &mut Proxied, browser: &mut Browser) -> Url {
    let verdict = site.ask("GET", "/").await;
    let callback = site.follow(&verdict, browser).await;
    assert_eq!(callback.path(), "/.varco/callback", "{callback}");
    callback
}

#[tokio::test]
async fn somebody_who_is_logged_in_gets_a_key_without_a_page() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    let page = site.come_back(&callback).await;
    assert_eq!(page.as_str(), format!("{APP}/"));
    assert_eq!(site.ask("GET", "/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_code_is_good_once() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    site.come_back(&callback).await;
    let again = site.open_own(&callback).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert!(again.body.contains("non è più valido"), "{}", again.body);
    assert!(again.location().is_none());
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    gateway.clock.advance(chrono::Duration::seconds(61));
    assert_eq!(
        site.open_own(&callback).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_login_that_was_begun_in_another_browser_is_refused() {
    let (gateway, mut attacker, mut attackers) = scene();
    gateway.log_in(&mut attacker, &mario(), Substantial).await;
    let callback = callback(&mut attackers, &mut attacker).await;
    // The victim opens the attacker's callback, with and without a login of their own under way.
    let mut victims = Proxied::new(&gateway, Kind::Traefik);
    assert_eq!(
        victims.open_own(&callback).await.status,
        StatusCode::BAD_REQUEST
    );
    let verdict = victims.ask("GET", "/").await;
    victims.open_own(&verdict.location().unwrap()).await;
    assert_eq!(
        victims.open_own(&callback).await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(
        victims
            .cookies
            .iter()
            .all(|(name, _)| name != "__Host-varco-app")
    );
    // And has not used it up.
    attackers.come_back(&callback).await;
}

#[tokio::test]
async fn a_victim_at_the_gateway_gives_an_attackers_browser_nothing() {
    let (gateway, mut victim, mut victims) = scene();
    gateway.log_in(&mut victim, &anna(), Substantial).await;
    // The attacker sends the victim to the gateway with the digest of the attacker's own cookie.
    let mut attackers = Proxied::new(&gateway, Kind::Traefik);
    let verdict = attackers.ask("GET", "/").await;
    let started = attackers.open_own(&verdict.location().unwrap()).await;
    let trap = started.location().unwrap();
    let callback = victim.open_from_elsewhere(&trap).await.location();
    // The code arrives in the victim's browser, where it is worth nothing.
    assert_eq!(
        victims.open_own(&callback).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_return_address_is_a_plain_path_of_a_configured_site() {
    let (_, mut browser, mut site) = scene();
    for to in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "evil",
        "",
        "/a/../b",
        "/%2e%2e/",
        "/a%0d%0aSet-Cookie:x",
        "/.varco/logout",
        "/a#b",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(to.as_bytes()).collect();
        let url = Url::parse(&format!("{APP}/.varco/start?to={encoded}")).unwrap();
        assert_eq!(
            site.open_own(&url).await.status,
            StatusCode::BAD_REQUEST,
            "{to}"
        );
        let login = format!(
            "/forward-auth/login?site={APP}&browser={}&to={encoded}",
            "0".repeat(64)
        );
        assert_eq!(
            browser.open(&login).await.status,
            StatusCode::BAD_REQUEST,
            "{to}"
        );
    }
    let digest = "0".repeat(64);
    for query in [
        "to=/".to_owned(),
        format!("to=/&site=https://evil.example&browser={digest}"),
        format!("to=/&site=https://app.example.evil.example&browser={digest}"),
        format!("to=/&site=app.example&browser={digest}"),
        format!("to=/&site={APP}/&browser={digest}"),
        format!("to=/&site={APP}"),
        format!("to=/pratiche&site={ISSUER}&browser={digest}"),
        format!("to=/&site={APP}&browser=short"),
        format!("to=/&site={APP}&site={APP}&browser={digest}"),
        format!("to=/&to=/&site={APP}&browser={digest}"),
    ] {
        let answer = browser.open(&format!("/forward-auth/login?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn a_key_is_good_at_its_own_site_only() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    let mut other = Proxied::at(&gateway, Kind::Traefik, "https://other.example");
    // Nor is a code.
    let elsewhere = callback.as_str().replace(APP, "https://other.example");
    other.cookies.clone_from(&site.cookies);
    let answer = other.open_own(&Url::parse(&elsewhere).unwrap()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    site.come_back(&callback).await;
    other.cookies.clone_from(&site.cookies);
    assert_eq!(other.ask("GET", "/").await.status, StatusCode::FOUND);
    // It opens nothing at the gateway either, and the session's own cookie nothing at a site.
    let (_, key) = site
        .cookies
        .iter()
        .find(|(name, _)| name == "__Host-varco-app")
        .unwrap();
    let mut thief = gateway.browser();
    thief.set_cookie("__Host-varco", key, true);
    assert!(thief.open("/").await.body.contains("/login"));
    let session = browser.cookie("__Host-varco").unwrap().to_owned();
    other.cookies = vec![("__Host-varco-app".to_owned(), session)];
    assert_eq!(other.ask("GET", "/").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_cookie_that_is_there_twice_counts_as_absent() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    site.come_back(&callback).await;
    let twice = site.cookies.last().unwrap().clone();
    site.cookies.push(twice);
    assert_eq!(site.ask("GET", "/").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_rise_ends_the_keys_that_were_given_before() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let first = callback(&mut site, &mut browser).await;
    site.come_back(&first).await;
    let mut stolen = site.clone();
    gateway.log_in(&mut browser, &anna(), High).await;
    assert_eq!(
        stolen.ask("GET", "/pensione").await.status,
        StatusCode::FOUND
    );
    let second = callback(&mut site, &mut browser).await;
    site.come_back(&second).await;
    assert_eq!(site.ask("GET", "/pensione").await.status, StatusCode::OK);
    assert_eq!(stolen.ask("GET", "/").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_session_that_ends_anywhere_closes_the_site_at_the_next_request() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    site.come_back(&callback).await;
    assert_eq!(site.ask("GET", "/").await.status, StatusCode::OK);
    let id = SessionId::parse(browser.cookie("__Host-varco").unwrap()).unwrap();
    gateway.gateway.sessions().end(id.handle()).await.unwrap();
    assert_eq!(site.ask("GET", "/").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_code_for_a_session_that_ended_gives_no_key() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    let id = SessionId::parse(browser.cookie("__Host-varco").unwrap()).unwrap();
    gateway.gateway.sessions().end(id.handle()).await.unwrap();
    assert_eq!(
        site.open_own(&callback).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn using_a_site_keeps_the_session_alive() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    site.come_back(&callback).await;
    for _ in 0..4 {
        gateway.clock.advance(chrono::Duration::minutes(20));
        assert_eq!(site.ask("GET", "/").await.status, StatusCode::OK);
    }
    gateway.clock.advance(chrono::Duration::minutes(31));
    assert_eq!(site.ask("GET", "/").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn logout_at_a_site_ends_the_session_everywhere_once_the_person_says_so() {
    let (gateway, mut browser, mut site) = scene();
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let callback = callback(&mut site, &mut browser).await;
    site.come_back(&callback).await;
    let mut copy = site.clone();
    let logout = Url::parse(&format!("{APP}/.varco/logout")).unwrap();
    let answer = site.open_own(&logout).await;
    assert_eq!(
        answer.location().unwrap().as_str(),
        format!("{ISSUER}/logout")
    );
    assert!(
        site.cookies
            .iter()
            .all(|(name, _)| name != "__Host-varco-app")
    );
    // A stranger's link ends nothing.
    assert_eq!(copy.ask("GET", "/").await.status, StatusCode::OK);
    let question = browser
        .open_from_elsewhere(&answer.location().unwrap())
        .await;
    let form = question.form();
    browser.submit(&form.action, &form.pairs()).await;
    assert_eq!(copy.ask("GET", "/").await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn several_tabs_come_back_each_to_its_own_page() {
    let (gateway, mut browser, mut site) = scene();
    let one = site.ask("GET", "/a").await;
    let two = site.ask("GET", "/b").await;
    let login_one = site.follow(&one, &mut browser).await;
    let login_two = site.follow(&two, &mut browser).await;
    for login in [&login_one, &login_two] {
        gateway
            .complete_login(&mut browser, login, &anna(), Substantial)
            .await;
    }
    let back_one = browser.open(login_one.as_str()).await.location();
    let back_two = browser.open(login_two.as_str()).await.location();
    assert_eq!(site.come_back(&back_one).await.path(), "/a");
    assert_eq!(site.come_back(&back_two).await.path(), "/b");
}
