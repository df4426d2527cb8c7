//! Brings what dates bring to PINs, while the gateway serves.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::turns;
use crate::http::pin::bring_pins_up_to_date;
use crate::http::state::Gateway;

/// How often it is looked whether a date has come.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Looks from now on, in the background, where there are PINs.
pub(super) fn keep(gateway: Gateway) -> Option<JoinHandle<()>> {
    gateway.pin_care()?;
    let look = async move || {
        bring_pins_up_to_date(&gateway).await;
    };
    Some(tokio::spawn(turns::take(LOOK_EVERY, look)))
}
