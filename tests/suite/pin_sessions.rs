//! Sessions that a PIN opened: they end when it is stopped and rise when it rises, with nobody telling them.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use varco::crypto::SystemRandom;
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Clock as _,
    EvidenceId, FiscalCode, PinGrade,
};
use varco::session::{
    Established, Freshness, Origin, PinNow, PinStanding, Session, SessionLimits, Sessions,
};
use varco::store::{BoxFuture, MemoryStore, StoreError};

use crate::support::clock::TestClock;
use crate::support::person::{person, vouch_for};

const ADA: &str = "RSSMRA80A01H501U";

/// What the one PIN of these tests is now.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<Option<PinNow>>>);

impl Known {
    fn is_now(&self, stopped: Option<chrono::DateTime<chrono::Utc>>, grade: PinGrade) {
        let grade = Some(grade);
        *self.0.lock().unwrap() = Some(PinNow { stopped, grade });
    }

    fn fails(&self) {
        *self.0.lock().unwrap() = None;
    }
}

impl PinStanding for Known {
    fn pin_now<'a>(&'a self, of: &'a FiscalCode) -> BoxFuture<'a, Result<PinNow, StoreError>> {
        assert_eq!(of.expose(), ADA);
        let now = *self.0.lock().unwrap();
        Box::pin(async move { now.ok_or(StoreError::Unreadable) })
    }
}

struct Scene {
    clock: TestClock,
    known: Known,
    sessions: Sessions,
}

fn scene() -> Scene {
    let clock = TestClock::new();
    let store = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let known = Known::default();
    known.is_now(None, PinGrade::Ordinary);
    let sessions = Sessions::new(store, SessionLimits::default(), Arc::new(SystemRandom));
    Scene {
        sessions: sessions.heeding_pins(Arc::new(known.clone())),
        clock,
        known,
    }
}

impl Scene {
    async fn log_in(
        &self,
        previous: Option<&Established>,
        method: AuthenticationMethod,
        level: AssuranceLevel,
    ) -> Established {
        let login = AuthenticationEvent {
            method,
            provider: method.name().to_owned(),
            level: AchievedAssurance(level),
            at: self.clock.now(),
            evidence: EvidenceId("1".to_owned()),
            saml: None,
            card: None,
        };
        let identity = vouch_for(person(ADA), login);
        let previous = previous.map(|before| before.session.handle());
        let begun =
            self.sessions
                .establish(previous, identity, Origin::default(), self.clock.now());
        begun.await.unwrap()
    }

    async fn with_pin(&self) -> Established {
        let (pin, low) = (AuthenticationMethod::Pin, AssuranceLevel::Low);
        self.log_in(None, pin, low).await
    }

    fn level(&self, session: &Session) -> Option<AssuranceLevel> {
        let earned = session.assurance(Freshness::default(), self.clock.now());
        earned.map(|earned| earned.level.0)
    }

    async fn found(&self, of: &Established) -> Option<Session> {
        self.sessions.find(&of.id, self.clock.now()).await.unwrap()
    }
}

#[tokio::test]
async fn a_conversion_raises_the_next_decision_of_a_live_session() {
    use AssuranceLevel::{Low, Substantial};
    let scene = scene();
    let session = scene.with_pin().await;
    let found = scene.found(&session).await.unwrap();
    assert_eq!(scene.level(&found), Some(Low));
    scene.known.is_now(None, PinGrade::Dispositive);
    let found = scene.found(&session).await.unwrap();
    assert_eq!(scene.level(&found), Some(Substantial));
    // However it is reached: with its use written down, by an application's token, by a page of all sessions.
    scene.clock.advance(TimeDelta::seconds(90));
    let found = scene.found(&session).await.unwrap();
    assert_eq!(scene.level(&found), Some(Substantial));
    let handle = session.session.handle();
    let now = scene.clock.now();
    let found = scene.sessions.find_by_handle(handle, now).await.unwrap();
    assert_eq!(scene.level(&found.unwrap()), Some(Substantial));
    let people = scene.sessions.of_person(&person(ADA).key, now).await;
    assert_eq!(scene.level(&people.unwrap()[0]), Some(Substantial));
}

#[tokio::test]
async fn a_conversion_raises_no_other_login() {
    let scene = scene();
    let spid = AuthenticationMethod::Spid;
    let session = scene.log_in(None, spid, AssuranceLevel::Low).await;
    scene.known.is_now(None, PinGrade::Dispositive);
    let found = scene.found(&session).await.unwrap();
    assert_eq!(scene.level(&found), Some(AssuranceLevel::Low));
}

#[tokio::test]
async fn every_session_that_a_stopped_pin_opened_ends_and_is_told_once() {
    let scene = scene();
    let opened = scene.with_pin().await;
    let spid = AuthenticationMethod::Spid;
    let substantial = AssuranceLevel::Substantial;
    let raised = scene.with_pin().await;
    let raised = scene.log_in(Some(&raised), spid, substantial).await;
    let without = scene.log_in(None, spid, substantial).await;
    scene.clock.advance(TimeDelta::seconds(1));
    scene
        .known
        .is_now(Some(scene.clock.now()), PinGrade::Ordinary);
    assert!(scene.found(&opened).await.is_none());
    assert!(scene.found(&raised).await.is_none());
    assert!(scene.found(&without).await.is_some());
    assert_eq!(scene.sessions.take_ended_with_pin().len(), 2);
    assert!(scene.found(&opened).await.is_none());
    assert!(scene.sessions.take_ended_with_pin().is_empty());
    // The new PIN opens a session that the end of the old one does not touch.
    scene.clock.advance(TimeDelta::seconds(1));
    let anew = scene.with_pin().await;
    assert!(scene.found(&anew).await.is_some());
}

#[tokio::test]
async fn a_login_of_the_very_moment_at_which_a_pin_was_stopped_does_not_count() {
    let scene = scene();
    let session = scene.with_pin().await;
    scene
        .known
        .is_now(Some(scene.clock.now()), PinGrade::Ordinary);
    assert!(scene.found(&session).await.is_none());
}

#[tokio::test]
async fn a_session_of_a_pin_is_not_found_while_nobody_knows_what_the_pin_is() {
    let scene = scene();
    let session = scene.with_pin().await;
    scene.known.fails();
    let found = scene.sessions.find(&session.id, scene.clock.now()).await;
    assert!(found.is_err());
    let spid = AuthenticationMethod::Spid;
    let other = scene.log_in(None, spid, AssuranceLevel::High).await;
    assert!(scene.found(&other).await.is_some());
}
