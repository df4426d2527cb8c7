//! SAML 2.0 as SPID uses it: what a service provider writes and reads (SPID technical rules; SAML 2.0 core, bindings,
//! profiles, metadata).
//!
//! In: text from the network, public keys, signers. Out: messages ready to send, and messages read from signed nodes
//! only. It has no clock of its own and judges nothing: whether an answer belongs to a question, is in time, or
//! suffices is for `login` to say. May use `crypto` and `protocol::xml`.

pub mod assertion;
pub mod attributes;
pub mod authn_request;
pub mod binding;
pub mod cie_metadata;
mod grant;
pub mod instant;
pub mod logout;
pub mod names;
pub mod outgoing;
pub mod post;
pub mod provider_metadata;
mod read;
pub mod redirect;
pub mod refusal;
pub mod response;
pub mod service_metadata;
pub mod status;
#[cfg(test)]
pub(crate) mod testing;

pub use read::Issuer;
