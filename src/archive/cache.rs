//! Answers that are kept for a short time: one page asks once, and so does the next a moment later.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Archive, ArchiveError, Standing};
use crate::identity::{PersonKey, Timestamp};
use crate::store::BoxFuture;

/// How many answers are kept. The oldest makes place.
const MOST: usize = 20_000;

struct Kept<Q, A> {
    answers: HashMap<Q, Answer<A>>,
    /// The order they came in, by number: an entry whose answer was replaced since is passed over.
    order: VecDeque<(u64, Timestamp, Q)>,
    next: u64,
}

struct Answer<A> {
    number: u64,
    at: Timestamp,
    said: A,
}

/// The answers that are kept, by what was asked.
pub(super) struct Cache<Q, A> {
    life: Duration,
    kept: Mutex<Kept<Q, A>>,
}

impl<Q: Clone + Eq + Hash, A: Clone> Cache<Q, A> {
    pub(super) fn new(life: Duration) -> Self {
        let kept = Kept {
            answers: HashMap::new(),
            order: VecDeque::new(),
            next: 0,
        };
        Self {
            life,
            kept: Mutex::new(kept),
        }
    }

    /// An answer that is still young enough. A clock that went back makes none younger.
    pub(super) fn get(&self, asked: &Q, now: Timestamp) -> Option<A> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = kept.answers.get(asked)?;
        let age = (now - answer.at).to_std().ok()?;
        (age < self.life).then(|| answer.said.clone())
    }

    pub(super) fn put(&self, asked: &Q, said: &A, now: Timestamp) {
        if self.life.is_zero() {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        let number = kept.next;
        kept.next += 1;
        kept.order.push_back((number, now, asked.clone()));
        let answer = Answer {
            number,
            at: now,
            said: said.clone(),
        };
        kept.answers.insert(asked.clone(), answer);
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

/// Archives whose answers are kept for a moment: every request to an application behind a proxy asks for one. A profile that
/// was taken back closes after that time.
pub struct Remembered<A> {
    archive: A,
    cache: Cache<PersonKey, Standing>,
}

impl<A: Archive> Remembered<A> {
    /// The archives, each answer of which is good for `life`. What they refuse is not kept.
    #[must_use]
    pub fn new(archive: A, life: Duration) -> Self {
        Self {
            archive,
            cache: Cache::new(life),
        }
    }
}

impl<A: Archive> Archive for Remembered<A> {
    fn standing<'a>(
        &'a self,
        person: &'a PersonKey,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, ArchiveError>> {
        Box::pin(async move {
            if let Some(standing) = self.cache.get(person, now) {
                return Ok(standing);
            }
            let standing = self.archive.standing(person, now).await?;
            self.cache.put(person, &standing, now);
            Ok(standing)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

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

    /// Archives that count how often they are asked, and do not know the second person.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Archive for Counting {
        fn standing<'a>(
            &'a self,
            asked: &'a PersonKey,
            _: Timestamp,
        ) -> BoxFuture<'a, Result<Standing, ArchiveError>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let down = *asked == person(2);
            Box::pin(async move {
                match down {
                    true => Err(ArchiveError::Unavailable("down")),
                    false => Ok(Standing::citizen()),
                }
            })
        }
    }

    #[tokio::test]
    async fn an_answer_is_asked_for_once_in_its_time_and_a_refusal_every_time() {
        let archive = Remembered::new(Counting::default(), Duration::from_secs(5));
        for (who, seconds, asked) in [
            (1, 0, 1),
            (1, 4, 1),
            (1, 5, 2),
            (2, 5, 3),
            (2, 5, 4),
            (1, 6, 4),
        ] {
            let standing = archive.standing(&person(who), at(seconds)).await;
            assert_eq!(standing.is_ok(), who == 1);
            assert_eq!(archive.archive.0.load(Ordering::Relaxed), asked);
        }
    }

    #[test]
    fn without_a_life_nothing_is_kept() {
        let cache = Cache::new(Duration::ZERO);
        cache.put(&person(1), &Standing::citizen(), at(0));
        assert!(cache.get(&person(1), at(0)).is_none());
    }
}
