//! A request on its way: kept until its one answer, bound to the browser that made it (B16).

use std::time::Duration;

use chrono::serde::ts_nanoseconds;
use serde::{Deserialize, Serialize};

use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::identity::{AssuranceLevel, Redacted, Timestamp};
use crate::session::{BrowserDigest, FlowId};

/// How long a provider may take: as long as a login flow lives.
pub(super) const PENDING_LIFE: Duration = Duration::from_secs(15 * 60);

/// The `ID` of the request that goes out with a relay state: its digest. An answer whose `InResponseTo` cannot be read
/// so finds its request by the relay state; the `ID`, which providers keep, tells nobody the relay state.
pub(super) fn request_id(relay_state: &str) -> String {
    format!("_{}", hex(&sha256(relay_state.as_bytes())))
}

/// A request that was sent and not yet answered; stored under its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PendingRequest {
    /// `ID`.
    pub(super) id: String,
    /// `IssueInstant`.
    #[serde(with = "ts_nanoseconds")]
    pub(super) issued: Timestamp,
    /// Entity id of the provider that was asked.
    pub(super) provider: String,
    /// The level that was asked for.
    pub(super) level: AssuranceLevel,
    /// Whether `ForceAuthn` asked for a login made for this very request.
    pub(super) forced: bool,
    /// The attribute set that was asked for.
    pub(super) attribute_set: u16,
    /// `RelayState`.
    pub(super) relay_state: Redacted<String>,
    /// The login flow.
    pub(super) flow: FlowId,
    /// The browser.
    pub(super) browser: BrowserDigest,
    /// The request as it was sent, for the register.
    pub(super) raw: Redacted<String>,
}
