//! Answers that are kept for a short time: one page asks once, and so does the next a moment later.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Standing;
use crate::identity::{PersonKey, Timestamp};

/// How many people's answers are kept. The oldest makes place.
const MOST: usize = 20_000;

#[derive(Default)]
struct Kept {
    answers: HashMap<PersonKey, Answer>,
    /// The order they came in, by number: an entry whose answer was replaced since is passed over.
    order: VecDeque<(u64, Timestamp, PersonKey)>,
    next: u64,
}

struct Answer {
    number: u64,
    at: Timestamp,
    standing: Standing,
}

/// The cache.
pub(super) struct Cache {
    life: Duration,
    kept: Mutex<Kept>,
}

impl Cache {
    pub(super) fn new(life: Duration) -> Self {
        Self {
            life,
            kept: Mutex::default(),
        }
    }

    /// An answer that is still young enough. A clock that went back makes none younger.
    pub(super) fn get(&self, person: &PersonKey, now: Timestamp) -> Option<Standing> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = kept.answers.get(person)?;
        let age = (now - answer.at).to_std().ok()?;
        (age < self.life).then(|| answer.standing.clone())
    }

    pub(super) fn put(&self, person: &PersonKey, standing: &Standing, now: Timestamp) {
        if self.life.is_zero() {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        let number = kept.next;
        kept.next += 1;
        kept.order.push_back((number, now, person.clone()));
        let answer = Answer {
            number,
            at: now,
            standing: standing.clone(),
        };
        kept.answers.insert(person.clone(), answer);
        // What is too old goes, and of what is left the oldest when there is too much.
        while let Some((number, at, oldest)) = kept.order.front() {
            let over = (now - *at).to_std().is_ok_and(|age| age >= self.life);
            if !over && kept.order.len() <= MOST {
                break;
            }
            let answer = kept.answers.get(oldest);
            if answer.is_some_and(|answer| answer.number == *number) {
                kept.answers.remove(oldest);
            }
            kept.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn person(number: usize) -> PersonKey {
        PersonKey::SpidCode(format!("AGID-{number}").into())
    }

    #[test]
    fn an_answer_is_kept_for_its_time_and_no_longer() {
        let cache = Cache::new(Duration::from_secs(30));
        cache.put(&person(1), &Standing::citizen(), at(0));
        assert!(cache.get(&person(1), at(29)).is_some());
        assert!(cache.get(&person(1), at(30)).is_none());
        assert!(cache.get(&person(1), at(-1)).is_none());
        assert!(cache.get(&person(2), at(0)).is_none());
        cache.put(&person(1), &Standing::citizen(), at(40));
        assert!(cache.get(&person(1), at(60)).is_some());
    }

    #[test]
    fn the_cache_keeps_a_bounded_number_of_people() {
        let cache = Cache::new(Duration::from_secs(30));
        for number in 0..MOST + 100 {
            cache.put(&person(number), &Standing::citizen(), at(0));
        }
        // The same person again and again takes no more place either.
        for _ in 0..MOST + 100 {
            cache.put(&person(MOST), &Standing::citizen(), at(1));
        }
        let kept = cache.kept.lock().unwrap();
        assert!(kept.answers.len() <= MOST && kept.order.len() <= MOST);
        drop(kept);
        assert!(cache.get(&person(0), at(1)).is_none());
        assert!(cache.get(&person(MOST), at(1)).is_some());
    }

    #[test]
    fn without_a_life_nothing_is_kept() {
        let cache = Cache::new(Duration::ZERO);
        cache.put(&person(1), &Standing::citizen(), at(0));
        assert!(cache.get(&person(1), at(0)).is_none());
    }
}
