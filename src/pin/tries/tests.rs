use super::super::testing::*;
use super::*;
use chrono::Duration;

const DAY: &str = "2019-06-03T09:00:00Z";

/// One wrong PIN: counted, compared, told.
fn fail(dossier: Dossier, device: Device, scene: &Scene) -> Result<Change, PinRefusal> {
    let counted = dossier.try_pin(device, &scene.context())?;
    match counted.dossier.clone().pin_failed(device, &scene.context()) {
        Err(PinRefusal::Nothing) => Ok(counted),
        told => told,
    }
}

fn failed(mut dossier: Dossier, device: Device, times: u32, scene: &Scene) -> Dossier {
    for _ in 0..times {
        dossier = fail(dossier, device, scene).unwrap().dossier;
    }
    dossier
}

#[test]
fn after_100_failures_in_a_row_a_pin_is_closed_to_strangers_and_not_before() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let dossier = failed(dossier, Device::Strange, 99, &scene);
    let last = fail(dossier, Device::Strange, &scene).unwrap();
    assert_eq!(steps(&last), [PinStep::ClosedToStrangers]);
    assert!(tells_everybody(&last, "closed-to-strangers"));
    let refused = last.dossier.try_pin(Device::Strange, &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::ClosedToStrangers));
}

#[test]
fn the_right_pin_from_a_device_of_the_holder_is_not_refused_for_failures_elsewhere() {
    let scene = Scene::new(DAY);
    let (dossier, matched) = scene.working();
    let closed = failed(dossier, Device::Strange, 100, &scene);
    let tried = closed.try_pin(Device::Familiar, &scene.context()).unwrap();
    let inside = tried
        .dossier
        .pin_matched(&matched, None, citizen(), &scene.context());
    // And a stranger gets no further hundred tries for it.
    let refused = inside
        .unwrap()
        .dossier
        .try_pin(Device::Strange, &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::ClosedToStrangers));
}

#[test]
fn after_100_failures_on_a_device_of_the_holder_nobody_gets_in_until_a_restore() {
    let scene = Scene::new(DAY);
    let (dossier, matched) = scene.working();
    let locked = {
        let dossier = failed(dossier, Device::Familiar, 99, &scene);
        fail(dossier, Device::Familiar, &scene).unwrap()
    };
    assert_eq!(steps(&locked), [PinStep::Locked]);
    assert!(locked.ends_sessions() && tells_everybody(&locked, "locked"));
    for device in [Device::Familiar, Device::Strange] {
        let dossier = locked.dossier().clone();
        let refused = dossier.try_pin(device, &scene.context()).err();
        assert_eq!(refused, Some(PinRefusal::Locked));
    }
    let dossier = locked.dossier;
    let refused = dossier.pin_matched(&matched, None, citizen(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::WrongState));
}

#[test]
fn a_success_forgets_the_failures() {
    let scene = Scene::new(DAY);
    let (mut dossier, matched) = scene.working();
    for _ in 0..3 {
        for device in [Device::Strange, Device::Familiar] {
            dossier = failed(dossier, device, 99, &scene);
        }
        let change = dossier.pin_matched(&matched, None, citizen(), &scene.context());
        dossier = change.unwrap().dossier;
    }
    assert_eq!(scene.status(&dossier), "working");
}

#[test]
fn many_tries_at_once_are_no_more_than_one_after_another() {
    let scene = Scene::new(DAY);
    let (mut dossier, _) = scene.working();
    for _ in 0..100 {
        dossier = dossier
            .try_pin(Device::Strange, &scene.context())
            .unwrap()
            .dossier;
    }
    let refused = dossier.try_pin(Device::Strange, &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::ClosedToStrangers));
}

#[test]
fn a_pin_that_was_not_used_for_six_months_is_switched_off_to_the_day() {
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let (dossier, matched) = scene.working();
    let used = scene.at("2019-03-20T10:00:00Z");
    let change = dossier.pin_matched(&matched, None, citizen(), &used.context());
    let dossier = change.unwrap().dossier;
    assert_eq!(scene.at("2019-09-20T21:59:59Z").status(&dossier), "expired");
    let off = scene.at("2019-09-20T22:00:00Z");
    assert_eq!(off.status(&dossier), "switched-off");
    for device in [Device::Familiar, Device::Strange] {
        let refused = dossier.clone().try_pin(device, &off.context()).err();
        assert_eq!(refused, Some(PinRefusal::WrongState));
    }
}

#[test]
fn a_proof_for_another_pin_opens_nothing() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let (_, other) = new_pin();
    let refused = dossier.pin_matched(&other, None, citizen(), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::NotProven));
}

#[test]
fn with_an_expired_pin_nobody_is_in() {
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let (dossier, matched) = scene.working();
    let used = scene.after(Duration::days(100));
    let change = dossier.pin_matched(&matched, None, citizen(), &used.context());
    let expired = scene.at("2019-07-15T22:00:00Z");
    let dossier = change.unwrap().dossier;
    assert!(
        dossier
            .clone()
            .try_pin(Device::Familiar, &expired.context())
            .is_ok()
    );
    let refused = dossier.pin_matched(&matched, None, citizen(), &expired.context());
    assert_eq!(refused.err(), Some(PinRefusal::WrongState));
}

#[test]
fn a_hash_made_anew_takes_the_place_of_the_old_one() {
    let scene = Scene::new(DAY);
    let (dossier, matched) = scene.working();
    let (hash, new) = new_pin();
    let change = dossier.pin_matched(&matched, Some(hash), citizen(), &scene.context());
    let change = change.unwrap();
    assert_eq!(steps(&change), [PinStep::Rehashed]);
    let dossier = change.dossier;
    assert!(
        dossier
            .pin_matched(&new, None, citizen(), &scene.context())
            .is_ok()
    );
}

#[test]
fn each_month_of_use_is_known_with_grade_and_categories() {
    let scene = Scene::new("2019-06-30T21:59:00Z");
    let (dossier, matched) = scene.working();
    let july = scene.at("2019-06-30T22:00:00Z");
    let mut dossier = dossier;
    for _ in 0..2 {
        let change = dossier.pin_matched(&matched, None, citizen(), &july.context());
        dossier = change.unwrap().dossier;
    }
    let uses: Vec<_> = dossier
        .uses()
        .iter()
        .map(|used| (used.month.as_str(), used.logins))
        .collect();
    assert_eq!(uses, [("2019-06", 1), ("2019-07", 2)]);
}
