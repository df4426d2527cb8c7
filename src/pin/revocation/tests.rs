use super::super::testing::*;
use super::*;
use crate::identity::DeskRole;
use crate::pin::TelephoneTerm;

const DAY: &str = "2019-06-03T09:00:00Z";

#[test]
fn a_revoked_pin_stops_at_once_with_its_sessions_and_everybody_is_told() {
    let scene = Scene::new(DAY);
    let (dossier, matched) = scene.working();
    let change = dossier.revoke(None, &scene.context()).unwrap();
    assert!(change.ends_sessions() && tells_everybody(&change, "revoked"));
    assert_eq!(change.dossier().stopped(), Some(scene.now));
    assert_eq!(steps(&change), [PinStep::Revoked]);
    let dossier = change.dossier;
    let refused = dossier
        .clone()
        .pin_matched(&matched, None, citizen(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::WrongState));
    let again = dossier.revoke(None, &scene.context());
    assert_eq!(again.err(), Some(PinRefusal::WrongState));
}

#[test]
fn the_desk_revokes_with_a_reason_and_never_its_own() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let desk = scene.operator(DeskRole::Office, 1);
    let without = dossier.clone().revoke(None, &desk.context());
    assert_eq!(without.err(), Some(PinRefusal::NoReason));
    let reason = Some("card number shown".to_owned().into());
    let change = dossier.revoke(reason.clone(), &desk.context()).unwrap();
    let last = change.dossier().history().last().unwrap();
    assert_eq!((&last.by, &last.reason), (&desk.by, &reason));
    let own = Dossier {
        person: operator(1),
        ..scene.working().0
    };
    let refused = own.revoke(reason, &desk.context());
    assert_eq!(refused.err(), Some(PinRefusal::OwnPin));
}

#[test]
fn with_the_pin_goes_its_telephone_pin() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let (hash, _) = new_pin();
    let made = dossier.make_telephone_pin(hash, TelephoneTerm::Week, &scene.context());
    let revoked = made.dossier.revoke(None, &scene.context()).unwrap().dossier;
    assert!(revoked.telephone(&scene.rules, scene.now).is_none());
}
