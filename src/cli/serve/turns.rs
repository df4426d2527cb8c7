//! What is done again and again while the gateway serves.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

/// Takes a turn now and every so often from then on. One that takes longer puts off the next.
pub(super) async fn take(every: Duration, mut turn: impl AsyncFnMut()) {
    let mut turns = interval(every);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        turn().await;
    }
}
