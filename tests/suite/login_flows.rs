//! Login flows: bound to a browser, short-lived, finished once.

use std::sync::Arc;

use varco::crypto::SystemRandom;
use varco::identity::{AssuranceLevel, Clock as _, RequiredAssurance};
use varco::session::{
    BrowserCookie, BrowserDigest, FlowOutcome, Flows, LoginFlow, NewFlow, Requirement, ReturnTo,
};
use varco::store::MemoryStore;

use crate::support::clock::TestClock;

struct Bench {
    clock: TestClock,
    flows: Flows,
    browser: BrowserDigest,
}

fn bench() -> Bench {
    let clock = TestClock::new();
    let store = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    Bench {
        flows: Flows::new(store, Arc::new(SystemRandom)),
        clock,
        browser: BrowserCookie::generate(&SystemRandom).digest(),
    }
}

impl Bench {
    async fn begin(&self) -> LoginFlow {
        let new = NewFlow {
            browser: self.browser.clone(),
            session: None,
            requirement: Requirement::of_level(RequiredAssurance(AssuranceLevel::Substantial)),
            return_to: ReturnTo::Portal,
        };
        self.flows.begin(new, self.clock.now()).await.unwrap()
    }

    async fn find(&self, flow: &LoginFlow) -> Option<LoginFlow> {
        self.flows
            .find(&flow.id, &self.browser, self.clock.now())
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_flow_is_found_by_its_own_browser_only() {
    let bench = bench();
    let flow = bench.begin().await;
    assert_eq!(bench.find(&flow).await, Some(flow.clone()));
    let stranger = BrowserCookie::generate(&SystemRandom).digest();
    let now = bench.clock.now();
    let found = bench.flows.find(&flow.id, &stranger, now).await.unwrap();
    assert_eq!(found, None);
    let ended = bench.flows.finish(&flow.id, &stranger, now).await.unwrap();
    assert_eq!(ended, None);
    assert!(bench.find(&flow).await.is_some(), "a stranger ended it");
}

#[tokio::test]
async fn a_flow_finishes_once() {
    let bench = bench();
    let flow = bench.begin().await;
    let now = bench.clock.now();
    let first = bench.flows.finish(&flow.id, &bench.browser, now).await;
    let second = bench.flows.finish(&flow.id, &bench.browser, now).await;
    assert_eq!(first.unwrap(), Some(flow));
    assert_eq!(second.unwrap(), None);
}

#[tokio::test]
async fn a_flow_ends_after_fifteen_minutes_whatever_changes_it_meanwhile() {
    let bench = bench();
    let flow = bench.begin().await;
    bench.clock.advance(chrono::Duration::minutes(14));
    bench
        .flows
        .change(&flow.id, |flow| flow.outcome = Some(FlowOutcome::LoggedIn))
        .await
        .unwrap();
    let found = bench.find(&flow).await.unwrap();
    assert_eq!(found.outcome, Some(FlowOutcome::LoggedIn));
    bench.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(bench.find(&flow).await, None);
}

#[tokio::test]
async fn two_tabs_of_one_browser_have_a_flow_each() {
    let bench = bench();
    let (one, other) = (bench.begin().await, bench.begin().await);
    assert_ne!(one.id, other.id);
    let now = bench.clock.now();
    bench
        .flows
        .finish(&one.id, &bench.browser, now)
        .await
        .unwrap();
    assert!(bench.find(&other).await.is_some());
}
