//! Signals: the end, announced to every listener at once, and SIGHUP, by which somebody asks to read files again.

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

/// SIGHUP. While there is one of these the signal does not end the process.
#[derive(Debug)]
pub struct Hangups {
    #[cfg(unix)]
    signals: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    /// Hears SIGHUP from now on; never anything on a system that has none.
    #[must_use]
    pub fn hear() -> Self {
        Self {
            #[cfg(unix)]
            signals: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    /// Returns at the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signals) = &mut self.signals
            && signals.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
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
