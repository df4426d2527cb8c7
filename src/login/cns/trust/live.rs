//! The set that is in force.

use std::sync::Arc;

use tokio::sync::watch;

use super::Anchors;

/// The set of authorities that is in force, shared by all who ask.
#[derive(Debug, Clone)]
pub struct LiveAnchors(Arc<watch::Sender<Arc<Anchors>>>);

impl LiveAnchors {
    /// Puts a first set in force.
    #[must_use]
    pub fn new(anchors: Anchors) -> Self {
        Self(Arc::new(watch::Sender::new(Arc::new(anchors))))
    }

    /// The set that is in force now.
    #[must_use]
    pub fn current(&self) -> Arc<Anchors> {
        Arc::clone(&self.0.borrow())
    }

    /// Puts another set in force; who holds the one before keeps it to the end of what they do.
    pub fn replace(&self, anchors: Anchors) {
        self.0.send_replace(Arc::new(anchors));
    }

    /// Hears of every set that is put in force from now on: a listener makes its TLS configuration anew.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<Anchors>> {
        self.0.subscribe()
    }
}

impl Default for LiveAnchors {
    fn default() -> Self {
        Self::new(Anchors::default())
    }
}
