//! The file and its tables.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::store::StoreError;

/// The numbered steps from an empty file to today's tables. A step that was released never changes; a new one is added.
pub(super) struct Tables(&'static [&'static str]);

/// The tables of the audit log and the register, and those of PINs.
pub(super) const LEDGERS: Tables = Tables(&[
    include_str!("migrations/0001_audit_and_register.sql"),
    include_str!("migrations/0002_pins.sql"),
]);

/// The table of profiles. It has a file of its own: an import may write for many seconds, and nobody could log in while
/// it kept the audit log from being written.
pub(super) const PROFILES: Tables = Tables(&[include_str!("migrations/profiles_0001.sql")]);

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// Makes the file if it is not there, readable and writable by its owner only: SQLite gives its side files the same mode.
pub(super) fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display())))
}

/// Sets how the file is written and runs the migrations it has not seen.
pub(super) fn prepare(connection: &mut Connection, tables: &Tables) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // An answered record must survive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is forgotten must be gone from the file.
    connection.pragma_update(None, "secure_delete", true)?;
    // What is up to date is opened even while somebody writes.
    if version(connection, tables)? == tables.0.len() {
        return Ok(());
    }
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let seen = version(&transaction, tables)?;
    for (number, migration) in (1..).zip(tables.0).skip(seen) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    transaction.commit()?;
    Ok(())
}

/// How many migrations the file has seen.
pub(super) fn version(connection: &Connection, tables: &Tables) -> Result<usize, StoreError> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > tables.0.len() {
        return Err(StoreError::Unavailable(format!(
            "the file is of a newer Varco (version {version} of its tables; this one knows {})",
            tables.0.len()
        )));
    }
    Ok(version)
}
