//! What the browser comes back with (B8).

use crate::crypto::SystemRandom;
use crate::identity::AssuranceLevel;
use crate::login::openid::testing::{OP, OTHER, Scene, Sent};
use crate::login::openid::*;
use crate::session::BrowserCookie;

async fn started(scene: &Scene) -> Sent {
    let sent = scene.start(AssuranceLevel::Substantial).await;
    scene.prepare(&sent, |_| {});
    sent
}

/// The code of a refusal, and the answer to a state that earns it.
type Row = (&'static str, fn(&str) -> String);

#[tokio::test]
async fn an_answer_that_is_not_this_requests_is_refused_with_its_reason() {
    let rows: &[Row] = &[
        ("state-missing", |_| format!("code=c&iss={OP}")),
        ("state-missing", |state| {
            format!("code=c&state={state}&state={state}&iss={OP}")
        }),
        ("request-unknown", |_| {
            format!("code=c&state=unknown&iss={OP}")
        }),
        ("request-unknown", |_| {
            format!("code=c&state={}&iss={OP}", "a".repeat(500))
        }),
        ("answer-issuer-missing", |state| {
            format!("code=c&state={state}")
        }),
        ("answer-issuer-other", |state| {
            format!("code=c&state={state}&iss={OTHER}")
        }),
        ("answer-issuer-other", |state| {
            format!("code=c&state={state}&iss={OP}/")
        }),
        ("parameter-repeated", |state| {
            format!("code=c&state={state}&iss={OP}&iss={OP}")
        }),
        ("parameter-repeated", |state| {
            format!("code=c&code=d&state={state}&iss={OP}")
        }),
        ("code-and-error", |state| {
            format!("code=c&error=access_denied&state={state}&iss={OP}")
        }),
        ("code-missing", |state| format!("state={state}&iss={OP}")),
        ("code-missing", |state| {
            format!("code=&state={state}&iss={OP}")
        }),
        ("code-form", |state| {
            format!("code=a%20b&state={state}&iss={OP}")
        }),
        ("code-form", |state| {
            format!("code={}&state={state}&iss={OP}", "a".repeat(5000))
        }),
        ("answer-form", |state| {
            format!("code={}&state={state}&iss={OP}", "a".repeat(9000))
        }),
        ("answer-form", |state| {
            format!("state={state}{}", "&a=b".repeat(20))
        }),
        // An error logs nobody in, whoever says it; but nobody says it for another.
        ("error-access-denied", |state| {
            format!("error=access_denied&state={state}")
        }),
        ("answer-issuer-other", |state| {
            format!("error=access_denied&state={state}&iss={OTHER}")
        }),
        ("error-access-denied", |state| {
            format!("error=access_denied&error_description=x&state={state}&iss={OP}")
        }),
        ("error-unknown", |state| {
            format!("error=%3Cscript%3E&state={state}&iss={OP}")
        }),
    ];
    for (code, answer) in rows {
        let scene = Scene::new();
        let sent = started(&scene).await;
        let refused = scene.come_back(&answer(sent.state())).await.unwrap_err();
        assert_eq!(refused.code, *code);
        // Nothing was redeemed for it.
        assert!(scene.double.forms.lock().unwrap().is_empty(), "{code}");
    }
}

#[tokio::test]
async fn spid_does_without_the_issuer_in_the_answer_and_refuses_a_wrong_one() {
    let scene = Scene::with(Profile::Spid, Habits::default());
    let path = format!("{SPID_CALLBACK}{}", place_of(OP));
    let come_back = async |sent: &Sent, more: &str| {
        let query = format!("code=c0de&state={}{more}", sent.state());
        let came = CameBack {
            path: &path,
            query: &query,
            client_address: None,
        };
        let party = &scene.party;
        party
            .callback(came, Some(&scene.browser), scene.now())
            .await
    };
    let sent = started(&scene).await;
    assert!(come_back(&sent, "").await.is_ok());
    let sent = started(&scene).await;
    let refused = come_back(&sent, &format!("&iss={OTHER}"))
        .await
        .unwrap_err();
    assert_eq!(refused.code, "answer-issuer-other");
}

#[tokio::test]
async fn an_answer_counts_once_in_the_browser_that_asked_at_the_address_of_its_provider() {
    let scene = Scene::new();
    let sent = started(&scene).await;
    let answer = sent.answer();
    let came = |path| CameBack {
        path,
        query: &answer,
        client_address: None,
    };
    let other = BrowserCookie::generate(&SystemRandom).digest();
    let take = async |came, browser| {
        let taken = scene.party.callback(came, browser, scene.now()).await;
        taken.unwrap_err().code.into_owned()
    };
    assert_eq!(take(came(CIE_CALLBACK), None).await, "browser-unknown");
    assert_eq!(
        take(came(CIE_CALLBACK), Some(&other)).await,
        "browser-other"
    );
    let elsewhere = format!("{SPID_CALLBACK}{}", place_of(OP));
    let mine = Some(&scene.browser);
    assert_eq!(take(came(&elsewhere), mine).await, "address-other");
    // None of that used it up.
    assert!(scene.come_back(&answer).await.is_ok());
    assert_eq!(take(came(CIE_CALLBACK), mine).await, "request-unknown");
}

#[tokio::test]
async fn a_bad_answer_uses_its_request_up() {
    let scene = Scene::new();
    let sent = started(&scene).await;
    let bad = format!("code=c&state={}&iss={OTHER}", sent.state());
    assert_eq!(
        scene.come_back(&bad).await.unwrap_err().code,
        "answer-issuer-other"
    );
    let refused = scene.come_back(&sent.answer()).await.unwrap_err();
    assert_eq!(refused.code, "request-unknown");
}

#[tokio::test]
async fn an_answer_after_ten_minutes_is_too_late() {
    let scene = Scene::new();
    let sent = started(&scene).await;
    scene.advance(599);
    scene.prepare(&sent, |_| {});
    assert!(scene.come_back(&sent.answer()).await.is_ok());
    let sent = started(&scene).await;
    scene.advance(600);
    let refused = scene.come_back(&sent.answer()).await.unwrap_err();
    assert_eq!(refused.code, "request-unknown");
}

#[tokio::test]
async fn every_error_of_a_provider_is_told_with_its_flow_and_kept_in_the_register() {
    for error in ProviderError::all() {
        let scene = Scene::new();
        let sent = started(&scene).await;
        let word = if error.word().is_empty() {
            "new"
        } else {
            error.word()
        };
        let answer = format!("error={word}&state={}&iss={OP}", sent.state());
        let refused = scene.come_back(&answer).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Provider(error));
        assert_eq!(refused.flow.as_ref(), Some(&scene.flow));
        assert_eq!(refused.alarms(), error.is_our_fault());
        assert_eq!(scene.register.entries.lock().unwrap().len(), 1);
    }
}

#[test]
fn debug_of_what_came_back_shows_neither_code_nor_state() {
    let came = CameBack {
        path: CIE_CALLBACK,
        query: "code=c0de&state=s3cret",
        client_address: None,
    };
    let shown = format!("{came:?}");
    assert_eq!(shown, r#"CameBack { path: "/cie/callback", .. }"#);
    let form = crate::login::saml::AcsForm {
        saml_response: "response".into(),
        relay_state: Some("state"),
        client_address: None,
    };
    assert_eq!(format!("{form:?}"), "AcsForm { .. }");
}
