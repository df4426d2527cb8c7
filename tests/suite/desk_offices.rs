//! What operators do for the person before them or on the telephone: PINs given, raised, restored and revoked.

use chrono::NaiveDate;
use http::StatusCode;
use varco::audit::{PinActor, PinStep};
use varco::identity::{DeskRole, PinGrade};
use varco::pin::{
    Applicant, Dossier, MessageKind, Outgoing, PinChannel, PinRules, PinStatus, Recipient,
};

use crate::support::browser::Answer;
use crate::support::desk::{
    Clerk, GIULIA, LUCA, MARA_SAYS, MARIO, PAPERS, but, desk, desk_with, telephone_pin,
};
use crate::support::pin_care::{CareStand, MARA, told};
use crate::support::pins;

/// Everything that an office types to issue a PIN.
fn all() -> Vec<(&'static str, &'static str)> {
    but(&MARA_SAYS, &PAPERS)
}

async fn issue(clerk: &mut Clerk, typed: &[(&str, &str)]) -> Answer {
    let page = clerk.page("issue").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    clerk.send(&page, 0, typed).await
}

/// The last thing that happened, by whom and why.
fn last(dossier: &Dossier) -> (PinStep, String, String) {
    let entry = dossier.history().last().expect("something happened");
    let PinActor::Operator { person, role } = &entry.by else {
        panic!("{:?}", entry.by);
    };
    let reason = entry.reason.as_ref().map(|reason| reason.expose().clone());
    let by = format!("{} {role}", person.expose());
    (entry.step, by, reason.unwrap_or_default())
}

/// The halves that messages carry, as they are written.
fn secrets(sent: &[Outgoing]) -> Vec<String> {
    let (first, second) = pins::halves(sent);
    let halves = [first, second].into_iter().flatten();
    halves.map(|half| half.expose().to_owned()).collect()
}

#[tokio::test]
async fn an_office_gives_a_dispositive_pin_at_once_in_a_sealed_envelope() {
    let stand = desk();
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let done = issue(&mut giulia, &all()).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(done.body.contains("busta sigillata") && done.body.contains("Roma Centro"));

    let dossier = stand.dossier().await;
    let pin = dossier.pin().unwrap();
    assert_eq!(
        (pin.grade, pin.channel),
        (PinGrade::Dispositive, PinChannel::Office)
    );
    let by = format!("{GIULIA} office");
    assert_eq!(
        last(&dossier),
        (PinStep::Issued, by, "Richiesta di persona".to_owned())
    );
    let visit = dossier.visits().last().unwrap();
    assert_eq!(visit.form.expose(), "MV35/2026/7");
    assert_eq!(visit.document.number.expose(), "CA00000AA");
    assert_eq!(visit.applicant, Applicant::Holder);

    let sent = stand.drain().await;
    assert_eq!(
        told(&sent),
        ["whole-pin by envelope", "issued by sms", "issued by email"]
    );
    let Recipient::Envelope { office, .. } = &sent[0].to else {
        panic!("{:?}", sent[0].to);
    };
    assert_eq!(office.expose(), "Roma Centro");
    // Nobody at the desk ever sees the PIN.
    let case = giulia.case(MARA).await;
    for secret in secrets(&sent) {
        assert!(!done.body.contains(&secret) && !case.body.contains(&secret));
        assert!(!done.body.contains(&secret[..4]));
    }
    for text in [
        "PIN assegnato",
        "Giulia Finzioni",
        "Richiesta di persona",
        "dispositivo",
    ] {
        assert!(case.body.contains(text), "{text}");
    }
}

#[tokio::test]
async fn an_office_needs_no_contacts() {
    let stand = desk();
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let typed = but(&all(), &[("mobile", ""), ("email", "")]);
    let done = issue(&mut giulia, &typed).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(told(&stand.drain().await), ["whole-pin by envelope"]);
}

#[tokio::test]
async fn guardians_and_parents_may_come_and_delegates_never() {
    let stand = desk();
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    for (applicant, code, field) in [
        ("delegate", MARIO, "applicant"),
        ("", "", "applicant"),
        ("guardian", "", "applicant_code"),
        ("parent", "RSSMRA80A01H501X", "applicant_code"),
    ] {
        let typed = but(
            &all(),
            &[("applicant", applicant), ("applicant_code", code)],
        );
        let again = issue(&mut giulia, &typed).await;
        assert_eq!(
            again.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{applicant}"
        );
        assert!(
            again.body.contains(&format!("{field}-error")),
            "{applicant}"
        );
    }
    // Nobody is their own parent, and an operator serves nobody of their own.
    for code in [MARA, GIULIA] {
        let typed = but(&all(), &[("applicant", "parent"), ("applicant_code", code)]);
        let refused = issue(&mut giulia, &typed).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.body.contains("non si assegna a un delegato"));
    }
    assert!(stand.dossier().await.pin().is_none());
    for applicant in ["parent", "guardian"] {
        let stand = desk();
        let mut giulia = Clerk::new(&stand, GIULIA).await;
        let typed = but(
            &all(),
            &[("applicant", applicant), ("applicant_code", MARIO)],
        );
        let done = issue(&mut giulia, &typed).await;
        assert_eq!(done.status, StatusCode::OK, "{applicant}: {}", done.body);
        let dossier = stand.dossier().await;
        assert!(matches!(
            dossier.visits().last().unwrap().applicant,
            Applicant::Parent(_) | Applicant::Guardian(_)
        ));
    }
}

#[tokio::test]
async fn after_the_end_of_issuance_an_office_serves_the_excepted_groups_only() {
    let ended = || {
        desk_with(PinRules {
            issuance_ends: NaiveDate::from_ymd_opt(2020, 10, 1).unwrap(),
            ..PinRules::default()
        })
    };
    let stand = ended();
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let refused = issue(&mut giulia, &all()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("non vengono più assegnati"));
    let of_age = issue(&mut giulia, &but(&all(), &[("group", "minor")])).await;
    assert_eq!(of_age.status, StatusCode::UNPROCESSABLE_ENTITY);
    for group in ["no-italian-document", "under-guardianship"] {
        let stand = ended();
        let mut giulia = Clerk::new(&stand, GIULIA).await;
        let done = issue(&mut giulia, &but(&all(), &[("group", group)])).await;
        assert_eq!(done.status, StatusCode::OK, "{group}: {}", done.body);
    }
}

#[tokio::test]
async fn what_contradicts_the_fiscal_code_or_is_missing_is_shown_at_its_field_and_nothing_is_done()
{
    let stand = desk();
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    for (field, value) in [
        ("name", "Carla"),
        ("surname", "Bianchi"),
        ("sex", "F"),
        ("birth_date", "02/01/1980"),
        ("birth_place", "Milano"),
        ("city", "Paperopoli"),
        ("document_number", ""),
        ("document_expires", "domani"),
        ("form", ""),
        ("seen", ""),
        ("reason", "ok"),
        ("group", "friend"),
    ] {
        let again = issue(&mut giulia, &but(&all(), &[(field, value)])).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(
            again.body.contains(&format!("id=\"{field}-error\"")),
            "{field}"
        );
        // What was typed is still there.
        assert!(again.body.contains("value=\"Via dei Mille 12\""), "{field}");
    }
    let expired = issue(
        &mut giulia,
        &but(&all(), &[("document_expires", "20/11/2026")]),
    )
    .await;
    assert_eq!(expired.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(expired.body.contains("documento è scaduto"));
    assert!(stand.dossier().await.pin().is_none());
    assert!(stand.drain().await.is_empty());
}

#[tokio::test]
async fn the_contact_centre_reads_the_first_half_aloud_and_sees_it_once() {
    let stand = desk();
    let mut luca = Clerk::new(&stand, LUCA).await;
    let page = luca.page("register").await;
    let done = luca.send(&page, 0, &MARA_SAYS).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let sent = stand.drain().await;
    assert_eq!(
        told(&sent),
        [
            "first-half by sms",
            "second-half by letter",
            "issued by sms",
            "issued by email"
        ]
    );
    let [first, second] = secrets(&sent).try_into().unwrap();
    let aloud = format!("{} {}", &first[..4], &first[4..]);
    assert!(done.body.contains(&aloud), "the half that is read aloud");
    assert!(!done.body.contains(&second[..4]) && !done.body.contains(&second[4..]));

    let dossier = stand.dossier().await;
    assert_eq!(dossier.pin().unwrap().grade, PinGrade::Ordinary);
    let by = format!("{LUCA} contact-centre");
    assert_eq!(
        last(&dossier),
        (PinStep::Issued, by, "Richiesta di persona".to_owned())
    );
    // Neither going back nor sending it again shows it once more.
    let again = luca.send(&page, 0, &MARA_SAYS).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let case = luca.case(MARA).await;
    for page in [again, case] {
        assert!(!page.body.contains(&aloud) && !page.body.contains(&first));
    }
}

#[tokio::test]
async fn by_telephone_at_least_one_number_and_one_address_are_needed() {
    let stand = desk();
    let mut luca = Clerk::new(&stand, LUCA).await;
    for (field, shown) in [("mobile", "mobile"), ("email", "email"), ("hours", "hours")] {
        let page = luca.page("register").await;
        let again = luca.send(&page, 0, &but(&MARA_SAYS, &[(field, "")])).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(
            again.body.contains(&format!("id=\"{shown}-error\"")),
            "{field}"
        );
    }
    let page = luca.page("register").await;
    let guardian = but(&MARA_SAYS, &[("group", "under-guardianship")]);
    let again = luca.send(&page, 0, &guardian).await;
    assert_eq!(
        again.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "guardians come to an office"
    );
    assert!(stand.dossier().await.pin().is_none());
}

#[tokio::test]
async fn an_office_raises_an_ordinary_pin_at_once_and_it_stays_the_same() {
    let stand = desk();
    stand.with_working_pin().await;
    let before = stand.dossier().await;
    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let page = giulia.page("convert").await;
    let typed = but(&PAPERS, &[("reason", "Modulo MV35 firmato")]);
    let done = giulia.send(&page, 0, &typed).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(done.body.contains("PIN reso dispositivo in sede"));
    let after = stand.dossier().await;
    assert_eq!(after.pin().unwrap().grade, PinGrade::Dispositive);
    assert_eq!(after.pin().unwrap().state, before.pin().unwrap().state);
    let again = giulia.send(&page, 0, &typed).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.body.contains("già dispositivo"));
}

async fn restore(stand: &CareStand) -> Answer {
    let mut giulia = Clerk::new(stand, GIULIA).await;
    let page = giulia.page("restore").await;
    let typed = but(&PAPERS, &[("reason", "PIN smarrito, nessun recapito")]);
    giulia.send(&page, 0, &typed).await
}

#[tokio::test]
async fn an_office_restores_a_lost_pin_and_the_old_one_stops() {
    let stand = desk();
    stand.with_working_pin().await;
    let old = stand.dossier().await;
    let done = restore(&stand).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let dossier = stand.dossier().await;
    assert_eq!(dossier.stopped(), Some(stand.here.now()));
    let status = dossier.status(&stand.rules, stand.here.now());
    assert!(matches!(status, PinStatus::Initial(_)), "{status:?}");
    let grade = |dossier: &Dossier| dossier.pin().unwrap().grade;
    assert_eq!(grade(&dossier), grade(&old));
    assert_ne!(dossier.pin().unwrap().id, old.pin().unwrap().id);
    let sent = stand.drain().await;
    assert!(matches!(sent[0].kind, MessageKind::WholePin { .. }));
    let notices = ["restored by sms", "restored by pec", "restored by email"];
    assert_eq!(told(&sent)[1..], notices);
    for secret in secrets(&sent) {
        assert!(!done.body.contains(&secret[..4]));
    }
    assert_eq!(last(&dossier).0, PinStep::Restored);
}

#[tokio::test]
async fn a_pin_that_was_never_used_is_not_restored_but_revoked_and_given_anew() {
    let stand = desk();
    stand.with_halves().await;
    let refused = restore(&stand).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("non è mai stato usato"));

    let mut giulia = Clerk::new(&stand, GIULIA).await;
    let page = giulia.page("revoke").await;
    for reason in ["", "no"] {
        let again = giulia.send(&page, 0, &[("reason", reason)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let done = giulia
        .send(&page, 0, &[("reason", "Lettera mai arrivata")])
        .await;
    assert!(done.body.contains("PIN revocato"), "{}", done.body);
    let dossier = stand.dossier().await;
    assert_eq!(
        dossier.status(&stand.rules, stand.here.now()),
        PinStatus::Revoked
    );
    let by = format!("{GIULIA} {}", DeskRole::Office);
    assert_eq!(
        last(&dossier),
        (PinStep::Revoked, by, "Lettera mai arrivata".to_owned())
    );
    assert_eq!(issue(&mut giulia, &all()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_is_on_the_telephone_is_recognised_by_the_telephone_pin_in_five_tries() {
    let stand = desk();
    stand.with_working_pin().await;
    let code = telephone_pin(&stand).await;
    let mut luca = Clerk::new(&stand, LUCA).await;
    let page = luca.page("recognise").await;
    let right = luca.send(&page, 0, &[("code", &code)]).await;
    assert!(
        right.body.contains("Riconosciuta al telefono"),
        "{}",
        right.body
    );
    let wrong = if code.starts_with('1') {
        "22222222"
    } else {
        "11111111"
    };
    for _ in 0..5 {
        let again = luca.send(&page, 0, &[("code", wrong)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("code-error") && !again.body.contains(wrong));
    }
    let dead = luca.send(&page, 0, &[("code", &code)]).await;
    assert_eq!(dead.status, StatusCode::CONFLICT, "{}", dead.body);
}
