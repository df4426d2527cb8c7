use super::super::testing::*;
use super::*;
use crate::audit::PinStep;
use crate::identity::{Category, PinGrade};

const DAY: &str = "2019-06-03T09:00:00Z";

/// The pair after so many wrong tries, each counted before it was compared.
fn after_tries(scene: &Scene, mut dossier: Dossier, tries: usize) -> Dossier {
    for _ in 0..tries {
        dossier = dossier.try_pair(&scene.context()).unwrap().dossier;
        if let Ok(change) = dossier.clone().pair_failed(&scene.context()) {
            dossier = change.dossier;
        }
    }
    dossier
}

#[test]
fn the_first_access_with_both_halves_gives_the_working_pin() {
    let scene = Scene::new(DAY);
    let (dossier, first, second) = scene.issued();
    let [first, second] = pair_proofs(&scene, &dossier, &first, &second);
    let (hash, _) = new_pin();
    let change = dossier.first_access(&first, &second, hash, citizen(), &scene.context());
    let change = change.unwrap();
    assert_eq!(scene.status(change.dossier()), "working");
    let pin = change.dossier().pin().unwrap();
    assert!(pin.was_used && pin.grade == PinGrade::Ordinary);
    assert_eq!(steps(&change), [PinStep::FirstAccess]);
    assert!(tells_everybody(&change, "first-access"));
    // And the initial PIN serves no more.
    let (hash, _) = new_pin();
    let dossier = change.dossier;
    let again = dossier.first_access(&first, &second, hash, citizen(), &scene.context());
    assert_eq!(again.err(), Some(PinRefusal::WrongState));
}

#[test]
fn a_half_alone_opens_nothing() {
    let scene = Scene::new(DAY);
    let (dossier, first, second) = scene.issued();
    let [first, second] = pair_proofs(&scene, &dossier, &first, &second);
    for (one, other) in [(&first, &first), (&second, &second), (&second, &first)] {
        let (hash, _) = new_pin();
        let dossier = dossier.clone();
        let refused = dossier.first_access(one, other, hash, citizen(), &scene.context());
        assert_eq!(refused.err(), Some(PinRefusal::NotProven));
    }
}

#[test]
fn a_pair_of_halves_lives_30_days_to_the_day() {
    let scene = Scene::new(DAY);
    let (dossier, first, second) = scene.issued();
    let [first, second] = pair_proofs(&scene, &dossier, &first, &second);
    let (hash, _) = new_pin();
    let access = |now: &str| {
        let then = scene.at(now);
        let dossier = dossier.clone();
        let hash = hash.clone();
        dossier
            .first_access(&first, &second, hash, citizen(), &then.context())
            .err()
    };
    // 3 July, to its last second in Italy.
    assert_eq!(access("2019-07-03T21:59:59Z"), None);
    assert_eq!(access("2019-07-03T22:00:00Z"), Some(PinRefusal::WrongState));
    let ended = scene.at("2019-07-03T22:00:00Z");
    assert_eq!(ended.status(&dossier), "pair-ended");
    let refused = dossier.try_pair(&ended.context()).err();
    assert_eq!(refused, Some(PinRefusal::WrongState));
}

#[test]
fn after_five_wrong_tries_the_pair_is_dead() {
    let scene = Scene::new(DAY);
    let (dossier, ..) = scene.issued();
    let four = after_tries(&scene, dossier, 4);
    assert_eq!(scene.status(&four), "initial");
    let fifth = four.try_pair(&scene.context()).unwrap().dossier;
    let dead = fifth.pair_failed(&scene.context()).unwrap();
    assert_eq!(scene.status(dead.dossier()), "pair-ended");
    assert_eq!(steps(&dead), [PinStep::PairDied]);
    assert!(tells_everybody(&dead, "pair-ended"));
    let sixth = dead.dossier.try_pair(&scene.context()).err();
    assert_eq!(sixth, Some(PinRefusal::WrongState));
}

#[test]
fn the_fifth_try_may_be_right_and_right_halves_forget_the_wrong_tries() {
    let scene = Scene::new(DAY);
    let (dossier, first, second) = scene.issued();
    let [first, second] = pair_proofs(&scene, &dossier, &first, &second);
    let four = after_tries(&scene, dossier, 4);
    let fifth = four.try_pair(&scene.context()).unwrap().dossier;
    let right = fifth.pair_matched(&first, &second, &scene.context());
    let right = after_tries(&scene, right.unwrap().dossier, 4);
    let (hash, _) = new_pin();
    let access = right.first_access(&first, &second, hash, citizen(), &scene.context());
    assert!(access.is_ok());
}

#[test]
fn many_tries_at_once_are_no_more_than_five() {
    // Each of them counts before any of them is compared: the sixth finds nothing to be compared with.
    let scene = Scene::new(DAY);
    let (mut dossier, ..) = scene.issued();
    for _ in 0..5 {
        dossier = dossier.try_pair(&scene.context()).unwrap().dossier;
    }
    assert_eq!(
        dossier.try_pair(&scene.context()).err(),
        Some(PinRefusal::WrongState)
    );
}

#[test]
fn the_pin_of_a_citizen_expires_after_six_months_to_the_day() {
    // The last of August and no such day in February.
    for (set, works, expired) in [
        (
            "2019-01-15T10:00:00Z",
            "2019-07-15T21:59:59Z",
            "2019-07-15T22:00:00Z",
        ),
        (
            "2019-08-31T10:00:00Z",
            "2020-02-29T22:59:59Z",
            "2020-02-29T23:00:00Z",
        ),
    ] {
        let scene = Scene::new(set);
        let (mut dossier, matched) = scene.working();
        // Used in between: it is not switched off.
        let used = scene.after(chrono::Duration::days(100));
        let change = dossier.pin_matched(&matched, None, citizen(), &used.context());
        dossier = change.unwrap().dossier;
        assert_eq!(scene.at(works).status(&dossier), "working");
        assert_eq!(scene.at(expired).status(&dossier), "expired");
    }
}

#[test]
fn the_pin_of_an_intermediary_expires_after_three_months_to_the_day() {
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let both = [Category::Citizen, Category::Intermediary];
    let (dossier, _) = scene.working_of(Categories::from_iter(both));
    assert_eq!(scene.at("2019-04-15T21:59:59Z").status(&dossier), "working");
    assert_eq!(scene.at("2019-04-15T22:00:00Z").status(&dossier), "expired");
}

#[test]
fn where_the_rules_say_so_no_pin_expires() {
    let mut scene = Scene::new("2019-01-15T10:00:00Z");
    scene.rules.expires = false;
    let (mut dossier, matched) = scene.working();
    for _ in 0..10 {
        scene = scene.after(chrono::Duration::days(100));
        let change = dossier.pin_matched(&matched, None, citizen(), &scene.context());
        dossier = change.unwrap().dossier;
    }
    assert_eq!(scene.status(&dossier), "working");
}
