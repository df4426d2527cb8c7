//! The durable embedded store: one SQLite file that holds the audit log, the 24-month register, and what is kept of PINs.
//!
//! In: records through the ports of `audit`. Out: the same records to whoever holds the store's key, and proof that none
//! was changed, removed or moved ([`Ledgers::verify`]). Every row is sealed and chained to the one before
//! (SPID technical rules, Log: confidentiality, integrity, immutability). One thread writes, many records a
//! transaction; a record is answered when its transaction is on disk.

mod chain;
mod connections;
mod ledger;
mod pins;
pub mod profiles;
mod queue;
mod record;
mod schema;
mod writer;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use crate::audit::{
    AuditError, AuditLog, AuditRecord, AuthenticationRegister, Recording, RegisterEntry,
};
use crate::crypto::Random;
use crate::identity::{EvidenceId, Timestamp};

pub use chain::StoreKeys;
pub use ledger::{Anchor, Fault, Ledger, Ledgers, Row, Verified};
pub use record::Record;

/// How many records may wait for the writer; more wait in their callers.
const QUEUE: usize = 1024;

/// The store's writing side.
pub struct SqliteStore {
    jobs: mpsc::Sender<writer::Job>,
    pins: Arc<pins::Pins>,
}

impl SqliteStore {
    /// Opens the file, makes it if it is not there (readable by its owner only), brings its tables up to date and starts
    /// the writer.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened, is of a newer Varco, or is not of this key.
    pub fn open(path: &Path, keys: StoreKeys, random: Arc<dyn Random>) -> Result<Self, StoreError> {
        schema::create_private(path)?;
        let mut connection = Connection::open(path)?;
        schema::prepare(&mut connection, &schema::LEDGERS)?;
        for ledger in Ledger::ALL {
            chain::head(&connection, &keys, ledger)?;
        }
        let (jobs, queue) = mpsc::channel(QUEUE);
        let pins = pins::Pins::new(path, Arc::clone(&keys.pins), Arc::clone(&random));
        let writer = writer::Writer::new(connection, keys, random);
        std::thread::Builder::new()
            .name("varco-store".to_owned())
            .spawn(move || writer.run(queue))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self {
            jobs,
            pins: Arc::new(pins),
        })
    }

    /// Removes what is sealed in every row whose 24 months are over; tells how many rows. What remains of them holds
    /// no personal data and keeps the chain verifiable.
    ///
    /// # Errors
    /// [`AuditError`] when the store fails.
    pub async fn forget_expired(&self, now: Timestamp) -> Result<usize, AuditError> {
        self.ask(|reply| writer::Job::Forget { now, reply }).await
    }

    /// The last row of each ledger. Noted down where nobody who can write the file can write, they prove later that
    /// nothing was put back.
    ///
    /// # Errors
    /// [`AuditError`] when the store fails.
    pub async fn anchors(&self) -> Result<Vec<(Ledger, Anchor)>, AuditError> {
        self.ask(|reply| writer::Job::Heads { reply }).await
    }

    async fn append(
        &self,
        ledger: Ledger,
        records: Vec<(Timestamp, Vec<u8>)>,
    ) -> Result<i64, AuditError> {
        self.ask(|reply| writer::Job::Append {
            ledger,
            records,
            reply,
        })
        .await
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, String>>) -> writer::Job,
    ) -> Result<T, AuditError> {
        let unavailable = |what: &str| AuditError::Unavailable(what.to_owned());
        let (reply, answer) = oneshot::channel();
        self.jobs
            .send(job(reply))
            .await
            .map_err(|_| unavailable("the writer has ended"))?;
        answer
            .await
            .map_err(|_| unavailable("nothing was written; the log says why"))?
            .map_err(AuditError::Unavailable)
    }
}

impl AuditLog for SqliteStore {
    fn record_all(&self, records: Vec<AuditRecord>) -> Recording<'_, ()> {
        Box::pin(async move {
            let records = records
                .into_iter()
                .map(|record| Ok((record.at, record.into_bytes()?)))
                .collect::<Result<Vec<_>, AuditError>>()?;
            if !records.is_empty() {
                self.append(Ledger::Audit, records).await?;
            }
            Ok(())
        })
    }
}

impl AuthenticationRegister for SqliteStore {
    fn record(&self, entry: RegisterEntry, now: Timestamp) -> Recording<'_, EvidenceId> {
        Box::pin(async move {
            let entry = vec![(now, entry.into_bytes()?)];
            let seq = self.append(Ledger::Register, entry).await?;
            Ok(EvidenceId(seq.to_string()))
        })
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}
