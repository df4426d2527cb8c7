//! Levels and services: what a login must reach for an application, and what the application is told.

use varco::audit::AuditEvent;
use varco::identity::AssuranceLevel::{High, Low, Substantial};

use crate::support::openid::{anna, scene};

const L1: &str = "https://www.spid.gov.it/SpidL1";
const L2: &str = "https://www.spid.gov.it/SpidL2";
const L3: &str = "https://www.spid.gov.it/SpidL3";

fn essential(uri: &str) -> String {
    format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{uri}"]}}}}}}"#)
}

#[tokio::test]
async fn a_session_of_a_lower_level_does_not_serve_a_client_of_a_higher_one() {
    let mut scene = scene();
    scene.gateway.log_in(&mut scene.browser, &anna(), Low).await;
    let question = scene.app.question();
    scene.login_page(&question).await;
}

#[tokio::test]
async fn the_address_bar_cannot_lower_the_level() {
    let mut scene = scene();
    scene.gateway.log_in(&mut scene.browser, &anna(), Low).await;
    for (name, value) in [
        ("acr_values", L1.to_owned()),
        ("claims", essential(L1)),
        ("resource", "naspi".to_owned()),
    ] {
        let question = scene.app.question().with(name, &value);
        scene.login_page(&question).await;
    }
}

#[tokio::test]
async fn a_higher_level_is_reached_by_stepping_up_and_told() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question().with("acr_values", L3);
    let code = scene.hear_after_login(&question, High).await.code();
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["acr"], L3);
}

#[tokio::test]
async fn a_level_that_was_not_reached_is_an_error_and_never_a_lower_token() {
    for (name, value) in [("acr_values", L3.to_owned()), ("claims", essential(L3))] {
        let mut scene = scene();
        let question = scene.app.question().with(name, &value);
        let heard = scene.hear_after_login(&question, Substantial).await;
        assert_eq!(heard.error(), "unmet_authentication_requirements", "{name}");
    }
}

#[tokio::test]
async fn an_essential_class_that_no_login_can_have_is_refused_at_once() {
    let mut scene = scene();
    let question = scene
        .app
        .question()
        .with("claims", &essential("urn:example:gold"));
    let heard = scene.hear(&question).await;
    assert_eq!(heard.error(), "unmet_authentication_requirements");
}

#[tokio::test]
async fn an_essential_class_is_answered_by_itself_when_more_was_achieved() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    let question = scene.app.question().with("claims", &essential(L2));
    let code = scene.app.code(&mut scene.browser, &question).await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["acr"], L2);
}

#[tokio::test]
async fn a_level_is_told_in_the_spelling_that_was_asked_for() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    for asked in ["http://eidas.europa.eu/LoA/substantial", L2] {
        let question = scene.app.question().with("acr_values", asked);
        let code = scene.app.code(&mut scene.browser, &question).await;
        let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
        assert_eq!(tokens.claims["acr"], asked);
    }
}

#[tokio::test]
async fn a_service_brings_its_own_level() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question().with("resource", "naspi/request");
    assert!(!scene.hear(&question).await.code().is_empty());
    let question = scene
        .app
        .question()
        .with("resource", "dati-personali/request");
    scene.login_page(&question).await;
    let code = scene.hear_after_login(&question, High).await.code();
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["acr"], L3);
}

#[tokio::test]
async fn a_service_for_others_is_denied_to_the_application() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    let question = scene.app.question().with("resource", "servizi-aziende");
    assert_eq!(scene.hear(&question).await.error(), "access_denied");
}

#[tokio::test]
async fn every_decision_about_a_service_is_written_down_with_its_rules() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene
        .app
        .question()
        .with("resource", "dati-personali/request");
    scene.hear_after_login(&question, High).await.code();
    let decisions: Vec<_> = scene
        .gateway
        .events()
        .into_iter()
        .filter_map(|event| match event {
            AuditEvent::AccessDecided {
                service,
                operation,
                decision,
                rules,
                ..
            } => Some((service, operation, decision, rules.join(" "))),
            _ => None,
        })
        .collect();
    let expected = |decision: &str, level: &str| {
        (
            "dati-personali".to_owned(),
            "request".to_owned(),
            decision.to_owned(),
            format!(
                "service-known=met operation-offered=met client=met category=met method=met {level}"
            ),
        )
    };
    assert_eq!(
        decisions,
        [
            expected("step-up", "level=not-met"),
            expected("permit", "level=met age=met")
        ]
    );
}

#[tokio::test]
async fn an_old_login_of_the_highest_level_is_told_as_what_it_is_still_worth() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    let logged_in_at = scene.gateway.now().timestamp();
    for (seconds, told) in [(14 * 60 + 59, L3), (2, L2)] {
        let pause = chrono::Duration::seconds(seconds);
        scene.gateway.clock.advance(pause);
        let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
        assert_eq!(tokens.claims["acr"], told);
        // How and when it was made stays as it was.
        assert_eq!(tokens.claims["auth_time"], logged_in_at);
        assert_eq!(tokens.claims["amr"], serde_json::json!(["mfa", "hwk"]));
    }
}

#[tokio::test]
async fn a_service_of_the_highest_level_closes_after_fifteen_minutes_and_opens_by_a_further_login()
{
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    let service = ("resource", "dati-personali/request");
    let minutes = chrono::Duration::minutes;
    let second = chrono::Duration::seconds(1);
    scene.gateway.clock.advance(minutes(15) - second);
    let question = scene.app.question().with(service.0, service.1);
    assert!(!scene.hear(&question).await.code().is_empty());

    scene.gateway.clock.advance(second + second);
    for question in [
        scene.app.question().with(service.0, service.1),
        scene.app.question().with("acr_values", L3),
    ] {
        let silent = question.clone().with("prompt", "none");
        assert_eq!(scene.hear(&silent).await.error(), "login_required");
        scene.login_page(&question).await;
    }

    // A login made for the question serves, however long its pages took.
    let question = scene.app.question().with(service.0, service.1);
    let page = scene.login_page(&question).await;
    let (gateway, browser) = (scene.gateway.clone(), &mut scene.browser);
    gateway.complete_login(browser, &page, &anna(), High).await;
    gateway.clock.advance(minutes(14));
    let answer = scene.browser.open(page.as_str()).await;
    let code = scene.app.receive(&question, &answer).code();
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["acr"], L3);
}
