//! Wire formats, pure: bytes in, typed and verified values out. Nothing here knows the clock, the network, or what a
//! person is to Varco.
//!
//! Everything a stranger sends is bounded before it is parsed, and parsed before it is believed. May use `crypto`
//! only.

pub mod federation;
pub mod jose;
pub mod saml;
pub mod trusted_list;
pub mod x509;
pub mod xml;
