//! One PIN tried on everybody: the guess that no count of one person or one source sees.
//!
//! Nothing of a PIN is kept but a hash keyed with a number that this process drew and tells nobody, for one to two hours,
//! in memory that is bounded. Each node counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::crypto::{Random, hmac_sha256};
use crate::identity::{FiscalCode, Timestamp};

/// How long a count lasts at least, and half of how long at most.
const SPAN: TimeDelta = TimeDelta::hours(1);
/// How many PINs are counted at least. Each of them took a hash to try.
const MOST_PINS: usize = 64 * 1024;

type Mark = [u8; 16];

/// Counts on how many people each PIN was tried in vain.
pub(super) struct Alarm {
    secret: [u8; 32],
    people: usize,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    young: HashMap<Mark, Vec<Mark>>,
    old: HashMap<Mark, Vec<Mark>>,
    turns_at: Option<Timestamp>,
}

/// A PIN as the alarm knows it.
#[derive(Clone, Copy)]
pub(super) struct Guess {
    pin: Mark,
    person: Mark,
}

impl Alarm {
    /// An alarm that goes off when one PIN was tried on so many people.
    pub(super) fn new(random: &dyn Random, people: usize) -> Self {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        Self {
            secret,
            people,
            counts: Mutex::default(),
        }
    }

    /// What is remembered of a guess.
    pub(super) fn guess(&self, pin: &str, person: &FiscalCode) -> Guess {
        Guess {
            pin: self.mark("pin", pin),
            person: self.mark("person", person.expose()),
        }
    }

    fn mark(&self, kind: &str, text: &str) -> Mark {
        let hash = hmac_sha256(&self.secret, format!("{kind}:{text}").as_bytes());
        hash.first_chunk().copied().unwrap_or_default()
    }

    /// Whether the PIN is one that is tried on everybody.
    pub(super) fn is_widespread(&self, guess: Guess) -> bool {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let generations = [&counts.young, &counts.old];
        generations.iter().any(|generation| {
            let people = generation.get(&guess.pin);
            people.is_some_and(|people| people.len() >= self.people)
        })
    }

    /// Notes a guess that was wrong. `true` once for each PIN, when it has been tried on too many people.
    pub(super) fn wrong(&self, guess: Guess, now: Timestamp) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = counts.turns_at.is_none_or(|turn| turn <= now);
        if is_time || counts.young.len() >= MOST_PINS {
            counts.old = std::mem::take(&mut counts.young);
            counts.turns_at = Some(now + SPAN);
        }
        let so_far = match counts.young.remove(&guess.pin) {
            Some(people) => people,
            None => counts.old.remove(&guess.pin).unwrap_or_default(),
        };
        let people = counts.young.entry(guess.pin).or_insert(so_far);
        if people.len() >= self.people || people.contains(&guess.person) {
            return false;
        }
        people.push(guess.person);
        people.len() == self.people
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRandom;

    fn person(number: u32) -> FiscalCode {
        let begin = format!("RSSMRA80A01H{number:03}");
        ('A'..='Z')
            .find_map(|check| FiscalCode::parse(&format!("{begin}{check}")).ok())
            .unwrap()
    }

    fn moment(minutes: i64) -> Timestamp {
        let begin: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        begin + TimeDelta::minutes(minutes)
    }

    #[test]
    fn one_pin_on_many_people_goes_off_once_and_is_known_for_an_hour() {
        let alarm = Alarm::new(&SystemRandom, 20);
        let guess = |number| alarm.guess("ABCD2345", &person(number));
        for number in 0..19 {
            assert!(!alarm.wrong(guess(number), moment(0)));
        }
        assert!(!alarm.is_widespread(guess(0)));
        assert!(alarm.wrong(guess(19), moment(1)));
        assert!(!alarm.wrong(guess(20), moment(2)), "it was told");
        assert!(alarm.is_widespread(guess(500)));
        assert!(!alarm.is_widespread(alarm.guess("WXYZ6789", &person(0))));
        alarm.wrong(alarm.guess("WXYZ6789", &person(0)), moment(59));
        assert!(alarm.is_widespread(guess(500)));
        for minutes in [61, 122] {
            alarm.wrong(alarm.guess("WXYZ6789", &person(0)), moment(minutes));
        }
        assert!(!alarm.is_widespread(guess(500)));
    }

    #[test]
    fn one_person_s_own_mistake_is_no_alarm_however_often() {
        let alarm = Alarm::new(&SystemRandom, 2);
        for minutes in 0..100 {
            let guess = alarm.guess("ABCD2345", &person(1));
            assert!(!alarm.wrong(guess, moment(minutes)));
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let alarm = Alarm::new(&SystemRandom, 2);
        for number in 0..3 * MOST_PINS {
            alarm.wrong(alarm.guess(&number.to_string(), &person(1)), moment(0));
        }
        let counts = alarm.counts.lock().unwrap();
        assert!(counts.young.len() <= MOST_PINS && counts.old.len() <= MOST_PINS);
    }
}
