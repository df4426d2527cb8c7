//! Resolves whom to trust in a federation while the gateway serves.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::http::state::Gateway;
use crate::http::trusted::TrustKeeper;
use crate::login::openid::trust::TrustRefresher;

/// How often it is looked whether something is due.
const TURN_EVERY: Duration = Duration::from_secs(5);

/// Turns now and again and again, where there is a federation.
pub(super) fn keep(refresher: Option<TrustRefresher>, gateway: Gateway) -> Option<JoinHandle<()>> {
    let mut keeper = TrustKeeper::new(refresher?);
    Some(tokio::spawn(async move {
        let mut turns = interval(TURN_EVERY);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            keeper.turn(&gateway).await;
        }
    }))
}
