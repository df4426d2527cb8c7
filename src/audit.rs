//! What happened, for those who must prove it afterwards: the vocabulary and its two ports.
//!
//! In: events of logins, sessions, tokens and logouts; the raw messages of each SPID login. Out: nothing; the log and the
//! register are read by `varco audit`. Events hold reason codes, never texts of strangers; personal data stand only
//! in fields typed as such, and the adapters seal every row. Layer 1: uses `identity` only.

mod event;
mod federation;
mod pin;
mod register;

use std::future::Future;
use std::pin::Pin;

pub use event::{AuditEvent, AuditRecord, EndReason};
pub use federation::TrustChange;
pub use pin::{PinActor, PinStep};
pub use register::{AuthenticationRegister, RegisterEntry, RegisterOutcome};

/// What the methods of the ports return: a future that can cross threads, so that ports stay usable as `dyn`.
pub type Recording<'a, T> = Pin<Box<dyn Future<Output = Result<T, AuditError>> + Send + 'a>>;

/// The record was not written. What it should have proved must not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The log or register cannot be written: disk full, file gone, storage thread ended.
    #[error("the audit store is not available: {0}")]
    Unavailable(String),
}

/// The log of everything that happened, in the order it happened: append only, each row chained to the one before.
pub trait AuditLog: Send + Sync {
    /// Writes what one request has to record, in its order, all or nothing; returns when it is safe on disk. One answer
    /// needs one wait for the disk, however many events led to it.
    fn record_all(&self, records: Vec<AuditRecord>) -> Recording<'_, ()>;

    /// Writes one record.
    fn record(&self, record: AuditRecord) -> Recording<'_, ()> {
        self.record_all(vec![record])
    }
}
