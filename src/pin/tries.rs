//! Logins with a working PIN, right and wrong (PIN rules, Numbers: online guessing).
//!
//! A try counts before the PIN is compared, so that many at once are no more than one after another. Those from a device that
//! the holder has used before are counted apart: no stranger can lock the holder out.

use super::calendar::month;
use super::change::{Change, Context, Draft};
use super::dossier::{Dossier, MONTHS_OF_USE, MonthlyUse};
use super::outgoing::ChangeNotice;
use super::refusal::PinRefusal;
use super::stages::{PinState, Working};
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::crypto::{PinHash, PinMatch};
use crate::identity::Categories;

/// Where a try comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// One on which the holder has logged in before.
    Familiar,
    /// Any other.
    Strange,
}

impl Dossier {
    /// A PIN is about to be compared: the try counts. It is written before the comparison.
    ///
    /// # Errors
    /// [`Locked`](PinRefusal::Locked), [`ClosedToStrangers`](PinRefusal::ClosedToStrangers),
    /// [`WrongState`](PinRefusal::WrongState) when there is no PIN to compare with.
    pub fn try_pin(self, device: Device, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let rules = context.rules;
        let (PinStatus::Working(kept) | PinStatus::Expired(kept)) = self.status(rules, context.now)
        else {
            return Err(match self.status(rules, context.now) {
                PinStatus::Locked => PinRefusal::Locked,
                _ => PinRefusal::WrongState,
            });
        };
        if device == Device::Strange && kept.is_closed_to_strangers(rules) {
            return Err(PinRefusal::ClosedToStrangers);
        }
        let mut draft = Draft::new(self, context);
        *draft.working()?.tries(device) += 1;
        Ok(draft.finish())
    }

    /// The PIN of a counted try was wrong. At the limit it closes: to strangers when they failed, wholly when it was a device
    /// of the holder.
    ///
    /// # Errors
    /// [`Nothing`](PinRefusal::Nothing) below the limit: nothing is to be written.
    pub fn pin_failed(self, device: Device, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let mut draft = Draft::new(self, context);
        // Exactly at the limit: of several that failed at once, one tells.
        if *draft.working()?.tries(device) != context.rules.most_failures {
            return Err(PinRefusal::Nothing);
        }
        match device {
            Device::Strange => {
                draft.step(PinStep::ClosedToStrangers, None);
                draft.notify(&ChangeNotice::ClosedToStrangers);
            }
            Device::Familiar => draft.lock(context),
        }
        Ok(draft.finish())
    }

    /// The PIN of a counted try was right: the person is in. Failures are forgotten, but a PIN that is closed to strangers
    /// stays so. `rehashed` takes the place of a hash that was right but old.
    ///
    /// # Errors
    /// [`NotProven`](PinRefusal::NotProven) when the proof is for another PIN,
    /// [`WrongState`](PinRefusal::WrongState) when the PIN does not work (any more): with an expired one begins the renewal.
    pub fn pin_matched(
        self,
        matched: &PinMatch,
        rehashed: Option<PinHash>,
        categories: Categories,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let PinStatus::Working(kept) = self.status(context.rules, context.now) else {
            return Err(PinRefusal::WrongState);
        };
        if !matched.is_of(&kept.hash) {
            return Err(PinRefusal::NotProven);
        }
        let mut draft = Draft::new(self, context);
        let is_closed = draft.working()?.is_closed_to_strangers(context.rules);
        let working = draft.working()?;
        working.familiar = 0;
        if !is_closed {
            working.strangers = 0;
        }
        draft.use_pin(categories, context)?;
        if let Some(hash) = rehashed {
            draft.working()?.hash = hash;
            draft.step(PinStep::Rehashed, None);
        }
        Ok(draft.finish())
    }
}

impl Working {
    fn tries(&mut self, device: Device) -> &mut u32 {
        match device {
            Device::Familiar => &mut self.familiar,
            Device::Strange => &mut self.strangers,
        }
    }
}

impl Draft<'_> {
    /// Too many failures on a device of the holder: the PIN stops, and its hash is gone.
    pub(super) fn lock(&mut self, context: &Context<'_>) {
        self.set_state(PinState::Locked { since: context.now });
        self.stop();
        self.step(PinStep::Locked, None);
        self.notify(&ChangeNotice::Locked);
    }

    pub(super) fn working(&mut self) -> Result<&mut Working, PinRefusal> {
        match self.dossier().pin.as_mut().map(|pin| &mut pin.state) {
            Some(PinState::Working(working)) => Ok(working),
            _ => Err(PinRefusal::WrongState),
        }
    }

    /// A login: the PIN was used now, in this month, by somebody of these categories.
    pub(super) fn use_pin(
        &mut self,
        categories: Categories,
        context: &Context<'_>,
    ) -> Result<(), PinRefusal> {
        self.working()?.used = context.now;
        let dossier = self.dossier();
        let pin = dossier.pin.as_mut().ok_or(PinRefusal::WrongState)?;
        pin.was_used = true;
        let this_month = month(context.now);
        let last = dossier.uses.last_mut();
        let used_before = match last.filter(|used| used.month == this_month) {
            Some(used) => used,
            None => {
                if dossier.uses.len() == MONTHS_OF_USE {
                    dossier.uses.remove(0);
                }
                dossier.uses.push_mut(MonthlyUse {
                    month: this_month,
                    grade: pin.grade,
                    categories: Vec::new(),
                    logins: 0,
                })
            }
        };
        used_before.grade = pin.grade;
        used_before.categories = categories.iter().collect();
        used_before.logins = used_before.logins.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
