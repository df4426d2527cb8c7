//! A half that did not come (PIN rules, Numbers: half A can be sent again, half B needs a new letter).

use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::issue::pair;
use super::outgoing::Addressee;
use super::person::DeliveryHours;
use super::refusal::PinRefusal;
use super::secret::{MintedHalf, MintedPin};
use super::stages::{IssueCause, PinState};
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::identity::{DeskRole, Redacted};

/// Who sends a half again for somebody who asks at an office or on the telephone.
const SENDERS: &[DeskRole] = &[DeskRole::Office, DeskRole::ContactCentre];

impl Dossier {
    /// Sends a first half again. Nobody knows the one before, which is kept as a hash, so it is a new one, and the one
    /// before is dead; the second half stays, and so does the day on which the pair ends. At the desk, which says why, it
    /// leaves by the same way: no operator sees it.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when no halves wait, [`ContactsUnknown`](PinRefusal::ContactsUnknown) when
    /// there is nowhere to send it, [`TooMany`](PinRefusal::TooMany) when it was sent too often;
    /// [`NotAtTheDesk`](PinRefusal::NotAtTheDesk), [`OwnPin`](PinRefusal::OwnPin) and [`NoReason`](PinRefusal::NoReason) at the
    /// desk.
    pub fn resend_first_half(
        self,
        minted: MintedHalf,
        reason: Option<Redacted<String>>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_asker(SENDERS, reason.as_ref(), context)?;
        let PinStatus::Initial(pair) = self.status(context.rules, context.now) else {
            return Err(PinRefusal::WrongState);
        };
        let ends = pair.ends;
        let mut draft = Draft::new(self, context);
        let pair = draft.pair()?;
        if pair.resent >= context.rules.half_resends {
            return Err(PinRefusal::TooMany);
        }
        pair.resent += 1;
        pair.first = minted.hash.clone();
        draft.send_first_half(minted, ends)?;
        draft.step(PinStep::HalfResent, reason);
        Ok(draft.finish())
    }

    /// Sends a new letter, and with it a new first half: a new pair, with all its days and tries, for one that waits or died
    /// before it was used. One that restores a PIN has no letter: that PIN is restored once more.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState), [`NoLetterBefore`](PinRefusal::NoLetterBefore),
    /// [`NoAddress`](PinRefusal::NoAddress), [`ContactsUnknown`](PinRefusal::ContactsUnknown);
    /// [`NotAtTheDesk`](PinRefusal::NotAtTheDesk), [`OwnPin`](PinRefusal::OwnPin) and [`NoReason`](PinRefusal::NoReason) at the
    /// desk.
    pub fn send_new_letter(
        self,
        hours: Option<DeliveryHours>,
        minted: MintedPin,
        reason: Option<Redacted<String>>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_asker(SENDERS, reason.as_ref(), context)?;
        self.check_new_letter(context)?;
        let details = self.details.as_ref().ok_or(PinRefusal::NoAddress)?;
        let addressee = Addressee {
            name: details.full_name().into(),
            address: details.residence.clone(),
            hours,
        };
        let pair = pair(&minted, IssueCause::Issue, context);
        let ends = pair.ends;
        let mut draft = Draft::new(self, context);
        draft.set_state(PinState::Initial(pair));
        draft.send_first_half(minted.first, ends)?;
        draft.send_second_half(minted.second, addressee, ends, context)?;
        draft.step(PinStep::LetterResent, reason);
        Ok(draft.finish())
    }

    /// Whether a new letter can be had: what cannot be had is not offered.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState), [`NoLetterBefore`](PinRefusal::NoLetterBefore),
    /// [`NoAddress`](PinRefusal::NoAddress).
    pub fn check_new_letter(&self, context: &Context<'_>) -> Result<(), PinRefusal> {
        let was_used = self.pin.as_ref().is_some_and(|pin| pin.was_used);
        match self.status(context.rules, context.now) {
            PinStatus::Initial(_) | PinStatus::PairEnded if !was_used => {}
            _ => return Err(PinRefusal::WrongState),
        }
        if self.details.is_none() {
            return Err(PinRefusal::NoAddress);
        }
        self.next_letter(context.rules, context.now)
            .map_err(PinRefusal::NoLetterBefore)
    }
}

#[cfg(test)]
mod tests;
