//! Reading ledgers back: records for whoever holds the key, and proof that nothing was done to them.

use std::fmt;
use std::path::Path;

use chrono::Months;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::chain::{StoreKeys, context, head};
use super::record::Record;
use super::schema;
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::identity::Timestamp;
use crate::store::StoreError;

/// How long a record is kept (SPID technical rules, Log).
const KEPT: Months = Months::new(24);

/// Rows appended in order and never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ledger {
    /// Everything that happened: [`AuditRecord`](crate::audit::AuditRecord)s.
    Audit,
    /// Request and response of each authentication: [`RegisterEntry`](crate::audit::RegisterEntry)s.
    Register,
}

impl Ledger {
    /// Both ledgers.
    pub const ALL: [Self; 2] = [Self::Audit, Self::Register];

    /// Its name, which is its table's too.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Register => "register",
        }
    }
}

/// A place in a ledger and the chain's value there. Noted down outside the machine, it proves later that everything up
/// to there is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The row's number; zero before the first.
    pub seq: i64,
    /// The chain's value at that row.
    pub chain: [u8; 32],
}

impl Anchor {
    /// Reads what `Display` writes: the row's number, a colon, and 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, digits) = text.split_once(':')?;
        let digits: &[u8; 64] = digits.as_bytes().try_into().ok()?;
        let mut chain = [0; 32];
        for (byte, pair) in chain.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self {
            seq: seq.parse().ok()?,
            chain,
        })
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.chain))
    }
}

/// Something that was done to a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Rows are not there.
    Missing {
        /// The first of them.
        from: i64,
        /// The last of them.
        to: i64,
    },
    /// A row is not as it was written, or not where it was written.
    Changed {
        /// The row.
        seq: i64,
    },
    /// A row's record was removed before its 24 months were over.
    RemovedEarly {
        /// The row.
        seq: i64,
    },
    /// The chain does not pass through a row as it did when its anchor was noted.
    AnchorMissed {
        /// The anchor's row.
        seq: i64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { from, to } if from == to => write!(f, "row {from} is missing"),
            Self::Missing { from, to } => write!(f, "rows {from} to {to} are missing"),
            Self::Changed { seq } => write!(f, "row {seq} was changed or moved"),
            Self::RemovedEarly { seq } => {
                write!(
                    f,
                    "the record of row {seq} was removed before its 24 months were over"
                )
            }
            Self::AnchorMissed { seq } => {
                write!(f, "row {seq} is not the one that the anchor was noted for")
            }
        }
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many rows there are.
    pub rows: usize,
    /// How many of them hold no record any more, since their 24 months are over.
    pub forgotten: usize,
    /// The last row: note it down outside the machine.
    pub head: Anchor,
    /// Everything that is wrong; empty when nothing is.
    pub faults: Vec<Fault>,
}

/// A record with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// Its number.
    pub seq: i64,
    /// When it happened, UTC.
    pub at: Timestamp,
    /// The record.
    pub record: T,
}

/// The ledgers of a file, to read.
pub struct Ledgers {
    connection: Connection,
    keys: StoreKeys,
}

struct Raw {
    seq: i64,
    at: i64,
    sealed: Option<Vec<u8>>,
    digest: Vec<u8>,
    chain: Vec<u8>,
}

/// What [`Raw::read`] reads.
const COLUMNS: &str = "seq, at, sealed, digest, chain";

impl Raw {
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            at: row.get(1)?,
            sealed: row.get(2)?,
            digest: row.get(3)?,
            chain: row.get(4)?,
        })
    }
}

impl Ledgers {
    /// Opens a file to read it; a running gateway may go on writing.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read or is not Varco's.
    pub fn open(path: &Path, keys: StoreKeys) -> Result<Self, StoreError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        if schema::version(&connection, &schema::LEDGERS)? == 0 {
            return Err(StoreError::Unavailable(format!(
                "{} is not a store of Varco",
                path.display()
            )));
        }
        Ok(Self { connection, keys })
    }

    /// Follows a ledger's chain from its first row to its last, `anchor` on the way where one was noted.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read. What was done to the ledger is no error but a [`Fault`].
    pub fn verify(
        &self,
        ledger: Ledger,
        anchor: Option<&Anchor>,
        now: Timestamp,
    ) -> Result<Verified, StoreError> {
        let oldest = micros(oldest_kept(now));
        let mut found = Verified {
            rows: 0,
            forgotten: 0,
            head: Anchor {
                seq: 0,
                chain: self.keys.origin(ledger),
            },
            faults: Vec::new(),
        };
        let mut anchored = anchor.is_none_or(|anchor| *anchor == found.head);
        self.each(ledger, None, |row| {
            let before = &found.head;
            if row.seq != before.seq + 1 {
                found.faults.push(Fault::Missing {
                    from: before.seq + 1,
                    to: row.seq - 1,
                });
            }
            let link = self.keys.link(&before.chain, row.seq, row.at, &row.digest);
            let whole = match &row.sealed {
                Some(sealed) => sha256(sealed).as_slice() == row.digest,
                None => true,
            };
            // After a gap the chain cannot be followed into this row: the gap is told, and it goes on from here.
            let follows = row.seq != before.seq + 1 || link.as_slice() == row.chain;
            if !(whole && follows) {
                found.faults.push(Fault::Changed { seq: row.seq });
            }
            if row.sealed.is_none() {
                found.forgotten += 1;
                if row.at >= oldest {
                    found.faults.push(Fault::RemovedEarly { seq: row.seq });
                }
            }
            found.rows += 1;
            found.head = Anchor {
                seq: row.seq,
                chain: <[u8; 32]>::try_from(row.chain.as_slice()).unwrap_or(link),
            };
            anchored |= anchor.is_some_and(|anchor| *anchor == found.head);
            Ok::<(), StoreError>(())
        })?;
        self.check_end(ledger, &mut found);
        if let (false, Some(anchor)) = (anchored, anchor) {
            found.faults.push(Fault::AnchorMissed { seq: anchor.seq });
        }
        Ok(found)
    }

    /// Whether the last row is the one that was written last.
    fn check_end(&self, ledger: Ledger, found: &mut Verified) {
        match head(&self.connection, &self.keys, ledger) {
            Ok(head) if head == found.head => {}
            Ok(head) if head.seq > found.head.seq => found.faults.push(Fault::Missing {
                from: found.head.seq + 1,
                to: head.seq,
            }),
            _ => found.faults.push(Fault::Changed {
                seq: found.head.seq,
            }),
        }
    }

    /// Gives every record of a ledger that is still kept, oldest first, from `since` on where one is given.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a record that this key does not open; whatever error `visit` returns.
    pub fn visit<T: Record, E: From<StoreError>>(
        &self,
        ledger: Ledger,
        since: Option<Timestamp>,
        mut visit: impl FnMut(Row<T>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each(ledger, since, |row| match self.unseal(ledger, &row)? {
            Some(row) => visit(row),
            None => Ok(()),
        })
    }

    /// One record; `None` when there is no such row or its record is no longer kept.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a record that this key does not open.
    pub fn get<T: Record>(&self, ledger: Ledger, seq: i64) -> Result<Option<Row<T>>, StoreError> {
        let select = format!("SELECT {COLUMNS} FROM {} WHERE seq = ?1", ledger.table());
        let row = self
            .connection
            .query_row(&select, [seq], Raw::read)
            .optional()?;
        row.map_or(Ok(None), |row| self.unseal(ledger, &row))
    }

    fn unseal<T: Record>(&self, ledger: Ledger, row: &Raw) -> Result<Option<Row<T>>, StoreError> {
        let Some(sealed) = &row.sealed else {
            return Ok(None);
        };
        let record = self
            .keys
            .sealing
            .open(&context(ledger, row.seq), sealed)
            .map_err(|_| StoreError::Unreadable)?;
        Ok(Some(Row {
            seq: row.seq,
            at: Timestamp::from_timestamp_micros(row.at).ok_or(StoreError::Unreadable)?,
            record: T::from_bytes(&record).ok_or(StoreError::Unreadable)?,
        }))
    }

    fn each<E: From<StoreError>>(
        &self,
        ledger: Ledger,
        since: Option<Timestamp>,
        mut visit: impl FnMut(Raw) -> Result<(), E>,
    ) -> Result<(), E> {
        let select = format!(
            "SELECT {COLUMNS} FROM {} WHERE at >= ?1 ORDER BY seq",
            ledger.table()
        );
        let mut statement = self.connection.prepare(&select).map_err(StoreError::from)?;
        let mut rows = statement
            .query([since.map_or(i64::MIN, micros)])
            .map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            visit(Raw::read(row).map_err(StoreError::from)?)?;
        }
        Ok(())
    }
}

/// A moment as the file keeps it.
pub(super) fn micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

/// The moment before which nothing is kept.
pub(super) fn oldest_kept(now: Timestamp) -> Timestamp {
    now.checked_sub_months(KEPT).unwrap_or(Timestamp::MIN_UTC)
}
