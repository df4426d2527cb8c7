//! RP-initiated logout: ended without a question only on proof, and never a redirect to an address that is not
//! registered.

use chrono::Duration;
use http::StatusCode;
use url::Url;
use varco::audit::AuditEvent;
use varco::identity::AssuranceLevel::{High, Substantial};
use varco::identity::{
    AchievedAssurance, AuthenticationEvent, AuthenticationMethod, EvidenceId, SamlSession,
};
use varco::session::Origin;

use crate::support::browser::Answer;
use crate::support::gateway::{ISSUER, session_of};
use crate::support::openid::{Scene, anna, mario, scene};
use crate::support::person::vouch_for;
use crate::support::relying_party::Tokens;
use crate::support::spid::ALFA;

fn logout_url(parameters: &[(&str, &str)]) -> Url {
    let mut url = Url::parse(ISSUER).unwrap().join("/logout").unwrap();
    url.query_pairs_mut().extend_pairs(parameters);
    url
}

impl Scene {
    async fn logged_in() -> (Self, Tokens) {
        let mut scene = scene();
        scene
            .gateway
            .log_in(&mut scene.browser, &anna(), Substantial)
            .await;
        let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
        (scene, tokens)
    }

    async fn leave(&mut self, parameters: &[(&str, &str)]) -> Answer {
        self.browser
            .open_from_elsewhere(&logout_url(parameters))
            .await
    }

    /// Whether the person is still logged in.
    async fn is_in(&mut self) -> bool {
        let Some(id) = session_of(&self.browser) else {
            return false;
        };
        let sessions = self.gateway.gateway.sessions();
        sessions
            .find(&id, self.gateway.now())
            .await
            .unwrap()
            .is_some()
    }
}

fn asks(answer: &Answer) -> bool {
    answer.status == StatusCode::OK && answer.body.contains("Do you want to log out?")
}

#[tokio::test]
async fn a_hint_of_this_session_logs_out_and_leads_back_with_state() {
    let (mut scene, tokens) = Scene::logged_in().await;
    let goodbye = scene.app.post_logout_redirect_uri.clone();
    let answer = scene
        .leave(&[
            ("id_token_hint", &tokens.id_token),
            ("post_logout_redirect_uri", &goodbye),
            ("state", "a b&c"),
        ])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        answer.location().as_str(),
        format!("{goodbye}?state=a+b%26c")
    );
    assert!(session_of(&scene.browser).is_none());
    let ended = |event: &AuditEvent| matches!(event, AuditEvent::SessionEnded { .. });
    assert!(scene.gateway.events().iter().any(ended));
}

#[tokio::test]
async fn a_logged_out_cookie_opens_nothing_any_more() {
    let (mut scene, tokens) = Scene::logged_in().await;
    let cookie = session_of(&scene.browser).unwrap().cookie_value();
    scene.leave(&[("id_token_hint", &tokens.id_token)]).await;
    scene.browser.set_cookie("__Host-varco", &cookie, true);
    assert!(!scene.is_in().await);
}

#[tokio::test]
async fn an_expired_hint_is_good_and_so_is_one_from_before_a_step_up() {
    let (mut scene, tokens) = Scene::logged_in().await;
    scene.gateway.clock.advance(Duration::seconds(1200));
    scene
        .gateway
        .log_in(&mut scene.browser, &anna(), High)
        .await;
    let answer = scene.leave(&[("id_token_hint", &tokens.id_token)]).await;
    assert!(!asks(&answer), "{}", answer.body);
    assert!(!scene.is_in().await);
}

#[tokio::test]
async fn without_a_valid_hint_the_person_is_asked() {
    let (mut scene, tokens) = Scene::logged_in().await;
    let forged = format!("{}x", tokens.id_token);
    let cut = tokens.id_token.rsplit_once('.').unwrap().0.to_owned() + ".";
    for parameters in [
        &[][..],
        &[("client_id", "portale")],
        &[("state", "x")],
        &[("id_token_hint", "x")],
        &[("id_token_hint", &forged)],
        &[("id_token_hint", &cut)],
        &[("id_token_hint", &tokens.access_token)],
    ] {
        let answer = scene.leave(parameters).await;
        assert!(asks(&answer), "{parameters:?}: {}", answer.body);
        assert!(scene.is_in().await);
    }
}

#[tokio::test]
async fn a_hint_of_another_session_or_person_does_not_log_this_one_out() {
    let (mut scene, old) = Scene::logged_in().await;
    scene
        .gateway
        .log_in(&mut scene.browser, &mario(), Substantial)
        .await;
    let answer = scene.leave(&[("id_token_hint", &old.id_token)]).await;
    assert!(asks(&answer));
    assert!(scene.is_in().await);

    let mut elsewhere = scene.gateway.browser();
    scene
        .gateway
        .log_in(&mut elsewhere, &mario(), Substantial)
        .await;
    let other = scene.app.log_in(&scene.gateway, &mut elsewhere).await;
    let answer = scene.leave(&[("id_token_hint", &other.id_token)]).await;
    assert!(asks(&answer));
    assert!(scene.is_in().await);
}

#[tokio::test]
async fn whoever_says_yes_is_logged_out_and_led_to_the_application() {
    let (mut scene, _) = Scene::logged_in().await;
    let goodbye = scene.app.post_logout_redirect_uri.clone();
    let answer = scene
        .leave(&[
            ("client_id", "portale"),
            ("post_logout_redirect_uri", &goodbye),
            ("state", "s"),
        ])
        .await;
    assert!(asks(&answer));
    assert!(answer.body.contains("Application portale"));
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    let targets = policy.split("form-action").nth(1).unwrap();
    assert!(targets.contains("https://portale.example"), "{policy}");
    let form = answer.form();
    let answer = scene.browser.submit(&form.action, &form.pairs()).await;
    assert_eq!(answer.location().as_str(), format!("{goodbye}?state=s"));
    assert!(!scene.is_in().await);
}

#[tokio::test]
async fn a_yes_without_the_pages_token_is_refused() {
    let (mut scene, _) = Scene::logged_in().await;
    let form = scene.leave(&[]).await.form();
    let forged = [("token", "AAAA")];
    let answer = scene.browser.submit(&form.action, &forged).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(scene.is_in().await);
}

#[tokio::test]
async fn an_application_may_ask_by_post() {
    let (mut scene, tokens) = Scene::logged_in().await;
    let goodbye = scene.app.post_logout_redirect_uri.clone();
    let answer = scene
        .browser
        .submit_from_elsewhere(
            &logout_url(&[]),
            &[
                ("id_token_hint", &tokens.id_token),
                ("post_logout_redirect_uri", &goodbye),
            ],
        )
        .await;
    let form = answer.form();
    let answer = scene.browser.submit(&form.action, &form.pairs()).await;
    assert_eq!(answer.location().as_str(), goodbye);
    assert!(!scene.is_in().await);
}

#[tokio::test]
async fn a_hint_posted_never_stands_in_an_address() {
    let (mut scene, tokens) = Scene::logged_in().await;
    let authorize = Url::parse(ISSUER).unwrap().join("/authorize").unwrap();
    let question = scene.app.question();
    let question = question.with("id_token_hint", &tokens.id_token);
    let goodbye = scene.app.post_logout_redirect_uri.clone();
    let leaving = [
        ("id_token_hint", tokens.id_token.as_str()),
        ("post_logout_redirect_uri", &goodbye),
    ];
    for (address, fields) in [
        (authorize, question.pairs()),
        (logout_url(&[]), leaving.to_vec()),
    ] {
        let browser = &mut scene.browser;
        let answer = browser.submit_from_elsewhere(&address, &fields).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.url.query().unwrap_or_default(), "");
        let form = answer.form();
        let action = address.as_str().trim_end_matches('?');
        assert_eq!(form.action, action);
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains(ISSUER.trim_end_matches('/')), "{policy}");
        let answer = scene.browser.submit(&form.action, &form.pairs()).await;
        let location = answer.location();
        assert!(location.as_str().starts_with("https://portale.example"));
        assert!(!location.as_str().contains(&tokens.id_token));
        assert!(!answer.url.as_str().contains(&tokens.id_token));
    }
    assert!(!scene.is_in().await);
}

#[tokio::test]
async fn an_application_cannot_spare_the_provider() {
    let mut scene = scene();
    let event = AuthenticationEvent {
        method: AuthenticationMethod::Spid,
        provider: ALFA.to_owned(),
        level: AchievedAssurance(Substantial),
        at: scene.gateway.now(),
        evidence: EvidenceId("1".to_owned()),
        saml: Some(SamlSession {
            identity_provider: ALFA.to_owned(),
            name_id: "_transient".to_owned().into(),
            name_qualifier: ALFA.to_owned(),
            session_index: Some("_index".to_owned()),
        }),
        card: None,
    };
    let login = vouch_for(anna(), event);
    let sessions = scene.gateway.gateway.sessions();
    let established = sessions.establish(None, login, Origin::default(), scene.gateway.now());
    let cookie = established.await.unwrap().id.cookie_value();
    scene.browser.set_cookie("__Host-varco", &cookie, true);
    let tokens = scene.app.log_in(&scene.gateway, &mut scene.browser).await;
    let hint = ("id_token_hint", tokens.id_token.as_str());
    let answer = scene.leave(&[hint, ("where", "here")]).await;
    assert!(answer.location().as_str().starts_with(ALFA), "{answer:?}");
    assert!(!scene.is_in().await);
}

#[tokio::test]
async fn an_address_that_is_not_registered_is_never_followed() {
    let (mut scene, tokens) = Scene::logged_in().await;
    let goodbye = scene.app.post_logout_redirect_uri.clone();
    for address in [
        "https://evil.example/",
        &format!("{goodbye}/"),
        &format!("{goodbye}?x=1"),
        &goodbye.to_uppercase(),
        &scene.other.post_logout_redirect_uri.clone(),
        &scene.app.redirect_uri.clone(),
        "/",
        "javascript:alert(1)",
    ] {
        for hint in [
            ("id_token_hint", tokens.id_token.as_str()),
            ("client_id", "portale"),
        ] {
            let answer = scene
                .leave(&[hint, ("post_logout_redirect_uri", address)])
                .await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
            assert!(answer.headers.get("location").is_none());
            assert!(scene.is_in().await, "{address}");
        }
    }
    let answer = scene.leave(&[("post_logout_redirect_uri", &goodbye)]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_client_that_contradicts_the_hint_or_is_unknown_is_refused() {
    let (mut scene, tokens) = Scene::logged_in().await;
    for parameters in [
        &[
            ("id_token_hint", tokens.id_token.as_str()),
            ("client_id", "altra"),
        ][..],
        &[("client_id", "nobody")],
        &[("client_id", "portale"), ("client_id", "portale")],
    ] {
        let answer = scene.leave(parameters).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(scene.is_in().await);
    }
}

#[tokio::test]
async fn somebody_who_is_not_logged_in_is_led_back_at_once() {
    let (mut scene, tokens) = Scene::logged_in().await;
    let goodbye = scene.app.post_logout_redirect_uri.clone();
    let parameters = [
        ("id_token_hint", tokens.id_token.as_str()),
        ("post_logout_redirect_uri", goodbye.as_str()),
    ];
    scene.leave(&parameters).await;
    let again = scene.leave(&parameters).await;
    assert_eq!(again.location().as_str(), goodbye);
}
