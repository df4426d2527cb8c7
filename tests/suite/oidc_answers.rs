//! The answer to a request is decided where it is made, whatever led to it: these tests go round the login flow and
//! hand the provider sessions that should never have come that far.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use url::Url;
use varco::archive::{Capacity, Standing};
use varco::downstream::oidc::{Begun, Parameters};
use varco::identity::AssuranceLevel::{High, Low, Substantial};
use varco::identity::{AssuranceLevel, Person};
use varco::session::{Actor, Session};

use crate::support::gateway::session_of;
use crate::support::openid::{Scene, anna, mario, scene};
use crate::support::relying_party::Question;

/// The capacity of somebody without professional profiles.
fn acting_for_themselves(session: &Session) -> Actor<'_> {
    static THEMSELVES: LazyLock<Capacity> = LazyLock::new(|| Standing::citizen().capacity(None));
    Actor {
        session,
        capacity: &THEMSELVES,
    }
}

impl Scene {
    /// The session of a person who has just logged in.
    async fn session(&mut self, person: &Person, level: AssuranceLevel) -> Session {
        self.gateway.log_in(&mut self.browser, person, level).await;
        let id = session_of(&self.browser).unwrap();
        let sessions = self.gateway.gateway.sessions();
        sessions
            .find(&id, self.gateway.now())
            .await
            .unwrap()
            .unwrap()
    }

    async fn begin(&self, question: &Question, session: Option<&Session>) -> Begun {
        let url = question.url();
        let parameters = Parameters::parse(url.query().unwrap().as_bytes()).unwrap();
        let oidc = self.gateway.gateway.oidc();
        let begun = oidc.begin(&parameters, session, self.gateway.now()).await;
        begun.map_err(|refusal| refusal.error).unwrap()
    }

    /// What the application hears: `code`, or the error.
    async fn answer(&self, begun: &Begun, session: &Session) -> String {
        let gateway = &self.gateway.gateway;
        let answer = gateway.oidc().answer(
            &begun.id,
            acting_for_themselves(session),
            gateway.sessions(),
            gateway.now(),
        );
        let location = match answer.await {
            Ok(location) => location,
            Err(refusal) => refusal.location.expect("the application may be told"),
        };
        let location = Url::parse(&location).unwrap();
        let heard: BTreeMap<String, String> = location.query_pairs().into_owned().collect();
        match heard.get("error") {
            Some(error) => error.clone(),
            None => {
                assert!(heard.contains_key("code"));
                "code".to_owned()
            }
        }
    }
}

#[tokio::test]
async fn a_session_below_the_clients_level_gets_no_code() {
    let mut scene = scene();
    let session = scene.session(&anna(), Low).await;
    let begun = scene.begin(&scene.app.question(), Some(&session)).await;
    let heard = scene.answer(&begun, &session).await;
    assert_eq!(heard, "unmet_authentication_requirements");
}

#[tokio::test]
async fn a_session_below_the_services_level_gets_no_code() {
    let mut scene = scene();
    let session = scene.session(&anna(), Substantial).await;
    let question = scene
        .app
        .question()
        .with("resource", "dati-personali/request");
    let begun = scene.begin(&question, Some(&session)).await;
    let heard = scene.answer(&begun, &session).await;
    assert_eq!(heard, "unmet_authentication_requirements");
}

#[tokio::test]
async fn a_service_for_others_gets_no_code() {
    let mut scene = scene();
    let session = scene.session(&anna(), High).await;
    let question = scene.app.question().with("resource", "servizi-aziende");
    let begun = scene.begin(&question, Some(&session)).await;
    assert_eq!(scene.answer(&begun, &session).await, "access_denied");
}

#[tokio::test]
async fn a_login_of_before_the_request_does_not_satisfy_prompt_login_or_a_short_max_age() {
    let mut scene = scene();
    let session = scene.session(&anna(), Substantial).await;
    scene.gateway.clock.advance(chrono::Duration::seconds(10));
    for (name, value, heard) in [
        ("prompt", "login", "login_required"),
        ("max_age", "0", "login_required"),
        ("max_age", "9", "login_required"),
        ("max_age", "10", "code"),
        ("prompt", "consent", "code"),
    ] {
        let question = scene.app.question().with(name, value);
        let begun = scene.begin(&question, Some(&session)).await;
        assert_eq!(
            scene.answer(&begun, &session).await,
            heard,
            "{name}={value}"
        );
    }
    let question = scene.app.question().with("prompt", "login");
    let begun = scene.begin(&question, Some(&session)).await;
    let risen = scene.session(&anna(), Substantial).await;
    assert_eq!(scene.answer(&begun, &risen).await, "code");
}

#[tokio::test]
async fn another_person_than_the_one_named_gets_no_code() {
    let mut scene = scene();
    let question = scene
        .app
        .question()
        .with("claims", r#"{"id_token":{"sub":{"value":"somebody"}}}"#);
    let session = scene.session(&mario(), High).await;
    let begun = scene.begin(&question, Some(&session)).await;
    assert_eq!(scene.answer(&begun, &session).await, "login_required");
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_gets_no_code() {
    let mut scene = scene();
    let session = scene.session(&anna(), Substantial).await;
    let begun = scene.begin(&scene.app.question(), Some(&session)).await;
    let sessions = scene.gateway.gateway.sessions();
    assert!(sessions.end(session.handle()).await.unwrap().is_some());
    assert_eq!(scene.answer(&begun, &session).await, "login_required");
}

#[tokio::test]
async fn an_application_that_got_a_code_takes_part_in_the_session() {
    let mut scene = scene();
    let session = scene.session(&anna(), Substantial).await;
    let begun = scene.begin(&scene.app.question(), Some(&session)).await;
    assert_eq!(scene.answer(&begun, &session).await, "code");
    let sessions = scene.gateway.gateway.sessions();
    let found = sessions.find_by_handle(session.handle(), scene.gateway.now());
    let session = found.await.unwrap().unwrap();
    assert_eq!(session.participants()[0].client_id, "portale");
}

#[tokio::test]
async fn a_request_is_answered_once_and_not_after_fifteen_minutes() {
    let mut scene = scene();
    let session = scene.session(&anna(), Substantial).await;
    let gateway = scene.gateway.gateway.clone();
    let answered = async |id: &str| {
        let answer = gateway.oidc().answer(
            id,
            acting_for_themselves(&session),
            gateway.sessions(),
            gateway.now(),
        );
        answer
            .await
            .map_err(|refusal| (refusal.error.reason, refusal.location))
    };
    let unknown = Err(("authorization_unknown", None));
    let begun = scene.begin(&scene.app.question(), Some(&session)).await;
    assert!(answered(&begun.id).await.is_ok());
    assert_eq!(answered(&begun.id).await, unknown);
    let begun = scene.begin(&scene.app.question(), Some(&session)).await;
    scene.gateway.clock.advance(chrono::Duration::minutes(15));
    assert_eq!(answered(&begun.id).await, unknown);
    assert_eq!(answered("guessed").await, unknown);
}
