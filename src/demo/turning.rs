//! What turns in the background of a demo until it ends, as it does under `varco serve`.

use std::time::Duration;

use tokio::time::interval;

use crate::http::outbox::OutboxKeeper;
use crate::http::revoked::RevocationKeeper;
use crate::http::state::Gateway;
use crate::http::trusted::TrustKeeper;
use crate::server::Shutdown;

/// How often it is looked whether the lists of revoked cards changed.
const LISTS_EVERY: Duration = Duration::from_secs(5);

/// How often it is looked whether trust in the federation's members is due to be resolved again.
const TRUST_EVERY: Duration = Duration::from_secs(5);

/// How often it is looked whether a message is due.
const OUTBOX_EVERY: Duration = Duration::from_millis(200);

/// Looks again and again whether a list of revoked cards changed: who puts another into the folder sees its cards go.
pub(super) async fn revocation(
    mut keeper: RevocationKeeper,
    gateway: Gateway,
    mut shutdown: Shutdown,
) {
    let mut turns = interval(LISTS_EVERY);
    loop {
        tokio::select! {
            () = shutdown.called() => return,
            _ = turns.tick() => keeper.turn(&gateway).await,
        }
    }
}

/// Resolves again and again whom the federation vouches for.
pub(super) async fn trust(mut keeper: TrustKeeper, gateway: Gateway, mut shutdown: Shutdown) {
    let mut turns = interval(TRUST_EVERY);
    loop {
        tokio::select! {
            () = shutdown.called() => return,
            _ = turns.tick() => keeper.turn(&gateway).await,
        }
    }
}

/// Sends what the outbox holds, to where it can be read.
pub(super) async fn outbox(keeper: OutboxKeeper, gateway: Gateway, mut shutdown: Shutdown) {
    let mut looks = interval(OUTBOX_EVERY);
    loop {
        tokio::select! {
            () = shutdown.called() => return,
            _ = looks.tick() => { keeper.turn(&gateway).await; }
        }
    }
}
