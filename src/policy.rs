//! The decision, pure: which service opens to whom, with what.
//!
//! In: the [`Catalogue`] of services and the [`Facts`] known of a session. Out: a [`Decision`] with every rule that led
//! to it, in order; the portal, the refusal page, the audit log and `varco explain` all show that same explanation.
//! What no rule opens stays closed. Layer 1: uses `identity` only; knows no store, no clock and no page.

mod catalogue;
mod decision;
mod service;

pub use catalogue::{Catalogue, CatalogueError, CatalogueErrors, DEFAULT_CATALOGUE, Service, Text};
pub use decision::{Decision, DenyReason, Detail, Facts, Login, Outcome, Rule, RuleTrace, decide};
pub use service::{Operation, ServiceId, ServiceIdError};
