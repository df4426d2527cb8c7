//! The temporary telephone PIN, by which the contact centre recognises a person (PIN rules, More facts).

use super::calendar::{after_days, after_months};
use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::ChangeNotice;
use super::refusal::PinRefusal;
use super::stages::{TelephonePin, TelephoneTerm};
use crate::audit::PinStep;
use crate::crypto::{PinHash, PinMatch};
use crate::identity::{DeskRole, Timestamp};

impl TelephoneTerm {
    /// The first moment after a term that begins now.
    #[must_use]
    pub fn after(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Day => after_days(now, 1),
            Self::Week => after_days(now, 7),
            Self::Month => after_months(now, 1),
            Self::ThreeMonths => after_months(now, 3),
        }
    }
}

impl Dossier {
    /// Makes a telephone PIN, in place of any there was. The person is logged in with SPID, CIE or CNS; they need no other
    /// PIN.
    pub fn make_telephone_pin(
        self,
        hash: PinHash,
        term: TelephoneTerm,
        context: &Context<'_>,
    ) -> Change {
        let ends = term.after(context.now);
        let mut draft = Draft::new(self, context);
        draft.dossier().telephone = Some(TelephonePin {
            hash,
            made: context.now,
            ends,
            tries: 0,
        });
        draft.step(PinStep::TelephonePinMade, None);
        draft.notify(&ChangeNotice::TelephonePinMade { ends });
        draft.finish()
    }

    /// An operator is about to hold what somebody said on the telephone against the PIN: the try counts. It is written
    /// before the comparison, and the last one ends the PIN.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when there is no telephone PIN that is good,
    /// [`NotAtTheDesk`](PinRefusal::NotAtTheDesk), [`OwnPin`](PinRefusal::OwnPin).
    pub fn try_telephone_pin(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        self.check_operator(&DeskRole::ALL, context)?;
        if self.telephone(context.rules, context.now).is_none() {
            return Err(PinRefusal::WrongState);
        }
        let mut draft = Draft::new(self, context);
        if let Some(pin) = &mut draft.dossier().telephone {
            pin.tries += 1;
        }
        Ok(draft.finish())
    }

    /// What was said on the telephone in a counted try was right: the person is recognised.
    ///
    /// # Errors
    /// [`NotProven`](PinRefusal::NotProven) when the proof is for another one, [`WrongState`](PinRefusal::WrongState) when it
    /// has ended.
    pub fn telephone_pin_matched(
        self,
        matched: &PinMatch,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_operator(&DeskRole::ALL, context)?;
        let mut draft = Draft::new(self, context);
        let pin = draft.dossier().telephone.as_mut();
        let pin = pin.filter(|pin| context.now < pin.ends);
        let pin = pin.ok_or(PinRefusal::WrongState)?;
        if !matched.is_of(&pin.hash) {
            return Err(PinRefusal::NotProven);
        }
        pin.tries = 0;
        draft.step(PinStep::TelephonePinUsed, None);
        Ok(draft.finish())
    }

    /// The person ends the telephone PIN before its time.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when there is none.
    pub fn end_telephone_pin(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let mut draft = Draft::new(self, context);
        let ended = draft.dossier().telephone.take();
        ended.ok_or(PinRefusal::WrongState)?;
        draft.step(PinStep::TelephonePinEnded, None);
        Ok(draft.finish())
    }
}

#[cfg(test)]
mod tests;
