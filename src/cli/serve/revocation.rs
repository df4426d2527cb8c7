//! Keeps up what is known of revoked cards while the gateway serves.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::turns;
use crate::http::revoked::RevocationKeeper;
use crate::http::state::Gateway;

/// How often it is looked whether a list is due or a file changed.
const TURN_EVERY: Duration = Duration::from_secs(5);

/// Takes in the lists that are in files, and from then on keeps them up in the background.
pub(super) async fn keep(
    keeper: Option<RevocationKeeper>,
    gateway: Gateway,
) -> Option<JoinHandle<()>> {
    let mut keeper = keeper?;
    keeper.begin(&gateway).await;
    let turn = async move || keeper.turn(&gateway).await;
    Some(tokio::spawn(turns::take(TURN_EVERY, turn)))
}
