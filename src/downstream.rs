//! Ways out: how applications ask for a person and are told who it is, one folder a protocol.
//!
//! In: requests of registered applications and the session there is. Out: a requirement for a login, then an answer
//! that says what was achieved. Layer 4: may use everything below, and never `login`: an application is told the same
//! whatever the way in.

pub mod authzen;
pub mod forward_auth;
pub mod oidc;
mod subject;

pub use subject::SubjectSecret;
