//! X.509: certificates, and who takes them back (RFC 5280, RFC 6960), read in strict DER.
//!
//! In: DER that a stranger or an authority sent, bounded before it is read. Out: values of which every part was read
//! strictly, such as [`Certificate`], and proofs that a signature is an authority's. Every structure is consumed to its end
//! and every value has one spelling, so that no two readers see two certificates in the same bytes; the reader is ours
//! because x509-parser passes over trailing elements, negative serials and malformed extensions (decision 0016), and tests hold
//! the two against one another.
//!
//! Nothing here decides trust, or knows the time: whether a certificate is in time, has a path and says what a login wants
//! is for `login::cns`. May use `crypto` only.

mod certificate;
pub mod crl;
mod der;
mod extensions;
mod name;
pub mod ocsp;
mod oid;
mod parts;
mod refusal;
mod serials;

pub use certificate::{Certificate, IssuerId};
pub use extensions::{AuthorityKeyId, BasicConstraints, KeyUsage};
pub use name::{Name, TextRefusal};
pub use oid::Oid;
pub use refusal::{CertificateRefusal, IssuingRefusal};
pub use serials::{Serial, Serials};
