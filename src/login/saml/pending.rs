//! A request on its way: kept until its one answer, bound to the browser that made it (B16).

use std::time::Duration;

use chrono::serde::ts_nanoseconds;
use serde::{Deserialize, Serialize};

use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::identity::{AssuranceLevel, Redacted, Timestamp};
use crate::session::{BrowserDigest, FlowId};

/// How long a provider may take: as long as a login flow lives.
pub(in crate::login) const PENDING_LIFE: Duration = Duration::from_secs(15 * 60);

/// The `ID` of the request that goes out with a relay state: its digest. An answer whose `InResponseTo` cannot be read
/// so finds its request by the relay state; the `ID`, which providers keep, tells nobody the relay state.
pub(in crate::login) fn request_id(relay_state: &str) -> String {
    format!("_{}", hex(&sha256(relay_state.as_bytes())))
}

/// A request that was sent and not yet answered; stored under its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::login) struct PendingRequest {
    /// `ID`.
    pub(in crate::login) id: String,
    /// `IssueInstant`.
    #[serde(with = "ts_nanoseconds")]
    pub(in crate::login) issued: Timestamp,
    /// Entity id of the provider that was asked.
    pub(in crate::login) provider: String,
    /// The level that was asked for.
    pub(in crate::login) level: AssuranceLevel,
    /// Whether `ForceAuthn` asked for a login made for this very request.
    pub(in crate::login) forced: bool,
    /// The attribute set that was asked for.
    pub(in crate::login) attribute_set: u16,
    /// `RelayState`.
    pub(in crate::login) relay_state: Redacted<String>,
    /// The login flow.
    pub(in crate::login) flow: FlowId,
    /// The browser.
    pub(in crate::login) browser: BrowserDigest,
    /// The request as it was sent, for the register.
    pub(in crate::login) raw: Redacted<String>,
}
