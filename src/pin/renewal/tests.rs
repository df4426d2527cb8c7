use super::super::testing::*;
use super::*;
use crate::identity::PinGrade;

/// A PIN that was used in between and has expired, and the proof that somebody knows it.
fn expired(grade: PinGrade) -> (Scene, Dossier, PinMatch) {
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let (mut dossier, matched) = scene.working();
    dossier.pin.as_mut().unwrap().grade = grade;
    let used = scene.after(Duration::days(100));
    let change = dossier.pin_matched(&matched, None, citizen(), &used.context());
    let scene = scene.at("2019-08-01T10:00:00Z");
    let dossier = change.unwrap().dossier;
    assert_eq!(scene.status(&dossier), "expired");
    (scene, dossier, matched)
}

#[test]
fn an_expired_pin_is_renewed_with_the_same_grade_and_nobody_applies_again() {
    for grade in PinGrade::ALL {
        let (scene, dossier, old) = expired(grade);
        let id = dossier.pin().unwrap().id.clone();
        let (hash, new) = new_pin();
        let change = dossier
            .renew(&old, hash, citizen(), &scene.context())
            .unwrap();
        assert_eq!(scene.status(change.dossier()), "working");
        assert!(tells_everybody(&change, "renewed"));
        assert_eq!(steps(&change), [PinStep::Renewed]);
        let pin = change.dossier().pin().unwrap();
        assert_eq!((pin.grade, &pin.id), (grade, &id));
        // Six months more, to the day.
        let dossier = change.dossier;
        let later = scene.at("2020-01-01T10:00:00Z");
        let used = dossier.pin_matched(&new, None, citizen(), &later.context());
        let dossier = used.unwrap().dossier;
        assert_eq!(scene.at("2020-02-01T22:59:59Z").status(&dossier), "working");
        assert_eq!(scene.at("2020-02-01T23:00:00Z").status(&dossier), "expired");
        // The old PIN is dead.
        let refused = dossier.pin_matched(&old, None, citizen(), &scene.context());
        assert_eq!(refused.err(), Some(PinRefusal::NotProven));
    }
}

#[test]
fn only_whoever_knows_the_expired_pin_renews_it() {
    let (scene, dossier, _) = expired(PinGrade::Ordinary);
    let (hash, other) = new_pin();
    let refused = dossier.renew(&other, hash, citizen(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::NotProven));
}

#[test]
fn a_pin_can_be_renewed_from_the_first_warning_on_and_not_before() {
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let (dossier, old) = scene.working();
    let renew = |now: &str| {
        let then = scene.at(now);
        let (hash, _) = new_pin();
        let dossier = dossier.clone();
        dossier.renew(&old, hash, citizen(), &then.context()).err()
    };
    assert_eq!(renew("2019-06-15T21:59:59Z"), Some(PinRefusal::WrongState));
    assert_eq!(renew("2019-06-15T22:00:00Z"), None);
}

#[test]
fn a_switched_off_pin_is_not_renewed() {
    let (scene, dossier, old) = expired(PinGrade::Ordinary);
    let off = scene.after(Duration::days(100));
    let (hash, _) = new_pin();
    let refused = dossier.renew(&old, hash, citizen(), &off.context());
    assert_eq!(refused.err(), Some(PinRefusal::WrongState));
}
