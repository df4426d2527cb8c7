//! The end, announced to every listener at once.

use tokio::sync::watch;

/// Calls for the end.
#[derive(Debug)]
pub struct ShutdownTrigger(watch::Sender<bool>);

/// Hears the call for the end. Each listener has a clone.
#[derive(Debug, Clone)]
pub struct Shutdown(watch::Receiver<bool>);

impl ShutdownTrigger {
    /// A trigger, and what hears it. Dropping the trigger calls too.
    #[must_use]
    pub fn new() -> (Self, Shutdown) {
        let (trigger, heard) = watch::channel(false);
        (Self(trigger), Shutdown(heard))
    }

    /// Calls for the end.
    pub fn call(&self) {
        // Nobody listening any more is an end as well.
        let _ = self.0.send(true);
    }
}

impl Shutdown {
    /// The end at SIGINT or SIGTERM.
    #[must_use]
    pub fn on_signal() -> Self {
        let (trigger, heard) = ShutdownTrigger::new();
        tokio::spawn(async move {
            signal().await;
            trigger.call();
        });
        heard
    }

    /// Returns once the end is called for.
    pub async fn called(&mut self) {
        // An error means that the trigger is gone, which calls as well.
        let _ = self.0.wait_for(|called| *called).await;
    }

    /// Whether the end is called for.
    #[must_use]
    pub fn is_called(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

/// Returns at the first signal that asks the process to end.
async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
