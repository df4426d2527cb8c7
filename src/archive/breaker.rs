//! Stops asking a server that is down: it gets time to recover, and people get their answer at once.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::identity::Timestamp;

/// After so many failures in a row nobody asks any more.
const FAILURES: u32 = 5;

/// For so long; then one request tries whether it is up again.
const PAUSE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Everybody asks. The last so many requests failed.
    Closed { failures: u32 },
    /// Nobody asks before that moment, and then one does.
    Open { until: Timestamp },
    /// One request is trying.
    Probing,
}

/// The breaker.
pub(super) struct Breaker(Mutex<State>);

/// Leave to ask once. Whoever has it says how it went; dropped without a word, the request was given up, which says
/// nothing about the server.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    probing: bool,
    since: Timestamp,
}

impl Breaker {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State::Closed { failures: 0 }))
    }

    /// Asks for leave; there is none while the server is left in peace.
    pub(super) fn pass(&self, now: Timestamp) -> Option<Pass<'_>> {
        let mut state = self.state();
        let probing = match *state {
            State::Closed { .. } => false,
            State::Open { until } if until <= now => true,
            State::Open { .. } | State::Probing => return None,
        };
        if probing {
            *state = State::Probing;
        }
        Some(Pass {
            breaker: self,
            probing,
            since: now,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The server answered as it should.
    pub(super) fn succeeded(mut self) {
        let mut state = self.breaker.state();
        // Who asked before the server was given up says nothing about now.
        if self.probing || matches!(*state, State::Closed { .. }) {
            *state = State::Closed { failures: 0 };
        }
        self.probing = false;
    }

    /// It did not.
    pub(super) fn failed(mut self) {
        let mut state = self.breaker.state();
        let failures = match *state {
            State::Closed { failures } => failures + 1,
            State::Probing if self.probing => FAILURES,
            State::Open { .. } | State::Probing => return,
        };
        *state = if failures < FAILURES {
            State::Closed { failures }
        } else {
            tracing::warn!(code = "archive-left-in-peace");
            State::Open {
                until: self.since + PAUSE,
            }
        };
        self.probing = false;
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probing {
            // The next one may try at once.
            *self.breaker.state() = State::Open { until: self.since };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn broken() -> Breaker {
        let breaker = Breaker::new();
        for _ in 0..FAILURES {
            breaker.pass(at(0)).unwrap().failed();
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_them_does_not() {
        let breaker = Breaker::new();
        for _ in 0..3 {
            for _ in 1..FAILURES {
                breaker.pass(at(0)).unwrap().failed();
            }
            breaker.pass(at(0)).unwrap().succeeded();
        }
        assert!(breaker.pass(at(0)).is_some());
        assert!(broken().pass(at(0)).is_none());
    }

    #[test]
    fn after_the_pause_one_request_tries_and_its_success_lets_everybody_in() {
        let breaker = broken();
        assert!(breaker.pass(at(9)).is_none());
        let probe = breaker.pass(at(10)).unwrap();
        assert!(breaker.pass(at(11)).is_none());
        probe.succeeded();
        let both = (breaker.pass(at(11)), breaker.pass(at(11)));
        assert!(both.0.is_some() && both.1.is_some());
    }

    #[test]
    fn a_failed_try_opens_it_for_another_pause() {
        let breaker = broken();
        breaker.pass(at(10)).unwrap().failed();
        assert!(breaker.pass(at(19)).is_none());
        assert!(breaker.pass(at(20)).is_some());
    }

    #[test]
    fn a_try_that_was_given_up_does_not_keep_everybody_out() {
        let breaker = broken();
        drop(breaker.pass(at(10)).unwrap());
        assert!(breaker.pass(at(10)).is_some());
    }

    #[test]
    fn an_answer_from_before_it_opened_does_not_close_it() {
        let breaker = Breaker::new();
        let early = (breaker.pass(at(0)).unwrap(), breaker.pass(at(0)).unwrap());
        for _ in 0..FAILURES {
            breaker.pass(at(0)).unwrap().failed();
        }
        early.0.succeeded();
        assert!(breaker.pass(at(1)).is_none());
        let probe = breaker.pass(at(10)).unwrap();
        // Nor does a late failure end the try that is under way.
        early.1.failed();
        probe.succeeded();
        assert!(breaker.pass(at(10)).is_some());
    }
}
