//! The file and its tables.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::store::StoreError;

/// The numbered steps from an empty file to today's tables. A step that was released never changes; a new one is added.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_audit_and_register.sql")];

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
pub(super) fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // An answered record must survive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is forgotten after 24 months must be gone from the file.
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let seen = version(&transaction)?;
    for (number, migration) in (1..).zip(MIGRATIONS).skip(seen) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    transaction.commit()?;
    Ok(())
}

/// How many migrations the file has seen.
pub(super) fn version(connection: &Connection) -> Result<usize, StoreError> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > MIGRATIONS.len() {
        return Err(StoreError::Unavailable(format!(
            "the file is of a newer Varco (version {version} of its tables; this one knows {})",
            MIGRATIONS.len()
        )));
    }
    Ok(version)
}
