use std::sync::Mutex;

use super::*;
use crate::crypto::SystemRandom;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, Clock, EvidenceId, FiscalCode,
    PersonKey, Timestamp,
};
use crate::session::BrowserCookie;
use crate::store::MemoryStore;

struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Hands {
    fn pass(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

/// What a card proves.
struct OfACard;

impl AuthenticationProof for OfACard {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        let code = FiscalCode::parse("RSSMRA80A01H501U").unwrap();
        let event = AuthenticationEvent {
            method: AuthenticationMethod::Cns,
            provider: "Regione Esempio".to_owned(),
            level: AchievedAssurance(AssuranceLevel::High),
            at: "2026-11-22T08:00:00Z".parse().unwrap(),
            evidence: EvidenceId("1".to_owned()),
            saml: None,
            card: None,
        };
        (Person::new(PersonKey::FiscalCode(code)), event)
    }
}

struct Setting {
    clock: Arc<Hands>,
    handovers: Handovers,
    flow: FlowId,
    browser: BrowserDigest,
}

fn setting() -> Setting {
    let now = "2026-11-22T08:00:00Z".parse().unwrap();
    let clock = Arc::new(Hands(Mutex::new(now)));
    let ticking = Arc::clone(&clock) as Arc<dyn Clock>;
    let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(ticking));
    let random: &dyn Random = &SystemRandom;
    Setting {
        clock,
        handovers: Handovers::new(&store, Arc::new(SystemRandom)),
        flow: FlowId::parse(&random.token()).unwrap(),
        browser: browser(),
    }
}

fn browser() -> BrowserDigest {
    BrowserCookie::generate(&SystemRandom).digest()
}

impl Setting {
    async fn ticket(&self) -> Ticket {
        let id = self.handovers.ticket(&self.flow, &self.browser).await;
        let ticket = self.handovers.admit(&id.unwrap()).await;
        ticket.unwrap().expect("a ticket")
    }

    async fn code(&self) -> String {
        let ticket = self.ticket().await;
        self.handovers.hand_over(ticket, OfACard).await.unwrap()
    }

    async fn redeem(&self, code: &str, browser: Option<&BrowserDigest>) -> Redeemed {
        self.handovers.redeem(code, browser).await.unwrap()
    }
}

#[tokio::test]
async fn a_ticket_is_good_once_and_for_five_minutes() {
    let here = setting();
    let ticket = async || {
        let made = here.handovers.ticket(&here.flow, &here.browser).await;
        made.unwrap()
    };
    let once = ticket().await;
    let admitted = here.handovers.admit(&once).await.unwrap().unwrap();
    assert_eq!(admitted.flow(), &here.flow);
    assert!(admitted.browser().matches(&here.browser));
    assert!(here.handovers.admit(&once).await.unwrap().is_none());
    let old = ticket().await;
    here.clock.pass(TICKET_LIFE);
    assert!(here.handovers.admit(&old).await.unwrap().is_none());
    assert!(here.handovers.admit("").await.unwrap().is_none());
}

#[tokio::test]
async fn a_code_is_good_once_in_the_browser_that_began() {
    let here = setting();
    let code = here.code().await;
    let redeemed = here.redeem(&code, Some(&here.browser)).await;
    let Redeemed::Login(login) = redeemed else {
        panic!("{redeemed:?}");
    };
    assert_eq!(login.flow, here.flow);
    assert_eq!(login.identity.event().method, AuthenticationMethod::Cns);
    let again = here.redeem(&code, Some(&here.browser)).await;
    assert!(matches!(again, Redeemed::Unknown));
}

#[tokio::test]
async fn a_code_that_another_browser_brought_is_spent() {
    let here = setting();
    for stranger in [None, Some(&browser())] {
        let code = here.code().await;
        let redeemed = here.redeem(&code, stranger).await;
        assert!(matches!(redeemed, Redeemed::OtherBrowser));
        let own = here.redeem(&code, Some(&here.browser)).await;
        assert!(matches!(own, Redeemed::Unknown));
    }
}

#[tokio::test]
async fn a_code_is_good_for_a_minute() {
    let here = setting();
    let code = here.code().await;
    here.clock.pass(CODE_LIFE);
    let late = here.redeem(&code, Some(&here.browser)).await;
    assert!(matches!(late, Redeemed::Unknown));
}

#[tokio::test]
async fn a_ticket_and_a_refusal_are_no_codes() {
    let here = setting();
    let ticket = here
        .handovers
        .ticket(&here.flow, &here.browser)
        .await
        .unwrap();
    let refused = Refused {
        code: "expired".to_owned(),
        reference: "AAAAA-BBBBB".to_owned(),
    };
    let id = here
        .handovers
        .refuse(here.ticket().await, refused.clone())
        .await
        .unwrap();
    for code in [&ticket, &id] {
        let redeemed = here.redeem(code, Some(&here.browser)).await;
        assert!(matches!(redeemed, Redeemed::Unknown));
    }
    // It may be read again, by its own browser.
    for _ in 0..2 {
        let read = here
            .handovers
            .refusal(&id, Some(&here.browser))
            .await
            .unwrap();
        assert_eq!(read, Some((here.flow.clone(), refused.clone())));
    }
    for stranger in [None, Some(&browser())] {
        assert_eq!(here.handovers.refusal(&id, stranger).await.unwrap(), None);
    }
}
