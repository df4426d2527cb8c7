use super::*;
use crate::crypto::SystemRandom;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, Card, CardKind, EvidenceId,
    FiscalCode, PersonKey, SystemClock,
};
use crate::session::BrowserCookie;
use crate::store::MemoryStore;

/// What a card proves.
struct OfACard;

impl AuthenticationProof for OfACard {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        let code = FiscalCode::parse("PRVNNA85C55F205D").unwrap();
        let card = Card {
            kind: CardKind::Professional,
            issuer: "CA degli Ordini di Prova".to_owned(),
            issuer_id: "00".to_owned(),
            serial: "01".to_owned(),
            sha256: "02".to_owned(),
            second_step: None,
        };
        let event = AuthenticationEvent {
            method: AuthenticationMethod::Cns,
            provider: card.issuer.clone(),
            level: AchievedAssurance(AssuranceLevel::High),
            at: start(),
            evidence: EvidenceId("1".to_owned()),
            saml: None,
            card: Some(card),
        };
        (Person::new(PersonKey::FiscalCode(code)), event)
    }
}

fn start() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    start() + TimeDelta::seconds(seconds)
}

fn browser() -> BrowserDigest {
    BrowserCookie::generate(&SystemRandom).digest()
}

struct Setting {
    steps: SecondSteps,
    browser: BrowserDigest,
}

impl Setting {
    fn new() -> Self {
        let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        Self {
            steps: SecondSteps::new(&store, Arc::new(SystemRandom)),
            browser: browser(),
        }
    }

    async fn begin(&self) -> Code {
        let random: &dyn Random = &SystemRandom;
        let login = CardLogin {
            flow: FlowId::parse(&random.token()).unwrap(),
            identity: VerifiedIdentity::from_proof(OfACard),
        };
        let to = PhoneNumber::parse("+393331234567").unwrap();
        let step = (SecondStep::Sms, to);
        let code = self.steps.begin(login, &self.browser, step, start());
        code.await.unwrap()
    }

    async fn type_in(&self, code: &Code, digits: &str, seconds: i64) -> Typed {
        let typed = self
            .steps
            .typed(&code.id, &self.browser, digits, after(seconds));
        typed.await.unwrap()
    }

    async fn again(&self, code: &Code, seconds: i64) -> Option<Code> {
        let again = self.steps.again(&code.id, &self.browser, after(seconds));
        again.await.unwrap()
    }
}

fn wrong(code: &Code) -> &'static str {
    if code.digits.expose() == "000000" {
        "000001"
    } else {
        "000000"
    }
}

#[tokio::test]
async fn the_right_code_gives_the_login_with_the_step_in_it_once() {
    let setting = Setting::new();
    let code = setting.begin().await;
    let digits = code.digits.expose().clone();
    assert_eq!(digits.len(), 6);
    // As people type it from a screen that divides it.
    let spaced = format!(" {} {}\n", &digits[..3], &digits[3..]);
    let Typed::Right(login) = setting.type_in(&code, &spaced, 10).await else {
        panic!("the right code");
    };
    let card = login.identity.event().card.as_ref().unwrap();
    assert_eq!(card.second_step, Some(SecondStep::Sms));
    let twice = setting.type_in(&code, &digits, 11).await;
    assert!(matches!(twice, Typed::Over), "{twice:?}");
}

#[tokio::test]
async fn the_fifth_wrong_code_ends_the_step_and_the_right_one_then_comes_too_late() {
    let setting = Setting::new();
    let code = setting.begin().await;
    for left in (1..5).rev() {
        let typed = setting.type_in(&code, wrong(&code), 10).await;
        assert!(matches!(typed, Typed::Wrong { left: said } if said == left));
    }
    let fifth = setting.type_in(&code, wrong(&code), 10).await;
    assert!(matches!(fifth, Typed::Over), "{fifth:?}");
    let late = setting.type_in(&code, code.digits.expose(), 11).await;
    assert!(matches!(late, Typed::Over), "{late:?}");
}

#[tokio::test]
async fn a_code_is_good_for_five_minutes_to_the_second() {
    let setting = Setting::new();
    let code = setting.begin().await;
    let late = setting.type_in(&code, code.digits.expose(), 300).await;
    assert!(matches!(late, Typed::Wrong { .. }), "{late:?}");
    let code = setting.begin().await;
    let last = setting.type_in(&code, code.digits.expose(), 299).await;
    assert!(matches!(last, Typed::Right(_)), "{last:?}");
}

#[tokio::test]
async fn nothing_of_it_is_there_for_another_browser() {
    let setting = Setting::new();
    let code = setting.begin().await;
    let other = browser();
    let now = after(100);
    let steps = &setting.steps;
    assert_eq!(steps.find(&code.id, &other, now).await.unwrap(), None);
    assert!(steps.again(&code.id, &other, now).await.unwrap().is_none());
    let typed = steps.typed(&code.id, &other, code.digits.expose(), now);
    assert!(matches!(typed.await.unwrap(), Typed::Over));
    // And its owner goes on as if nothing had been.
    let own = setting.type_in(&code, code.digits.expose(), 100).await;
    assert!(matches!(own, Typed::Right(_)));
}

#[tokio::test]
async fn another_code_takes_the_place_of_the_first_after_a_minute_and_twice_only() {
    let setting = Setting::new();
    let first = setting.begin().await;
    assert!(setting.again(&first, 59).await.is_none());
    let second = setting.again(&first, 60).await.expect("a code");
    assert_ne!(second.reference, first.reference);
    assert!(setting.again(&first, 61).await.is_none());
    let third = setting.again(&first, 120).await.expect("a code");
    assert!(setting.again(&first, 300).await.is_none());
    let pending = setting.steps.find(&first.id, &setting.browser, after(300));
    let pending = pending.await.unwrap().unwrap();
    assert_eq!(
        (pending.ending.as_str(), pending.again),
        ("67", Again::Never)
    );
    if second.digits != third.digits {
        let replaced = setting.type_in(&first, second.digits.expose(), 121).await;
        assert!(matches!(replaced, Typed::Wrong { left: 4 }), "{replaced:?}");
    }
    let newest = setting.type_in(&first, third.digits.expose(), 121).await;
    assert!(matches!(newest, Typed::Right(_)));
}

#[tokio::test]
async fn wrong_codes_count_on_when_another_one_is_sent() {
    let setting = Setting::new();
    let first = setting.begin().await;
    for _ in 0..4 {
        setting.type_in(&first, wrong(&first), 10).await;
    }
    let second = setting.again(&first, 60).await.unwrap();
    let last = setting.type_in(&first, wrong(&second), 61).await;
    assert!(matches!(last, Typed::Over), "{last:?}");
}
