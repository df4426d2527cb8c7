//! The port through which the verifier asks whether a card was revoked.

use crate::identity::Timestamp;
use crate::protocol::x509::Certificate;
use crate::store::BoxFuture;

/// What is known of a certificate's revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Its issuer's word, fresh enough, does not name it.
    Good,
    /// Its issuer has revoked it, or holds it.
    Revoked,
    /// Nobody could tell, or what they told is too old. The login is refused: a failure must not open the door.
    Unknown,
}

/// Who knows whether a card was revoked (rules on CNS, 1.6.8).
pub trait RevocationStatus: Send + Sync {
    /// The status of a certificate that this issuer has signed, at this moment.
    fn status<'a>(
        &'a self,
        certificate: &'a Certificate,
        issuer: &'a Certificate,
        now: Timestamp,
    ) -> BoxFuture<'a, Revocation>;
}
