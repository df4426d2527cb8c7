//! One PIN tried on everybody: the guess that no count of one person or one source sees.
//!
//! Counts are in the store that all nodes share, so that it is seen wherever the guesses come in. Of a PIN only 32 bits of a
//! keyed hash are kept, for an hour after the last guess: some two hundred PINs have the same ones, so that not even the key
//! would tell which of them was typed. Two strangers' mistakes fall on one another once in thousands of millions.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::crypto::encoding::hex;
use crate::crypto::hmac_sha256;
use crate::identity::FiscalCode;
use crate::store::{ExpiringStore, Shelf, StoreError};

/// How long a count lasts after the last guess.
const SPAN: Duration = Duration::from_secs(60 * 60);

/// A person, as a count knows them.
type Mark = [u8; 8];

/// The people on whom one PIN was tried in vain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Tried {
    people: Vec<Mark>,
}

/// Counts on how many people each PIN was tried in vain.
pub(super) struct Alarm {
    secret: [u8; 32],
    people: usize,
    counts: Shelf<Tried>,
}

/// A PIN and a person as the alarm knows them.
pub(super) struct Guess {
    pin: String,
    person: Mark,
}

impl Alarm {
    /// An alarm that goes off when one PIN was tried on so many people. The secret is that of all nodes.
    pub(super) fn new(store: &Arc<dyn ExpiringStore>, secret: [u8; 32], people: usize) -> Self {
        let store = Arc::clone(store);
        Self {
            secret,
            people,
            counts: Shelf::new(store, "pin-guess", SPAN).forgettable(),
        }
    }

    /// What is remembered of a guess.
    pub(super) fn guess(&self, pin: &str, person: &FiscalCode) -> Guess {
        let mark: [u8; 4] = self.mark("pin", pin);
        Guess {
            pin: hex(&mark),
            person: self.mark("person", person.expose()),
        }
    }

    fn mark<const LENGTH: usize>(&self, kind: &str, text: &str) -> [u8; LENGTH] {
        let message = format!("varco pin guess:{kind}:{text}");
        let hash = hmac_sha256(&self.secret, message.as_bytes());
        hash.first_chunk().copied().unwrap_or([0; LENGTH])
    }

    /// Whether the PIN is one that is tried on everybody.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub(super) async fn is_widespread(&self, guess: &Guess) -> Result<bool, StoreError> {
        let tried = self.counts.get(&guess.pin).await?;
        Ok(tried.is_some_and(|tried| tried.people.len() >= self.people))
    }

    /// Notes a guess that was wrong. `true` once for each PIN, when it has been tried on too many people.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub(super) async fn wrong(&self, guess: &Guess) -> Result<bool, StoreError> {
        let first = Tried {
            people: vec![guess.person],
        };
        loop {
            if self.counts.put_new(&guess.pin, &first).await? {
                return Ok(self.people == 1);
            }
            let mut goes_off = false;
            let noted = self.counts.update(&guess.pin, |tried| {
                let is_new = !tried.people.contains(&guess.person);
                goes_off = is_new && tried.people.len() + 1 == self.people;
                if is_new && tried.people.len() < self.people {
                    tried.people.push(guess.person);
                }
            });
            // It may have ended between the two: then this is the first again.
            if noted.await?.is_some() {
                return Ok(goes_off);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::identity::{Clock, Timestamp};
    use crate::store::MemoryStore;

    struct Hands(Mutex<Timestamp>);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    struct Stand {
        clock: Arc<Hands>,
        store: Arc<dyn ExpiringStore>,
    }

    impl Stand {
        fn new() -> Self {
            let clock = Arc::new(Hands(Mutex::new("2026-11-22T08:00:00Z".parse().unwrap())));
            let store = MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>);
            Self {
                clock,
                store: Arc::new(store),
            }
        }

        /// A node over the store that all share.
        fn node(&self, people: usize) -> Alarm {
            Alarm::new(&self.store, [7; 32], people)
        }

        fn pass(&self, minutes: u64) {
            *self.clock.0.lock().unwrap() += Duration::from_secs(minutes * 60);
        }
    }

    fn person(number: u32) -> FiscalCode {
        let begin = format!("RSSMRA80A01H{number:03}");
        ('A'..='Z')
            .find_map(|check| FiscalCode::parse(&format!("{begin}{check}")).ok())
            .unwrap()
    }

    #[tokio::test]
    async fn one_pin_on_many_people_goes_off_once_and_is_known_for_an_hour_after_the_last() {
        let stand = Stand::new();
        let alarm = stand.node(20);
        let guess = |number| alarm.guess("ABCD2345", &person(number));
        for number in 0..19 {
            assert!(!alarm.wrong(&guess(number)).await.unwrap());
        }
        assert!(!alarm.is_widespread(&guess(0)).await.unwrap());
        assert!(alarm.wrong(&guess(19)).await.unwrap());
        assert!(!alarm.wrong(&guess(20)).await.unwrap(), "it was told");
        assert!(alarm.is_widespread(&guess(500)).await.unwrap());
        let other = alarm.guess("WXYZ6789", &person(0));
        assert!(!alarm.is_widespread(&other).await.unwrap());
        stand.pass(59);
        alarm.wrong(&guess(21)).await.unwrap();
        stand.pass(59);
        assert!(alarm.is_widespread(&guess(500)).await.unwrap());
        stand.pass(1);
        assert!(!alarm.is_widespread(&guess(500)).await.unwrap());
    }

    #[tokio::test]
    async fn guesses_that_come_in_at_several_nodes_are_counted_together() {
        let stand = Stand::new();
        let nodes = [stand.node(20), stand.node(20)];
        let mut told = 0;
        for number in 0..30 {
            let node = &nodes[usize::from(number % 2 == 0)];
            let guess = node.guess("ABCD2345", &person(number));
            told += u32::from(node.wrong(&guess).await.unwrap());
        }
        assert_eq!(told, 1);
        for node in &nodes {
            let guess = node.guess("ABCD2345", &person(500));
            assert!(node.is_widespread(&guess).await.unwrap());
        }
    }

    #[tokio::test]
    async fn one_person_s_own_mistake_is_no_alarm_however_often() {
        let alarm = Stand::new().node(2);
        for _ in 0..100 {
            let guess = alarm.guess("ABCD2345", &person(1));
            assert!(!alarm.wrong(&guess).await.unwrap());
        }
    }

    #[tokio::test]
    async fn what_is_remembered_of_one_pin_is_bounded() {
        let stand = Stand::new();
        let alarm = stand.node(20);
        for number in 0..200 {
            let guess = alarm.guess("ABCD2345", &person(number));
            alarm.wrong(&guess).await.unwrap();
        }
        let name = alarm.guess("ABCD2345", &person(0)).pin;
        assert_eq!(name.len(), 8, "less than would name a PIN");
        let tried = alarm.counts.get(&name).await.unwrap().unwrap();
        assert_eq!(tried.people.len(), 20);
    }
}
