//! How often something may happen: a limit that all nodes share, as they share the store.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::{ExpiringStore, Shelf, StoreError};
use crate::identity::Timestamp;

/// So many times a minute for each name, and as many at once after a quiet minute: the generic cell rate algorithm (ITU-T
/// I.371), which keeps one moment a name.
pub struct RateLimit {
    /// When each name's next turn would be, if it took its turns evenly.
    turns: Shelf<Timestamp>,
    every: TimeDelta,
}

/// The window in which turns may be taken at once.
const WINDOW: Duration = Duration::from_secs(60);

/// What a limit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may happen, and counts.
    Admitted,
    /// Not before this has passed; nothing was counted.
    Wait(Duration),
}

impl RateLimit {
    /// A limit of `per_minute` (at least one) for each name. `kind` is the shelf's: no two limits may share it. What a
    /// flood of names makes the store forget is who has waited, never who may come in.
    #[must_use]
    pub fn new(store: Arc<dyn ExpiringStore>, kind: &'static str, per_minute: u32) -> Self {
        Self {
            turns: Shelf::new(store, kind, WINDOW).forgettable(),
            every: TimeDelta::minutes(1) / i32::try_from(per_minute.max(1)).unwrap_or(i32::MAX),
        }
    }

    /// Takes a turn for a name, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn admit(&self, name: &str, now: Timestamp) -> Result<Admission, StoreError> {
        let first = now + self.every;
        loop {
            if self.turns.put_new(name, &first).await? {
                return Ok(Admission::Admitted);
            }
            let mut admission = Admission::Admitted;
            let taken = self.turns.update(name, |next| {
                let turn = (*next).max(now) + self.every;
                let ahead = (turn - now).to_std().unwrap_or_default();
                admission = match ahead.checked_sub(WINDOW) {
                    None | Some(Duration::ZERO) => {
                        *next = turn;
                        Admission::Admitted
                    }
                    Some(wait) => Admission::Wait(wait),
                };
            });
            // It may have ended between the two: then this is the first again.
            if taken.await?.is_some() {
                return Ok(admission);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::identity::Clock;
    use crate::store::MemoryStore;

    struct Hands(Mutex<Timestamp>);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    impl Hands {
        fn pass(&self, time: Duration) {
            *self.0.lock().unwrap() += time;
        }
    }

    fn limit(per_minute: u32) -> (Arc<Hands>, RateLimit) {
        let hands = Arc::new(Hands(Mutex::new("2026-11-22T08:00:00Z".parse().unwrap())));
        let store = Arc::new(MemoryStore::new(Arc::clone(&hands) as Arc<dyn Clock>));
        (hands, RateLimit::new(store, "test-rate", per_minute))
    }

    #[tokio::test]
    async fn a_minute_s_worth_goes_at_once_and_then_one_at_a_time() {
        let (clock, limit) = limit(6);
        for _ in 0..6 {
            let admission = limit.admit("a", clock.now()).await;
            assert_eq!(admission.unwrap(), Admission::Admitted);
        }
        let wait = Admission::Wait(Duration::from_secs(10));
        assert_eq!(limit.admit("a", clock.now()).await.unwrap(), wait);
        // Who waits is not pushed back by asking.
        assert_eq!(limit.admit("a", clock.now()).await.unwrap(), wait);
        clock.pass(Duration::from_secs(10));
        let admission = limit.admit("a", clock.now()).await;
        assert_eq!(admission.unwrap(), Admission::Admitted);
        assert_eq!(limit.admit("a", clock.now()).await.unwrap(), wait);
    }

    #[tokio::test]
    async fn everybody_has_a_limit_of_their_own_and_a_quiet_minute_fills_it() {
        let (clock, limit) = limit(2);
        for round in 0..3 {
            for name in ["a", "b"] {
                for _ in 0..2 {
                    let admission = limit.admit(name, clock.now()).await.unwrap();
                    assert_eq!(admission, Admission::Admitted, "{name} in round {round}");
                }
                let admission = limit.admit(name, clock.now()).await.unwrap();
                assert!(matches!(admission, Admission::Wait(_)), "{name}");
            }
            clock.pass(Duration::from_secs(60));
        }
    }
}
