//! What the application writes down: the requests that it took, and what it heard of the people who made them. In memory: the
//! demo's application begins anew at each start.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::identity::Timestamp;

/// How many requests and how many events are kept; older ones go.
const MOST: usize = 500;

/// What the gateway gave for a request that was made provisionally.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Receipt {
    /// Its name.
    pub(super) id: String,
    /// The day that it proves, in Italy.
    pub(super) day: String,
}

/// A request that the application took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Held {
    /// The number that the application gave it.
    pub(super) number: String,
    /// Service and operation.
    pub(super) resource: String,
    /// Whose it is, as the gateway names people to this application.
    #[serde(skip)]
    pub(super) sub: String,
    /// Whether it can be worked: at once, or since the application heard so.
    pub(super) counts: bool,
    /// For one that was made provisionally.
    pub(super) receipt: Option<Receipt>,
}

/// What the application heard of somebody without having asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Heard {
    /// `jti`: twice the same is once.
    pub(super) id: String,
    /// When it happened.
    pub(super) at: Timestamp,
    /// Of whom.
    pub(super) sub: String,
    /// The level that their credential proved before.
    pub(super) from: String,
    /// The level that it proves now.
    pub(super) to: String,
    /// The receipts of the requests that can be worked now.
    pub(super) receipts: Vec<String>,
}

/// The book.
#[derive(Default)]
pub(super) struct Book(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    requests: VecDeque<Held>,
    heard: VecDeque<Heard>,
}

impl Book {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a request down.
    pub(super) fn hold(&self, request: Held) {
        let mut pages = self.pages();
        pages.requests.push_front(request);
        pages.requests.truncate(MOST);
    }

    /// Writes down what was heard, once however often it is told, and lets the requests count that wait for it.
    pub(super) fn hear(&self, heard: Heard) {
        let mut pages = self.pages();
        if pages.heard.iter().any(|known| known.id == heard.id) {
            return;
        }
        for request in &mut pages.requests {
            let receipt = request.receipt.as_ref();
            let is_named = receipt.is_some_and(|receipt| heard.receipts.contains(&receipt.id));
            request.counts |= is_named && request.sub == heard.sub;
        }
        pages.heard.push_front(heard);
        pages.heard.truncate(MOST);
    }

    /// Somebody's requests, the newest first.
    pub(super) fn requests_of(&self, sub: &str) -> Vec<Held> {
        let pages = self.pages();
        let theirs = pages.requests.iter().filter(|held| held.sub == sub);
        theirs.cloned().collect()
    }

    /// What was heard, the newest first.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.pages().heard.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(sub: &str, receipt: Option<&str>) -> Held {
        Held {
            number: "1".to_owned(),
            resource: "naspi/request".to_owned(),
            sub: sub.to_owned(),
            counts: receipt.is_none(),
            receipt: receipt.map(|id| Receipt {
                id: id.to_owned(),
                day: "2026-11-22".to_owned(),
            }),
        }
    }

    fn heard(id: &str, sub: &str, receipts: &[&str]) -> Heard {
        Heard {
            id: id.to_owned(),
            at: "2026-11-22T12:00:00Z".parse().unwrap(),
            sub: sub.to_owned(),
            from: "low".to_owned(),
            to: "substantial".to_owned(),
            receipts: receipts.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn an_event_lets_the_requests_count_whose_receipts_it_names() {
        let book = Book::default();
        book.hold(held("anna", Some("r-1")));
        book.hold(held("anna", Some("r-2")));
        book.hold(held("mario", Some("r-3")));
        book.hear(heard("e-1", "anna", &["r-1", "r-3"]));
        let counts = |sub| -> Vec<bool> {
            let requests = book.requests_of(sub);
            requests.iter().map(|request| request.counts).collect()
        };
        assert_eq!(counts("anna"), [false, true]);
        assert_eq!(counts("mario"), [false], "the event was not about him");
    }

    #[test]
    fn what_is_told_twice_is_heard_once() {
        let book = Book::default();
        for _ in 0..2 {
            book.hear(heard("e-1", "anna", &[]));
        }
        assert_eq!(book.heard().len(), 1);
    }
}
