//! Applications that are told more of a person than the login has asked for.

use super::*;

/// The same person as a provider describes them that was asked for less.
fn anna_in_short() -> Person {
    let mut anna = anna();
    anna.email = None;
    anna
}

#[tokio::test]
async fn who_logged_in_with_little_logs_in_again_once_for_an_application_that_is_told_more() {
    let mut scene = scene();
    let little = scene.app.question().with("scope", "openid profile");
    let page = scene.log_in_for(&little, &anna_in_short(), High).await;
    scene.browser.open(page.as_str()).await;

    // Where no page may be shown, what is known has to do.
    let more = scene.app.question().with("scope", "openid email");
    let silent = more.clone().with("prompt", "none");
    scene.hear(&silent).await.code();
    let callback = scene.hear_after_login(&more, Substantial).await;
    let tokens = scene
        .app
        .tokens(&scene.gateway, &more, &callback.code())
        .await;
    let (_, _, told) = user_info(&scene.gateway, &tokens.access_token).await;
    assert_eq!(told["email"], "anna@posta.example");

    // Once is enough, and a login for somebody who is told less takes nothing away.
    scene.hear(&more).await.code();
    let again = little.clone().with("prompt", "login");
    let page = scene.log_in_for(&again, &anna_in_short(), High).await;
    scene.browser.open(page.as_str()).await;
    scene.hear(&more).await.code();
}

#[tokio::test]
async fn a_provider_that_tells_no_contacts_is_not_asked_in_circles() {
    let mut scene = scene();
    let more = scene.app.question().with("scope", "openid email");
    let page = scene.log_in_for(&more, &anna_in_short(), High).await;
    let answer = scene.browser.open(page.as_str()).await;
    scene.app.receive(&more, &answer).code();
}

#[tokio::test]
async fn who_showed_a_card_is_not_asked_again_for_contacts_that_no_card_knows() {
    let mut scene = scene();
    let more = scene.app.question().with("scope", "openid email");
    let (anna, card) = (anna_in_short(), AuthenticationMethod::Cns);
    let gateway = &scene.gateway;
    gateway
        .log_in_by(&mut scene.browser, &anna, card, High)
        .await;
    scene.hear(&more).await.code();
}
