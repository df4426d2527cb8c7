//! Login with a smart card: the pages around the TLS handshake that a card's certificate is shown in.
//!
//! In: requests to the card host, each with the [`Peer`] of its connection. Out: a redirect to the main host, which alone
//! shows pages about the card, keeps cookies and logs anybody in. What a card proves is decided in
//! [`login::cns`](crate::login).

mod certificate_headers;
mod peer;

pub use certificate_headers::CertificateHeader;
pub use peer::Peer;
