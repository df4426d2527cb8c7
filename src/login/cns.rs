//! CNS: log in with a smart card (*Carta Nazionale dei Servizi*), by its TLS client certificate.
//!
//! [`trust`] holds the issuing authorities. Layer 4: uses `protocol`, `crypto` and `identity`.

pub mod trust;
