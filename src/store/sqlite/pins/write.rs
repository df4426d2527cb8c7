//! What the one thread that writes does for PINs.

use rusqlite::{OptionalExtension as _, Transaction, params};
use tokio::sync::oneshot;

use crate::identity::Timestamp;

/// How many bytes are written for somebody of whom there is no dossier: about those of a dossier, before they are text.
pub(super) const PRETENCE: usize = 1024;

type Reply<T> = oneshot::Sender<Result<T, String>>;

/// Audit records, each with its moment.
type Records = Vec<(Timestamp, Vec<u8>)>;

/// Something to write, and whom to tell.
pub(in crate::store::sqlite) enum PinJob {
    /// A change; answered with whether nobody wrote the dossier meanwhile.
    Write {
        writing: Writing,
        reply: Reply<bool>,
    },
    /// Changes of several people, all or none; answered with whether nobody wrote one of the dossiers meanwhile.
    WriteAll {
        writings: Vec<Writing>,
        reply: Reply<bool>,
    },
    /// What takes as long, and changes nothing.
    Pretend { sealed: Vec<u8>, reply: Reply<()> },
    /// A message was sent: it goes.
    Sent { id: i64, reply: Reply<()> },
    /// A message was not sent: it is due again.
    Failed {
        id: i64,
        again: i64,
        reply: Reply<()>,
    },
}

/// A change, sealed.
pub(in crate::store::sqlite) struct Writing {
    pub(super) person: [u8; 32],
    pub(super) expected: i64,
    pub(super) sealed: Vec<u8>,
    pub(super) call: Option<i64>,
    pub(super) conversion: Option<i64>,
    pub(super) due: Option<i64>,
    pub(super) at: i64,
    pub(super) messages: Vec<Vec<u8>>,
    pub(super) kept: Vec<(String, Vec<u8>)>,
    pub(super) forgotten: Vec<String>,
    pub(in crate::store::sqlite) records: Records,
}

/// What a job came to, held back until the transaction is on disk.
pub(in crate::store::sqlite) enum PinDone {
    Written(Reply<bool>, bool),
    Done(Reply<()>),
}

impl PinDone {
    pub(in crate::store::sqlite) fn tell(self) {
        // A caller who no longer waits has its change all the same.
        match self {
            Self::Written(reply, written) => drop(reply.send(Ok(written))),
            Self::Done(reply) => drop(reply.send(Ok(()))),
        }
    }
}

impl PinJob {
    /// Does the job within a transaction. A change that was written leaves its audit records to be appended in the same one.
    pub(in crate::store::sqlite) fn run(
        self,
        transaction: &Transaction<'_>,
    ) -> rusqlite::Result<(PinDone, Records)> {
        let none = Records::new();
        Ok(match self {
            Self::Write { writing, reply } => {
                if writing.run(transaction)? {
                    (PinDone::Written(reply, true), writing.records)
                } else {
                    (PinDone::Written(reply, false), none)
                }
            }
            Self::WriteAll { writings, reply } => {
                // Other jobs share the transaction: when one change is late, only what was written here is taken back.
                transaction.execute_batch("SAVEPOINT together")?;
                let mut records = Records::new();
                for writing in writings {
                    if !writing.run(transaction)? {
                        transaction.execute_batch("ROLLBACK TO together; RELEASE together")?;
                        return Ok((PinDone::Written(reply, false), none));
                    }
                    records.extend(writing.records);
                }
                transaction.execute_batch("RELEASE together")?;
                (PinDone::Written(reply, true), records)
            }
            Self::Pretend { sealed, reply } => {
                transaction
                    .prepare_cached(
                        "INSERT INTO pretence (id, sealed) VALUES (1, ?1)
                         ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
                    )?
                    .execute([sealed])?;
                (PinDone::Done(reply), none)
            }
            Self::Sent { id, reply } => {
                transaction
                    .prepare_cached("DELETE FROM outbox WHERE id = ?1")?
                    .execute([id])?;
                (PinDone::Done(reply), none)
            }
            Self::Failed { id, again, reply } => {
                transaction
                    .prepare_cached(
                        "UPDATE outbox SET due = ?2, attempts = attempts + 1 WHERE id = ?1",
                    )?
                    .execute([id, again])?;
                (PinDone::Done(reply), none)
            }
        })
    }
}

impl Writing {
    /// Whether it was written: nothing is, when the version is another than the one that the change was decided on.
    fn run(&self, transaction: &Transaction<'_>) -> rusqlite::Result<bool> {
        let version: Option<i64> = transaction
            .prepare_cached("SELECT version FROM dossier WHERE person = ?1")?
            .query_row([self.person], |row| row.get(0))
            .optional()?;
        if version.unwrap_or(0) != self.expected {
            return Ok(false);
        }
        transaction
            .prepare_cached(
                "INSERT INTO dossier (person, version, sealed, call, conversion, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (person) DO UPDATE SET version = excluded.version, sealed = excluded.sealed,
                 call = excluded.call, conversion = excluded.conversion, due = excluded.due",
            )?
            .execute(params![
                self.person,
                self.expected + 1,
                self.sealed,
                self.call,
                self.conversion,
                self.due
            ])?;
        for message in &self.messages {
            transaction
                .prepare_cached(
                    "INSERT INTO outbox (queued, due, attempts, sealed) VALUES (?1, ?1, 0, ?2)",
                )?
                .execute(params![self.at, message])?;
        }
        for (id, file) in &self.kept {
            transaction
                .prepare_cached("INSERT INTO blob (id, sealed) VALUES (?1, ?2)")?
                .execute(params![id, file])?;
        }
        for id in &self.forgotten {
            transaction
                .prepare_cached("DELETE FROM blob WHERE id = ?1")?
                .execute([id])?;
        }
        Ok(true)
    }
}
