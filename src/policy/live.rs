//! The catalogue that is in force, and its replacement while the gateway runs.

use std::sync::{Arc, PoisonError, RwLock};

use super::Catalogue;

/// The catalogue in force. Clones are handles on the same one: what replaces it replaces it for all of them.
#[derive(Debug, Clone)]
pub struct LiveCatalogue(Arc<RwLock<Arc<Catalogue>>>);

impl LiveCatalogue {
    /// Puts a first catalogue in force.
    #[must_use]
    pub fn new(catalogue: Catalogue) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(catalogue))))
    }

    /// The catalogue in force now. Whoever makes several decisions for one answer takes it once, so that they agree.
    #[must_use]
    pub fn current(&self) -> Arc<Catalogue> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another catalogue in force, for the same ways in: those are a fact of the installation, not of the file.
    pub fn replace(&self, catalogue: Catalogue) {
        let mut place = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *place = Arc::new(catalogue.offering(place.offered()));
    }
}
