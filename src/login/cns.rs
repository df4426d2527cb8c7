//! CNS: log in with a smart card (*Carta Nazionale dei Servizi*), by its TLS client certificate.
//!
//! In: the certificates that a connection presented, of which TLS has proved that the caller holds the first one's key,
//! and nothing else ([`Presented`]). Out: a [`VerifiedCertificate`], made by [`CnsVerifier::verify`] alone at the end of
//! all checks, or a [`CnsRefusal`] that names the first check that failed, so that the person gets a page that says what is wrong
//! with the card.
//!
//! The checks and their order are those of the rules on CNS, section 1.6; each has its file here. Trust comes from
//! [`trust`]: the issuing authorities themselves, never a root above them. Whether a card was revoked is asked through
//! [`RevocationStatus`]. [`Handovers`] carry people to the host where cards are shown and back. Layer 4: uses `protocol::x509`, `crypto` and `identity`.

mod checks;
mod handover;
mod path;
mod presented;
mod proof;
mod refusal;
pub mod revocation;
pub mod second_step;
mod subject;
pub mod trust;
mod verifier;

pub use handover::{CardLogin, Handovers, Redeemed, Refused, Ticket};
pub use path::PathRules;
pub use presented::Presented;
pub use proof::VerifiedCertificate;
pub use refusal::{CardHelp, CnsRefusal};
pub use revocation::{Revocation, RevocationStatus};
pub use verifier::CnsVerifier;
