//! What sessions ask of dossiers: the port of the one, answered by the port of the other.

use std::sync::Arc;

use crate::identity::FiscalCode;
use crate::pin::{Dossier, PinStore};
use crate::session::{PinNow, PinStanding};
use crate::store::{BoxFuture, StoreError};

/// Tells sessions what PINs are now, from the dossiers.
pub struct Dossiers(Arc<dyn PinStore>);

impl Dossiers {
    /// The dossiers of a store.
    #[must_use]
    pub fn new(pins: Arc<dyn PinStore>) -> Self {
        Self(pins)
    }

    async fn look(&self, person: &FiscalCode) -> Result<PinNow, StoreError> {
        let kept = self.0.load(person).await?;
        let dossier = kept.as_ref().map(|kept| &kept.dossier);
        Ok(PinNow {
            stopped: dossier.and_then(Dossier::stopped),
            grade: dossier.and_then(Dossier::pin).map(|pin| pin.grade),
        })
    }
}

impl PinStanding for Dossiers {
    fn pin_now<'a>(&'a self, person: &'a FiscalCode) -> BoxFuture<'a, Result<PinNow, StoreError>> {
        Box::pin(self.look(person))
    }
}
