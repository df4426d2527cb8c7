//! Varco: a federated identity gateway.

pub mod crypto;
#[cfg(feature = "demo")]
pub mod demo;
pub mod identity;
pub mod store;
