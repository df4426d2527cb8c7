//! The port of whoever keeps dossiers, the outbox and uploaded files.

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::dossier::Dossier;
use super::outgoing::Outgoing;
use crate::identity::{FiscalCode, Timestamp};
use crate::store::{BoxFuture, StoreError};

/// Which writing of a dossier one read: whoever writes it says so, and loses to whoever wrote meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(pub i64);

impl Version {
    /// Of a dossier that was never written.
    pub const NEW: Self = Self(0);
}

/// A dossier as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The dossier.
    pub dossier: Dossier,
    /// Which writing of it this is.
    pub version: Version,
}

/// Names an uploaded file. It is random, and so no secret in itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobId(pub String);

/// Names a row of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageId(pub i64);

/// A row of the outbox whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    /// Its row.
    pub id: MessageId,
    /// What to send.
    pub outgoing: Outgoing,
    /// How often it was tried before.
    pub attempts: u32,
    /// When it was written.
    pub queued: Timestamp,
}

/// A page of all dossiers.
#[derive(Debug, Clone)]
pub struct Page {
    /// The dossiers.
    pub kept: Vec<Kept>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Vec<u8>>,
}

/// What operators work through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Requests whose person has to be called.
    Calls,
    /// Conversions whose signed form came.
    Conversions,
}

/// What a store has to find dossiers by, besides their person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Index {
    /// Since when a request waits for a call.
    pub call: Option<Timestamp>,
    /// Since when a conversion waits to be decided.
    pub conversion: Option<Timestamp>,
    /// When a date next brings something by itself: [`Dossier::bring_up_to_date`] has to be written then.
    pub due: Option<Timestamp>,
}

/// Why a change was not written. Nothing of it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// Somebody wrote the dossier since it was read: read it again and decide again.
    #[error("the dossier was written meanwhile")]
    Conflict,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whoever keeps dossiers, the outbox and uploaded files. Everything is sealed, and an answered write is on disk.
pub trait PinStore: Send + Sync {
    /// A person's dossier; `None` when there is none.
    fn load<'a>(
        &'a self,
        person: &'a FiscalCode,
    ) -> BoxFuture<'a, Result<Option<Kept>, StoreError>>;

    /// Writes a change in one transaction, its messages, audit records and files with it. `expected` is the version that the
    /// command was decided on; the next one comes back.
    fn write(
        &self,
        change: Change,
        expected: Version,
    ) -> BoxFuture<'_, Result<Version, WriteError>>;

    /// Writes changes of several people in one transaction: all of them, or none when somebody wrote one of the dossiers since
    /// it was read.
    fn write_all(&self, changes: Vec<(Change, Version)>) -> BoxFuture<'_, Result<(), WriteError>>;

    /// Takes as long as writing a change, and changes nothing: for somebody of whom there is no dossier, so that the time does
    /// not tell.
    fn write_for_nothing(&self) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Dossiers that operators have to look at, the longest waiting first, those that somebody has in hand among them.
    fn queue(&self, queue: Queue, most: usize) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>>;

    /// How many wait in a queue.
    fn queue_length(&self, queue: Queue) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// Dossiers for which a date has come.
    fn due(&self, now: Timestamp, most: usize) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>>;

    /// A page of all dossiers, in an order that says nothing; `after` is the [`Page::next`] of the page before.
    fn page<'a>(
        &'a self,
        after: Option<&'a [u8]>,
        most: usize,
    ) -> BoxFuture<'a, Result<Page, StoreError>>;

    /// Messages whose time has come, the oldest first.
    fn outbox_due(
        &self,
        now: Timestamp,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<DueMessage>, StoreError>>;

    /// A message was taken by whoever sends it: its row is gone, its secret with it.
    fn outbox_sent(&self, id: MessageId) -> BoxFuture<'_, Result<(), StoreError>>;

    /// A message was not taken: it is due again at `again`.
    fn outbox_failed(
        &self,
        id: MessageId,
        again: Timestamp,
    ) -> BoxFuture<'_, Result<(), StoreError>>;

    /// How many messages wait to be sent.
    fn outbox_length(&self) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// An uploaded file; `None` when it is not kept (any more).
    fn blob<'a>(&'a self, id: &'a BlobId) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>>;
}
