//! The first access with the initial PIN, which gives the working one (PIN rules, The credential).

use super::calendar::after_months;
use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::ChangeNotice;
use super::refusal::PinRefusal;
use super::rules::PinRules;
use super::stages::{Pair, PinState, Working};
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::crypto::{PinHash, PinMatch};
use crate::identity::{Categories, Timestamp};

impl Dossier {
    /// Two halves are about to be compared: the try counts. It is written before the comparison. Right or wrong, each half
    /// is compared, and nobody is told which was wrong.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when no halves wait, or they are dead.
    pub fn try_pair(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let PinStatus::Initial(_) = self.status(context.rules, context.now) else {
            return Err(PinRefusal::WrongState);
        };
        let mut draft = Draft::new(self, context);
        draft.pair()?.tries += 1;
        Ok(draft.finish())
    }

    /// A half of a counted try was wrong. The last try kills the pair.
    ///
    /// # Errors
    /// [`Nothing`](PinRefusal::Nothing) while tries are left: nothing is to be written.
    pub fn pair_failed(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let mut draft = Draft::new(self, context);
        if draft.pair()?.tries < context.rules.pair_tries {
            return Err(PinRefusal::Nothing);
        }
        draft.set_state(PinState::PairEnded { since: context.now });
        draft.step(PinStep::PairDied, None);
        draft.notify(&ChangeNotice::PairEnded);
        Ok(draft.finish())
    }

    /// Both halves of a counted try were right: their tries are forgotten. The guided procedure shows the working PIN, and
    /// [`first_access`](Self::first_access) ends it.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when no halves wait, [`NotProven`](PinRefusal::NotProven) when a proof is for
    /// another half.
    pub fn pair_matched(
        self,
        first: &PinMatch,
        second: &PinMatch,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let mut draft = Draft::new(self, context);
        draft.pair()?.check(first, second, context.now)?;
        draft.pair()?.tries = 0;
        Ok(draft.finish())
    }

    /// The first half of a counted try was right, where it alone is enough (PIN rules, Emergency rule of March 2020): what was
    /// asked for with it counts. The PIN stays as it is, and waits for both halves; the tries before are not forgotten, or
    /// whoever has one half could try the other without end. The holder is told, as of everything that is done in their name.
    ///
    /// # Errors
    /// As [`pair_matched`](Self::pair_matched).
    pub fn half_matched(
        self,
        first: &PinMatch,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let mut draft = Draft::new(self, context);
        let pair = draft.pair()?;
        if pair.ends <= context.now {
            return Err(PinRefusal::WrongState);
        }
        if !first.is_of(&pair.first) {
            return Err(PinRefusal::NotProven);
        }
        pair.tries = pair.tries.saturating_sub(1);
        draft.step(PinStep::HalfUsed, None);
        draft.notify(&ChangeNotice::HalfUsed);
        Ok(draft.finish())
    }

    /// The working PIN, which the person has seen and typed, takes the place of the halves. That is its first use.
    ///
    /// # Errors
    /// As [`pair_matched`](Self::pair_matched).
    pub fn first_access(
        self,
        first: &PinMatch,
        second: &PinMatch,
        hash: PinHash,
        categories: Categories,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let mut draft = Draft::new(self, context);
        draft.pair()?.check(first, second, context.now)?;
        let working = Working::new(hash, categories, context.rules, context.now);
        let expires = working.expires;
        draft.set_state(PinState::Working(working));
        draft.use_pin(categories, context)?;
        draft.step(PinStep::FirstAccess, None);
        draft.notify(&ChangeNotice::FirstAccess { expires });
        Ok(draft.finish())
    }
}

impl Pair {
    fn check(&self, first: &PinMatch, second: &PinMatch, now: Timestamp) -> Result<(), PinRefusal> {
        if self.ends <= now {
            return Err(PinRefusal::WrongState);
        }
        let are_right = first.is_of(&self.first) && second.is_of(&self.second);
        are_right.then_some(()).ok_or(PinRefusal::NotProven)
    }
}

impl Working {
    /// A working PIN from now on.
    pub(super) fn new(
        hash: PinHash,
        categories: Categories,
        rules: &PinRules,
        now: Timestamp,
    ) -> Self {
        let months = rules.months_of(categories);
        Self {
            hash,
            set: now,
            expires: rules.expires.then(|| after_months(now, months)),
            used: now,
            strangers: 0,
            familiar: 0,
            warned: None,
        }
    }
}

impl Draft<'_> {
    pub(super) fn pair(&mut self) -> Result<&mut Pair, PinRefusal> {
        match self.dossier().pin.as_mut().map(|pin| &mut pin.state) {
            Some(PinState::Initial(pair)) => Ok(pair),
            _ => Err(PinRefusal::WrongState),
        }
    }
}

#[cfg(test)]
mod tests;
