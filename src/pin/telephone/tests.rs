use super::super::testing::*;
use super::*;

const DAY: &str = "2019-06-03T09:00:00Z";

#[test]
fn a_telephone_pin_is_good_for_a_day_a_week_a_month_or_three_months() {
    let scene = Scene::new(DAY);
    for (term, last, over) in [
        (
            TelephoneTerm::Day,
            "2019-06-04T21:59:59Z",
            "2019-06-04T22:00:00Z",
        ),
        (
            TelephoneTerm::Week,
            "2019-06-10T21:59:59Z",
            "2019-06-10T22:00:00Z",
        ),
        (
            TelephoneTerm::Month,
            "2019-07-03T21:59:59Z",
            "2019-07-03T22:00:00Z",
        ),
        (
            TelephoneTerm::ThreeMonths,
            "2019-09-03T21:59:59Z",
            "2019-09-03T22:00:00Z",
        ),
    ] {
        let (hash, matched) = new_pin();
        // They need no other PIN.
        let made = Dossier::new(holder()).make_telephone_pin(hash, term, &scene.context());
        let dossier = made.dossier;
        let recognised = |now: &str| {
            let desk = scene.at(now).operator(DeskRole::ContactCentre, 1);
            let tried = dossier.clone().try_telephone_pin(&desk.context())?;
            tried
                .dossier
                .telephone_pin_matched(&matched, &desk.context())
        };
        assert!(recognised(last).is_ok(), "{}", term.name());
        assert_eq!(recognised(over).err(), Some(PinRefusal::WrongState));
    }
}

#[test]
fn a_new_telephone_pin_cancels_the_old() {
    let scene = Scene::new(DAY);
    let desk = scene.operator(DeskRole::ContactCentre, 1);
    let (old_hash, old) = new_pin();
    let (new_hash, new) = new_pin();
    let term = TelephoneTerm::Week;
    let dossier = Dossier::new(holder());
    let made = dossier.make_telephone_pin(old_hash, term, &scene.context());
    let made = made
        .dossier
        .make_telephone_pin(new_hash, term, &scene.context());
    let dossier = made.dossier;
    let refused = dossier.clone().telephone_pin_matched(&old, &desk.context());
    assert_eq!(refused.err(), Some(PinRefusal::NotProven));
    assert!(dossier.telephone_pin_matched(&new, &desk.context()).is_ok());
}

#[test]
fn after_five_wrong_tries_a_telephone_pin_is_over() {
    let scene = Scene::new(DAY);
    let desk = scene.operator(DeskRole::ContactCentre, 1);
    let (hash, _) = new_pin();
    let made = Dossier::new(holder());
    let made = made.make_telephone_pin(hash, TelephoneTerm::Week, &scene.context());
    let mut dossier = made.dossier;
    for _ in 0..5 {
        dossier = dossier.try_telephone_pin(&desk.context()).unwrap().dossier;
    }
    let sixth = dossier.try_telephone_pin(&desk.context());
    assert_eq!(sixth.err(), Some(PinRefusal::WrongState));
}

#[test]
fn only_the_desk_recognises_somebody_so() {
    let scene = Scene::new(DAY);
    let (hash, matched) = new_pin();
    let made = Dossier::new(holder());
    let made = made.make_telephone_pin(hash, TelephoneTerm::Week, &scene.context());
    let refused = made.dossier.clone().try_telephone_pin(&scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::NotAtTheDesk));
    let refused = made
        .dossier
        .clone()
        .telephone_pin_matched(&matched, &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::NotAtTheDesk));
    let ended = made.dossier.end_telephone_pin(&scene.context()).unwrap();
    assert!(ended.dossier().telephone(&scene.rules, scene.now).is_none());
}
