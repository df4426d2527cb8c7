//! What operators do beside giving PINs: a half sent once more, other contacts, and the form that people sign.

use chrono::Duration;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use varco::audit::PinStep;
use varco::identity::PhoneNumber;
use varco::pin::{Addressee, DeliveryHours, Outgoing, PinStatus, Recipient};

use crate::support::browser::Answer;
use crate::support::desk::{CARLA, Clerk, GIULIA, LUCA, MARA_SAYS, MARIO, PAPERS, but, desk};
use crate::support::pdf::Pdf;
use crate::support::pin_care::{CareStand, MARA, told};
use crate::support::pins;

const WHY: (&str, &str) = ("reason", "Non è arrivato il messaggio");

/// What the last step of Mara's history was.
async fn last(stand: &CareStand) -> PinStep {
    let dossier = stand.dossier().await;
    dossier.history().last().expect("something happened").step
}

/// No page shows a half of those that were sent.
fn shows_none(page: &Answer, sent: &[Outgoing]) {
    let (first, second) = pins::halves(sent);
    for half in [first, second].into_iter().flatten() {
        let (left, right) = half.expose().split_at(4);
        assert!(!page.body.contains(left) && !page.body.contains(right));
    }
}

#[tokio::test]
async fn a_first_half_is_sent_again_from_an_office_or_by_telephone_and_nobody_there_sees_it() {
    let stand = desk();
    stand.with_halves().await;
    for who in [GIULIA, LUCA] {
        let mut clerk = Clerk::new(&stand, who).await;
        let page = clerk.page("again").await;
        assert!(page.body.contains("+393331234567"), "{}", page.body);
        let done = clerk.send(&page, 0, &[("what", "first"), WHY]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert!(done.body.contains("Prima metà inviata di nuovo"));
        let sent = stand.drain().await;
        assert_eq!(told(&sent), ["first-half by sms"]);
        shows_none(&done, &sent);
        assert_eq!(last(&stand).await, PinStep::HalfResent);
    }
}

#[tokio::test]
async fn a_new_letter_goes_to_the_address_on_record_at_the_hours_that_the_person_says() {
    let stand = desk();
    stand.with_halves().await;
    let mut luca = Clerk::new(&stand, LUCA).await;
    // Letters are 24 hours apart: until then none is offered, and the page says from when.
    let early = luca.page("again").await;
    assert!(!early.body.contains("value=\"letter\""), "{}", early.body);
    assert!(early.body.contains("Non si può spedire"));
    let forced = [("what", "letter"), WHY];
    let refused = luca.send(&early, 0, &forced).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(stand.drain().await.is_empty());

    stand.here.clock.advance(Duration::hours(24));
    let mut luca = Clerk::new(&stand, LUCA).await;
    let page = luca.page("again").await;
    assert!(page.body.contains("Via dei Mille 12"));
    let typed = [("what", "letter"), ("hours", "evening"), WHY];
    let done = luca.send(&page, 0, &typed).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let sent = stand.drain().await;
    assert_eq!(told(&sent), ["first-half by sms", "second-half by letter"]);
    let Recipient::Letter(Addressee { hours, .. }) = &sent[1].to else {
        panic!("{:?}", sent[1].to);
    };
    assert_eq!(*hours, Some(DeliveryHours::Evening));
    shows_none(&done, &sent);
    assert_eq!(last(&stand).await, PinStep::LetterResent);
}

#[tokio::test]
async fn a_half_is_not_sent_again_without_a_reason_nor_by_other_roles_nor_for_a_pin_that_works() {
    let stand = desk();
    stand.with_halves().await;
    let mut luca = Clerk::new(&stand, LUCA).await;
    let page = luca.page("again").await;
    for (typed, field) in [
        ([("what", "first"), ("reason", "ok")], "reason"),
        ([("what", "pin"), WHY], "what"),
    ] {
        let again = luca.send(&page, 0, &typed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(again.body.contains(&format!("id=\"{field}-error\"")));
    }
    let mut carla = Clerk::new(&stand, CARLA).await;
    assert_eq!(carla.page("again").await.status, StatusCode::FORBIDDEN);
    let case = carla.case(MARA).await;
    assert!(!case.body.contains("/again"), "{}", case.body);
    assert!(stand.drain().await.is_empty());

    let stand = desk();
    stand.with_working_pin().await;
    let mut luca = Clerk::new(&stand, LUCA).await;
    let case = luca.page("again").await;
    assert!(case.body.contains("attivo") && !case.body.contains("/again"));
}

/// What an office types to change Mara's contacts.
fn other_contacts() -> Vec<(&'static str, &'static str)> {
    let contacts = [
        ("mobile", "339 7654321"),
        ("email", "mara.rossi@example.net"),
        ("reason", "Ha perso la casella di posta"),
    ];
    but(&PAPERS, &contacts)
}

#[tokio::test]
async fn an_office_changes_the_contacts_of_whoever_shows_a_document_and_the_old_ones_are_told() {
    let stand = desk();
    stand.with_working_pin().await;
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let page = giulia.page("contacts").await;
    for known in ["+393331234567", "mara@example.org", "mara@pec.example.org"] {
        assert!(page.body.contains(&format!("value=\"{known}\"")), "{known}");
    }
    let done = giulia.send(&page, 0, &other_contacts()).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(done.body.contains("Recapiti cambiati") && done.body.contains("+393397654321"));
    let dossier = stand.dossier().await;
    let mobile = PhoneNumber::parse("+393397654321").unwrap();
    assert_eq!(dossier.contacts().mobile, Some(mobile));
    assert_eq!(dossier.contacts().pec, None);
    let visit = dossier.visits().last().unwrap();
    assert_eq!(visit.document.number.expose(), "CA00000AA");
    let sent = stand.drain().await;
    let by = |way: &str| {
        told(&sent)
            .iter()
            .filter(|told| told.ends_with(way))
            .count()
    };
    // The old and the new number, the old and the new mailbox, the old PEC.
    assert_eq!((by("sms"), by("email"), by("pec")), (2, 2, 1));
    assert_eq!(last(&stand).await, PinStep::ContactsChanged);
    // The PIN itself goes on.
    let status = dossier.status(&stand.rules, stand.here.now());
    assert!(matches!(status, PinStatus::Working(_)), "{status:?}");

    let same = giulia.send(&page, 0, &other_contacts()).await;
    assert_eq!(same.status, StatusCode::CONFLICT);
    assert!(same.body.contains("è già così"), "{}", same.body);
}

#[tokio::test]
async fn contacts_are_not_changed_without_document_and_form_nor_by_telephone_nor_for_a_delegate() {
    let stand = desk();
    stand.with_working_pin().await;
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let page = giulia.page("contacts").await;
    for (field, value) in [
        ("seen", ""),
        ("document_number", ""),
        ("document_expires", "20/11/2026"),
        ("form", ""),
        ("reason", "ok"),
        ("applicant", "delegate"),
        ("mobile", "06 123"),
        ("email", "mara"),
    ] {
        let typed = but(&other_contacts(), &[(field, value)]);
        let again = giulia.send(&page, 0, &typed).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(
            again.body.contains(&format!("id=\"{field}-error\"")),
            "{field}"
        );
    }
    for who in [LUCA, CARLA] {
        let mut clerk = Clerk::new(&stand, who).await;
        let refused = clerk.page("contacts").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{who}");
    }
    assert!(stand.drain().await.is_empty());
    assert_eq!(stand.dossier().await.visits().len(), 0);
}

/// Presses the button that prints the form.
async fn print(clerk: &mut Clerk, what: &str, typed: &[(&str, &str)]) -> Answer {
    let page = clerk.page(what).await;
    // Nothing is signed yet, and no reason given.
    let unsigned = [("then", "print"), ("seen", ""), ("reason", "")];
    clerk.send(&page, 0, &but(typed, &unsigned)).await
}

fn printed(answer: &Answer) -> Pdf {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.headers[CONTENT_TYPE], "application/pdf");
    let paper = Pdf::new(&answer.bytes);
    paper.check();
    paper
}

#[tokio::test]
async fn an_office_prints_form_mv35_filled_in_and_nothing_changes_by_it() {
    let stand = desk();
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let typed = but(&MARA_SAYS, &PAPERS);
    let paper = printed(&print(&mut giulia, "issue", &typed).await);
    assert_eq!(paper.info("Pages:"), "1");
    assert_eq!(paper.barcode(), "MV35/2026/7");
    paper.satisfies_verapdf();
    let text = paper.text();
    for part in [
        "Modulo MV35",
        "RSSMRA80A01H501U",
        "Mara Rossi",
        "01/01/1980, Roma",
        "Via dei Mille 12",
        "+393331234567",
        "mara@example.org",
        "la persona stessa",
        "CA00000AA",
        "Comune di Roma",
        "15/03/2031",
        "Roma Centro",
        "Giulia Finzioni",
        "Firma dell'operatore",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(stand.dossier().await.pin().is_none());
    assert!(stand.drain().await.is_empty());
}

#[tokio::test]
async fn the_form_says_what_is_asked_and_who_signs() {
    let stand = desk();
    stand.with_working_pin().await;
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let typed = but(
        &other_contacts(),
        &[("applicant", "guardian"), ("applicant_code", MARIO)],
    );
    for (what, place) in [
        ("convert", [0, 1, 0, 0, 0]),
        ("restore", [0, 0, 1, 0, 0]),
        ("contacts", [0, 0, 0, 1, 0]),
    ] {
        let paper = printed(&print(&mut giulia, what, &typed).await);
        // The boxes of what can be asked for, and the one that the operator ticks by hand.
        let boxes = paper.described();
        let boxes = boxes.iter().filter(|what| what.starts_with("casella"));
        let ticked: Vec<bool> = boxes.map(|what| what == "casella barrata").collect();
        assert_eq!(ticked, place.map(|ticked| ticked == 1), "{what}");
        let text = paper.text();
        assert!(text.contains(MARIO), "{text}");
        assert!(text.contains("il tutore, curatore"), "{text}");
        let new = text.contains("+393397654321");
        assert_eq!(new, what == "contacts", "{what}: {text}");
    }
    let faulty = print(
        &mut giulia,
        "convert",
        &but(&typed, &[("applicant_code", "")]),
    )
    .await;
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(faulty.body.contains("id=\"applicant_code-error\""));
}

#[tokio::test]
async fn a_new_form_has_a_number_of_its_own_that_is_also_on_the_paper() {
    let stand = desk();
    stand.with_working_pin().await;
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let mut number = async || {
        let page = giulia.page("convert").await;
        let (_, rest) = page.body.split_once("value=\"MV35-").expect("a number");
        format!("MV35-{}", rest.split('"').next().unwrap())
    };
    let (one, other) = (number().await, number().await);
    assert_ne!(one, other);
    let typed = but(&PAPERS, &[("form", &one)]);
    let paper = printed(&print(&mut giulia, "convert", &typed).await);
    assert_eq!(paper.barcode(), one);
}

#[tokio::test]
async fn what_an_office_does_is_done_though_time_goes_on_meanwhile() {
    for (what, typed) in [
        ("issue", but(&MARA_SAYS, &PAPERS)),
        ("convert", but(&PAPERS, &[WHY])),
        ("restore", but(&PAPERS, &[WHY])),
        ("contacts", other_contacts()),
    ] {
        let stand = desk();
        if what != "issue" {
            stand.with_working_pin().await;
        }
        let mut giulia = Clerk::new(&stand, GIULIA).await;
        stand.here.clock.run();
        let page = giulia.page(what).await;
        let done = giulia.send(&page, 0, &typed).await;
        assert_eq!(done.status, StatusCode::OK, "{what}: {}", done.body);
        assert_eq!(stand.dossier().await.visits().len(), 1, "{what}");
    }
}
