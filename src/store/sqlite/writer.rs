//! The one thread that writes.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::chain::{StoreKeys, context, head};
use super::ledger::{Anchor, Ledger, micros, oldest_kept};
use super::pins::{PinDone, PinJob};
use super::queue::SharedRounds;
use crate::crypto::{Random, sha256};
use crate::identity::Timestamp;
use crate::store::StoreError;

/// How many jobs share a transaction at most. One flush to disk serves them all, so a busy gateway writes many records
/// in the time of one.
const BATCH: usize = 256;
/// How long after a flush the next transaction begins at the earliest. Whoever comes alone waits for nobody; while people come
/// one after the other, those of this time share a transaction. No person notices it, and a flush costs the processor the
/// same for one job as for many.
const PAUSE: Duration = Duration::from_millis(15);

/// Something to write, and whom to tell.
pub(super) enum Job {
    /// Records to the end of a ledger, side by side; answered with the number of the last.
    Append {
        ledger: Ledger,
        records: Vec<(Timestamp, Vec<u8>)>,
        reply: oneshot::Sender<Result<i64, String>>,
    },
    /// What is older than 24 months; answered with how many rows were emptied.
    Forget {
        now: Timestamp,
        reply: oneshot::Sender<Result<usize, String>>,
    },
    /// Something of PINs.
    Pin(PinJob),
    /// The last rows; answered with one anchor a ledger.
    Heads {
        reply: oneshot::Sender<Result<Vec<(Ledger, Anchor)>, String>>,
    },
}

/// What a job came to, held back until the transaction is on disk.
enum Done {
    Appended(oneshot::Sender<Result<i64, String>>, i64),
    Forgot(oneshot::Sender<Result<usize, String>>, usize),
    Pin(PinDone),
    Headed(
        oneshot::Sender<Result<Vec<(Ledger, Anchor)>, String>>,
        Vec<(Ledger, Anchor)>,
    ),
}

pub(super) struct Writer {
    connection: Connection,
    keys: StoreKeys,
    random: Arc<dyn Random>,
}

impl Writer {
    pub(super) fn new(connection: Connection, keys: StoreKeys, random: Arc<dyn Random>) -> Self {
        Self {
            connection,
            keys,
            random,
        }
    }

    /// Writes until the store is dropped.
    pub(super) fn run(mut self, queue: mpsc::Receiver<Job>) {
        let mut rounds = SharedRounds::new(queue, BATCH, PAUSE);
        let mut batch = Vec::with_capacity(BATCH);
        while rounds.next(&mut batch) {
            // When the transaction fails, the replies are dropped with it: nobody is told that a record is safe.
            match self.write(batch.drain(..)) {
                Ok(done) => done.into_iter().for_each(Done::tell),
                Err(error) => tracing::error!(code = "store-write-failed", %error),
            }
        }
    }

    fn write(&mut self, batch: impl Iterator<Item = Job>) -> Result<Vec<Done>, StoreError> {
        // Immediate: the heads are read under the lock, so two processes on one file never fork a chain.
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut heads = Heads::default();
        let mut done = Vec::with_capacity(BATCH);
        for job in batch {
            done.push(match job {
                Job::Append {
                    ledger,
                    records,
                    reply,
                } => {
                    let random = self.random.as_ref();
                    let seq = heads.append(&transaction, &self.keys, random, ledger, &records)?;
                    Done::Appended(reply, seq)
                }
                Job::Pin(job) => {
                    let (done, records) = job.run(&transaction)?;
                    if !records.is_empty() {
                        let (keys, random) = (&self.keys, self.random.as_ref());
                        heads.append(&transaction, keys, random, Ledger::Audit, &records)?;
                    }
                    Done::Pin(done)
                }
                Job::Forget { now, reply } => Done::Forgot(reply, forget(&transaction, now)?),
                Job::Heads { reply } => {
                    let all = Ledger::ALL
                        .into_iter()
                        .map(|ledger| Ok((ledger, heads.of(&transaction, &self.keys, ledger)?)))
                        .collect::<Result<_, StoreError>>()?;
                    Done::Headed(reply, all)
                }
            });
        }
        heads.keep(&transaction, &self.keys)?;
        transaction.commit()?;
        Ok(done)
    }
}

impl Done {
    fn tell(self) {
        // A caller who no longer waits has its record all the same.
        match self {
            Self::Appended(reply, seq) => drop(reply.send(Ok(seq))),
            Self::Forgot(reply, rows) => drop(reply.send(Ok(rows))),
            Self::Pin(done) => done.tell(),
            Self::Headed(reply, heads) => drop(reply.send(Ok(heads))),
        }
    }
}

/// The ends of the ledgers that a transaction wrote to.
#[derive(Default)]
struct Heads(Vec<(Ledger, Anchor)>);

impl Heads {
    fn of(
        &self,
        transaction: &Transaction<'_>,
        keys: &StoreKeys,
        ledger: Ledger,
    ) -> Result<Anchor, StoreError> {
        match self.0.iter().find(|(of, _)| *of == ledger) {
            Some((_, head)) => Ok(head.clone()),
            None => head(transaction, keys, ledger),
        }
    }

    /// Records to the end of a ledger. Gives the number of the last row.
    fn append(
        &mut self,
        transaction: &Transaction<'_>,
        keys: &StoreKeys,
        random: &dyn Random,
        ledger: Ledger,
        records: &[(Timestamp, Vec<u8>)],
    ) -> Result<i64, StoreError> {
        let mut head = self.of(transaction, keys, ledger)?;
        for (at, record) in records {
            head = append(transaction, keys, random, ledger, head, (*at, record))?;
        }
        let seq = head.seq;
        self.set(ledger, head);
        Ok(seq)
    }

    fn set(&mut self, ledger: Ledger, head: Anchor) {
        self.0.retain(|(of, _)| *of != ledger);
        self.0.push((ledger, head));
    }

    fn keep(&self, transaction: &Transaction<'_>, keys: &StoreKeys) -> Result<(), StoreError> {
        for (ledger, head) in &self.0 {
            transaction.prepare_cached(
                "INSERT INTO head (ledger, seq, chain, tag) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (ledger) DO UPDATE SET seq = excluded.seq, chain = excluded.chain, tag = excluded.tag",
            )?
            .execute(params![ledger.table(), head.seq, head.chain, keys.head_tag(*ledger, head)])?;
        }
        Ok(())
    }
}

fn append(
    transaction: &Transaction<'_>,
    keys: &StoreKeys,
    random: &dyn Random,
    ledger: Ledger,
    before: Anchor,
    (at, record): (Timestamp, &[u8]),
) -> Result<Anchor, StoreError> {
    let seq = before.seq + 1;
    let at = micros(at);
    let sealed = keys.sealing.seal(random, &context(ledger, seq), record);
    let digest = sha256(&sealed);
    let chain = keys.link(&before.chain, seq, at, &digest);
    let insert = match ledger {
        Ledger::Audit => {
            "INSERT INTO audit (seq, at, sealed, digest, chain) VALUES (?1, ?2, ?3, ?4, ?5)"
        }
        Ledger::Register => {
            "INSERT INTO register (seq, at, sealed, digest, chain) VALUES (?1, ?2, ?3, ?4, ?5)"
        }
    };
    transaction
        .prepare_cached(insert)?
        .execute(params![seq, at, sealed, digest, chain])?;
    Ok(Anchor { seq, chain })
}

fn forget(transaction: &Transaction<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let oldest = micros(oldest_kept(now));
    let mut rows = 0;
    for ledger in Ledger::ALL {
        let update = format!(
            "UPDATE {} SET sealed = NULL WHERE at < ?1 AND sealed IS NOT NULL",
            ledger.table()
        );
        rows += transaction.execute(&update, [oldest])?;
    }
    Ok(rows)
}
