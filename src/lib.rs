//! Varco: a federated identity gateway.

pub mod crypto;
pub mod identity;
pub mod store;
