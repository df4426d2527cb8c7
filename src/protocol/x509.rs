//! X.509: certificates, and who takes them back (RFC 5280, RFC 6960).
//!
//! In: DER that a stranger or an authority sent. Out: values of which every part was read strictly, and proofs that a
//! signature is an authority's. Nothing here knows the time: what is good when is for `login::cns`. May use `crypto` only.

pub mod crl;
mod der;
mod parts;
mod serials;

pub use serials::{Serial, Serials};
