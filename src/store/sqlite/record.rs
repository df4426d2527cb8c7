//! Records as bytes, before they are sealed.

use crate::audit::{AuditError, AuditRecord, RegisterEntry};
use crate::identity::Redacted;

/// What a ledger's rows hold.
pub trait Record: Sized {
    /// The record as bytes.
    ///
    /// # Errors
    /// [`AuditError`] when it cannot be written so.
    fn into_bytes(self) -> Result<Vec<u8>, AuditError>;

    /// The record of some bytes; `None` when they are none.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl Record for AuditRecord {
    fn into_bytes(self) -> Result<Vec<u8>, AuditError> {
        json(&self)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// The index fields as JSON, the request, the response; before the first two their length in four bytes. The messages
/// stay as they are: they are nearly all of the entry, and as text within text they would be a third longer.
impl Record for RegisterEntry {
    fn into_bytes(mut self) -> Result<Vec<u8>, AuditError> {
        let request = std::mem::replace(&mut self.request_raw, Redacted::new(Vec::new()));
        let response = std::mem::replace(&mut self.response_raw, Redacted::new(Vec::new()));
        let (index, request, response) = (json(&self)?, request.expose(), response.expose());
        let mut bytes = Vec::with_capacity(8 + index.len() + request.len() + response.len());
        for part in [&index, request] {
            let length = u32::try_from(part.len()).map_err(|_| too_long())?;
            bytes.extend(length.to_be_bytes());
            bytes.extend(part);
        }
        bytes.extend(response);
        Ok(bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (index, rest) = part(bytes)?;
        let (request, response) = part(rest)?;
        let mut entry: Self = serde_json::from_slice(index).ok()?;
        entry.request_raw = Redacted::new(request.to_vec());
        entry.response_raw = Redacted::new(response.to_vec());
        Some(entry)
    }
}

/// What a length stands before, and what follows.
fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn json(record: &impl serde::Serialize) -> Result<Vec<u8>, AuditError> {
    serde_json::to_vec(record).map_err(|error| AuditError::Unavailable(error.to_string()))
}

fn too_long() -> AuditError {
    AuditError::Unavailable("a message is too long to be kept".to_owned())
}
