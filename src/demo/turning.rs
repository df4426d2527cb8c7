//! What turns in the background of a demo until it ends, as it does under `varco serve`.

use std::time::Duration;

use tokio::time::interval;

use crate::server::Shutdown;

/// How often it is looked whether the lists of revoked cards changed: who puts another into the folder sees its cards go.
pub(super) const LISTS_EVERY: Duration = Duration::from_secs(5);

/// How often it is looked whether trust in the federation's members is due to be resolved again.
pub(super) const TRUST_EVERY: Duration = Duration::from_secs(5);

/// How often it is looked whether a message is due: it is sent to where it can be read.
pub(super) const OUTBOX_EVERY: Duration = Duration::from_millis(200);

/// Takes a turn again and again.
pub(super) async fn turn(every: Duration, mut shutdown: Shutdown, mut turn: impl AsyncFnMut()) {
    let mut turns = interval(every);
    loop {
        tokio::select! {
            () = shutdown.called() => return,
            _ = turns.tick() => turn().await,
        }
    }
}
