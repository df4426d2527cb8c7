//! Who is trusted in a federation: its chains, resolved in the background (rules on CIE, B4).
//!
//! In: the anchors that our operator pinned, and which providers are wanted: named ones, or all that an anchor lists. Out:
//! [`LiveProviders`], which answers from memory, and the [`TrustRefresher`] that fills it: for each provider its configuration,
//! the statements up to an anchor, trust marks, metadata after policy, and the register's evidence of all of it (B12). Each is
//! asked for again at two thirds of its life; what fails leaves the last good chain in force until that ends, and never after.
//! What somebody must look at is told once, as events for the audit log: other keys of an anchor, who is refused, what ended.
//!
//! What is asked is bounded: addresses by `fetch` and its rules (HTTPS, public addresses, no redirects, size, time), a provider
//! by a number of requests and a time for all together, chains by their length and by passing nobody twice. Uses `fetch`,
//! `protocol::federation` and the register's port.

mod alarms;
mod anchors;
mod courier;
mod failure;
mod known;
mod live;
mod refresh;
mod resolve;
mod round;
mod walk;

use std::time::Duration;

use super::Profile;
use crate::fetch::Rules;
use crate::protocol::federation::{ChainRules, EntityId, TrustAnchor};

pub use live::LiveProviders;
pub use refresh::TrustRefresher;
pub use round::{Round, TrustFailure};

/// How trust is resolved.
#[derive(Debug, Clone)]
pub struct TrustSettings {
    /// The anchors, with their pinned keys.
    pub anchors: Vec<TrustAnchor>,
    /// Whom people may be sent to.
    pub wanted: Vec<Wanted>,
    /// What chains may be like.
    pub chain: ChainRules,
    /// Which trust marks a provider must have.
    pub marks: WantedMarks,
    /// Whether issuers of trust marks are asked if they are still in force.
    pub status: MarkStatus,
    /// Bounds of each request. Its origins are set as addresses are found.
    pub rules: Rules,
    /// Bounds of all requests for one provider.
    pub limits: TrustLimits,
}

/// Providers of a profile.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The rules that they keep.
    pub profile: Profile,
    /// Which.
    pub providers: WantedProviders,
}

/// Which providers.
#[derive(Debug, Clone)]
pub enum WantedProviders {
    /// These.
    Named(Vec<EntityId>),
    /// All that an anchor lists as providers.
    ListedBy(EntityId),
}

/// Which trust marks count. The anchor says who may issue them, our operator which are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedMarks {
    /// Those whose kind says in its path that they are for providers: `.../openid_provider/public` in the Italian federation.
    OfProviders,
    /// Those of one of these kinds.
    Kinds(Vec<String>),
}

impl WantedMarks {
    /// Whether a mark of this kind counts.
    #[must_use]
    pub fn accept(&self, kind: &str) -> bool {
        match self {
            Self::OfProviders => kind.split('/').any(|part| part == "openid_provider"),
            Self::Kinds(kinds) => kinds.iter().any(|wanted| wanted == kind),
        }
    }
}

/// How the issuer of a trust mark is asked whether it is still in force, once a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkStatus {
    /// It is not asked: the mark's own end counts.
    NotAsked,
    /// By `id` and `sub`, as the Italian profile has it.
    ByName,
    /// By the mark itself, as OpenID Federation 1.0 has it.
    ByMark,
}

/// Bounds of what is asked for one provider.
#[derive(Debug, Clone, Copy)]
pub struct TrustLimits {
    /// The most requests.
    pub requests: usize,
    /// The longest time, everything together.
    pub time: Duration,
    /// How many of the superiors that an entity names are tried.
    pub superiors: usize,
    /// How many of the providers that an anchor lists are taken.
    pub listed: usize,
}

impl Default for TrustLimits {
    /// Those that another gateway in the Italian federation has come to (B1): 24 requests in 45 seconds.
    fn default() -> Self {
        Self {
            requests: 24,
            time: Duration::from_secs(45),
            superiors: 4,
            listed: 64,
        }
    }
}
