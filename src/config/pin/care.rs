//! How the care for PINs is built from `[pin]`.

use std::sync::Arc;

use super::PinSection;
use crate::config::Fault;
use crate::crypto::Random;
use crate::http::pin::{PinCare, PinCareSettings};
use crate::login::pin::HashPool;
use crate::pin::PinStore;
use crate::store::ExpiringStore;

impl PinSection {
    /// The care for the PINs of a store.
    ///
    /// # Errors
    /// [`Fault`] names the file that cannot be used.
    pub(in crate::config) fn care(
        &self,
        pins: Arc<dyn PinStore>,
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
    ) -> Result<PinCare, Fault> {
        let pool = HashPool::start(self.threads, self.waiting).map_err(|error| Fault {
            file: "[pin] hash_threads".into(),
            line: None,
            message: format!("no thread can be had: {error}"),
        })?;
        let settings = PinCareSettings {
            pins,
            rules: Arc::new(self.rules.clone()),
            hasher: Arc::new(self.hasher()?),
            pool,
            registers: self.registers.open()?,
            beat: self.answer,
        };
        Ok(PinCare::new(settings, store, random))
    }
}
