//! The authorization endpoint in a browser: who is asked to log in, and what the application hears.

use chrono::Duration;
use http::StatusCode;
use url::Url;
use varco::identity::AssuranceLevel::{High, Substantial};

use crate::support::gateway::{ISSUER, PROVIDER};
use crate::support::openid::{anna, mario, scene};

const L2: &str = "https://www.spid.gov.it/SpidL2";
const L3: &str = "https://www.spid.gov.it/SpidL3";

#[tokio::test]
async fn somebody_who_is_not_logged_in_is_sent_to_the_login_and_then_back_with_a_code() {
    let mut scene = scene();
    let question = scene.app.question();
    let code = scene.hear_after_login(&question, Substantial).await.code();
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["acr"], L2);
}

#[tokio::test]
async fn somebody_who_is_logged_in_comes_back_at_once() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question();
    assert!(!scene.hear(&question).await.code().is_empty());
}

#[tokio::test]
async fn a_request_by_post_keeps_single_sign_on() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question();
    let address = Url::parse(ISSUER).unwrap().join("/authorize").unwrap();
    let answer = scene
        .browser
        .submit_from_elsewhere(&address, &question.pairs())
        .await;
    assert!(!scene.app.receive(&question, &answer).code().is_empty());
}

#[tokio::test]
async fn prompt_none_never_shows_a_page() {
    let mut scene = scene();
    let question = scene.app.question().with("prompt", "none");
    assert_eq!(scene.hear(&question).await.error(), "login_required");
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    assert!(!scene.hear(&question).await.code().is_empty());
    let higher = question.with("acr_values", L3);
    assert_eq!(scene.hear(&higher).await.error(), "login_required");
}

#[tokio::test]
async fn prompt_login_asks_again_however_fresh_the_session_is() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let question = scene.app.question().with("prompt", "login");
    scene.gateway.clock.advance(Duration::seconds(30));
    let code = scene.hear_after_login(&question, Substantial).await.code();
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["auth_time"], scene.gateway.now().timestamp());
}

#[tokio::test]
async fn prompt_login_is_not_satisfied_by_a_stronger_login_of_before() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    let question = scene
        .app
        .question()
        .with("prompt", "login")
        .with("acr_values", L3);
    let heard = scene.hear_after_login(&question, Substantial).await;
    assert_eq!(heard.error(), "unmet_authentication_requirements");
}

#[tokio::test]
async fn max_age_asks_again_when_the_login_is_older() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let logged_in_at = scene.gateway.now().timestamp();
    scene.gateway.clock.advance(Duration::seconds(10));
    let question = scene.app.question().with("max_age", "10000");
    let code = scene.app.code(&mut scene.browser, &question).await;
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["auth_time"], logged_in_at);

    let question = scene.app.question().with("max_age", "5");
    let code = scene.hear_after_login(&question, Substantial).await.code();
    let tokens = scene.app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["auth_time"], logged_in_at + 10);

    let question = scene.app.question().with("max_age", "0");
    scene.login_page(&question).await;
    let question = question.with("prompt", "none");
    scene.gateway.clock.advance(Duration::seconds(1));
    assert_eq!(scene.hear(&question).await.error(), "login_required");
}

#[tokio::test]
async fn a_login_made_for_the_request_satisfies_max_age_however_long_its_pages_took() {
    let mut scene = scene();
    let question = scene.app.question().with("max_age", "1");
    let page = scene.log_in_for(&question, &anna(), Substantial).await;
    scene.gateway.clock.advance(Duration::seconds(20));
    let answer = scene.browser.open(page.as_str()).await;
    assert!(!scene.app.receive(&question, &answer).code().is_empty());
}

#[tokio::test]
async fn a_hint_at_another_person_gets_no_token() {
    let mut scene = scene();
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    let subject = tokens.claims["sub"].as_str().unwrap();
    let named = format!(r#"{{"id_token":{{"sub":{{"value":"{subject}"}}}}}}"#);
    let questions = [
        scene
            .app
            .question()
            .with("prompt", "none")
            .with("id_token_hint", &tokens.id_token),
        scene
            .app
            .question()
            .with("prompt", "none")
            .with("claims", &named),
    ];
    for question in &questions {
        assert!(!scene.hear(question).await.code().is_empty());
    }
    scene
        .gateway
        .log_in(&mut scene.browser, &mario(), Substantial)
        .await;
    for question in &questions {
        assert_eq!(scene.hear(question).await.error(), "login_required");
    }
}

#[tokio::test]
async fn an_application_may_send_straight_to_a_provider() {
    let mut scene = scene();
    let question = scene.app.question().with("idp_hint", PROVIDER);
    let answer = scene.ask(&question).await;
    assert_eq!(answer.url.path(), "/login/spid");
    let (_, provider) = answer
        .url
        .query_pairs()
        .find(|(name, _)| name == "idp")
        .unwrap();
    assert_eq!(provider, PROVIDER);
    let question = scene
        .app
        .question()
        .with("idp_hint", "https://nobody.example");
    scene.login_page(&question).await;
}

#[tokio::test]
async fn a_login_that_the_person_breaks_off_is_told_to_the_application() {
    let mut scene = scene();
    let question = scene.app.question();
    let page = scene.login_page(&question).await;
    scene.gateway.break_off_login(&page).await;
    let answer = scene.browser.open(page.as_str()).await;
    assert_eq!(
        scene.app.receive(&question, &answer).error(),
        "access_denied"
    );
}

#[tokio::test]
async fn a_request_is_answered_once() {
    let mut scene = scene();
    let question = scene.app.question();
    let page = scene.log_in_for(&question, &anna(), Substantial).await;
    let answer = scene.browser.open(page.as_str()).await;
    assert!(!scene.app.receive(&question, &answer).code().is_empty());
    let again = scene.browser.open(page.as_str()).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn another_browser_cannot_finish_a_login() {
    let mut scene = scene();
    let question = scene.app.question();
    let page = scene.log_in_for(&question, &anna(), Substantial).await;
    let mut stranger = scene.gateway.browser();
    let answer = stranger.open(page.as_str()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn two_tabs_of_one_browser_get_each_its_own_answer() {
    let mut scene = scene();
    let (first, second) = (scene.app.question(), scene.app.question());
    let first_page = scene.login_page(&first).await;
    let second_page = scene.login_page(&second).await;
    scene
        .gateway
        .complete_login(&mut scene.browser, &second_page, &anna(), Substantial)
        .await;
    let answer = scene.browser.open(second_page.as_str()).await;
    assert!(!scene.app.receive(&second, &answer).code().is_empty());
    scene
        .gateway
        .complete_login(&mut scene.browser, &first_page, &anna(), Substantial)
        .await;
    let answer = scene.browser.open(first_page.as_str()).await;
    assert!(!scene.app.receive(&first, &answer).code().is_empty());
}

#[tokio::test]
async fn a_request_of_an_unknown_client_or_address_is_a_page_that_leads_nowhere() {
    let mut scene = scene();
    for question in [
        scene.app.question().with("client_id", "nobody"),
        scene
            .app
            .question()
            .with("redirect_uri", "https://evil.example/callback"),
        scene
            .app
            .question()
            .with("redirect_uri", "https://altra.example/callback"),
        scene.app.question().without("redirect_uri"),
    ] {
        let answer = scene.ask(&question).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.contains("Request not accepted"));
        assert!(!answer.body.contains("href=\"https://evil"));
        assert!(answer.headers.get("location").is_none());
    }
}

#[tokio::test]
async fn every_answer_names_its_issuer_and_redirects_by_303() {
    // `receive` looks at both; here for every kind of answer.
    let mut scene = scene();
    let questions = [
        scene.app.question().with("prompt", "none"),
        scene.app.question().with("response_type", "token"),
        scene.app.question().with("request", "x"),
        scene.app.question().without("code_challenge"),
    ];
    for question in &questions {
        assert!(!scene.hear(question).await.error().is_empty());
    }
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), Substantial)
        .await;
    assert!(!scene.hear(&questions[0]).await.code().is_empty());
}

#[tokio::test]
async fn a_query_over_the_bound_is_a_page() {
    let mut scene = scene();
    let question = scene.app.question().with("extra", &"a".repeat(20_000));
    let answer = scene.ask(&question).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
