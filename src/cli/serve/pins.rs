//! Brings what dates bring to PINs, while the gateway serves.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::http::pin::bring_pins_up_to_date;
use crate::http::state::Gateway;

/// How often it is looked whether a date has come.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Looks from now on, in the background, where there are PINs.
pub(super) fn keep(gateway: Gateway) -> Option<JoinHandle<()>> {
    gateway.pin_care()?;
    Some(tokio::spawn(async move {
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            bring_pins_up_to_date(&gateway).await;
        }
    }))
}
