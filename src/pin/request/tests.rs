use super::super::testing::*;
use super::*;
use crate::audit::PinStep;
use crate::identity::{Country, EmailAddress, PhoneNumber, PinGrade, PostalAddress, PostalFields};
use crate::pin::{Contacts, ContactsMissing, Recipient};

const DAY: &str = "2019-06-03T09:00:00Z";

fn ask(scene: &Scene, application: Application) -> Result<Change, PinRefusal> {
    Dossier::new(holder()).ask(application, true, mint(), &scene.context())
}

#[test]
fn a_validated_request_sends_the_first_half_at_once_and_the_second_by_letter() {
    let scene = Scene::new(DAY);
    let change = ask(&scene, application()).unwrap();
    let pin = change.dossier().pin().unwrap();
    assert_eq!(pin.grade, PinGrade::Ordinary);
    assert_eq!(recipient(&change, "first-half"), Recipient::Sms(mobile()));
    let Recipient::Letter(addressee) = recipient(&change, "second-half") else {
        panic!("by letter");
    };
    assert_eq!(addressee.name.expose(), "Mara Rossi");
    assert_eq!(addressee.address, application().details.residence);
    assert!(tells_everybody(&change, "issued"));
    assert_eq!(steps(&change), [PinStep::Issued]);
    let (first, second) = halves(&change);
    assert_ne!(first, second);
}

#[test]
fn without_a_mobile_the_first_half_goes_by_pec_and_without_a_pec_by_mail() {
    let scene = Scene::new(DAY);
    let mut by_mail = application();
    by_mail.contacts.mobile = None;
    by_mail.contacts.landline = Some(PhoneNumber::parse("+390612345678").unwrap());
    let change = ask(&scene, by_mail.clone()).unwrap();
    assert_eq!(recipient(&change, "first-half"), Recipient::Pec(pec()));
    by_mail.contacts.pec = None;
    let change = ask(&scene, by_mail).unwrap();
    assert_eq!(recipient(&change, "first-half"), Recipient::Email(email()));
}

#[test]
fn a_request_without_a_telephone_or_without_a_mail_address_cannot_go_on_and_a_pec_counts() {
    let scene = Scene::new(DAY);
    let with = |contacts: Contacts| {
        let application = Application {
            contacts,
            ..application()
        };
        ask(&scene, application).err()
    };
    let missing = |what| Some(PinRefusal::Contacts(what));
    let (mobile, email, pec) = (Some(mobile()), Some(email()), Some(pec()));
    assert_eq!(
        with(Contacts {
            email: email.clone(),
            pec: pec.clone(),
            ..Contacts::default()
        }),
        missing(ContactsMissing::Telephone)
    );
    assert_eq!(
        with(Contacts {
            mobile: mobile.clone(),
            ..Contacts::default()
        }),
        missing(ContactsMissing::Mail)
    );
    for (email, pec) in [(email, None), (None, pec)] {
        let mobile = mobile.clone();
        assert_eq!(
            with(Contacts {
                mobile,
                email,
                pec,
                landline: None,
            }),
            None
        );
    }
}

#[test]
fn somebody_who_lives_abroad_gets_the_letter_there() {
    let scene = Scene::new(DAY);
    let mut abroad = application();
    abroad.details.residence = PostalAddress::new(&PostalFields {
        street: "Rue de la Loi 1",
        addition: "",
        postal_code: "1000",
        city: "Bruxelles",
        province: "",
        country: Country::parse("BE").unwrap(),
    })
    .unwrap();
    let change = ask(&scene, abroad).unwrap();
    let Recipient::Letter(addressee) = recipient(&change, "second-half") else {
        panic!("by letter");
    };
    assert_eq!(addressee.address.lines().last().unwrap(), "BE");
}

#[test]
fn an_address_that_does_not_validate_waits_for_a_call_and_nothing_secret_leaves() {
    let scene = Scene::new(DAY);
    let change = Dossier::new(holder())
        .ask(application(), false, mint(), &scene.context())
        .unwrap();
    assert!(change.dossier().pin().is_none());
    assert_eq!(change.index().call, Some(scene.now));
    assert!(
        change
            .outbox()
            .iter()
            .all(|message| !message.kind.is_secret())
    );
    assert!(tells_everybody(&change, "request-taken"));
    let again = change
        .dossier
        .ask(application(), true, mint(), &scene.context());
    assert_eq!(again.err(), Some(PinRefusal::AlreadyRequested));
}

/// Why an operator does something.
fn why() -> Redacted<String> {
    "as the person said".to_owned().into()
}

fn waiting(scene: &Scene) -> Dossier {
    let asked = Dossier::new(holder()).ask(application(), false, mint(), &scene.context());
    asked.unwrap().dossier
}

#[test]
fn after_a_positive_call_the_pin_is_sent_exactly_as_when_the_address_validates_by_itself() {
    let scene = Scene::new(DAY);
    let caller = scene.operator(DeskRole::ContactCentre, 1);
    let claimed = waiting(&scene)
        .claim_call(&caller.context())
        .unwrap()
        .dossier;
    let called = claimed
        .confirm_call(mint(), why(), &caller.context())
        .unwrap();
    let by_itself = ask(&scene, application()).unwrap();
    assert_eq!(sent(&called), sent(&by_itself));
    assert_eq!(called.dossier().request(), None);
    assert_eq!(called.index().call, None);
}

#[test]
fn after_a_negative_call_the_request_is_closed_and_the_person_told_why() {
    let scene = Scene::new(DAY);
    let caller = scene.operator(DeskRole::ContactCentre, 1);
    let claimed = waiting(&scene)
        .claim_call(&caller.context())
        .unwrap()
        .dossier;
    let no_reason = claimed
        .clone()
        .refuse_call("  ".to_owned().into(), &caller.context());
    assert_eq!(no_reason.err(), Some(PinRefusal::NoReason));
    let confirmed = claimed
        .clone()
        .confirm_call(mint(), String::new().into(), &caller.context());
    assert_eq!(confirmed.err(), Some(PinRefusal::NoReason));
    let refused = claimed.refuse_call("nobody there".to_owned().into(), &caller.context());
    let refused = refused.unwrap();
    assert!(refused.dossier().pin().is_none() && refused.dossier().request().is_none());
    assert!(tells_everybody(&refused, "request-refused"));
    // And they may ask again.
    assert!(
        refused
            .dossier
            .ask(application(), true, mint(), &scene.context())
            .is_ok()
    );
}

#[test]
fn a_request_is_in_one_hand_at_a_time_until_it_is_given_back_or_its_time_is_over() {
    let scene = Scene::new(DAY);
    let one = scene.operator(DeskRole::ContactCentre, 1);
    let other = scene.operator(DeskRole::Supervisor, 2);
    let claimed = waiting(&scene).claim_call(&one.context()).unwrap().dossier;
    let refused = |result: Result<Change, PinRefusal>| result.err();
    assert_eq!(
        refused(claimed.clone().claim_call(&other.context())),
        Some(PinRefusal::Claimed)
    );
    assert_eq!(
        refused(
            claimed
                .clone()
                .confirm_call(mint(), why(), &other.context())
        ),
        Some(PinRefusal::NotClaimed)
    );
    let released = claimed
        .clone()
        .release_call(&one.context())
        .unwrap()
        .dossier;
    assert!(released.claim_call(&other.context()).is_ok());
    let later = one.after(Duration::minutes(30));
    assert_eq!(
        refused(
            claimed
                .clone()
                .confirm_call(mint(), why(), &later.context())
        ),
        Some(PinRefusal::NotClaimed)
    );
    let later = other.after(Duration::minutes(30));
    assert!(claimed.claim_call(&later.context()).is_ok());
}

#[test]
fn the_contact_centre_registers_a_call_and_reads_the_first_half_that_is_sent_all_the_same() {
    let scene = Scene::new(DAY);
    let caller = scene.operator(DeskRole::ContactCentre, 1);
    let minted = mint();
    let read_aloud = minted.first_half().clone();
    let change = Dossier::new(holder())
        .register_call(&application(), minted, why(), &caller.context())
        .unwrap();
    assert_eq!(halves(&change).0, read_aloud);
    let pin = change.dossier().pin().unwrap();
    let (grade, channel) = (pin.grade, pin.channel);
    assert_eq!(
        (grade, channel),
        (PinGrade::Ordinary, PinChannel::ContactCentre)
    );
    for by in [scene.operator(DeskRole::Office, 1), Scene::new(DAY)] {
        let refused =
            Dossier::new(holder()).register_call(&application(), mint(), why(), &by.context());
        assert_eq!(refused.err(), Some(PinRefusal::NotAtTheDesk));
    }
}

#[test]
fn no_operator_serves_themselves() {
    let caller = Scene::new(DAY).operator(DeskRole::ContactCentre, 1);
    let refused =
        Dossier::new(operator(1)).register_call(&application(), mint(), why(), &caller.context());
    assert_eq!(refused.err(), Some(PinRefusal::OwnPin));
}

#[test]
fn from_1_october_2020_only_the_excepted_groups_get_a_pin() {
    let last = Scene::new("2020-09-30T21:59:59Z");
    assert!(ask(&last, application()).is_ok());
    let after = last.at("2020-09-30T22:00:00Z");
    let refused = ask(&after, application()).err();
    assert_eq!(refused, Some(PinRefusal::IssuanceEnded));
    for exception in [Exception::NoItalianDocument, Exception::UnderGuardianship] {
        let excepted = Application {
            exception: Some(exception),
            ..application()
        };
        // What somebody says of themselves there is checked on the telephone, whatever their address.
        let change = ask(&after, excepted).unwrap();
        assert!(change.dossier().request().is_some() && change.dossier().pin().is_none());
    }
}

#[test]
fn a_minor_gets_a_pin_after_the_end_of_issuance_until_the_day_before_their_eighteenth_birthday() {
    let minor = |born: &str| {
        let mut minor = application();
        minor.exception = Some(Exception::Minor);
        minor.details.birth_date = born.parse::<chrono::NaiveDate>().unwrap().into();
        minor
    };
    let scene = Scene::new("2020-11-20T12:00:00Z");
    let change = ask(&scene, minor("2002-11-21")).unwrap();
    assert!(change.dossier().pin().is_some());
    let of_age = ask(&scene, minor("2002-11-20")).err();
    assert_eq!(of_age, Some(PinRefusal::OfAge));
}

#[test]
fn whoever_has_a_pin_gets_no_second_one() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let refused = dossier
        .clone()
        .ask(application(), true, mint(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::AlreadyIssued));
    let (dossier, ..) = scene.issued();
    let refused = dossier.ask(application(), true, mint(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::AlreadyIssued));
}

#[test]
fn every_pin_is_a_record_of_its_own() {
    let scene = Scene::new(DAY);
    let id = |change: Change| change.dossier.pin.unwrap().id;
    let one = id(ask(&scene, application()).unwrap());
    let other = id(ask(&scene, application()).unwrap());
    assert_ne!(one, other);
}

/// Mara's, but for how to reach her: somebody else may have filled it in.
fn of_a_stranger() -> Application {
    let mut application = application();
    application.contacts = Contacts {
        mobile: Some(PhoneNumber::parse("+393477654321").unwrap()),
        email: Some(EmailAddress::parse("stranger@example.org").unwrap()),
        ..Contacts::default()
    };
    application
}

#[test]
fn the_contacts_on_record_hear_of_a_pin_that_somebody_asks_for_with_others() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let revoked = dossier.revoke(None, &scene.context()).unwrap().dossier;
    let later = scene.after(chrono::Duration::days(2));
    let ask = |confirmed| {
        let dossier = revoked.clone();
        dossier.ask(of_a_stranger(), confirmed, mint(), &later.context())
    };
    let told = |change: &Change, notice: &str| {
        let to_record = [
            Recipient::Sms(mobile()),
            Recipient::Pec(pec()),
            Recipient::Email(email()),
        ];
        to_record.iter().all(|to| {
            let is_it = |row: &crate::pin::Outgoing| row.to == *to && row.kind.name() == notice;
            change.outbox().iter().any(is_it)
        })
    };
    assert!(told(&ask(true).unwrap(), "issued"));
    assert!(told(&ask(false).unwrap(), "request-taken"));
    // What is secret goes where the request says, and nowhere else.
    let issued = ask(true).unwrap();
    let secrets = issued.outbox().iter().filter(|row| row.kind.is_secret());
    assert_eq!(secrets.count(), 2);
    assert_eq!(issued.dossier().contacts(), &of_a_stranger().contacts);
}
