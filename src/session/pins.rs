//! Sessions that a PIN opened, held against what the PIN is now.
//!
//! A PIN changes while its sessions live: it is stopped, and every session opened with it ends; it is raised, and the next
//! decision counts it for more (PIN rules, Lost PIN and From ordinario to dispositivo). Whoever changes it may fail before it
//! tells anybody, or be another node. So nobody has to be told: at every use of a session that has a login with a PIN, the
//! dossier is asked, and what it says is what counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Kept, Session, Sessions};
use crate::identity::{
    AssuranceLevel, AuthenticationEvent, AuthenticationMethod, FiscalCode, PersonKey, PinGrade,
    Timestamp,
};
use crate::store::{BoxFuture, StoreError};

/// What a person's PIN is now, as far as it touches sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PinNow {
    /// Logins that are not after it prove nothing any more.
    pub stopped: Option<Timestamp>,
    /// What the PIN is good for; `None` where there is none.
    pub grade: Option<PinGrade>,
}

/// Who knows what PINs are now. It is asked at every use of a session that has a login with one.
pub trait PinStanding: Send + Sync {
    /// What a person's PIN is now.
    fn pin_now<'a>(&'a self, person: &'a FiscalCode) -> BoxFuture<'a, Result<PinNow, StoreError>>;
}

/// What sessions know of PINs.
#[derive(Default)]
pub(super) struct Pins {
    standing: Option<Arc<dyn PinStanding>>,
    /// Sessions that ended at their use, until somebody writes it down.
    ended: Mutex<Vec<Session>>,
}

impl Pins {
    fn ended(&self) -> MutexGuard<'_, Vec<Session>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sessions {
    /// The same sessions, which end and rise with the PINs that opened them.
    #[must_use]
    pub fn heeding_pins(mut self, standing: Arc<dyn PinStanding>) -> Self {
        self.pins.standing = Some(standing);
        self
    }

    /// The sessions that ended because their PIN was stopped, each once: for whoever writes it down.
    #[must_use]
    pub fn take_ended_with_pin(&self) -> Vec<Session> {
        std::mem::take(&mut *self.pins.ended())
    }

    /// The session as it is with the PIN that opened it; `None` when it ended with it. One login with a stopped PIN is enough:
    /// whoever raised the session with it may not be who began it.
    pub(super) async fn heed_pins(&self, mut kept: Kept) -> Result<Option<Session>, StoreError> {
        let is_of_pin = |event: &AuthenticationEvent| event.method == AuthenticationMethod::Pin;
        let mut events = kept.events.iter().chain(&kept.set_aside);
        let (Some(standing), PersonKey::FiscalCode(person), true) =
            (&self.pins.standing, &kept.person.key, events.any(is_of_pin))
        else {
            return Ok(Some(self.session(kept)));
        };
        let pin = standing.pin_now(person).await?;
        let is_stopped = |event: &&AuthenticationEvent| {
            is_of_pin(event) && pin.stopped.is_some_and(|stopped| event.at <= stopped)
        };
        let mut events = kept.events.iter().chain(&kept.set_aside);
        if events.any(|event| is_stopped(&event)) {
            if let Some(session) = self.end(&kept.handle).await? {
                self.pins.ended().push(session);
            }
            return Ok(None);
        }
        if let Some(grade) = pin.grade {
            for event in kept.events.iter_mut().chain(&mut kept.set_aside) {
                // A first half alone proves nothing of the grade of the whole.
                if is_of_pin(event) && event.level.0 > AssuranceLevel::BelowLow {
                    // A PIN is raised and never lowered: its grade is what each login with it proves.
                    event.level = event.level.max(grade.level());
                }
            }
        }
        Ok(Some(self.session(kept)))
    }
}
