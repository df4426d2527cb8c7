//! What can change in whom a federation vouches for.

use serde::{Deserialize, Serialize};

use crate::identity::Timestamp;

/// What changed. Each is told once when it begins, by each node; reason codes are those of the check that refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TrustChange {
    /// A trust anchor shows other keys than those that are pinned, under a signature by one of these: it is changing them,
    /// and the pinned ones want to be looked at, or somebody has put in one of theirs.
    AnchorKeysDiffer {
        /// The thumbprints of the keys that it shows (RFC 7638).
        shown: Vec<String>,
    },
    /// What is shown under a trust anchor's name is refused, above all since none of the pinned keys has signed it: nothing
    /// of this anchor is believed any more.
    AnchorRefused {
        /// The reason code.
        code: String,
    },
    /// A provider's chain, trust mark or metadata are refused.
    ProviderRefused {
        /// The reason code.
        code: String,
        /// The end of the last good chain, where there is one: people log in by the provider until then.
        until: Option<Timestamp>,
    },
    /// The last good chain of a provider ended and none took its place: nobody can log in by it.
    Ended {
        /// Why it got no other, where the federation said no; otherwise nobody has answered.
        code: Option<String>,
    },
    /// What was told before holds no longer.
    Restored,
}

impl TrustChange {
    /// Its name in the audit, and in the logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::AnchorKeysDiffer { .. } => "anchor_keys_differ",
            Self::AnchorRefused { .. } => "anchor_refused",
            Self::ProviderRefused { .. } => "provider_refused",
            Self::Ended { .. } => "ended",
            Self::Restored => "restored",
        }
    }
}
