use super::super::testing::*;
use super::*;
use crate::audit::PinStep;
use crate::pin::{MessageKind, TelephoneTerm};

fn bring(dossier: Dossier, scene: &Scene) -> Result<Change, PinRefusal> {
    dossier.bring_up_to_date(&scene.context())
}

#[test]
fn the_holder_is_warned_30_7_and_1_days_before_the_expiry_each_time_once() {
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let (mut dossier, _) = scene.working();
    // It expires with the end of 15 July.
    for (days, due) in [
        (30, "2019-06-15T22:00:00Z"),
        (7, "2019-07-08T22:00:00Z"),
        (1, "2019-07-14T22:00:00Z"),
    ] {
        let due = scene.at(due);
        assert_eq!(dossier.index(&scene.rules).due, Some(due.now));
        let early = due.after(-Duration::seconds(1));
        let nothing = bring(dossier.clone(), &early).err();
        assert_eq!(nothing, Some(PinRefusal::Nothing));
        let change = bring(dossier, &due).unwrap();
        assert!(tells_everybody(&change, "will-expire"));
        let said = change
            .outbox()
            .iter()
            .find_map(|message| match message.kind {
                MessageKind::Notice {
                    change: ChangeNotice::WillExpire { days, .. },
                    ..
                } => Some(days),
                _ => None,
            });
        assert_eq!(said, Some(days));
        let again = bring(change.dossier().clone(), &due).err();
        assert_eq!(again, Some(PinRefusal::Nothing));
        dossier = change.dossier;
    }
}

#[test]
fn who_was_not_looked_at_for_long_gets_the_most_urgent_warning_alone() {
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let (dossier, _) = scene.working();
    let late = scene.at("2019-07-10T10:00:00Z");
    let change = bring(dossier, &late).unwrap();
    assert_eq!(steps(&change), [PinStep::Warned]);
    let next = change.index().due;
    assert_eq!(next, Some(at("2019-07-14T22:00:00Z")));
}

#[test]
fn a_pin_that_was_not_used_is_switched_off_with_its_sessions_and_the_holder_told() {
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let (dossier, _) = scene.working();
    let off = scene.at("2019-07-15T22:00:00Z");
    let change = bring(dossier, &off).unwrap();
    assert_eq!(steps(&change), [PinStep::SwitchedOff]);
    assert!(change.ends_sessions() && tells_everybody(&change, "switched-off"));
    assert_eq!(change.index().due, None);
}

#[test]
fn halves_that_were_not_used_in_their_time_end() {
    let scene = Scene::new("2019-06-03T09:00:00Z");
    let (dossier, ..) = scene.issued();
    let ends = scene.at("2019-07-03T22:00:00Z");
    assert_eq!(dossier.index(&scene.rules).due, Some(ends.now));
    let change = bring(dossier, &ends).unwrap();
    assert_eq!(steps(&change), [PinStep::PairEnded]);
    assert!(tells_everybody(&change, "pair-ended"));
    assert_eq!(change.index().due, None);
}

#[test]
fn a_telephone_pin_ends_by_itself() {
    let scene = Scene::new("2019-06-03T09:00:00Z");
    let (hash, _) = new_pin();
    let made = Dossier::new(holder());
    let made = made.make_telephone_pin(hash, TelephoneTerm::Day, &scene.context());
    let over = scene.at("2019-06-04T22:00:00Z");
    let change = bring(made.dossier, &over).unwrap();
    assert_eq!(steps(&change), [PinStep::TelephonePinEnded]);
    assert_eq!(change.index().due, None);
}

#[test]
fn whatever_dates_bring_there_is_an_end_of_it() {
    // An expired PIN that nobody looked at, and one whose last try nobody wrote down.
    let scene = Scene::new("2019-01-15T10:00:00Z");
    let (dossier, matched) = scene.working();
    let used = scene.at("2019-06-01T10:00:00Z");
    let change = dossier.pin_matched(&matched, None, citizen(), &used.context());
    let expired = change.unwrap().dossier;
    let mut tried = expired.clone();
    if let Some(PinState::Working(working)) = tried.pin.as_mut().map(|pin| &mut pin.state) {
        working.familiar = 100;
    }
    for mut dossier in [expired, tried] {
        let later = scene.at("2019-08-01T10:00:00Z");
        let mut rounds = 0;
        while let Ok(change) = bring(dossier.clone(), &later) {
            dossier = change.dossier;
            rounds += 1;
            assert!(rounds < 5, "again and again");
        }
        assert!(
            dossier
                .index(&scene.rules)
                .due
                .is_none_or(|due| due > later.now)
        );
    }
}
