use super::super::testing::*;
use super::*;
use crate::crypto::PinMatch;
use crate::identity::PinGrade;
use crate::pin::{Change, Recipient};

const DAY: &str = "2019-06-03T09:00:00Z";

fn both() -> [Contact; 2] {
    [Contact::Email(email()), Contact::Mobile(mobile())]
}

fn link(change: &Change) -> String {
    change
        .outbox()
        .iter()
        .find_map(|message| match &message.kind {
            MessageKind::RestoreLink { token, .. } => Some(token.expose().clone()),
            _ => None,
        })
        .expect("a link")
}

fn asked(scene: &Scene) -> (Dossier, PinMatch, String) {
    let (dossier, matched) = scene.working();
    let change = dossier.ask_restore(both(), &scene.context()).unwrap();
    let token = link(&change);
    (change.dossier, matched, token)
}

#[test]
fn the_link_goes_by_mail_and_stops_nothing_yet() {
    let scene = Scene::new(DAY);
    let (dossier, matched) = scene.working();
    let change = dossier.ask_restore(both(), &scene.context()).unwrap();
    assert_eq!(
        recipient(&change, "restore-link"),
        Recipient::Email(email())
    );
    assert!(!change.ends_sessions());
    assert!(tells_everybody(&change, "restore-asked"));
    let dossier = change.dossier;
    let inside = dossier.pin_matched(&matched, None, citizen(), &scene.context());
    assert!(inside.is_ok());
}

#[test]
fn a_restore_sends_the_two_halves_over_the_two_contacts_and_the_old_pin_stops_at_once() {
    let scene = Scene::new(DAY);
    let (dossier, matched, token) = asked(&scene);
    let id = dossier.pin().unwrap().id.clone();
    let change = dossier.restore(&token, mint(), &scene.context()).unwrap();
    assert_eq!(recipient(&change, "first-half"), Recipient::Sms(mobile()));
    assert_eq!(recipient(&change, "second-half"), Recipient::Email(email()));
    assert!(change.ends_sessions() && tells_everybody(&change, "restored"));
    assert_eq!(change.dossier().stopped(), Some(scene.now));
    assert_ne!(change.dossier().pin().unwrap().id, id);
    let (first, second) = halves(&change);
    let dossier = change.dossier;
    let old = dossier
        .clone()
        .pin_matched(&matched, None, citizen(), &scene.context());
    assert_eq!(old.err(), Some(PinRefusal::WrongState));
    // The halves lead to a working PIN of the same grade.
    let [first, second] = pair_proofs(&scene, &dossier, &first, &second);
    let (hash, _) = new_pin();
    let access = dossier.first_access(&first, &second, hash, citizen(), &scene.context());
    let pin = access.unwrap().dossier.pin.unwrap();
    assert_eq!(pin.grade, PinGrade::Ordinary);
}

#[test]
fn a_restored_pin_keeps_its_grade() {
    let scene = Scene::new(DAY);
    let (mut dossier, ..) = scene.working();
    dossier.pin.as_mut().unwrap().grade = PinGrade::Dispositive;
    let asked = dossier.ask_restore(both(), &scene.context()).unwrap();
    let token = link(&asked);
    let restored = asked.dossier.restore(&token, mint(), &scene.context());
    let pin = restored.unwrap().dossier.pin.unwrap();
    assert_eq!(pin.grade, PinGrade::Dispositive);
}

#[test]
fn the_link_is_good_once_and_for_24_hours() {
    let scene = Scene::new(DAY);
    let (dossier, _, token) = asked(&scene);
    let last = scene.at("2019-06-04T08:59:59Z");
    let used = dossier
        .clone()
        .restore(&token, mint(), &last.context())
        .unwrap();
    let again = used.dossier.restore(&token, mint(), &last.context());
    assert_eq!(again.err(), Some(PinRefusal::Stale));
    let late = scene.at("2019-06-04T09:00:00Z");
    let refused = dossier.clone().restore(&token, mint(), &late.context());
    assert_eq!(refused.err(), Some(PinRefusal::Stale));
    let other = dossier.restore("another", mint(), &scene.context());
    assert_eq!(other.err(), Some(PinRefusal::Stale));
}

#[test]
fn a_new_link_voids_the_one_before_and_has_256_bits() {
    let scene = Scene::new(DAY);
    let (dossier, _, old) = asked(&scene);
    let again = dossier.ask_restore(both(), &scene.context()).unwrap();
    let new = link(&again);
    assert_eq!((old.len(), new.len()), (43, 43));
    let refused = again
        .dossier()
        .clone()
        .restore(&old, mint(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::Stale));
    assert!(
        again
            .dossier
            .restore(&new, mint(), &scene.context())
            .is_ok()
    );
}

#[test]
fn a_restore_needs_two_different_contacts_on_record_one_of_them_for_mail() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let stranger = crate::identity::EmailAddress::parse("x@example.org").unwrap();
    for claimed in [
        [Contact::Email(email()), Contact::Email(email())],
        [Contact::Email(stranger), Contact::Mobile(mobile())],
        [Contact::Email(pec()), Contact::Mobile(mobile())],
        [Contact::Mobile(mobile()), Contact::Mobile(mobile())],
    ] {
        let refused = dossier.clone().ask_restore(claimed, &scene.context());
        assert_eq!(refused.err(), Some(PinRefusal::ContactsUnknown));
    }
    let mails = [Contact::Pec(pec()), Contact::Email(email())];
    assert!(dossier.ask_restore(mails, &scene.context()).is_ok());
}

#[test]
fn a_pin_that_was_never_used_cannot_be_restored_only_revoked_and_asked_for_anew() {
    let scene = Scene::new(DAY);
    let (dossier, ..) = scene.issued();
    let refused = dossier.clone().ask_restore(both(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::NeverUsed));
    let revoked = dossier.revoke(None, &scene.context()).unwrap().dossier;
    let later = scene.after(Duration::days(1));
    assert!(
        revoked
            .ask(application(), true, mint(), &later.context())
            .is_ok()
    );
}

#[test]
fn a_switched_off_and_a_locked_pin_can_be_restored_and_a_revoked_one_cannot() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let off = scene.after(Duration::days(400));
    assert_eq!(off.status(&dossier), "switched-off");
    assert!(dossier.clone().ask_restore(both(), &off.context()).is_ok());
    let mut locked = dossier.clone();
    locked.pin.as_mut().unwrap().state = PinState::Locked { since: scene.now };
    assert!(locked.ask_restore(both(), &scene.context()).is_ok());
    let revoked = dossier.revoke(None, &scene.context()).unwrap().dossier;
    let refused = revoked.ask_restore(both(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::WrongState));
}

#[test]
fn a_restore_drops_the_conversion_that_the_old_pin_began() {
    // Whoever had the PIN that is lost may have begun it.
    let scene = Scene::new(DAY);
    let (dossier, _, token) = asked(&scene);
    let document = crate::pin::IdentityDocument {
        kind: crate::pin::DocumentKind::Passport,
        number: crate::identity::Line::parse("YA0000000").unwrap(),
        issuer: crate::identity::Line::parse("Questura di Roma").unwrap(),
        expires: "2025-01-01".parse().unwrap(),
    };
    let begun = dossier.begin_conversion(document, &scene.context());
    let dossier = begun.unwrap().dossier;
    let id = dossier.conversion().unwrap().id.clone();
    let sent = dossier.submit_form(&id, b"%PDF".to_vec(), 1, &scene.context());
    let dossier = sent.unwrap().dossier;
    let file = dossier.conversion().unwrap().upload.clone().unwrap().blob;
    let change = dossier.restore(&token, mint(), &scene.context()).unwrap();
    assert!(change.dossier().conversion().is_none());
    assert_eq!(change.forgotten(), [file]);
    assert_eq!(change.index().conversion, None, "nobody decides on it");
}

#[test]
fn who_asks_for_link_after_link_has_the_contacts_told_once() {
    let scene = Scene::new(DAY);
    let (dossier, _, _) = asked(&scene);
    let again = scene.after(Duration::hours(1));
    let change = dossier.ask_restore(both(), &again.context()).unwrap();
    assert_eq!(
        sent(&change),
        ["email restore-link"],
        "and the link of before is void"
    );
    // Once it has ended, the next one is news again.
    let later = again.after(Duration::hours(24));
    let change = change.dossier.ask_restore(both(), &later.context());
    assert!(tells_everybody(&change.unwrap(), "restore-asked"));
}
