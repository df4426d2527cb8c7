//! The providers of a federation, as whoever resolves their trust tells of them.

use std::sync::Arc;

use url::Url;

use super::Profile;
use crate::identity::{AssuranceLevel, EvidenceId, Timestamp};
use crate::protocol::jose::JwkSet;

/// A provider whose trust chain was verified, with its metadata after policy (B4, B5).
#[derive(Debug, Clone)]
pub struct TrustedProvider {
    /// Its entity id, which is its issuer.
    pub issuer: String,
    /// The name that it publishes, for the button and pages.
    pub name: String,
    /// The rules that it keeps.
    pub profile: Profile,
    /// Where people are sent.
    pub authorization_endpoint: Url,
    /// Where codes are redeemed.
    pub token_endpoint: Url,
    /// Where it tells of the person.
    pub userinfo_endpoint: Url,
    /// Where tokens are given back.
    pub revocation_endpoint: Url,
    /// The keys that it signs with: the resolved ones, by value.
    pub keys: JwkSet,
    /// The highest level of its `acr_values_supported`.
    pub highest: AssuranceLevel,
    /// The end of its trust chain: never used after.
    pub expires: Timestamp,
    /// The register's entry with the chain (B12), where one was kept.
    pub evidence: Option<EvidenceId>,
}

/// How things stand with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// People can be sent to it.
    Ready,
    /// Nothing is known of it yet: the federation was not asked, or has not answered since we began.
    NotYet,
    /// What was known of it has expired, and the federation does not answer.
    Unreachable,
    /// The federation does not vouch for it any more, or what it says of itself is refused; the code says why.
    Refused(&'static str),
}

/// Who is trusted at a moment. Answers come from memory: nobody who logs in ever waits for a federation.
pub trait Providers: Send + Sync {
    /// A provider by its entity id: the last good one until its trust chain ends, and never after.
    fn provider(&self, issuer: &str, now: Timestamp) -> Option<Arc<TrustedProvider>>;

    /// Every provider of a profile that can be used at `now`.
    fn of_profile(&self, profile: Profile, now: Timestamp) -> Vec<Arc<TrustedProvider>>;

    /// How things stand with a provider that is configured.
    fn standing(&self, issuer: &str, now: Timestamp) -> Standing;
}
