//! A clock that moves only when a test says so.

use std::sync::{Arc, Mutex};

use chrono::{Duration, TimeZone as _, Utc};
use varco::identity::{Clock, Timestamp};

/// Starts at noon on 21 November 2026, UTC. Clones show the same time.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<Time>>);

struct Time {
    now: Timestamp,
    /// How much later it is at each look.
    pace: Duration,
}

impl TestClock {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Time {
            now: Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).unwrap(),
            pace: Duration::zero(),
        })))
    }

    /// From now on it is a little later whenever somebody looks, as with a real one.
    pub fn run(&self) {
        self.0.lock().unwrap().pace = Duration::milliseconds(1);
    }

    pub fn advance(&self, by: Duration) {
        self.0.lock().unwrap().now += by;
    }

    pub fn set(&self, now: Timestamp) {
        self.0.lock().unwrap().now = now;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let mut time = self.0.lock().unwrap();
        let pace = time.pace;
        time.now += pace;
        time.now
    }
}
