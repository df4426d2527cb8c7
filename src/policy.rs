//! The decision, pure: which service opens to whom, with what.
//!
//! In: the [`Catalogue`] of services and the [`Facts`] known of a session. Out: a [`Decision`] with every rule that led
//! to it, in order; the portal, the refusal page, the audit log and `varco explain` all show that same explanation.
//! What no rule opens stays closed. Layer 1: uses `identity` only; knows no store, no clock and no page.

mod age;
mod catalogue;
mod decide;
mod decision;
mod facts;
mod live;
mod service;
mod situation;

pub use age::Age;
pub use catalogue::{
    Catalogue, CatalogueError, CatalogueErrors, DEFAULT_CATALOGUE, OperationRule, Service, Text,
};
pub use decide::decide;
pub use decision::{Asker, Decision, DenyReason, Detail, Outcome, Rule, RuleTrace};
pub use facts::{Facts, KnownCategories, Login};
pub use live::LiveCatalogue;
pub use service::{Operation, ServiceId, ServiceIdError};
pub use situation::Situation;
