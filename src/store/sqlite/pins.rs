//! Dossiers, the outbox and uploaded files, in the file of the ledgers.
//!
//! In: changes of `pin`, each written in one transaction with its messages and audit records ([`PinStore`]). Out: dossiers to
//! whoever decides, messages to whoever sends them. Everything is sealed; people stand in it as keyed hashes.

mod write;

use std::path::Path;
use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::connections::Connections;
use super::ledger::micros;
use super::record::Record as _;
use super::{SqliteStore, writer};
use crate::audit::AuditError;
use crate::crypto::{Random, SealingKey, hmac_sha256};
use crate::identity::{FiscalCode, Timestamp};
use crate::pin::{
    BlobId, Change, DueMessage, Kept, MessageId, Page, PinStore, Queue, Version, WriteError,
};
use crate::store::{BoxFuture, StoreError};

pub(super) use write::{PinDone, PinJob};

/// The keys that follow from the store's key for PINs.
pub(super) struct PinKeys {
    people: [u8; 32],
    sealing: SealingKey,
}

impl PinKeys {
    pub(super) fn derive(key: &[u8; 32]) -> Self {
        Self {
            people: hmac_sha256(key, b"varco pins: people"),
            sealing: SealingKey::new(&hmac_sha256(key, b"varco pins: sealing")),
        }
    }

    /// A person as the tables know them.
    fn person(&self, person: &FiscalCode) -> [u8; 32] {
        hmac_sha256(&self.people, person.expose().as_bytes())
    }
}

/// What reads need.
pub(super) struct Pins {
    keys: Arc<PinKeys>,
    connections: Connections,
    random: Arc<dyn Random>,
}

/// What the seal of a dossier is bound to: its person, and the version that it is.
fn of_dossier(person: &[u8], version: i64) -> Vec<u8> {
    [b"dossier ", person, &version.to_be_bytes()].concat()
}

const OF_MESSAGE: &[u8] = b"outbox";

fn of_blob(id: &str) -> Vec<u8> {
    [b"blob ", id.as_bytes()].concat()
}

/// A row of dossiers as it is read.
type Row = (Vec<u8>, i64, Vec<u8>);

impl Pins {
    pub(super) fn new(path: &Path, keys: Arc<PinKeys>, random: Arc<dyn Random>) -> Self {
        Self {
            keys,
            connections: Connections::new(path),
            random,
        }
    }

    fn seal(&self, context: &[u8], value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
        let text = serde_json::to_vec(value).map(Zeroizing::new);
        let text = text.map_err(|_| StoreError::Unreadable)?;
        Ok(self.keys.sealing.seal(self.random.as_ref(), context, &text))
    }

    fn open<T: DeserializeOwned>(&self, context: &[u8], sealed: &[u8]) -> Result<T, StoreError> {
        let text = self.keys.sealing.open(context, sealed);
        let text = Zeroizing::new(text.map_err(|_| StoreError::Unreadable)?);
        serde_json::from_slice(&text).map_err(|_| StoreError::Unreadable)
    }

    fn kept(&self, (person, version, sealed): &Row) -> Result<Kept, StoreError> {
        Ok(Kept {
            dossier: self.open(&of_dossier(person, *version), sealed)?,
            version: Version(*version),
        })
    }

    fn load(&self, person: &[u8; 32]) -> Result<Option<Kept>, StoreError> {
        let row = self.connections.ask(|connection| {
            connection
                .prepare_cached("SELECT person, version, sealed FROM dossier WHERE person = ?1")?
                .query_row([person], read)
                .optional()
        })?;
        row.map(|row| self.kept(&row)).transpose()
    }

    /// The dossiers of a query that takes one number and how many at most.
    fn several(&self, query: &str, number: i64, most: usize) -> Result<Vec<Kept>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<Row> = self.connections.ask(|connection| {
            let mut query = connection.prepare_cached(query)?;
            query.query_map(params![number, most], read)?.collect()
        })?;
        rows.iter().map(|row| self.kept(row)).collect()
    }

    fn count(&self, query: &str) -> Result<u64, StoreError> {
        let count: i64 = self
            .connections
            .ask(|connection| connection.query_row(query, [], |row| row.get(0)))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    fn page(&self, after: &[u8], most: usize) -> Result<Page, StoreError> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<Row> = self.connections.ask(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT person, version, sealed FROM dossier WHERE person > ?1 ORDER BY person LIMIT ?2",
            )?;
            query.query_map(params![after, limit], read)?.collect()
        })?;
        let last = rows.last().filter(|_| rows.len() == most);
        Ok(Page {
            next: last.map(|(person, ..)| person.clone()),
            kept: rows
                .iter()
                .map(|row| self.kept(row))
                .collect::<Result<_, _>>()?,
        })
    }

    fn messages(&self, now: Timestamp, most: usize) -> Result<Vec<DueMessage>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<(i64, i64, u32, Vec<u8>)> = self.connections.ask(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT id, queued, attempts, sealed FROM outbox WHERE due <= ?1 ORDER BY due, id LIMIT ?2",
            )?;
            let row = |row: &rusqlite::Row<'_>| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            };
            query.query_map(params![micros(now), most], row)?.collect()
        })?;
        rows.into_iter()
            .map(|(id, queued, attempts, sealed)| {
                Ok(DueMessage {
                    id: MessageId(id),
                    outgoing: self.open(OF_MESSAGE, &sealed)?,
                    attempts,
                    queued: Timestamp::from_timestamp_micros(queued)
                        .ok_or(StoreError::Unreadable)?,
                })
            })
            .collect()
    }

    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed: Option<Vec<u8>> = self.connections.ask(|connection| {
            connection
                .prepare_cached("SELECT sealed FROM blob WHERE id = ?1")?
                .query_row([&id.0], |row| row.get(0))
                .optional()
        })?;
        let open = |sealed: Vec<u8>| self.keys.sealing.open(&of_blob(&id.0), &sealed);
        let file = sealed.map(open).transpose();
        file.map_err(|_| StoreError::Unreadable)
    }

    /// A change as its job: sealed here, not on the one thread that writes.
    fn prepare(&self, change: &Change, expected: Version) -> Result<write::Writing, StoreError> {
        let person = self.keys.person(change.dossier().person());
        let version = expected.0 + 1;
        let index = change.index();
        let messages = change.outbox().iter();
        let files = change.kept().iter();
        let random = self.random.as_ref();
        Ok(write::Writing {
            person,
            expected: expected.0,
            sealed: self.seal(&of_dossier(&person, version), change.dossier())?,
            call: index.call.map(micros),
            conversion: index.conversion.map(micros),
            due: index.due.map(micros),
            at: micros(change.at()),
            messages: messages
                .map(|message| self.seal(OF_MESSAGE, message))
                .collect::<Result<_, _>>()?,
            kept: files
                .map(|(id, file)| {
                    let sealed = self.keys.sealing.seal(random, &of_blob(&id.0), file);
                    (id.0.clone(), sealed)
                })
                .collect(),
            forgotten: change.forgotten().iter().map(|id| id.0.clone()).collect(),
            records: change
                .events()
                .iter()
                .map(|record| Ok((record.at, record.clone().into_bytes()?)))
                .collect::<Result<_, AuditError>>()
                .map_err(|error| StoreError::Unavailable(error.to_string()))?,
        })
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

impl SqliteStore {
    /// Asks on a thread that may block.
    async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Pins) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let pins = Arc::clone(&self.pins);
        tokio::task::spawn_blocking(move || question(&pins))
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))?
    }

    async fn do_job<T>(
        &self,
        job: impl FnOnce(tokio::sync::oneshot::Sender<Result<T, String>>) -> PinJob,
    ) -> Result<T, StoreError> {
        self.ask(|reply| writer::Job::Pin(job(reply)))
            .await
            .map_err(|AuditError::Unavailable(why)| StoreError::Unavailable(why))
    }
}

impl PinStore for SqliteStore {
    fn load<'a>(
        &'a self,
        person: &'a FiscalCode,
    ) -> BoxFuture<'a, Result<Option<Kept>, StoreError>> {
        let person = self.pins.keys.person(person);
        Box::pin(self.read(move |pins| pins.load(&person)))
    }

    fn write(
        &self,
        change: Change,
        expected: Version,
    ) -> BoxFuture<'_, Result<Version, WriteError>> {
        Box::pin(async move {
            let writing = self
                .read(move |pins| pins.prepare(&change, expected))
                .await?;
            let written = self.do_job(|reply| PinJob::Write { writing, reply });
            match written.await? {
                true => Ok(Version(expected.0 + 1)),
                false => Err(WriteError::Conflict),
            }
        })
    }

    fn write_all(&self, changes: Vec<(Change, Version)>) -> BoxFuture<'_, Result<(), WriteError>> {
        Box::pin(async move {
            let prepare = move |pins: &Pins| {
                let changes = changes.iter();
                let prepared = changes.map(|(change, expected)| pins.prepare(change, *expected));
                prepared.collect::<Result<Vec<_>, _>>()
            };
            let writings = self.read(prepare).await?;
            let written = self.do_job(|reply| PinJob::WriteAll { writings, reply });
            match written.await? {
                true => Ok(()),
                false => Err(WriteError::Conflict),
            }
        })
    }

    fn write_for_nothing(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let nothing = |pins: &Pins| pins.seal(b"", &vec![0_u8; write::PRETENCE]);
            let sealed = self.read(nothing).await?;
            self.do_job(|reply| PinJob::Pretend { sealed, reply }).await
        })
    }

    fn queue(&self, queue: Queue, most: usize) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>> {
        let query = match queue {
            Queue::Calls => {
                "SELECT person, version, sealed FROM dossier WHERE call >= ?1 ORDER BY call LIMIT ?2"
            }
            Queue::Conversions => {
                "SELECT person, version, sealed FROM dossier WHERE conversion >= ?1 ORDER BY conversion LIMIT ?2"
            }
        };
        Box::pin(self.read(move |pins| pins.several(query, i64::MIN, most)))
    }

    fn queue_length(&self, queue: Queue) -> BoxFuture<'_, Result<u64, StoreError>> {
        let query = match queue {
            Queue::Calls => "SELECT count(*) FROM dossier WHERE call IS NOT NULL",
            Queue::Conversions => "SELECT count(*) FROM dossier WHERE conversion IS NOT NULL",
        };
        Box::pin(self.read(move |pins| pins.count(query)))
    }

    fn due(&self, now: Timestamp, most: usize) -> BoxFuture<'_, Result<Vec<Kept>, StoreError>> {
        let query =
            "SELECT person, version, sealed FROM dossier WHERE due <= ?1 ORDER BY due LIMIT ?2";
        Box::pin(self.read(move |pins| pins.several(query, micros(now), most)))
    }

    fn page<'a>(
        &'a self,
        after: Option<&'a [u8]>,
        most: usize,
    ) -> BoxFuture<'a, Result<Page, StoreError>> {
        let after = after.unwrap_or_default().to_vec();
        Box::pin(self.read(move |pins| pins.page(&after, most)))
    }

    fn outbox_due(
        &self,
        now: Timestamp,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<DueMessage>, StoreError>> {
        Box::pin(self.read(move |pins| pins.messages(now, most)))
    }

    fn outbox_sent(&self, id: MessageId) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.do_job(move |reply| PinJob::Sent { id: id.0, reply }))
    }

    fn outbox_failed(
        &self,
        id: MessageId,
        again: Timestamp,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        let again = micros(again);
        let id = id.0;
        Box::pin(self.do_job(move |reply| PinJob::Failed { id, again, reply }))
    }

    fn outbox_length(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(self.read(|pins| pins.count("SELECT count(*) FROM outbox")))
    }

    fn blob<'a>(&'a self, id: &'a BlobId) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>> {
        let id = id.clone();
        Box::pin(self.read(move |pins| pins.blob(&id)))
    }
}
