//! Varco: a federated identity gateway.

pub mod audit;
pub mod cli;
pub mod config;
pub mod crypto;
#[cfg(feature = "demo")]
pub mod demo;
pub mod downstream;
pub mod http;
pub mod identity;
pub mod login;
pub mod policy;
pub mod protocol;
pub mod server;
pub mod session;
pub mod store;
pub mod telemetry;
