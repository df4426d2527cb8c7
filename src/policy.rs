//! The decision, pure: which service opens to whom, with what.
//!
//! In: the catalogue of services and what is known of a session. Out: a decision with every rule that led to it.
//! Layer 1: uses `identity` only; knows no store, no clock and no page.

mod service;

pub use service::{Operation, ServiceId, ServiceIdError};
