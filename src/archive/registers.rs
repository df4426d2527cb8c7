//! What the public registers say of a person, where somebody claims it without proving who they are: whether they live at an
//! address, whether a *tessera sanitaria* is theirs (PIN rules, Asking for one; Lost PIN).
//!
//! A register confirms or does not: it never tells what it knows. What it does not confirm is no refusal yet, since registers
//! are late and people move: an operator calls the person.

mod address;
mod http;
mod table;

use crate::identity::{FiscalCode, HealthCardNumber, PostalAddress, Timestamp};
use crate::store::BoxFuture;

use super::ArchiveError;

pub use http::HttpRegisters;
pub use table::{RegisterTable, RegisterTableError};

/// The registers that confirm what people say of themselves.
pub trait Registers: Send + Sync {
    /// Whether a person is known to live at an address now.
    ///
    /// # Errors
    /// [`ArchiveError`] when the register does not answer.
    fn lives_at<'a>(
        &'a self,
        person: &'a FiscalCode,
        address: &'a PostalAddress,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, ArchiveError>>;

    /// Whether a person's *tessera sanitaria* has a number.
    ///
    /// # Errors
    /// [`ArchiveError`] when the register does not answer.
    fn has_health_card<'a>(
        &'a self,
        person: &'a FiscalCode,
        number: &'a HealthCardNumber,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, ArchiveError>>;
}

/// No registers: nothing is confirmed, and operators call everybody.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRegisters;

impl Registers for NoRegisters {
    fn lives_at<'a>(
        &'a self,
        _: &'a FiscalCode,
        _: &'a PostalAddress,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, ArchiveError>> {
        Box::pin(async { Ok(false) })
    }

    fn has_health_card<'a>(
        &'a self,
        _: &'a FiscalCode,
        _: &'a HealthCardNumber,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, ArchiveError>> {
        Box::pin(async { Ok(false) })
    }
}
