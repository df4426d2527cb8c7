//! What dates bring to PINs by themselves: warnings 30, 7 and 1 days before the expiry, the end of what was not used (PIN
//! rules, Numbers).

use super::care::PinCare;
use crate::audit::PinActor;
use crate::http::state::Gateway;
use crate::pin::{Context, WriteError};
use crate::store::StoreError;

/// How many dossiers are looked at before others get their turn.
const AT_ONCE: usize = 64;

/// One turn: writes down whatever has come due. What fails, or was written by somebody else meanwhile, is done in the next.
/// Tells how many dossiers changed.
pub async fn bring_pins_up_to_date(gateway: &Gateway) -> usize {
    let Some(care) = gateway.pin_care() else {
        return 0;
    };
    let mut changed = 0;
    loop {
        match look(gateway, care).await {
            Ok(0) => return changed,
            Ok(more) => changed += more,
            Err(error) => {
                tracing::error!(%error, "pins-not-brought-up-to-date");
                return changed;
            }
        }
        tokio::task::yield_now().await;
    }
}

/// Looks at the first that are due; tells how many of them changed.
async fn look(gateway: &Gateway, care: &PinCare) -> Result<usize, StoreError> {
    let mut changed = 0;
    for kept in care.pins().due(gateway.now(), AT_ONCE).await? {
        let context = Context {
            now: gateway.now(),
            random: gateway.random(),
            rules: care.rules(),
            by: &PinActor::System,
            reference: None,
            client_address: None,
        };
        let change = match kept.dossier.bring_up_to_date(&context) {
            Ok(change) => change,
            Err(refusal) => {
                tracing::warn!(code = refusal.code(), "pin-not-brought-up-to-date");
                continue;
            }
        };
        match care.pins().write(change, kept.version).await {
            Ok(_) => changed += 1,
            Err(WriteError::Conflict) => {}
            Err(WriteError::Store(error)) => return Err(error),
        }
    }
    Ok(changed)
}
