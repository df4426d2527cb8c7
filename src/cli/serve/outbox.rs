//! Sends what the outbox holds while the gateway serves.

use std::time::Duration;

use super::turns;
use crate::http::outbox::OutboxKeeper;
use crate::http::state::Gateway;

/// How often it is looked whether a message is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Turns until it is ended. A message that is under way then is handed over again at the next start.
pub(super) async fn keep(keeper: OutboxKeeper, gateway: Gateway) {
    let turn = async move || {
        keeper.turn(&gateway).await;
    };
    turns::take(LOOK_EVERY, turn).await;
}
