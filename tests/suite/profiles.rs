//! A person with several profiles: chooses one, changes it, loses it; and archives that do not answer.

use http::StatusCode;
use serde_json::json;
use varco::archive::Profile;
use varco::audit::AuditEvent;
use varco::identity::AssuranceLevel::Substantial;
use varco::identity::{Category, Redacted};

use crate::support::archive::{acts_for, trade};
use crate::support::browser::Answer;
use crate::support::form::Form;
use crate::support::gateway::session_of;
use crate::support::openid::{Scene, anna, mario, scene};
use crate::support::proxied::{Kind, Proxied, tables};
use crate::support::relying_party::{Question, Tokens, user_info};

const CATEGORY: &str = "https://login.example/claims/category";
const ORGANISATION: &str = "https://login.example/claims/organisation";
const ALFA: &str = "company:01234567897";

fn alfa() -> Profile {
    acts_for(Category::Company, "01234567897", "Alfa S.r.l.")
}

/// Anna, who is a pensioner, a labour consultant and acts for a company, is logged in.
async fn anna_with_profiles() -> Scene {
    let mut scene = scene();
    let profiles = [trade(Category::Intermediary), alfa()];
    let archive = &scene.gateway.archive;
    archive.know(&anna(), [Category::Pensioner], profiles);
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    scene
}

impl Scene {
    /// Presses the button of a profile on the page.
    async fn choose(&mut self, page: &Answer, key: &str) -> Answer {
        assert_eq!(page.url.path(), "/profile", "{}", page.body);
        let form = Form::first(&page.body).unwrap();
        let mut fields = form.pairs();
        assert!(fields.contains(&("profile", key)), "{fields:?}");
        fields.retain(|(name, value)| *name != "profile" || *value == key);
        self.browser.submit(&form.action, &fields).await
    }

    async fn tokens(&self, question: &Question, answer: &Answer) -> Tokens {
        let code = self.app.receive(question, answer).code();
        self.app.tokens(&self.gateway, question, &code).await
    }
}

/// The profiles of the page, in their order.
fn listed(page: &Answer) -> Vec<String> {
    let form = Form::first(&page.body).unwrap();
    let profiles = form
        .fields
        .into_iter()
        .filter(|(name, _)| name == "profile");
    profiles.map(|(_, key)| key).collect()
}

#[tokio::test]
async fn who_has_several_profiles_chooses_one_and_the_choice_is_in_the_token_and_the_log() {
    let mut scene = anna_with_profiles().await;
    let question = scene.app.question();
    let page = scene.ask(&question).await;
    assert_eq!(listed(&page), ["personal", "intermediary", ALFA]);
    let answer = scene.choose(&page, ALFA).await;
    let tokens = scene.tokens(&question, &answer).await;
    let organisation = json!({"code": "01234567897", "name": "Alfa S.r.l."});
    assert_eq!(tokens.claims[CATEGORY], json!(["company"]));
    assert_eq!(tokens.claims[ORGANISATION], organisation);
    let (_, _, told) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(told[CATEGORY], json!(["company"]));
    assert_eq!(told[ORGANISATION], organisation);
    let chosen = AuditEvent::ProfileChosen {
        session: session_of(&scene.browser).unwrap().handle().to_string(),
        profile: "company".to_owned(),
        organisation: Some(Redacted::new("01234567897".to_owned())),
    };
    assert!(scene.gateway.events().contains(&chosen));
}

#[tokio::test]
async fn who_has_one_profile_is_never_asked() {
    let mut scene = scene();
    scene
        .gateway
        .archive
        .know(&anna(), [Category::Pensioner], []);
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    assert_eq!(tokens.claims[CATEGORY], json!(["citizen", "pensioner"]));
    assert!(tokens.claims.get(ORGANISATION).is_none());
    let page = scene.browser.open("/").await;
    assert!(!page.body.contains("href=\"/profile\""));
}

#[tokio::test]
async fn the_profile_is_changed_without_a_new_login() {
    let mut scene = anna_with_profiles().await;
    let question = scene.app.question();
    let page = scene.ask(&question).await;
    let answer = scene.choose(&page, ALFA).await;
    let first = scene.tokens(&question, &answer).await;
    let cookie = scene.browser.cookie("__Host-varco").unwrap().to_owned();
    let portal = scene.browser.open("/").await;
    assert!(portal.body.contains("Alfa S.r.l. (01234567897)"));
    assert!(portal.body.contains("href=\"/profile\""));
    let page = scene.browser.open("/profile").await;
    let answer = scene.choose(&page, "personal").await;
    assert_eq!(answer.url.path(), "/");
    let second = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    assert_eq!(second.claims[CATEGORY], json!(["citizen", "pensioner"]));
    assert!(second.claims.get(ORGANISATION).is_none());
    assert_eq!(second.claims["auth_time"], first.claims["auth_time"]);
    assert_eq!(scene.browser.cookie("__Host-varco"), Some(cookie.as_str()));
    // What the first code gave goes on telling of the profile that it was given in.
    let (_, _, told) = user_info(&scene.gateway, &first.access_token).await;
    assert_eq!(told[CATEGORY], json!(["company"]));
}

#[tokio::test]
async fn services_open_to_the_chosen_profile_alone() {
    let mut scene = anna_with_profiles().await;
    for (service, key, heard) in [
        ("servizi-aziende", ALFA, None),
        ("servizi-aziende", "personal", Some("access_denied")),
        ("naspi", "personal", None),
        ("naspi", ALFA, Some("access_denied")),
    ] {
        let page = scene.browser.open("/profile").await;
        scene.choose(&page, key).await;
        let question = scene.app.question().with("resource", service);
        let answer = scene.hear(&question).await;
        assert_eq!(
            answer.0.get("error").map(String::as_str),
            heard,
            "{service} {key}"
        );
    }
}

#[tokio::test]
async fn the_profiles_that_open_the_service_come_first() {
    let mut scene = anna_with_profiles().await;
    let question = scene.app.question().with("resource", "servizi-aziende");
    let page = scene.ask(&question).await;
    assert_eq!(listed(&page), [ALFA, "personal", "intermediary"]);
    let answer = scene.choose(&page, ALFA).await;
    scene.tokens(&question, &answer).await;
}

#[tokio::test]
async fn a_profile_that_the_archives_take_back_closes_at_once_and_the_person_is_asked_again() {
    let mut scene = anna_with_profiles().await;
    let page = scene.browser.open("/profile").await;
    scene.choose(&page, ALFA).await;
    let services = scene.app.question().with("resource", "servizi-aziende");
    scene.hear(&services).await.code();
    let archive = &scene.gateway.archive;
    archive.know(&anna(), [], [trade(Category::Intermediary)]);
    let portal = scene.browser.open("/").await;
    assert_eq!(listed(&portal), ["personal", "intermediary"]);
    let page = scene.ask(&services).await;
    assert_eq!(listed(&page), ["personal", "intermediary"]);
    // Who has nothing else left acts for themselves, unasked.
    scene.gateway.archive.know(&anna(), [], []);
    assert_eq!(scene.hear(&services).await.error(), "access_denied");
}

#[tokio::test]
async fn nobody_takes_a_profile_that_is_not_theirs() {
    let mut scene = anna_with_profiles().await;
    let beta = acts_for(Category::Company, "09876543217", "Beta");
    scene.gateway.archive.know(&mario(), [], [beta]);
    let page = scene.browser.open("/profile").await;
    let token = page.form().field("token").unwrap().to_owned();
    for key in ["company:09876543217", "company", "citizen", "", "bank:1"] {
        let fields = [("token", token.as_str()), ("profile", key)];
        let answer = scene.browser.submit("/profile", &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key}");
    }
    for token in ["", "wrong"] {
        let fields = [("token", token), ("profile", ALFA)];
        let answer = scene.browser.submit("/profile", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{token}");
    }
    let fields = [("token", token.as_str()), ("profile", ALFA)];
    let url = page.url.join("/profile").unwrap();
    // From elsewhere it comes without its cookie, and nobody is logged in.
    scene.browser.submit_from_elsewhere(&url, &fields).await;
    let events = scene.gateway.events();
    let chosen = |event: &AuditEvent| matches!(event, AuditEvent::ProfileChosen { .. });
    assert!(!events.iter().any(chosen));
}

#[tokio::test]
async fn without_a_page_an_application_hears_that_one_is_needed() {
    let mut scene = anna_with_profiles().await;
    let question = scene.app.question().with("prompt", "none");
    assert_eq!(scene.hear(&question).await.error(), "interaction_required");
}

#[tokio::test]
async fn while_the_archives_are_down_services_are_closed_with_the_reason_and_nobody_is_guessed() {
    let mut scene = anna_with_profiles().await;
    let page = scene.browser.open("/profile").await;
    scene.choose(&page, ALFA).await;
    scene.gateway.archive.set_down(true);
    let services = scene.app.question().with("resource", "servizi-aziende");
    let heard = scene.hear(&services).await;
    assert_eq!(heard.error(), "temporarily_unavailable");
    let decided = scene.gateway.events().into_iter().rev();
    let rules = decided
        .filter_map(|event| match event {
            AuditEvent::AccessDecided {
                decision, rules, ..
            } => Some((decision, rules)),
            _ => None,
        })
        .next()
        .unwrap();
    assert_eq!(rules.0, "deny");
    assert!(
        rules.1.contains(&"category=not-met".to_owned()),
        "{rules:?}"
    );
    // A login for no service is told of, and nothing about who the person is.
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    assert!(tokens.claims.get(CATEGORY).is_none());
    let portal = scene.browser.open("/").await;
    assert_eq!(portal.status, StatusCode::OK);
    assert!(!portal.body.contains("varco-rows"), "no service is offered");
    let page = scene.browser.open("/profile").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.headers["retry-after"], "60");
    // They come back: the choice still stands.
    scene.gateway.archive.set_down(false);
    scene.hear(&services).await.code();
}

#[tokio::test]
async fn the_archives_are_asked_about_nobody() {
    let mut scene = scene();
    let question = scene.app.question().with("resource", "naspi");
    scene.login_page(&question).await;
    for page in ["/", "/login", "/profile"] {
        scene.browser.open(page).await;
    }
    assert_eq!(scene.gateway.archive.asked(), 0);
}

#[tokio::test]
async fn a_proxy_sends_who_has_not_chosen_to_the_page_that_asks() {
    let gateway = crate::support::gateway::TestGateway::behind_proxies(&tables(Kind::Nginx));
    let mut browser = gateway.browser();
    let mut site = Proxied::new(&gateway, Kind::Nginx);
    gateway.log_in(&mut browser, &anna(), Substantial).await;
    let verdict = site.ask("GET", "/").await;
    let callback = site.follow(&verdict, &mut browser).await;
    site.come_back(&callback).await;
    assert_eq!(site.ask("GET", "/").await.status, StatusCode::OK);
    gateway.archive.know(&anna(), [], [alfa()]);
    let verdict = site.ask("GET", "/").await;
    assert_eq!(verdict.status, StatusCode::UNAUTHORIZED);
    assert_eq!(verdict.header("x-varco-subject"), "");
    let start = verdict.location().unwrap();
    assert!(start.path().ends_with("/start"), "{start}");
}
