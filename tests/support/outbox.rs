//! An outbox in memory, and ways out of it that note what they carry.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use varco::identity::{FiscalCode, Timestamp};
use varco::messages::{
    Letter, Letters, Mail, Mails, Messengers, NotSent, TextMessage, TextMessages,
};
use varco::pin::{
    BlobId, Change, DueMessage, Kept, MessageId, Outgoing, Page, PinStore, Queue, Version,
    WriteError,
};
use varco::store::{BoxFuture, StoreError};

struct Row {
    outgoing: Outgoing,
    queued: Timestamp,
    due: Timestamp,
    attempts: u32,
}

/// The outbox of a store that has nothing else.
#[derive(Default)]
pub struct TestOutbox {
    rows: Mutex<BTreeMap<i64, Row>>,
    /// Rows cannot be taken out: the process dies, as it were, after each message is handed over.
    pub is_stuck: Mutex<bool>,
}

impl TestOutbox {
    pub fn put(&self, outgoing: Outgoing, now: Timestamp) {
        let mut rows = self.rows.lock().unwrap();
        let id = rows.last_key_value().map_or(1, |(id, _)| id + 1);
        let row = Row {
            outgoing,
            queued: now,
            due: now,
            attempts: 0,
        };
        rows.insert(id, row);
    }

    pub fn len(&self) -> usize {
        self.rows.lock().unwrap().len()
    }

    /// When each row is due next.
    pub fn due(&self) -> Vec<Timestamp> {
        let rows = self.rows.lock().unwrap();
        rows.values().map(|row| row.due).collect()
    }
}

fn ready<T: Send + 'static>(value: T) -> BoxFuture<'static, Result<T, StoreError>> {
    Box::pin(async { Ok(value) })
}

impl PinStore for TestOutbox {
    fn load<'a>(&'a self, _: &'a FiscalCode) -> BoxFuture<'a, Result<Option<Kept>, StoreError>> {
        ready(None)
    }

    fn write(&self, _: Change, _: Version) -> BoxFuture<'_, Result<Version, WriteError>> {
        Box::pin(async { Err(WriteError::Conflict) })
    }

    fn write_all(&self, _: Vec<(Change, Version)>) -> BoxFuture<'_, Result<(), WriteError>> {
        Box::pin(async { Err(WriteError::Conflict) })
    }

    fn write_for_nothing(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(())
    }

    fn queue(&self, _: Queue, _: usize) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>> {
        ready(Vec::new())
    }

    fn queue_length(&self, _: Queue) -> BoxFuture<'_, Result<u64, StoreError>> {
        ready(0)
    }

    fn due(&self, _: Timestamp, _: usize) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>> {
        ready(Vec::new())
    }

    fn page<'a>(
        &'a self,
        _: Option<&'a [u8]>,
        _: usize,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        ready(Page {
            kept: Vec::new(),
            next: None,
        })
    }

    fn outbox_due(
        &self,
        now: Timestamp,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<DueMessage>, StoreError>> {
        let rows = self.rows.lock().unwrap();
        let due = rows
            .iter()
            .filter(|(_, row)| row.due <= now)
            .take(most)
            .map(|(id, row)| DueMessage {
                id: MessageId(*id),
                outgoing: row.outgoing.clone(),
                attempts: row.attempts,
                queued: row.queued,
            });
        ready(due.collect())
    }

    fn outbox_sent(&self, id: MessageId) -> BoxFuture<'_, Result<(), StoreError>> {
        if *self.is_stuck.lock().unwrap() {
            return Box::pin(async { Err(StoreError::Unavailable("stuck".to_owned())) });
        }
        self.rows.lock().unwrap().remove(&id.0);
        ready(())
    }

    fn outbox_failed(
        &self,
        id: MessageId,
        again: Timestamp,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        if let Some(row) = self.rows.lock().unwrap().get_mut(&id.0) {
            row.due = again;
            row.attempts += 1;
        }
        ready(())
    }

    fn outbox_length(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        ready(self.len() as u64)
    }

    fn blob<'a>(&'a self, _: &'a BlobId) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>> {
        ready(None)
    }
}

/// Every way, noting what it carries, or refusing it with a code.
#[derive(Default)]
pub struct TestWays {
    pub texts: Mutex<Vec<TextMessage>>,
    pub mails: Mutex<Vec<Mail>>,
    pub pecs: Mutex<Vec<Mail>>,
    pub letters: Mutex<Vec<Letter>>,
    /// With which code e-mail is refused.
    pub refuses_mail: Mutex<Option<&'static str>>,
    /// How often e-mail was tried.
    pub mails_tried: Mutex<usize>,
}

struct Certified(Arc<TestWays>);

impl TestWays {
    pub fn messengers(self: &Arc<Self>) -> Messengers {
        Messengers {
            text: Some(Arc::clone(self) as Arc<dyn TextMessages>),
            mail: Some(Arc::clone(self) as Arc<dyn Mails>),
            pec: Some(Arc::new(Certified(Arc::clone(self)))),
            letters: Some(Arc::clone(self) as Arc<dyn Letters>),
        }
    }
}

impl TextMessages for TestWays {
    fn send<'a>(&'a self, message: &'a TextMessage) -> BoxFuture<'a, Result<(), NotSent>> {
        self.texts.lock().unwrap().push(message.clone());
        Box::pin(async { Ok(()) })
    }
}

impl Mails for TestWays {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), NotSent>> {
        *self.mails_tried.lock().unwrap() += 1;
        let refused = *self.refuses_mail.lock().unwrap();
        if let Some(code) = refused {
            return Box::pin(async move { Err(NotSent(code)) });
        }
        self.mails.lock().unwrap().push(mail.clone());
        Box::pin(async { Ok(()) })
    }
}

impl Mails for Certified {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), NotSent>> {
        self.0.pecs.lock().unwrap().push(mail.clone());
        Box::pin(async { Ok(()) })
    }
}

impl Letters for TestWays {
    fn print<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>> {
        self.letters.lock().unwrap().push(letter.clone());
        Box::pin(async { Ok(()) })
    }
}
