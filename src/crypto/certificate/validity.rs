//! Until when a certificate may be used.

use chrono::{DateTime, Utc};

/// When a certificate begins and stops to be valid, UTC; `None` for what is not a certificate.
#[must_use]
pub fn validity(der: &[u8]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let validity = certificate.validity();
    let at = |seconds| DateTime::from_timestamp(seconds, 0);
    at(validity.not_before.timestamp()).zip(at(validity.not_after.timestamp()))
}
