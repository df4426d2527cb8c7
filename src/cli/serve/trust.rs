//! Resolves whom to trust in a federation while the gateway serves.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::turns;
use crate::http::state::Gateway;
use crate::http::trusted::TrustKeeper;
use crate::login::openid::trust::TrustRefresher;

/// How often it is looked whether something is due.
const TURN_EVERY: Duration = Duration::from_secs(5);

/// Turns now and again and again, where there is a federation.
pub(super) fn keep(refresher: Option<TrustRefresher>, gateway: Gateway) -> Option<JoinHandle<()>> {
    let mut keeper = TrustKeeper::new(refresher?);
    let turn = async move || keeper.turn(&gateway).await;
    Some(tokio::spawn(turns::take(TURN_EVERY, turn)))
}
