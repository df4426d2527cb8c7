//! Who has to wait before the next PIN is looked at.
//!
//! Failures are counted for each person and for each source, and from some number on each makes the wait longer (PIN
//! rules, "Online guessing"). An attempt is counted as a failure *before* it is looked at, and taken back when it was
//! none: of any number of guesses at the same moment no more are looked at than one after another. A known device has a
//! count of its own for each person, so that failures elsewhere do not make its person wait. People count whether or not
//! they have a PIN: nobody learns from a wait who has one.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::devices::KnownDevice;
use crate::crypto::encoding::base64url;
use crate::crypto::hmac_sha256;
use crate::identity::{FiscalCode, Timestamp};
use crate::pin::PinRules;
use crate::store::{ExpiringStore, Shelf, StoreError};

/// How long consecutive failures of a person are remembered after the last one.
const PEOPLE_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long those of a source are.
const SOURCES_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The failures of one person, device or source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Failures {
    count: u32,
    /// Since when failures are forgiven, one after another.
    since: Timestamp,
    /// When the next attempt is looked at.
    free: Timestamp,
}

/// What comes of asking for a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// It is there, and counts as this failure.
    Taken(u32),
    /// Not before this has passed; nothing was counted.
    Wait(Duration),
}

/// The counts of one kind. A lane is shared where many people come by one name: they wait later, and are forgiven with time.
struct Lane {
    counts: Shelf<Failures>,
    rules: Arc<PinRules>,
    is_shared: bool,
}

impl Lane {
    /// Counts that a flood of names cannot push out before everything that lives shorter.
    fn new(
        store: &Arc<dyn ExpiringStore>,
        (kind, life): (&'static str, Duration),
        rules: &Arc<PinRules>,
        is_shared: bool,
    ) -> Self {
        Self {
            counts: Shelf::new(Arc::clone(store), kind, life).forgettable(),
            rules: Arc::clone(rules),
            is_shared,
        }
    }

    /// How long to wait after so many failures.
    fn wait(&self, failures: u32) -> Duration {
        let rules = &self.rules;
        let more = rules.source_wait_from_failure;
        let more = more.saturating_sub(rules.wait_from_failure);
        let more = if self.is_shared { more } else { 0 };
        rules.wait_after(failures.saturating_sub(more))
    }

    /// After how long one failure is forgiven, where any is.
    fn forgiven(&self) -> Option<TimeDelta> {
        let after = TimeDelta::from_std(self.rules.source_forgiven).ok()?;
        (self.is_shared && after > TimeDelta::zero()).then_some(after)
    }

    /// How long a name still has to wait.
    async fn ahead(&self, name: &str, now: Timestamp) -> Result<Duration, StoreError> {
        let failures = self.counts.get(name).await?;
        Ok(failures.map_or(Duration::ZERO, |failures| failures.ahead(now)))
    }

    /// Counts one failure, if it is the name's turn or `anyway`.
    async fn count(&self, name: &str, anyway: bool, now: Timestamp) -> Result<Turn, StoreError> {
        let first = Failures {
            count: 1,
            since: now,
            free: now + self.wait(1),
        };
        loop {
            if self.counts.put_new(name, &first).await? {
                return Ok(Turn::Taken(1));
            }
            let mut turn = Turn::Taken(1);
            let counted = self.counts.update(name, |failures| {
                let ahead = failures.ahead(now);
                if !anyway && !ahead.is_zero() {
                    turn = Turn::Wait(ahead);
                    return;
                }
                failures.forgive(self.forgiven(), now);
                failures.count = failures.count.saturating_add(1);
                failures.free = now + self.wait(failures.count);
                turn = Turn::Taken(failures.count);
            });
            // It may have ended between the two: then this is the first again.
            if counted.await?.is_some() {
                return Ok(turn);
            }
        }
    }

    /// Takes one failure back.
    async fn take_back(&self, name: &str, now: Timestamp) -> Result<(), StoreError> {
        let change = |failures: &mut Failures| {
            failures.count = failures.count.saturating_sub(1);
            failures.free = now;
        };
        self.counts.update(name, change).await?;
        Ok(())
    }

    async fn forget(&self, name: &str) -> Result<(), StoreError> {
        self.counts.remove(name).await?;
        Ok(())
    }
}

impl Failures {
    fn ahead(&self, now: Timestamp) -> Duration {
        (self.free - now).to_std().unwrap_or_default()
    }

    /// Forgives what time has forgiven.
    fn forgive(&mut self, after: Option<TimeDelta>, now: Timestamp) {
        let Some(after) = after else { return };
        let passed = now - self.since;
        let times = passed.num_seconds() / after.num_seconds().max(1);
        let forgiven = u32::try_from(times).unwrap_or_default();
        self.since = match forgiven.checked_sub(self.count) {
            // All of them: it begins anew.
            Some(_) => now,
            None => self.since + after * i32::try_from(forgiven).unwrap_or(i32::MAX),
        };
        self.count = self.count.saturating_sub(forgiven);
    }
}

/// The counts of everybody.
pub(super) struct Waits {
    people: Lane,
    devices: Lane,
    sources: Lane,
    secret: [u8; 32],
    rules: Arc<PinRules>,
}

/// An attempt that was counted as a failure and may be looked at.
#[derive(Debug)]
pub(super) struct Counted {
    person: String,
    device: Option<String>,
    source: Option<String>,
}

impl Counted {
    /// Whether the device is known and not used up.
    pub(super) fn is_known(&self) -> bool {
        self.device.is_some()
    }
}

impl Waits {
    pub(super) fn new(
        store: &Arc<dyn ExpiringStore>,
        secret: [u8; 32],
        rules: &Arc<PinRules>,
    ) -> Self {
        let lane = |kind, life, is_shared| Lane::new(store, (kind, life), rules, is_shared);
        Self {
            people: lane("pin-person", PEOPLE_LIFE, false),
            devices: lane("pin-device", PEOPLE_LIFE, false),
            sources: lane("pin-source", SOURCES_LIFE, true),
            secret,
            rules: Arc::clone(rules),
        }
    }

    /// Takes a turn: the attempt, counted, or how long it has to wait.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; nothing must be looked at then.
    pub(super) async fn admit(
        &self,
        person: &FiscalCode,
        device: Option<&KnownDevice>,
        source: Option<&str>,
        now: Timestamp,
    ) -> Result<Result<Counted, Duration>, StoreError> {
        let name = self.name(person);
        if let Some(device) = device {
            match self.devices.count(device.name(), false, now).await? {
                Turn::Wait(wait) => return Ok(Err(wait)),
                Turn::Taken(own) if own <= self.rules.most_failures => {
                    // For the person it counts as well, without making anybody there wait for it.
                    self.people.count(&name, true, now).await?;
                    return Ok(Ok(Counted {
                        person: name,
                        device: Some(device.name().to_owned()),
                        source: None,
                    }));
                }
                // So many failures on end are no person who forgot a letter.
                Turn::Taken(_) => {}
            }
        }
        // Looked at first, so that who asks again too early does not use up their source's turns.
        let ahead = self.people.ahead(&name, now).await?;
        if !ahead.is_zero() {
            return Ok(Err(ahead));
        }
        if let Some(source) = source
            && let Turn::Wait(wait) = self.sources.count(source, false, now).await?
        {
            return Ok(Err(wait));
        }
        match self.people.count(&name, false, now).await? {
            Turn::Wait(wait) => {
                if let Some(source) = source {
                    self.sources.take_back(source, now).await?;
                }
                Ok(Err(wait))
            }
            Turn::Taken(_) => Ok(Ok(Counted {
                person: name,
                device: None,
                source: source.map(str::to_owned),
            })),
        }
    }

    /// The attempt was right: the person's failures are over, and the source is given back what it was charged.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub(super) async fn was_right(
        &self,
        counted: Counted,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.people.forget(&counted.person).await?;
        if let Some(device) = &counted.device {
            self.devices.forget(device).await?;
        }
        self.give_back(counted.source.as_deref(), now).await
    }

    /// The attempt was not looked at: it is as if it had not been made.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub(super) async fn was_nothing(
        &self,
        counted: Counted,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.people.take_back(&counted.person, now).await?;
        if let Some(device) = &counted.device {
            self.devices.take_back(device, now).await?;
        }
        self.give_back(counted.source.as_deref(), now).await
    }

    /// A source gets back one failure, and not what others there failed at.
    async fn give_back(&self, source: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
        match source {
            Some(source) => self.sources.take_back(source, now).await,
            None => Ok(()),
        }
    }

    /// People stand in the store under a keyed hash: whoever sees its keys cannot try fiscal codes.
    fn name(&self, person: &FiscalCode) -> String {
        let message = format!("varco pin person:{}", person.expose());
        base64url(&hmac_sha256(&self.secret, message.as_bytes()))
    }
}

#[cfg(test)]
mod tests;
