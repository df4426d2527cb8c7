//! Sessions: how they begin, rise and end.

use std::sync::Arc;
use std::time::Duration;

use varco::archive::ProfileChoice;
use varco::crypto::SystemRandom;
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Clock as _,
    EvidenceId, SamlSession, Timestamp, VerifiedIdentity,
};
use varco::session::{
    Before, BrowserCookie, Established, Freshness, Origin, Participant, Session, SessionId,
    SessionLimits, Sessions,
};
use varco::store::MemoryStore;

use crate::support::clock::TestClock;
use crate::support::person::{person, vouch_for};

mod found;

const ADA: &str = "RSSMRA80A01H501U";
const BEA: &str = "BNCLCU75A41H501X";
const PROVIDER: &str = "https://idp.example";

struct Bench {
    clock: TestClock,
    sessions: Sessions,
}

fn bench() -> Bench {
    let clock = TestClock::new();
    let store = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    Bench {
        sessions: Sessions::new(store, SessionLimits::default(), Arc::new(SystemRandom)),
        clock,
    }
}

fn event(level: AssuranceLevel, at: Timestamp) -> AuthenticationEvent {
    AuthenticationEvent {
        method: AuthenticationMethod::Spid,
        provider: PROVIDER.to_owned(),
        level: AchievedAssurance(level),
        at,
        evidence: EvidenceId("1".to_owned()),
        saml: None,
        card: None,
    }
}

impl Bench {
    fn identity(&self, code: &str, level: AssuranceLevel) -> VerifiedIdentity {
        vouch_for(person(code), event(level, self.clock.now()))
    }

    fn saml_identity(&self, name_id: &str, index: Option<&str>) -> VerifiedIdentity {
        let mut event = event(AssuranceLevel::Substantial, self.clock.now());
        event.saml = Some(SamlSession {
            identity_provider: PROVIDER.to_owned(),
            name_id: name_id.to_owned().into(),
            name_qualifier: PROVIDER.to_owned(),
            session_index: index.map(str::to_owned),
        });
        vouch_for(person(ADA), event)
    }

    async fn establish(
        &self,
        previous: Option<&Established>,
        identity: VerifiedIdentity,
    ) -> Established {
        self.sessions
            .establish(
                previous.map(|before| before.session.handle()),
                identity,
                Origin::default(),
                self.clock.now(),
            )
            .await
            .unwrap()
    }

    async fn log_in(
        &self,
        previous: Option<&Established>,
        code: &str,
        level: AssuranceLevel,
    ) -> Established {
        self.establish(previous, self.identity(code, level)).await
    }

    async fn find(&self, id: &SessionId) -> Option<Session> {
        self.sessions.find(id, self.clock.now()).await.unwrap()
    }

    fn pass(&self, minutes: i64) {
        self.clock.advance(chrono::Duration::minutes(minutes));
    }
}

fn cookie_parts(id: &SessionId) -> (String, String) {
    let value = id.cookie_value();
    let (handle, secret) = value.split_once('.').unwrap();
    (handle.to_owned(), secret.to_owned())
}

#[tokio::test]
async fn a_login_without_a_session_begins_one() {
    let bench = bench();
    let made = bench.log_in(None, ADA, AssuranceLevel::Substantial).await;
    assert!(matches!(made.before, Before::New));
    let found = bench.find(&made.id).await.unwrap();
    assert_eq!(found.handle(), made.session.handle());
    assert_eq!(found.person().key, person(ADA).key);
}

#[tokio::test]
async fn the_id_changes_at_every_login_and_the_old_one_opens_nothing() {
    let bench = bench();
    let first = bench.log_in(None, ADA, AssuranceLevel::Substantial).await;
    let second = bench.log_in(Some(&first), ADA, AssuranceLevel::High).await;
    assert!(matches!(second.before, Before::SamePerson));
    assert_ne!(first.id, second.id);
    assert!(bench.find(&first.id).await.is_none());
    let risen = bench.find(&second.id).await.unwrap();
    assert_eq!(risen.events().len(), 2);
    assert_eq!(risen.handle(), first.session.handle());
}

#[tokio::test]
async fn another_persons_login_never_joins_and_ends_the_old_session() {
    let bench = bench();
    let first = bench.log_in(None, ADA, AssuranceLevel::High).await;
    let second = bench.log_in(Some(&first), BEA, AssuranceLevel::Low).await;
    let Before::OtherPersonEnded(ended) = &second.before else {
        panic!("{:?}", second.before);
    };
    assert_eq!(ended.handle(), first.session.handle());
    assert!(bench.find(&first.id).await.is_none());
    let session = bench.find(&second.id).await.unwrap();
    assert_eq!(session.events().len(), 1);
    assert_eq!(session.person().key, person(BEA).key);
}

#[tokio::test]
async fn a_browser_finds_the_session_that_another_tab_began_until_it_ends() {
    let bench = bench();
    let browser = BrowserCookie::generate(&SystemRandom).digest();
    let other = BrowserCookie::generate(&SystemRandom).digest();
    let made = bench.log_in(None, ADA, AssuranceLevel::Substantial).await;
    let handle = made.session.handle();
    bench
        .sessions
        .remember_browser(&browser, handle)
        .await
        .unwrap();
    let now = bench.clock.now();
    let found = bench.sessions.of_browser(&browser, now).await.unwrap();
    assert_eq!(found.unwrap().handle(), handle);
    assert!(
        bench
            .sessions
            .of_browser(&other, now)
            .await
            .unwrap()
            .is_none()
    );
    bench.sessions.end(handle).await.unwrap();
    assert!(
        bench
            .sessions
            .of_browser(&browser, now)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_handle_with_a_wrong_secret_opens_nothing() {
    let bench = bench();
    let made = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    let other = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    let (handle, _) = cookie_parts(&made.id);
    let (_, secret) = cookie_parts(&other.id);
    let forged = SessionId::parse(&format!("{handle}.{secret}")).unwrap();
    assert!(bench.find(&forged).await.is_none());
    assert!(bench.find(&made.id).await.is_some());
}

#[tokio::test]
async fn a_session_ends_after_thirty_idle_minutes() {
    let bench = bench();
    let made = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    bench.pass(29);
    assert!(bench.find(&made.id).await.is_some());
    bench.pass(29);
    assert!(bench.find(&made.id).await.is_some(), "use keeps it alive");
    bench.pass(30);
    assert!(bench.find(&made.id).await.is_none());
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_busy() {
    let bench = bench();
    let made = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    for _ in 0..35 {
        bench.pass(20);
        assert!(bench.find(&made.id).await.is_some());
    }
    bench.pass(20);
    assert!(bench.find(&made.id).await.is_none());
}

#[tokio::test]
async fn a_login_after_the_end_begins_anew() {
    let bench = bench();
    let made = bench.log_in(None, ADA, AssuranceLevel::High).await;
    bench.pass(60);
    let again = bench.log_in(Some(&made), ADA, AssuranceLevel::Low).await;
    assert!(matches!(again.before, Before::New));
    assert_eq!(again.session.events().len(), 1);
}

#[tokio::test]
async fn the_best_login_still_fresh_is_what_the_session_is_worth() {
    let bench = bench();
    let first = bench.log_in(None, ADA, AssuranceLevel::High).await;
    bench.pass(10);
    let session = bench
        .log_in(Some(&first), ADA, AssuranceLevel::Substantial)
        .await
        .session;
    let now = bench.clock.now();
    let worth = |max_age: Option<u64>, now| {
        let max_age = max_age.map(Duration::from_secs);
        let since = None;
        session
            .assurance(Freshness { max_age, since }, now)
            .map(|earned| earned.level.0)
    };
    assert_eq!(worth(None, now), Some(AssuranceLevel::High));
    assert_eq!(worth(Some(600), now), Some(AssuranceLevel::High));
    assert_eq!(worth(Some(599), now), Some(AssuranceLevel::Substantial));
    assert_eq!(worth(Some(0), now), Some(AssuranceLevel::Substantial));
    let later = now + Duration::from_secs(1);
    assert_eq!(worth(Some(0), later), None);
    let provider_ahead = now - Duration::from_secs(30);
    assert_eq!(
        worth(Some(0), provider_ahead),
        Some(AssuranceLevel::Substantial)
    );
}

#[tokio::test]
async fn a_login_of_the_highest_level_counts_as_such_for_fifteen_minutes() {
    let bench = bench();
    let made = bench.log_in(None, ADA, AssuranceLevel::High).await;
    for (seconds, level) in [
        (14 * 60 + 59, AssuranceLevel::High),
        (2, AssuranceLevel::Substantial),
    ] {
        bench.clock.advance(chrono::Duration::seconds(seconds));
        let session = bench.find(&made.id).await.unwrap();
        let earned = session.assurance(Freshness::default(), bench.clock.now());
        assert_eq!(earned.unwrap().level.0, level);
    }
    // The session itself goes on, and one login more brings the level back.
    let risen = bench.log_in(Some(&made), ADA, AssuranceLevel::High).await;
    let earned = risen
        .session
        .assurance(Freshness::default(), bench.clock.now());
    assert_eq!(earned.unwrap().level.0, AssuranceLevel::High);
    assert_eq!(risen.session.events().len(), 2);
}

#[tokio::test]
async fn only_so_many_logins_are_remembered() {
    let bench = bench();
    let mut made = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    for _ in 0..16 {
        made = bench.log_in(Some(&made), ADA, AssuranceLevel::Low).await;
    }
    assert_eq!(made.session.events().len(), 16);
}

#[tokio::test]
async fn an_application_joins_once_and_not_after_the_end() {
    let bench = bench();
    let made = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    let app = Participant {
        client_id: "app".to_owned(),
    };
    for _ in 0..2 {
        let joined = bench
            .sessions
            .join(made.session.handle(), app.clone())
            .await;
        assert!(joined.unwrap());
    }
    let ended = bench.sessions.end(made.session.handle()).await.unwrap();
    assert_eq!(ended.unwrap().participants(), std::slice::from_ref(&app));
    assert!(
        !bench
            .sessions
            .join(made.session.handle(), app)
            .await
            .unwrap()
    );
    assert!(
        bench
            .sessions
            .end(made.session.handle())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_profile_is_chosen_without_a_login_and_changes_no_level() {
    let bench = bench();
    let made = bench.log_in(None, ADA, AssuranceLevel::High).await;
    let handle = made.session.handle();
    assert_eq!(made.session.profile(), None);
    let choice = ProfileChoice::Personal;
    let chosen = bench.sessions.choose_profile(handle, &choice).await;
    assert_eq!(chosen.unwrap().unwrap().profile(), Some(&choice));
    let found = bench
        .find(&made.id)
        .await
        .expect("the cookie is still good");
    assert_eq!(found.profile(), Some(&choice));
    assert_eq!(found.events(), made.session.events());
    bench.sessions.end(handle).await.unwrap();
    let chosen = bench.sessions.choose_profile(handle, &choice).await;
    assert!(chosen.unwrap().is_none());
}
