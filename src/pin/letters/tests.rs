use super::super::testing::*;
use super::*;
use crate::crypto::SystemRandom;
use crate::identity::{DeskRole, Timestamp};
use chrono::Duration;

const DAY: &str = "2019-06-03T09:00:00Z";

fn half() -> MintedHalf {
    MintedHalf::mint(&hasher(), &SystemRandom).unwrap()
}

#[test]
fn the_first_half_can_be_sent_again_and_the_one_before_is_dead() {
    let scene = Scene::new(DAY);
    let (dossier, old, second) = scene.issued();
    let later = scene.after(Duration::days(10));
    let change = dossier
        .resend_first_half(half(), None, &later.context())
        .unwrap();
    assert_eq!(sent(&change), ["sms first-half"]);
    let PinStatus::Initial(pair) = change.dossier().status(&later.rules, later.now) else {
        panic!("halves wait");
    };
    // The pair goes on to end on the day that it had.
    assert_eq!(pair.ends, at("2019-07-03T22:00:00Z"));
    let verify = |half: &crate::pin::Half, hash| {
        let verdict = hasher().verify(half.expose().as_bytes(), Some(hash));
        verdict.unwrap().matched().is_some()
    };
    assert!(!verify(&old, &pair.first) && verify(&second, &pair.second));
}

#[test]
fn a_second_half_needs_a_new_letter_and_a_new_pair() {
    let scene = Scene::new(DAY);
    let (dossier, old_first, old_second) = scene.issued();
    let later = scene.after(Duration::days(20));
    let change = dossier
        .send_new_letter(None, mint(), None, &later.context())
        .unwrap();
    assert_eq!(sent(&change), ["sms first-half", "letter second-half"]);
    let (first, second) = halves(&change);
    assert!(first != old_first && second != old_second);
    // Thirty days from now.
    let ends = later.at("2019-07-23T21:59:59Z");
    assert_eq!(ends.status(change.dossier()), "initial");
    let ended = later.at("2019-07-23T22:00:00Z");
    assert_eq!(ended.status(change.dossier()), "pair-ended");
}

#[test]
fn letters_are_24_hours_apart() {
    let scene = Scene::new(DAY);
    let (dossier, ..) = scene.issued();
    let early = scene.at("2019-06-04T08:59:59Z");
    let refused = dossier
        .clone()
        .send_new_letter(None, mint(), None, &early.context());
    let refusal = PinRefusal::NoLetterBefore(at("2019-06-04T09:00:00Z"));
    assert_eq!(refused.err(), Some(refusal));
    assert_eq!(dossier.check_new_letter(&early.context()), Err(refusal));
    let free = scene.at("2019-06-04T09:00:00Z");
    assert!(
        dossier
            .send_new_letter(None, mint(), None, &free.context())
            .is_ok()
    );
}

#[test]
fn there_are_four_letters_in_30_days_and_a_fifth_after_them() {
    let scene = Scene::new(DAY);
    let (mut dossier, ..) = scene.issued();
    for day in ["2019-06-05", "2019-06-07", "2019-06-09"] {
        let then = scene.at(format!("{day}T09:00:00Z"));
        let change = dossier.send_new_letter(None, mint(), None, &then.context());
        dossier = change.unwrap().dossier;
    }
    let next = |now: &str| dossier.next_letter(&scene.rules, at(now));
    let free: Timestamp = at("2019-07-03T09:00:00Z");
    assert_eq!(next("2019-06-20T09:00:00Z"), Err(free));
    assert_eq!(next("2019-07-03T08:59:59Z"), Err(free));
    assert_eq!(next("2019-07-03T09:00:00Z"), Ok(()));
    let then = scene.at("2019-07-03T09:00:00Z");
    let fifth = dossier.send_new_letter(None, mint(), None, &then.context());
    assert!(fifth.is_ok());
}

#[test]
fn a_revoked_pin_asked_for_anew_counts_its_letters_too() {
    let scene = Scene::new(DAY);
    let (dossier, ..) = scene.issued();
    let revoked = dossier.revoke(None, &scene.context()).unwrap().dossier;
    let asked = revoked.ask(application(), true, mint(), &scene.context());
    let refusal = PinRefusal::NoLetterBefore(at("2019-06-04T09:00:00Z"));
    assert_eq!(asked.err(), Some(refusal));
}

#[test]
fn a_pin_that_works_has_no_letters() {
    let scene = Scene::new(DAY);
    let (dossier, _) = scene.working();
    let later = scene.after(Duration::days(2));
    let refused = dossier
        .clone()
        .send_new_letter(None, mint(), None, &later.context());
    assert_eq!(refused.err(), Some(PinRefusal::WrongState));
    let refused = dossier.resend_first_half(half(), None, &later.context());
    assert_eq!(refused.err(), Some(PinRefusal::WrongState));
}

#[test]
fn a_first_half_is_sent_again_five_times_for_one_pair() {
    // Each is a text message, and strangers who know a contact can ask for it.
    let scene = Scene::new(DAY);
    let (mut dossier, ..) = scene.issued();
    for _ in 0..5 {
        let change = dossier.resend_first_half(half(), None, &scene.context());
        dossier = change.unwrap().dossier;
    }
    let refused = dossier
        .clone()
        .resend_first_half(half(), None, &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::TooMany));
    // A new letter is a new pair.
    let later = scene.after(Duration::days(2));
    let change = dossier.send_new_letter(None, mint(), None, &later.context());
    let again = change
        .unwrap()
        .dossier
        .resend_first_half(half(), None, &later.context());
    assert!(again.is_ok());
}

#[test]
fn the_desk_sends_a_half_again_and_says_why() {
    let scene = Scene::new(DAY);
    let (dossier, ..) = scene.issued();
    let later = scene.after(Duration::days(2));
    let why = || Some("the text message never came".to_owned().into());
    let again = |desk: Scene, reason| {
        let half = dossier
            .clone()
            .resend_first_half(half(), reason, &desk.context());
        half.map(|change| sent(&change))
    };
    let letter = |desk: Scene, reason| {
        let letter = dossier
            .clone()
            .send_new_letter(None, mint(), reason, &desk.context());
        letter.map(|change| sent(&change))
    };
    for role in [DeskRole::Office, DeskRole::ContactCentre] {
        let desk = || later.operator(role, 1);
        assert_eq!(again(desk(), why()).unwrap(), ["sms first-half"]);
        let both = ["sms first-half", "letter second-half"];
        assert_eq!(letter(desk(), why()).unwrap(), both);
        for blank in [None, Some("  ".to_owned().into())] {
            assert_eq!(again(desk(), blank.clone()), Err(PinRefusal::NoReason));
            assert_eq!(letter(desk(), blank), Err(PinRefusal::NoReason));
        }
    }
    let supervisor = || later.operator(DeskRole::Supervisor, 1);
    assert_eq!(again(supervisor(), why()), Err(PinRefusal::NotAtTheDesk));
    assert_eq!(letter(supervisor(), why()), Err(PinRefusal::NotAtTheDesk));
}
