//! The dispatcher: from the stored flow, the session and the catalogue to the next step.

use std::sync::Arc;
use std::time::Duration;

use varco::archive::{Capacity, Standing};
use varco::crypto::SystemRandom;
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Clock as _,
    EvidenceId, Methods, RequiredAssurance,
};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE, Decision, DenyReason, Operation, ServiceId};
use varco::session::{
    Actor, BrowserCookie, FlowOutcome, FlowRefusal, Flows, LoginFlow, NewFlow, Origin, Requirement,
    ReturnTo, Session, SessionLimits, Sessions, Step, WaysIn, next_step,
};
use varco::store::MemoryStore;

use crate::support::clock::TestClock;
use crate::support::person::{person, vouch_for};

const LOW: AssuranceLevel = AssuranceLevel::Low;
const SUBSTANTIAL: AssuranceLevel = AssuranceLevel::Substantial;
const HIGH: AssuranceLevel = AssuranceLevel::High;

struct Bench {
    clock: TestClock,
    sessions: Sessions,
    flows: Flows,
    catalogue: Catalogue,
}

fn bench() -> Bench {
    let clock = TestClock::new();
    let store = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
    let random = Arc::new(SystemRandom);
    Bench {
        sessions: Sessions::new(
            Arc::clone(&store) as _,
            SessionLimits::default(),
            Arc::clone(&random) as _,
        ),
        flows: Flows::new(store, random),
        catalogue: Catalogue::parse(DEFAULT_CATALOGUE)
            .unwrap()
            .offering(offered()),
        clock,
    }
}

impl Bench {
    async fn flow(&self, requirement: Requirement) -> LoginFlow {
        let new = NewFlow {
            browser: BrowserCookie::generate(&SystemRandom).digest(),
            session: None,
            requirement,
            return_to: ReturnTo::Portal,
        };
        self.flows.begin(new, self.clock.now()).await.unwrap()
    }

    async fn session(&self, level: AssuranceLevel) -> Session {
        let event = AuthenticationEvent {
            method: AuthenticationMethod::Spid,
            provider: "https://idp.example".to_owned(),
            level: AchievedAssurance(level),
            at: self.clock.now(),
            evidence: EvidenceId("1".to_owned()),
            saml: None,
            card: None,
        };
        let identity = vouch_for(person("RSSMRA80A01H501U"), event);
        self.sessions
            .establish(None, identity, Origin::default(), self.clock.now())
            .await
            .unwrap()
            .session
    }

    fn step(&self, flow: &LoginFlow, session: Option<&Session>) -> Step {
        // Nobody has profiles to choose among: everybody acts for themselves.
        self.step_in(flow, session, &Standing::citizen().capacity(None))
    }

    fn step_in(&self, flow: &LoginFlow, session: Option<&Session>, capacity: &Capacity) -> Step {
        let actor = session.map(|session| Actor { session, capacity });
        next_step(flow, actor, &self.catalogue, self.clock.now())
    }
}

fn level(level: AssuranceLevel) -> Requirement {
    Requirement::of_level(RequiredAssurance(level))
}

fn service(id: &str, operation: Operation) -> Requirement {
    Requirement {
        service: Some((ServiceId::parse(id).unwrap(), operation)),
        ..level(LOW)
    }
}

/// The ways in of this installation, all of which reach every level.
fn offered() -> Methods {
    use AuthenticationMethod::{Cie, Cns, Spid};
    [Spid, Cie, Cns].into_iter().collect()
}

fn ways(level: AssuranceLevel) -> WaysIn {
    WaysIn {
        level: RequiredAssurance(level),
        methods: offered(),
    }
}

fn choose(level: AssuranceLevel) -> Step {
    Step::Choose(ways(level))
}

fn refused(reason: FlowRefusal) -> Step {
    Step::Refuse { reason }
}

#[tokio::test]
async fn without_a_session_the_person_chooses_a_provider() {
    let bench = bench();
    let flow = bench.flow(level(SUBSTANTIAL)).await;
    assert_eq!(bench.step(&flow, None), choose(SUBSTANTIAL));
}

#[tokio::test]
async fn a_session_of_the_level_or_a_higher_one_returns_at_once() {
    let bench = bench();
    let flow = bench.flow(level(SUBSTANTIAL)).await;
    for achieved in [SUBSTANTIAL, HIGH] {
        let session = bench.session(achieved).await;
        assert_eq!(
            bench.step(&flow, Some(&session)),
            Step::Return(ReturnTo::Portal)
        );
    }
    let session = bench.session(LOW).await;
    assert_eq!(bench.step(&flow, Some(&session)), choose(SUBSTANTIAL));
}

#[tokio::test]
async fn a_service_raises_the_level_that_is_asked_and_never_lowers_it() {
    let bench = bench();
    let flow = bench
        .flow(service("dati-personali", Operation::Request))
        .await;
    assert_eq!(bench.step(&flow, None), choose(HIGH));
    let session = bench.session(SUBSTANTIAL).await;
    assert_eq!(bench.step(&flow, Some(&session)), choose(HIGH));

    let mut floor = service("stato-pratica", Operation::Consult);
    floor.level = RequiredAssurance(SUBSTANTIAL);
    let flow = bench.flow(floor).await;
    assert_eq!(bench.step(&flow, None), choose(SUBSTANTIAL));
    let session = bench.session(LOW).await;
    assert_eq!(bench.step(&flow, Some(&session)), choose(SUBSTANTIAL));
}

#[tokio::test]
async fn a_service_for_others_is_refused_without_asking_for_a_login_first() {
    let bench = bench();
    let flow = bench
        .flow(service("servizi-medici", Operation::Consult))
        .await;
    let session = bench.session(HIGH).await;
    let step = bench.step(&flow, Some(&session));
    assert!(
        matches!(&step, Step::Refuse { reason: FlowRefusal::Denied(decision) } if decision.name() == "deny"),
        "{step:?}"
    );
}

#[tokio::test]
async fn a_hint_leads_straight_to_the_provider() {
    let bench = bench();
    let flow = bench
        .flow(Requirement {
            provider_hint: Some("https://idp.example".to_owned()),
            ..level(SUBSTANTIAL)
        })
        .await;
    let expected = Step::Start {
        hint: "https://idp.example".to_owned(),
        ways: ways(SUBSTANTIAL),
    };
    assert_eq!(bench.step(&flow, None), expected);
}

#[tokio::test]
async fn a_login_too_old_for_max_age_is_asked_again_and_one_made_meanwhile_serves() {
    let bench = bench();
    let session = bench.session(SUBSTANTIAL).await;
    bench.clock.advance(chrono::Duration::minutes(10));
    let mut flow = bench
        .flow(Requirement {
            max_age: Some(Duration::from_secs(60)),
            ..level(SUBSTANTIAL)
        })
        .await;
    assert_eq!(bench.step(&flow, Some(&session)), choose(SUBSTANTIAL));

    bench.clock.advance(chrono::Duration::minutes(1));
    let session = bench.session(SUBSTANTIAL).await;
    flow.outcome = Some(FlowOutcome::LoggedIn);
    bench.clock.advance(chrono::Duration::minutes(5));
    assert_eq!(
        bench.step(&flow, Some(&session)),
        Step::Return(ReturnTo::Portal)
    );
}

#[tokio::test]
async fn prompt_login_needs_a_login_in_this_very_flow() {
    let bench = bench();
    let session = bench.session(HIGH).await;
    let mut flow = bench
        .flow(Requirement {
            force: true,
            ..level(LOW)
        })
        .await;
    assert_eq!(bench.step(&flow, Some(&session)), choose(LOW));
    flow.outcome = Some(FlowOutcome::LoggedIn);
    assert_eq!(
        bench.step(&flow, Some(&session)),
        Step::Return(ReturnTo::Portal)
    );
}

#[tokio::test]
async fn another_login_for_a_service_that_is_open_is_asked_for_at_the_level_of_the_service() {
    let bench = bench();
    let session = bench.session(SUBSTANTIAL).await;
    let flow = bench
        .flow(Requirement {
            force: true,
            ..service("naspi", Operation::Request)
        })
        .await;
    assert_eq!(bench.step(&flow, Some(&session)), choose(SUBSTANTIAL));
}

#[tokio::test]
async fn prompt_none_never_shows_a_page() {
    let bench = bench();
    let flow = bench
        .flow(Requirement {
            interactive: false,
            ..level(HIGH)
        })
        .await;
    assert_eq!(bench.step(&flow, None), refused(FlowRefusal::LoginRequired));
    let session = bench.session(SUBSTANTIAL).await;
    assert_eq!(
        bench.step(&flow, Some(&session)),
        refused(FlowRefusal::StepUpRequired)
    );
    let session = bench.session(HIGH).await;
    assert_eq!(
        bench.step(&flow, Some(&session)),
        Step::Return(ReturnTo::Portal)
    );
}

#[tokio::test]
async fn a_login_that_does_not_achieve_what_is_needed_is_refused_and_not_repeated() {
    let bench = bench();
    let mut flow = bench.flow(level(HIGH)).await;
    flow.outcome = Some(FlowOutcome::LoggedIn);
    let session = bench.session(SUBSTANTIAL).await;
    assert_eq!(
        bench.step(&flow, Some(&session)),
        refused(FlowRefusal::NotAchieved(None))
    );
}

#[tokio::test]
async fn a_login_broken_off_is_told_with_its_code() {
    let bench = bench();
    let mut flow = bench.flow(level(LOW)).await;
    flow.outcome = Some(FlowOutcome::Refused {
        code: "anomaly-25".to_owned(),
    });
    let expected = refused(FlowRefusal::BrokenOff {
        code: "anomaly-25".to_owned(),
    });
    assert_eq!(bench.step(&flow, None), expected);
}

#[tokio::test]
async fn what_no_way_in_of_the_installation_reaches_is_refused_before_anybody_logs_in() {
    let mut bench = bench();
    let only_pin = [AuthenticationMethod::Pin].into_iter().collect();
    bench.catalogue = bench.catalogue.offering(only_pin);
    let flow = bench.flow(level(HIGH)).await;
    assert_eq!(bench.step(&flow, None), refused(FlowRefusal::OutOfReach));
    let flow = bench.flow(level(LOW)).await;
    let expected = WaysIn {
        level: RequiredAssurance(LOW),
        methods: only_pin,
    };
    assert_eq!(bench.step(&flow, None), Step::Choose(expected));
}

#[tokio::test]
async fn an_old_login_of_the_highest_level_is_asked_for_again() {
    let bench = bench();
    let session = bench.session(HIGH).await;
    let flow = bench
        .flow(service("dati-personali", Operation::Request))
        .await;
    let returns = Step::Return(ReturnTo::Portal);
    bench.clock.advance(chrono::Duration::minutes(15));
    assert_eq!(bench.step(&flow, Some(&session)), returns);
    bench.clock.advance(chrono::Duration::seconds(1));
    assert_eq!(bench.step(&flow, Some(&session)), choose(HIGH));
}

#[tokio::test]
async fn who_has_several_profiles_chooses_one_once_the_login_counts() {
    let bench = bench();
    let session = bench.session(SUBSTANTIAL).await;
    let naspi = service("naspi", Operation::Consult);
    let undecided = |flow: &LoginFlow| bench.step_in(flow, Some(&session), &Capacity::Undecided);
    for requirement in [level(SUBSTANTIAL), naspi.clone(), level(HIGH)] {
        let flow = bench.flow(requirement).await;
        assert_eq!(undecided(&flow), Step::ChooseProfile);
    }
    let silent = Requirement {
        interactive: false,
        ..naspi.clone()
    };
    let flow = bench.flow(silent).await;
    assert_eq!(undecided(&flow), refused(FlowRefusal::ProfileRequired));
    // A login that must be made anew comes first: it may be somebody else's.
    let forced = Requirement {
        force: true,
        ..naspi
    };
    let mut flow = bench.flow(forced).await;
    assert!(matches!(undecided(&flow), Step::Choose(_)));
    flow.outcome = Some(FlowOutcome::LoggedIn);
    assert_eq!(undecided(&flow), Step::ChooseProfile);
}

#[tokio::test]
async fn archives_that_do_not_answer_close_services_and_no_more() {
    let bench = bench();
    let session = bench.session(HIGH).await;
    let down = &Capacity::Unavailable;
    let flow = bench.flow(level(SUBSTANTIAL)).await;
    let portal = Step::Return(ReturnTo::Portal);
    assert_eq!(bench.step_in(&flow, Some(&session), down), portal);
    let flow = bench.flow(service("naspi", Operation::Consult)).await;
    let step = bench.step_in(&flow, Some(&session), down);
    let Step::Refuse {
        reason: FlowRefusal::Denied(Decision::Deny { reason, .. }),
    } = step
    else {
        panic!("{step:?}");
    };
    assert_eq!(reason, DenyReason::CategoriesUnavailable);
}
