//! The second step after a card, where a rule of the catalogue wants one: a code to the telephone that the archives know.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use http::StatusCode;
use serde_json::json;
use varco::audit::AuditEvent;
use varco::identity::PhoneNumber;
use varco::messages::{NotSent, TextMessage, TextMessages};
use varco::store::BoxFuture;

use crate::support::browser::{Answer, Browser};
use crate::support::card_stand::{CardStand, good_card};
use crate::support::gateway::{SecondStep, session_of};
use crate::support::person::person;
use crate::support::relying_party::TestRelyingParty;

/// A rule about the cards of the Region of the tests, and nobody else's.
const RULE: &str = r#"
[[card]]
kinds = ["health"]
issuers = ["Regione Esempio - CA Cittadini"]
second_step = "sms"
"#;
const NUMBER: &str = "+393331234567";

/// What was sent, and whether anything is taken.
#[derive(Default)]
struct TestMessages {
    sent: Mutex<Vec<TextMessage>>,
    down: Mutex<bool>,
}

impl TextMessages for TestMessages {
    fn send<'a>(&'a self, message: &'a TextMessage) -> BoxFuture<'a, Result<(), NotSent>> {
        Box::pin(async {
            if *self.down.lock().unwrap() {
                return Err(NotSent("test"));
            }
            self.sent.lock().unwrap().push(message.clone());
            Ok(())
        })
    }
}

struct Desk {
    stand: CardStand,
    messages: Arc<TestMessages>,
}

impl Desk {
    /// Cards want a code, and the archives know where to send it.
    async fn start() -> Self {
        Self::with(RULE, Some(NUMBER)).await
    }

    async fn with(rules: &str, number: Option<&str>) -> Self {
        let messages = Arc::new(TestMessages::default());
        let second_step = SecondStep {
            rules: rules.to_owned(),
            messages: Arc::clone(&messages) as Arc<dyn TextMessages>,
        };
        let clients = vec![app().registration("")];
        let stand = CardStand::with_second_step(clients, second_step).await;
        let number = number.map(|number| PhoneNumber::parse(number).unwrap());
        let holder = person(&good_card().1);
        stand.here.archive.reach(&holder, number);
        Self { stand, messages }
    }

    /// A browser that has just shown its card at the portal's login, and what it got.
    async fn shown(&self) -> (Browser, Answer) {
        let mut browser = self.stand.here.browser();
        let answer = self.show(&mut browser, "/login/cns").await;
        (browser, answer)
    }

    async fn show(&self, browser: &mut Browser, start: &str) -> Answer {
        let computer = self.stand.computer(Some(good_card().0));
        self.stand.log_in(browser, &computer, start).await.unwrap()
    }

    fn sent(&self) -> Vec<TextMessage> {
        self.messages.sent.lock().unwrap().clone()
    }

    /// The code of the last message.
    fn code(&self) -> String {
        let sent = self.sent();
        let text = sent.last().expect("a message").text.expose();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        // The last digit is of the minutes that the code is valid.
        digits[..6].to_owned()
    }

    fn pass(&self, seconds: i64) {
        self.stand.here.clock.advance(Duration::seconds(seconds));
    }
}

fn app() -> TestRelyingParty {
    TestRelyingParty::new("portale")
}

/// Types a code on the page.
async fn type_in(browser: &mut Browser, page: &Answer, code: &str) -> Answer {
    let step = page.form().field("step").unwrap().to_owned();
    let fields = [("step", step.as_str()), ("code", code)];
    browser.submit("/login/cns/code", &fields).await
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn nobody_is_logged_in_between_card_and_code_and_the_application_hears_of_both() {
    let desk = Desk::start().await;
    let mut browser = desk.stand.here.browser();
    let question = app().question().with("idp_hint", "cns");
    let ways_in = browser.open_from_elsewhere(&question.url()).await;
    let computer = desk.stand.computer(Some(good_card().0));
    let back = desk.stand.show(&computer, &ways_in).await.unwrap();
    let page = browser.open(back.as_str()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("67"), "{}", page.body);
    assert!(!page.body.contains("333"), "the number stays ours");
    assert!(session_of(&browser).is_none());
    let [message] = &desk.sent()[..] else {
        panic!("one message");
    };
    assert_eq!(message.to.expose(), NUMBER);
    assert!(message.text.expose().contains("Istituto di prova"));

    let answer = type_in(&mut browser, &page, &desk.code()).await;
    let code = app().receive(&question, &answer).code();
    let tokens = app().tokens(&desk.stand.here, &question, &code).await;
    assert_eq!(tokens.claims["amr"], json!(["sc", "sms"]));
    let told = desk.stand.here.events().into_iter().any(|event| {
        matches!(event, AuditEvent::LoginSucceeded { card: Some(card), .. } if card.second_step.is_some())
    });
    assert!(told, "the audit log has the step");
    desk.stand.end().await;
}

#[tokio::test]
async fn a_card_that_no_rule_names_needs_no_code() {
    let rule = RULE.replace("Regione Esempio - CA Cittadini", "another authority");
    let desk = Desk::with(&rule, Some(NUMBER)).await;
    let (browser, _) = desk.shown().await;
    assert!(session_of(&browser).is_some());
    assert!(desk.sent().is_empty());
    desk.stand.end().await;
}

#[tokio::test]
async fn a_wrong_code_may_be_corrected_and_the_fifth_ends_the_login() {
    let desk = Desk::start().await;
    let (mut browser, page) = desk.shown().await;
    let bad = wrong(&desk.code());
    for left in ["4", "3", "2", "1"] {
        let again = type_in(&mut browser, &page, bad).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains(left), "{}", again.body);
    }
    let over = type_in(&mut browser, &page, bad).await;
    assert_eq!(over.status, StatusCode::FORBIDDEN);
    assert!(
        over.body.contains("/login/cns?flow="),
        "the way to begin again"
    );
    let late = type_in(&mut browser, &page, &desk.code()).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert!(session_of(&browser).is_none());
    let refused = desk.stand.here.events().into_iter().any(|event| {
        matches!(event, AuditEvent::LoginRefused { code, .. } if code == "second-step-failed")
    });
    assert!(refused);
    desk.stand.end().await;
}

#[tokio::test]
async fn another_browser_cannot_use_step_and_code_nor_a_page_of_another_site() {
    let desk = Desk::start().await;
    let (mut browser, page) = desk.shown().await;
    let (mut other, _) = desk.shown().await;
    // The code is the other browser's own now: take the first one's.
    let sent = desk.sent();
    let digits: String = sent[0]
        .text
        .expose()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let stolen = type_in(&mut other, &page, &digits[..6]).await;
    assert_eq!(stolen.status, StatusCode::BAD_REQUEST);
    let step = page.form().field("step").unwrap().to_owned();
    let url = url::Url::parse("https://login.example/login/cns/code").unwrap();
    let fields = [("step", step.as_str()), ("code", &digits[..6])];
    let forged = browser.submit_from_elsewhere(&url, &fields).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    type_in(&mut browser, &page, &digits[..6]).await;
    assert!(session_of(&browser).is_some());
    desk.stand.end().await;
}

#[tokio::test]
async fn another_code_may_be_asked_for_after_a_minute() {
    let desk = Desk::start().await;
    let (mut browser, page) = desk.shown().await;
    let step = page.form().field("step").unwrap().to_owned();
    let again = [("step", step.as_str()), ("again", "1")];
    browser.submit("/login/cns/code", &again).await;
    assert_eq!(desk.sent().len(), 1, "too early");
    desk.pass(60);
    let asked = browser.submit("/login/cns/code", &again).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert_eq!(desk.sent().len(), 2);
    type_in(&mut browser, &page, &desk.code()).await;
    assert!(session_of(&browser).is_some());
    desk.stand.end().await;
}

#[tokio::test]
async fn one_person_gets_only_so_many_codes_a_minute_however_often_they_begin_anew() {
    let desk = Desk::start().await;
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(desk.shown().await.1.status);
    }
    assert_eq!(answers[..3], [StatusCode::OK; 3]);
    assert_eq!(answers[4], StatusCode::TOO_MANY_REQUESTS);
    assert!(desk.sent().len() < 5);
    desk.stand.end().await;
}

#[tokio::test]
async fn without_a_known_telephone_or_when_nothing_is_sent_the_page_leads_on() {
    let desk = Desk::with(RULE, None).await;
    let (browser, page) = desk.shown().await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("/login?choose"), "{}", page.body);
    assert!(session_of(&browser).is_none());

    let number = PhoneNumber::parse(NUMBER).unwrap();
    let holder = person(&good_card().1);
    desk.stand.here.archive.reach(&holder, Some(number));
    *desk.messages.down.lock().unwrap() = true;
    let (browser, page) = desk.shown().await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("/login/cns?flow="), "{}", page.body);
    assert!(session_of(&browser).is_none());

    // Nor is anybody guessed at while the archives are down.
    desk.stand.here.archive.set_down(true);
    let (browser, page) = desk.shown().await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(session_of(&browser).is_none());
    desk.stand.end().await;
}
