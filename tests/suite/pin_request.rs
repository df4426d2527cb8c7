//! Asking for a PIN online, from the first page of the form to what is sent (PIN rules, Asking for one).

use chrono::Duration;
use http::StatusCode;
use varco::audit::PinStep;
use varco::pin::{DeliveryHours, MessageKind, PinRules, PinStatus, Recipient};

use crate::support::browser::{Answer, Browser};
use crate::support::gateway::TestGateway;
use crate::support::pin_care::{CareStand, MARA, Typed, request_pages, send, told};

/// Fills in the form and sends it, with one thing typed otherwise; gives the last page.
async fn ask_with(stand: &CareStand, browser: &mut Browser, other: &[(&str, &str)]) -> Answer {
    let mut page = browser.open("/pin/request").await;
    assert_eq!(page.status, StatusCode::OK);
    for typed in request_pages() {
        let mut typed: Vec<(&str, &str)> = typed.into_iter().collect();
        for (name, value) in other {
            let known = typed.iter_mut().find(|(known, _)| known == name);
            if let Some(field) = known {
                field.1 = value;
            }
        }
        page = send(browser, &page, &typed).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    assert_eq!(stand.here.events(), []);
    page
}

async fn ask(stand: &CareStand) -> Answer {
    let mut browser = stand.here.browser();
    ask_with(stand, &mut browser, &[]).await
}

#[tokio::test]
async fn a_confirmed_residence_brings_the_first_half_at_once_and_the_second_by_letter() {
    let stand = CareStand::new();
    let done = ask(&stand).await;
    assert_eq!(done.url.path(), "/pin/request/done");
    let dossier = stand.dossier().await;
    let status = dossier.status(&stand.rules, stand.here.now());
    assert!(matches!(status, PinStatus::Initial(_)));
    let sent = stand.drain().await;
    let expected = [
        "first-half by sms",
        "second-half by letter",
        "issued by sms",
        "issued by email",
    ];
    assert_eq!(told(&sent), expected);
    let Recipient::Letter(addressee) = &sent[1].to else {
        panic!("the second half goes by post");
    };
    assert_eq!(addressee.name.expose(), "Mara Rossi");
    assert_eq!(addressee.hours, Some(DeliveryHours::Evening));
    let lines = ["Via dei Mille 12", "00185 Roma RM"];
    assert_eq!(addressee.address.lines(), lines);
    // The pages are asked for in English.
    assert!(sent.iter().all(|message| message.language == "en"));
    // No half is on any page.
    for message in &sent {
        if let MessageKind::FirstHalf { half, .. } | MessageKind::SecondHalf { half, .. } =
            &message.kind
        {
            assert!(!done.body.contains(half.expose()));
        }
    }
}

#[tokio::test]
async fn a_residence_that_no_register_confirms_waits_for_a_call() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let done = ask_with(&stand, &mut browser, &[("street", "Via dei Mille 13")]).await;
    assert_eq!(done.url.path(), "/pin/request/done");
    assert_eq!(stand.calls().await, 1);
    let dossier = stand.dossier().await;
    let status = dossier.status(&stand.rules, stand.here.now());
    assert!(matches!(status, PinStatus::None));
    let steps: Vec<PinStep> = dossier.history().iter().map(|entry| entry.step).collect();
    assert_eq!(steps, [PinStep::Requested]);
    let sent = stand.drain().await;
    let expected = ["request-taken by sms", "request-taken by email"];
    assert_eq!(told(&sent), expected);
}

#[tokio::test]
async fn the_answer_is_the_same_whoever_has_a_pin_and_a_second_request_changes_nothing() {
    let stand = CareStand::new();
    let first = ask(&stand).await;
    stand.drain().await;
    let before = stand.dossier().await;
    let again = ask(&stand).await;
    assert_eq!(stand.dossier().await, before);
    assert!(stand.drain().await.is_empty());
    let mut browser = stand.here.browser();
    let other = ask_with(&stand, &mut browser, &[("street", "Via dei Mille 13")]).await;
    for answer in [&again, &other] {
        assert_eq!(answer.status, first.status);
        assert_eq!(answer.url, first.url);
        assert_eq!(answer.body, first.body);
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let page = browser.open("/pin/request?lang=it").await;
    let [who, birth, ..] = request_pages();
    let page = send(&mut browser, &page, &who).await;
    let mut wrong = birth;
    wrong[2] = ("sex", "F");
    wrong[3] = ("birth_date", "2/1/1980");
    let page = send(&mut browser, &page, &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in [
        "La data di nascita non corrisponde al codice fiscale.",
        "Il sesso non corrisponde al codice fiscale.",
        "href=\"#birth_date\"",
        "aria-describedby=\"birth_date-error birth_date-hint\"",
        "value=\"2/1/1980\"",
        "value=\"Mara\"",
        "value=\"Roma\"",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(
        page.form()
            .hidden
            .iter()
            .filter(|(_, value)| value == MARA)
            .count(),
        1
    );
    assert!(page.body.contains("id=\"sex-1\" value=\"F\" checked"));
}

#[tokio::test]
async fn going_back_keeps_what_was_typed_whether_or_not_it_is_right() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let page = browser.open("/pin/request").await;
    let [who, ..] = request_pages();
    let page = send(&mut browser, &page, &who).await;
    let typed = [("name", "Mara"), ("birth_date", "no day"), ("go", "back")];
    let page = send(&mut browser, &page, &typed).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(&format!("value=\"{MARA}\"")));
    let page = send(&mut browser, &page, &who).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("value=\"no day\""), "{}", page.body);
}

#[tokio::test]
async fn what_went_along_unseen_is_checked_again_at_the_end() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let page = browser.open("/pin/request").await;
    let everything: Typed = request_pages().concat();
    let mut everything: Typed = everything
        .into_iter()
        .filter(|(name, _)| *name != "go")
        .map(|(name, value)| {
            if name == "surname" {
                (name, "Verdi")
            } else {
                (name, value)
            }
        })
        .collect();
    everything.extend([("step", "confirm"), ("go", "send")]);
    let page = browser.submit(&page.form().action, &everything).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body
            .contains("The family name does not match the fiscal code")
    );
    assert!(stand.drain().await.is_empty());
}

#[tokio::test]
async fn everything_is_shown_to_look_over_before_it_is_sent() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let mut page = browser.open("/pin/request").await;
    for typed in &request_pages()[..5] {
        page = send(&mut browser, &page, typed).await;
    }
    for text in [
        "<dd>RSSMRA80A01H501U</dd>",
        "<dd>Italy</dd>",
        "<dd>Male</dd>",
        "<dd>Via dei Mille 12</dd>",
        "<dd>mara@example.org</dd>",
        "<dd>In the evening, from 18 to 20</dd>",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(stand.drain().await.is_empty());
}

#[tokio::test]
async fn after_the_end_of_issuance_only_the_excepted_groups_are_asked_on() {
    let stand = CareStand::with(PinRules::default());
    let mut browser = stand.here.browser();
    let page = browser.open("/pin/request").await;
    assert!(page.body.contains("Since 1 October 2020"));
    assert!(!page.body.contains("value=\"under-guardianship\""));
    let [who, ..] = request_pages();
    let refused = send(&mut browser, &page, &who).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Choose your case."));
    let mut foreign = who;
    foreign.push(("group", "no-italian-document"));
    let mut page = send(&mut browser, &refused, &foreign).await;
    for typed in &request_pages()[1..] {
        page = send(&mut browser, &page, typed).await;
    }
    assert_eq!(page.url.path(), "/pin/request/done");
    // What the person says of their documents an operator checks, whatever the registers confirm.
    assert_eq!(stand.calls().await, 1);
    assert!(!told(&stand.drain().await).contains(&"first-half by sms".to_owned()));
}

#[tokio::test]
async fn a_form_from_elsewhere_sends_nothing() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let page = browser.open("/pin/request").await;
    let mut everything: Typed = request_pages().concat();
    everything.retain(|(name, _)| *name != "go");
    everything.extend([("step", "confirm"), ("go", "send")]);
    let refused = browser.submit_from_elsewhere(&page.url, &everything).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(stand.drain().await.is_empty());
}

#[tokio::test]
async fn one_network_sends_a_few_requests_a_minute() {
    let stand = CareStand::new();
    let mut everything: Typed = request_pages().concat();
    everything.retain(|(name, _)| *name != "go");
    everything.extend([("step", "confirm"), ("go", "send")]);
    let mut here = stand.here.browser().on("a browser", "192.0.2.7");
    let mut statuses = Vec::new();
    for _ in 0..11 {
        statuses.push(here.submit("/pin/request", &everything).await.status);
    }
    assert_eq!(statuses[..10], [StatusCode::OK; 10]);
    assert_eq!(statuses[10], StatusCode::TOO_MANY_REQUESTS);
    let mut elsewhere = stand.here.browser().on("a browser", "198.51.100.7");
    let answer = elsewhere.submit("/pin/request", &everything).await;
    assert_eq!(answer.status, StatusCode::OK);
    stand.here.clock.advance(Duration::minutes(1));
    let answer = here.submit("/pin/request", &everything).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn without_pins_there_is_no_form() {
    let gateway = TestGateway::with_clients(Vec::new());
    for path in [
        "/pin",
        "/pin/request",
        "/pin/restore",
        "/pin/revoke",
        "/pin/again",
    ] {
        let answer = gateway.browser().open(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
