//! Sessions against a model, in any order of logins, visits, logouts and pauses: a browser's cookie opens exactly its own
//! person's session while it lives, and no cookie of the past opens anything.

use std::sync::Arc;

use chrono::Duration;
use proptest::prelude::*;
use varco::crypto::SystemRandom;
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Clock as _,
    EvidenceId, PersonKey, Timestamp,
};
use varco::session::{Freshness, Origin, SessionId, SessionLimits, Sessions};
use varco::store::MemoryStore;

use crate::support::clock::TestClock;
use crate::support::person::{person, vouch_for};

const PEOPLE: [&str; 2] = ["RSSMRA80A01H501U", "BNCLCU75A41H501X"];
const BROWSERS: usize = 2;

#[derive(Debug, Clone)]
enum Act {
    LogIn {
        browser: usize,
        person: usize,
        level: AssuranceLevel,
    },
    Visit {
        browser: usize,
    },
    LogOut {
        browser: usize,
    },
    Pause {
        minutes: i64,
    },
}

fn any_act() -> impl Strategy<Value = Act> {
    let browser = 0..BROWSERS;
    prop_oneof![
        3 => (browser.clone(), 0..PEOPLE.len(), proptest::sample::select(AssuranceLevel::ALL.to_vec()))
            .prop_map(|(browser, person, level)| Act::LogIn { browser, person, level }),
        4 => browser.clone().prop_map(|browser| Act::Visit { browser }),
        1 => browser.prop_map(|browser| Act::LogOut { browser }),
        3 => (0..45i64).prop_map(|minutes| Act::Pause { minutes }),
    ]
}

/// What a browser should have.
struct Expected {
    id: SessionId,
    person: usize,
    logins: Vec<(AssuranceLevel, Timestamp)>,
    started: Timestamp,
    seen: Timestamp,
}

impl Expected {
    fn lives(&self, now: Timestamp) -> bool {
        now - self.seen < Duration::minutes(30) && now - self.started < Duration::hours(12)
    }

    /// The best level there is: the highest counts as the next lower one after a quarter of an hour.
    fn level(&self, now: Timestamp) -> AssuranceLevel {
        let worth = |(level, at): &(AssuranceLevel, Timestamp)| match level {
            AssuranceLevel::High if now - at > Duration::minutes(15) => AssuranceLevel::Substantial,
            level => *level,
        };
        self.logins.iter().map(worth).max().unwrap()
    }
}

struct Model {
    clock: TestClock,
    sessions: Sessions,
    browsers: [Option<Expected>; BROWSERS],
    past: Vec<SessionId>,
}

impl Model {
    fn new() -> Self {
        let clock = TestClock::new();
        let store = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        Self {
            sessions: Sessions::new(store, SessionLimits::default(), Arc::new(SystemRandom)),
            clock,
            browsers: [None, None],
            past: Vec::new(),
        }
    }

    async fn act(&mut self, act: Act) {
        match act {
            Act::Pause { minutes } => self.clock.advance(Duration::minutes(minutes)),
            Act::Visit { browser } => self.visit(browser).await,
            Act::LogOut { browser } => {
                if let Some(had) = self.browsers[browser].take() {
                    let ended = self.sessions.end(had.id.handle()).await.unwrap();
                    // The store's own clock may have ended it already; a session that lives must be there.
                    assert!(ended.is_some() || !had.lives(self.clock.now()));
                    self.past.push(had.id);
                }
            }
            Act::LogIn {
                browser,
                person,
                level,
            } => self.log_in(browser, person, level).await,
        }
    }

    async fn visit(&mut self, browser: usize) {
        let now = self.clock.now();
        let Some(had) = &mut self.browsers[browser] else {
            return;
        };
        let found = self.sessions.find(&had.id, now).await.unwrap();
        assert_eq!(found.is_some(), had.lives(now));
        let Some(session) = found else { return };
        had.seen = now;
        assert_eq!(session.person().key, key(had.person));
        let earned = session.assurance(Freshness::default(), now).unwrap();
        assert_eq!(earned.level.0, had.level(now));
    }

    async fn log_in(&mut self, browser: usize, who: usize, level: AssuranceLevel) {
        let now = self.clock.now();
        let event = AuthenticationEvent {
            method: AuthenticationMethod::Spid,
            provider: "https://idp.example".to_owned(),
            level: AchievedAssurance(level),
            at: now,
            evidence: EvidenceId("1".to_owned()),
            saml: None,
            card: None,
        };
        let before = self.browsers[browser].take();
        let previous = before.as_ref().map(|had| had.id.handle());
        let identity = vouch_for(person(PEOPLE[who]), event);
        let established = self
            .sessions
            .establish(previous, identity, Origin::default(), now)
            .await
            .unwrap();
        let risen = before
            .as_ref()
            .filter(|had| had.lives(now) && had.person == who);
        let mut logins = risen.map_or_else(Vec::new, |had| had.logins.clone());
        logins.push((level, now));
        self.browsers[browser] = Some(Expected {
            id: established.id,
            person: who,
            logins,
            started: risen.map_or(now, |had| had.started),
            seen: now,
        });
        self.past.extend(before.map(|had| had.id));
    }

    async fn no_cookie_of_the_past_opens_anything(&self) {
        for id in &self.past {
            let found = self.sessions.find(id, self.clock.now()).await.unwrap();
            assert!(found.is_none(), "{id:?}");
        }
    }
}

fn key(who: usize) -> PersonKey {
    person(PEOPLE[who]).key
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_cookie_opens_its_own_session_while_it_lives_and_nothing_else(
        // At most 16 logins a session are remembered: fewer acts keep the model's level exact.
        acts in proptest::collection::vec(any_act(), 0..16),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut model = Model::new();
            for act in acts {
                model.act(act).await;
            }
            for browser in 0..BROWSERS {
                model.visit(browser).await;
            }
            model.no_cookie_of_the_past_opens_anything().await;
        });
    }
}
