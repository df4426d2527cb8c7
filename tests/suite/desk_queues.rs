//! The desk's queues: who takes what, for how long, and that nothing is decided twice.

use chrono::Duration;
use http::StatusCode;
use varco::audit::PinStep;
use varco::identity::PinGrade;
use varco::pin::{ChangeNotice, MessageKind, PinStatus, PinStore as _, Queue};

use crate::support::browser::Answer;
use crate::support::desk::{ANNA, CARLA, Clerk, GIULIA, LUCA, MARIO, desk, submit_conversion};
use crate::support::pin_care::{CareStand, MARA, told};
use crate::support::pins;

const CALLS: &str = "/desk/calls";
const CONVERSIONS: &str = "/desk/conversions";

/// Mara asked for a PIN, and her address could not be validated.
async fn waiting_for_a_call() -> CareStand {
    let stand = desk();
    let asked = stand
        .command(|dossier, context| dossier.ask(pins::application(), false, pins::mint(), context));
    asked.await;
    assert_eq!(stand.calls().await, 1);
    stand
}

/// Mara sent the signed form of a conversion.
async fn waiting_for_a_decision() -> CareStand {
    let stand = desk();
    stand.with_working_pin().await;
    submit_conversion(&stand).await;
    stand
}

async fn press(clerk: &mut Clerk, page: &Answer, form: usize, typed: &[(&str, &str)]) -> Answer {
    clerk.send(page, form, typed).await
}

const RIGHT: [(&str, &str); 2] = [
    ("came_to", "right"),
    ("reason", "Dati confermati al telefono"),
];
const WRONG: [(&str, &str); 2] = [("came_to", "wrong"), ("reason", "Indirizzo inesistente")];
const RELEASE: [(&str, &str); 1] = [("came_to", "release")];

#[tokio::test]
async fn a_call_is_taken_by_one_operator_and_right_data_issue_the_pin() {
    let stand = waiting_for_a_call().await;
    let mut luca = Clerk::new(&stand, LUCA).await;
    let mut anna = Clerk::new(&stand, ANNA).await;
    let home = luca.browser.open("/desk").await;
    assert!(home.body.contains("Persone da chiamare"));
    let early = anna.browser.open(CALLS).await;
    let call = luca.take(CALLS).await;
    assert_eq!(call.status, StatusCode::OK);
    for text in ["Via dei Mille 12", "+393331234567", "Rossi", "01/01/1980"] {
        assert!(call.body.contains(text), "{text}");
    }
    // Anna sees who has it, and her page of before takes nothing.
    let late = anna.browser.open(CALLS).await;
    assert!(
        late.body.contains("In carico a Luca Inventi"),
        "{}",
        late.body
    );
    assert!(!late.body.contains("Prendi in carico"));
    let refused = anna.send(&early, 0, &[("person", MARA)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("collega se ne sta già occupando"));

    let done = press(&mut luca, &call, 0, &RIGHT).await;
    assert!(done.body.contains("PIN assegnato"), "{}", done.body);
    let dossier = stand.dossier().await;
    assert_eq!(dossier.pin().unwrap().grade, PinGrade::Ordinary);
    assert!(dossier.request().is_none());
    let reason = dossier.history().last().unwrap().reason.clone().unwrap();
    assert_eq!(reason.expose(), "Dati confermati al telefono");
    let sent = stand.drain().await;
    assert_eq!(
        told(&sent)[..2],
        ["first-half by sms", "second-half by letter"]
    );
    let (first, _) = pins::halves(&sent);
    let first = first.unwrap();
    assert!(
        !done.body.contains(&first.expose()[..4]),
        "nobody reads this half aloud"
    );
    // It cannot be decided once more.
    let again = press(&mut luca, &call, 0, &WRONG).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(stand.calls().await, 0);
}

#[tokio::test]
async fn wrong_data_close_the_request_and_the_person_is_told_why() {
    let stand = waiting_for_a_call().await;
    let mut luca = Clerk::new(&stand, LUCA).await;
    let call = luca.take(CALLS).await;
    let silent = press(&mut luca, &call, 0, &[("came_to", "wrong")]).await;
    assert_eq!(
        silent.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a reason is needed"
    );
    let done = press(&mut luca, &call, 0, &WRONG).await;
    assert!(done.body.contains("Richiesta respinta"), "{}", done.body);
    assert!(stand.dossier().await.pin().is_none());
    let sent = stand.drain().await;
    let told_why = sent.iter().all(|message| {
        matches!(&message.kind, MessageKind::Notice {
            change: ChangeNotice::RequestRefused { reason }, ..
        } if reason.expose() == "Indirizzo inesistente")
    });
    assert!(told_why && !sent.is_empty());
}

#[tokio::test]
async fn a_call_that_is_given_back_or_forgotten_is_there_for_others() {
    let stand = waiting_for_a_call().await;
    let mut luca = Clerk::new(&stand, LUCA).await;
    let mut anna = Clerk::new(&stand, ANNA).await;
    let call = luca.take(CALLS).await;
    let queue = press(&mut luca, &call, 1, &RELEASE).await;
    assert_eq!(queue.url.path(), CALLS);
    assert!(queue.body.contains("Prendi in carico"));
    let hers = anna.take(CALLS).await;
    assert_eq!(hers.status, StatusCode::OK);
    // Luca's page of before decides nothing.
    let refused = press(&mut luca, &call, 0, &RIGHT).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("Non è più in carico a te"));

    // Half an hour is over, and Anna went home.
    stand.here.clock.advance(Duration::minutes(30));
    let mut luca = Clerk::new(&stand, LUCA).await;
    let call = luca.take(CALLS).await;
    assert_eq!(call.status, StatusCode::OK, "{}", call.body);
    let done = press(&mut luca, &call, 0, &RIGHT).await;
    assert!(done.body.contains("PIN assegnato"), "{}", done.body);
}

const FOR: [(&str, &str); 2] = [
    ("opinion", "accept"),
    ("reason", "Firma e documento corrispondono"),
];
const AGAINST: [(&str, &str); 2] = [("opinion", "reject"), ("reason", "Documento illeggibile")];

/// An operator takes the conversion and says what they think.
async fn say(stand: &CareStand, who: &str, opinion: &[(&str, &str)]) -> Answer {
    let mut clerk = Clerk::new(stand, who).await;
    let page = clerk.take(CONVERSIONS).await;
    assert_eq!(page.status, StatusCode::OK, "{who}: {}", page.body);
    press(&mut clerk, &page, 0, opinion).await
}

async fn grade(stand: &CareStand) -> PinGrade {
    stand.dossier().await.pin().unwrap().grade
}

#[tokio::test]
async fn four_eyes_decide_a_conversion() {
    let stand = waiting_for_a_decision().await;
    let first = say(&stand, GIULIA, &FOR).await;
    assert!(
        first.body.contains("Primo parere favorevole"),
        "{}",
        first.body
    );
    assert_eq!(grade(&stand).await, PinGrade::Ordinary, "one is not enough");

    // Nor is one operator two.
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let queue = giulia.browser.open(CONVERSIONS).await;
    assert!(
        queue
            .body
            .contains("Giulia Finzioni ha già dato il suo parere")
    );
    assert!(!queue.body.contains("Prendi in carico"));
    let home = giulia.browser.open("/desk").await;
    let token = home.form().field("token").unwrap().to_owned();
    let fields = [("token", token.as_str()), ("person", MARA)];
    let refused = giulia
        .browser
        .submit("/desk/conversions/take", &fields)
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("Hai già dato il tuo parere"));

    let second = say(&stand, MARIO, &FOR).await;
    assert!(
        second.body.contains("Conversione accettata"),
        "{}",
        second.body
    );
    assert_eq!(grade(&stand).await, PinGrade::Dispositive);
    assert_eq!(
        stand.pins.queue_length(Queue::Conversions).await.unwrap(),
        0
    );
    let sent = told(&stand.drain().await);
    assert!(sent.contains(&"converted by email".to_owned()), "{sent:?}");
}

#[tokio::test]
async fn two_of_two_minds_leave_it_to_a_third() {
    let stand = waiting_for_a_decision().await;
    say(&stand, GIULIA, &FOR).await;
    say(&stand, MARIO, &AGAINST).await;
    assert!(
        stand.dossier().await.conversion().is_some(),
        "nothing is decided"
    );
    let last = say(&stand, CARLA, &AGAINST).await;
    assert!(last.body.contains("Conversione respinta"), "{}", last.body);
    assert_eq!(grade(&stand).await, PinGrade::Ordinary);
    let dossier = stand.dossier().await;
    assert!(dossier.conversion().is_none());
    let steps: Vec<PinStep> = dossier.history().iter().map(|entry| entry.step).collect();
    assert!(steps.ends_with(&[PinStep::ConversionClaimed, PinStep::ConversionRejected]));
    let status = dossier.status(&stand.rules, stand.here.now());
    assert!(matches!(status, PinStatus::Working(_)));
}

#[tokio::test]
async fn whoever_has_a_conversion_in_hand_sees_its_pages_as_pictures_and_nobody_else_does() {
    let stand = waiting_for_a_decision().await;
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let mut mario = Clerk::new(&stand, MARIO).await;
    let page = giulia.take(CONVERSIONS).await;
    for text in ["carta d&#39;identità", "CA00000AA", "Codice sul modulo"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let pictures: Vec<&str> = page.body.split("<img src=\"").skip(1).collect();
    let pictures: Vec<&str> = pictures
        .iter()
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(pictures.len(), 1);
    let picture = giulia.browser.open(pictures[0]).await;
    assert_eq!(picture.status, StatusCode::OK, "{}", picture.body);
    assert_eq!(picture.headers["content-type"], "image/jpeg");
    assert_eq!(picture.headers["x-content-type-options"], "nosniff");
    // It begins as a JPEG does; the browser of these tests reads everything as text.
    assert!(picture.body.contains("JFIF"));
    for address in [
        format!("{}0", pictures[0]),
        pictures[0].replace("/page/1", "/page/0"),
    ] {
        assert_eq!(
            giulia.browser.open(&address).await.status,
            StatusCode::NOT_FOUND
        );
    }
    let theirs = mario.browser.open(pictures[0]).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    // A case of his own shows him none: he has not taken it.
    let his = mario.case(MARA).await;
    let his = format!("{}/conversion/page/1", his.url);
    assert_eq!(mario.browser.open(&his).await.status, StatusCode::NOT_FOUND);
    // Nor Giulia, once she gave it back.
    press(&mut giulia, &page, 1, &[("opinion", "release")]).await;
    let gone = giulia.browser.open(pictures[0]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_does_not_wait_in_a_queue_opens_no_case() {
    // Otherwise one would look at anybody without a reason, and without a word in the audit log.
    let stand = waiting_for_a_call().await;
    let mut luca = Clerk::new(&stand, LUCA).await;
    let mut anna = Clerk::new(&stand, ANNA).await;
    let page = anna.browser.open(CALLS).await;
    luca.take(CALLS).await;
    for about in [MARA, GIULIA] {
        let refused = anna.send(&page, 0, &[("person", about)]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(!refused.body.contains("/desk/case/"), "{}", refused.body);
    }
}
