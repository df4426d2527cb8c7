//! Gives back the tokens of sessions that expired while the gateway serves.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::turns;
use crate::http::openid::give_back_expired;
use crate::http::state::Gateway;

/// How often it is looked whether a session is over.
const TURN_EVERY: Duration = Duration::from_secs(30);

/// Looks again and again, where people log in by a federation.
pub(super) fn keep(gateway: Gateway) -> Option<JoinHandle<()>> {
    gateway.openid()?;
    let turn = async move || {
        if let Err(error) = give_back_expired(&gateway).await {
            tracing::error!(%error, "expired-sessions-not-looked-up");
        }
    };
    Some(tokio::spawn(turns::take(TURN_EVERY, turn)))
}
