//! The guided renewal of an expired PIN (PIN rules, The credential: at login with an expired PIN).

use chrono::Duration;

use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::ChangeNotice;
use super::refusal::PinRefusal;
use super::rules::PinRules;
use super::stages::{PinState, Working};
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::crypto::{PinHash, PinMatch};
use crate::identity::{Categories, Timestamp};

impl Working {
    /// Whether it can be renewed at `now`: it has expired, or the holder was warned that it will.
    #[must_use]
    pub fn is_renewable(&self, rules: &PinRules, now: Timestamp) -> bool {
        let days = rules.warning_days.iter().copied().max().unwrap_or(0);
        let early = Duration::days(i64::from(days));
        self.expires.is_some_and(|expires| expires - early <= now)
    }
}

impl Dossier {
    /// A new working PIN, which the person has seen and typed, takes the place of one that has expired or soon will. The
    /// grade, and with it what it opens, stays; nobody has to apply again. `matched` proves the old one.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when there is none to renew, [`NotProven`](PinRefusal::NotProven) when the proof
    /// is for another PIN.
    pub fn renew(
        self,
        matched: &PinMatch,
        hash: PinHash,
        categories: Categories,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let (rules, now) = (context.rules, context.now);
        let old = match self.status(rules, now) {
            PinStatus::Expired(old) => old,
            PinStatus::Working(old) if old.is_renewable(rules, now) => old,
            _ => return Err(PinRefusal::WrongState),
        };
        if !matched.is_of(&old.hash) {
            return Err(PinRefusal::NotProven);
        }
        let working = Working::new(hash, categories, rules, now);
        let expires = working.expires;
        let mut draft = Draft::new(self, context);
        draft.set_state(PinState::Working(working));
        draft.use_pin(categories, context)?;
        draft.step(PinStep::Renewed, None);
        draft.notify(&ChangeNotice::Renewed { expires });
        Ok(draft.finish())
    }
}

#[cfg(test)]
mod tests;
