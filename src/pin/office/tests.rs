use super::super::testing::*;
use super::*;
use crate::identity::{FiscalCode, Line, PhoneNumber};
use crate::pin::{Contact, Contacts, DocumentKind, IdentityDocument};

const DAY: &str = "2019-06-03T09:00:00Z";

fn visit(scene: &Scene, applicant: Applicant) -> OfficeVisit {
    OfficeVisit {
        at: scene.now,
        operator: operator(1),
        applicant,
        document: IdentityDocument {
            kind: DocumentKind::IdentityCard,
            number: Line::parse("AX1234567").unwrap(),
            issuer: Line::parse("Comune di Roma").unwrap(),
            expires: "2025-01-01".parse().unwrap(),
        },
        form: Line::parse("MV35/2019/000123").unwrap(),
        office: Line::parse("Roma Centro").unwrap(),
    }
}

fn issue(
    visit: OfficeVisit,
    application: &Application,
    desk: &Scene,
) -> Result<Change, PinRefusal> {
    let reason = "form MV35".to_owned().into();
    let dossier = Dossier::new(holder());
    dossier.issue_at_office(application, visit, mint(), reason, &desk.context())
}

fn other_person() -> FiscalCode {
    operator(9)
}

#[test]
fn an_office_issues_a_dispositive_pin_at_once_in_a_sealed_envelope() {
    let desk = Scene::new(DAY).operator(DeskRole::Office, 1);
    let change = issue(visit(&desk, Applicant::Holder), &application(), &desk).unwrap();
    let pin = change.dossier().pin().unwrap();
    assert_eq!(pin.grade, PinGrade::Dispositive);
    let Recipient::Envelope { name, office } = recipient(&change, "whole-pin") else {
        panic!("in an envelope");
    };
    assert_eq!(
        (name.expose().as_str(), office.expose()),
        ("Mara Rossi", "Roma Centro")
    );
    let secrets = change
        .outbox()
        .iter()
        .filter(|message| message.kind.is_secret());
    assert_eq!(secrets.count(), 1);
    assert!(tells_everybody(&change, "issued"));
    assert_eq!(change.dossier().visits().len(), 1);
}

#[test]
fn at_an_office_nobody_needs_a_telephone_or_a_mail_address() {
    let desk = Scene::new(DAY).operator(DeskRole::Office, 1);
    let without = Application {
        contacts: Contacts::default(),
        ..application()
    };
    let change = issue(visit(&desk, Applicant::Holder), &without, &desk).unwrap();
    assert_eq!(sent(&change), ["envelope whole-pin"]);
}

#[test]
fn a_delegate_is_refused_and_guardians_and_parents_are_not() {
    let desk = Scene::new(DAY).operator(DeskRole::Office, 1);
    let by = |applicant| issue(visit(&desk, applicant), &application(), &desk).err();
    assert_eq!(by(Applicant::Delegate), Some(PinRefusal::Delegate));
    assert_eq!(by(Applicant::Guardian(other_person())), None);
    assert_eq!(by(Applicant::Parent(other_person())), None);
    // Nobody is their own guardian, and the operator serves nobody of theirs.
    for same in [holder(), operator(1)] {
        assert_eq!(by(Applicant::Guardian(same)), Some(PinRefusal::Delegate));
    }
}

#[test]
fn an_office_wants_a_document_that_is_valid_today_and_a_reason() {
    let desk = Scene::new(DAY).operator(DeskRole::Office, 1);
    let mut old = visit(&desk, Applicant::Holder);
    old.document.expires = "2019-06-02".parse().unwrap();
    let refused = issue(old, &application(), &desk).err();
    assert_eq!(refused, Some(PinRefusal::DocumentExpired));
    let refused = Dossier::new(holder()).issue_at_office(
        &application(),
        visit(&desk, Applicant::Holder),
        mint(),
        String::new().into(),
        &desk.context(),
    );
    assert_eq!(refused.err(), Some(PinRefusal::NoReason));
}

#[test]
fn only_an_office_issues_so_and_only_in_its_own_name() {
    let scene = Scene::new(DAY);
    for by in [scene.operator(DeskRole::ContactCentre, 1), Scene::new(DAY)] {
        let refused = issue(visit(&scene, Applicant::Holder), &application(), &by).err();
        assert_eq!(refused, Some(PinRefusal::NotAtTheDesk));
    }
    let another = scene.operator(DeskRole::Office, 2);
    let refused = issue(visit(&scene, Applicant::Holder), &application(), &another).err();
    assert_eq!(refused, Some(PinRefusal::NotAtTheDesk));
}

#[test]
fn an_office_raises_an_ordinary_pin_at_once_and_it_is_the_same_pin() {
    let scene = Scene::new(DAY);
    let desk = scene.operator(DeskRole::Office, 1);
    let (dossier, matched) = scene.working();
    let raise = |dossier: Dossier| {
        let visit = visit(&desk, Applicant::Holder);
        dossier.raise_at_office(visit, "form MV35".to_owned().into(), &desk.context())
    };
    let change = raise(dossier).unwrap();
    assert_eq!(change.dossier().pin().unwrap().grade, PinGrade::Dispositive);
    assert!(tells_everybody(&change, "converted"));
    let again = raise(change.dossier().clone()).err();
    assert_eq!(again, Some(PinRefusal::AlreadyDispositive));
    let inside = change
        .dossier
        .pin_matched(&matched, None, citizen(), &scene.context());
    assert!(inside.is_ok());
    let none = raise(Dossier::new(holder())).err();
    assert_eq!(none, Some(PinRefusal::WrongState));
}

#[test]
fn after_the_end_of_issuance_an_office_serves_the_excepted_groups_alone() {
    let desk = Scene::new("2020-10-01T09:00:00Z").operator(DeskRole::Office, 1);
    let refused = issue(visit(&desk, Applicant::Holder), &application(), &desk).err();
    assert_eq!(refused, Some(PinRefusal::IssuanceEnded));
    let excepted = Application {
        exception: Some(crate::pin::Exception::UnderGuardianship),
        ..application()
    };
    let guardian = visit(&desk, Applicant::Guardian(other_person()));
    assert_eq!(issue(guardian, &excepted, &desk).err(), None);
}

#[test]
fn an_office_restores_a_lost_pin_in_a_sealed_envelope_and_the_old_one_stops() {
    let scene = Scene::new(DAY);
    let desk = scene.operator(DeskRole::Office, 1);
    let (dossier, matched) = scene.working();
    let restore = |dossier: Dossier| {
        let (visit, reason) = (visit(&desk, Applicant::Holder), "lost".to_owned());
        dossier.restore_at_office(visit, mint(), reason.into(), &desk.context())
    };
    let grade = dossier.pin().unwrap().grade;
    let id = dossier.pin().unwrap().id.clone();
    let change = restore(dossier).unwrap();
    assert_eq!(scene.status(change.dossier()), "initial");
    let pin = change.dossier().pin().unwrap();
    assert_eq!(pin.grade, grade);
    assert_ne!(pin.id, id);
    assert_eq!(change.dossier().stopped(), Some(scene.now));
    let to = recipient(&change, "whole-pin");
    assert!(matches!(to, Recipient::Envelope { .. }), "{to:?}");
    assert!(tells_everybody(&change, "restored"));
    let old = change
        .dossier
        .pin_matched(&matched, None, citizen(), &scene.context());
    assert!(old.is_err());
    // What was never used is revoked and issued anew.
    let (unused, ..) = scene.issued();
    assert_eq!(restore(unused).err(), Some(PinRefusal::NeverUsed));
    let none = restore(Dossier::new(holder())).err();
    assert_eq!(none, Some(PinRefusal::WrongState));
}

#[test]
fn the_contacts_on_record_hear_of_a_pin_that_an_office_gives_to_others() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let revoked = dossier.revoke(None, &scene.context()).unwrap().dossier;
    let desk = scene.operator(DeskRole::Office, 1);
    let mut others = application();
    others.contacts = Contacts::default();
    let visit = visit(&desk, Applicant::Holder);
    let reason = "form MV35".to_owned().into();
    let issued = revoked.issue_at_office(&others, visit, mint(), reason, &desk.context());
    assert!(tells_everybody(&issued.unwrap(), "issued"));
}

fn change_contacts(
    dossier: Dossier,
    contacts: Contacts,
    who: Applicant,
    desk: &Scene,
) -> Result<Change, PinRefusal> {
    let (visit, reason) = (visit(desk, who), "the old mailbox is lost".to_owned());
    dossier.change_contacts_at_office(contacts, visit, reason.into(), &desk.context())
}

fn only(mobile: &str) -> Contacts {
    Contacts {
        mobile: Some(PhoneNumber::parse(mobile).unwrap()),
        ..Contacts::default()
    }
}

#[test]
fn a_change_of_contacts_is_told_to_the_old_and_the_new_and_voids_a_link_to_the_old() {
    let scene = Scene::new(DAY);
    let desk = scene.operator(DeskRole::Office, 1);
    let (dossier, _) = scene.working();
    let both = [Contact::Email(email()), Contact::Mobile(mobile())];
    let asked = dossier.ask_restore(both, &scene.context()).unwrap();
    let mut messages = asked.outbox().iter();
    let token = messages.find_map(|message| match &message.kind {
        MessageKind::RestoreLink { token, .. } => Some(token.expose().clone()),
        _ => None,
    });
    let token = token.expect("a link");

    let new = only("+393390000001");
    let changed = change_contacts(asked.dossier, new.clone(), Applicant::Holder, &desk).unwrap();
    assert!(tells_everybody(&changed, "contacts-changed"));
    let to_new = Recipient::Sms(new.mobile.clone().unwrap());
    assert!(changed.outbox().iter().any(|sent| sent.to == to_new));
    assert_eq!(changed.outbox().len(), 4);
    assert_eq!(steps(&changed), [PinStep::ContactsChanged]);
    assert_eq!(changed.dossier().contacts(), &new);
    assert_eq!(changed.dossier().visits().len(), 1);
    let refused = changed.dossier.restore(&token, mint(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::Stale));
}

#[test]
fn contacts_are_changed_by_an_office_for_whoever_may_ask_for_a_pin_and_for_a_pin_that_lives() {
    let scene = Scene::new(DAY);
    let desk = scene.operator(DeskRole::Office, 1);
    let (dossier, _) = scene.working();
    let new = || only("+393390000001");
    let refused = |dossier: &Dossier, contacts: Contacts, who: Applicant, desk: &Scene| {
        change_contacts(dossier.clone(), contacts, who, desk).err()
    };
    let delegate = refused(&dossier, new(), Applicant::Delegate, &desk);
    assert_eq!(delegate, Some(PinRefusal::Delegate));
    let by_telephone = scene.operator(DeskRole::ContactCentre, 1);
    let telephone = refused(&dossier, new(), Applicant::Holder, &by_telephone);
    assert_eq!(telephone, Some(PinRefusal::NotAtTheDesk));
    let same = refused(&dossier, application().contacts, Applicant::Holder, &desk);
    assert_eq!(same, Some(PinRefusal::Nothing));
    let revoked = dossier.clone().revoke(None, &scene.context()).unwrap();
    for dead in [Dossier::new(holder()), revoked.dossier] {
        let dead = refused(&dead, new(), Applicant::Holder, &desk);
        assert_eq!(dead, Some(PinRefusal::WrongState));
    }
    let parent = Applicant::Parent(other_person());
    assert!(change_contacts(dossier, new(), parent, &desk).is_ok());
}
