//! A request on its way: kept until its one answer, bound to the browser that made it (B7).

use std::sync::Arc;
use std::time::Duration;

use chrono::serde::ts_nanoseconds;
use serde::{Deserialize, Serialize};

use super::refusal::OpenIdRefusal;
use crate::identity::{AssuranceLevel, Redacted, Timestamp};
use crate::session::{BrowserDigest, FlowId};
use crate::store::{ExpiringStore, Shelf, StoreError};

/// How long a provider may take (B7: ten minutes at most).
const PENDING_LIFE: Duration = Duration::from_secs(10 * 60);
/// The longest `state` that is looked up; ours have 64 characters.
const LONGEST_STATE: usize = 128;

/// A request that was sent and not yet answered; stored under its `state`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PendingLogin {
    /// Entity id of the provider that was asked.
    pub(super) provider: String,
    /// Where the answer must come in.
    pub(super) redirect_uri: String,
    /// When it was made.
    #[serde(with = "ts_nanoseconds")]
    pub(super) issued: Timestamp,
    /// `jti` of the request object.
    pub(super) request_id: String,
    /// `nonce`.
    pub(super) nonce: Redacted<String>,
    /// The secret behind `code_challenge` (RFC 7636).
    pub(super) verifier: Redacted<String>,
    /// The level that was asked for.
    pub(super) level: AssuranceLevel,
    /// Whether a login made for this very request was asked for.
    pub(super) forced: bool,
    /// The login flow.
    pub(super) flow: FlowId,
    /// The browser.
    pub(super) browser: BrowserDigest,
    /// The request as it was sent, for the register.
    pub(super) raw: Redacted<String>,
}

/// All requests that are not yet answered.
pub(super) struct PendingLogins(Shelf<PendingLogin>);

impl PendingLogins {
    pub(super) fn new(store: &Arc<dyn ExpiringStore>) -> Self {
        Self(Shelf::new(Arc::clone(store), "openid-request", PENDING_LIFE).forgettable())
    }

    pub(super) async fn keep(&self, state: &str, login: &PendingLogin) -> Result<(), StoreError> {
        self.0.put(state, login).await
    }

    /// Finds the request of a `state` and uses it up. It must be this browser's: anybody may send a browser to us with an
    /// answer, but only where the question was asked does it count (login CSRF, stolen codes).
    pub(super) async fn claim(
        &self,
        state: &str,
        redirect_uri: &str,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<PendingLogin, OpenIdRefusal> {
        let unavailable = |_| OpenIdRefusal::unavailable("store");
        let unknown = || OpenIdRefusal::no_request("request-unknown");
        if state.len() > LONGEST_STATE {
            return Err(unknown());
        }
        let login = self.0.get(state).await.map_err(unavailable)?;
        let login = login.ok_or_else(unknown)?;
        let browser = browser.ok_or_else(|| OpenIdRefusal::no_request("browser-unknown"))?;
        if !login.browser.matches(browser) {
            return Err(OpenIdRefusal::no_request("browser-other"));
        }
        let age = (now - login.issued).to_std().unwrap_or_default();
        if age >= PENDING_LIFE {
            return Err(unknown());
        }
        // Another provider's address: its answer, or one that it passes on (mix-up).
        if login.redirect_uri != redirect_uri {
            return Err(OpenIdRefusal::no_request("address-other"));
        }
        // Of several answers at the same moment, one gets it.
        if self.0.remove(state).await.map_err(unavailable)? {
            Ok(login)
        } else {
            Err(OpenIdRefusal::no_request("request-answered"))
        }
    }
}
