//! Time as an argument.

/// A moment in UTC.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// Where the time comes from. Functions that decide take a [`Timestamp`]; only the edge asks a clock.
pub trait Clock: Send + Sync {
    /// The present moment, UTC.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        chrono::Utc::now()
    }
}
