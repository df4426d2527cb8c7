//! What a date brings by itself: warnings, and ends.

use chrono::Duration;

use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::ChangeNotice;
use super::refusal::PinRefusal;
use super::rules::PinRules;
use super::stages::{PinState, Working};
use super::status::PinStatus;
use super::store::Index;
use crate::audit::PinStep;
use crate::identity::Timestamp;

impl Dossier {
    /// Writes down what dates have brought since the dossier was written: halves that were not used in their time, a PIN that
    /// was not used for too long, a warning before the expiry, the end of a telephone PIN, of a link, of a form that never
    /// came. Nothing else depends on it, for every command looks at the dates itself.
    ///
    /// # Errors
    /// [`Nothing`](PinRefusal::Nothing) when no date has come.
    pub fn bring_up_to_date(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let (rules, now) = (context.rules, context.now);
        if self.index(rules).due.is_none_or(|due| now < due) {
            return Err(PinRefusal::Nothing);
        }
        let mut draft = Draft::new(self, context);
        draft.end_what_ended(context);
        let state = draft.dossier().pin.as_ref().map(|pin| &pin.state);
        let is_working = matches!(state, Some(PinState::Working(_)));
        let is_initial = matches!(state, Some(PinState::Initial(_)));
        match draft.dossier().status(rules, now) {
            PinStatus::PairEnded if is_initial => {
                draft.set_state(PinState::PairEnded { since: now });
                draft.step(PinStep::PairEnded, None);
                draft.notify(&ChangeNotice::PairEnded);
            }
            PinStatus::SwitchedOff if is_working => {
                draft.set_state(PinState::SwitchedOff { since: now });
                draft.stop();
                draft.step(PinStep::SwitchedOff, None);
                draft.notify(&ChangeNotice::SwitchedOff);
            }
            // Tries came to the limit, and nobody wrote it down.
            PinStatus::Locked if is_working => draft.lock(context),
            PinStatus::Expired(_) => draft.working()?.warned = Some(0),
            PinStatus::Working(working) => {
                // After a time in which nobody looked, one warning is enough: the most urgent.
                if let Some((days, expires)) = working.warning(rules, now) {
                    draft.working()?.warned = Some(days);
                    draft.step(PinStep::Warned, None);
                    draft.notify(&ChangeNotice::WillExpire { days, expires });
                }
            }
            _ => {}
        }
        Ok(draft.finish())
    }

    /// What a store finds the dossier by.
    #[must_use]
    pub fn index(&self, rules: &PinRules) -> Index {
        let call = self.request.as_ref().map(|request| request.asked);
        let conversion = self.conversion.as_ref();
        let waiting = conversion.and_then(|begun| begun.upload.as_ref());
        let unsent = conversion.filter(|begun| begun.upload.is_none());
        let pin_due = match self.pin.as_ref().map(|pin| &pin.state) {
            Some(PinState::Initial(pair)) => Some(pair.ends),
            Some(PinState::Working(working)) => {
                let warning = working.next_warning(rules).map(|(_, at)| at);
                warning
                    .into_iter()
                    .chain([working.unused_from(rules)])
                    .min()
            }
            _ => None,
        };
        let dates = [
            pin_due,
            self.telephone.as_ref().map(|pin| pin.ends),
            self.restore.as_ref().map(|link| link.ends),
            unsent.map(|begun| begun.ends),
        ];
        Index {
            call,
            conversion: waiting.map(|upload| upload.at),
            due: dates.into_iter().flatten().min(),
        }
    }
}

impl Working {
    /// The warnings that were not sent yet, each with its moment.
    fn warnings<'a>(&'a self, rules: &'a PinRules) -> impl Iterator<Item = (u32, Timestamp)> + 'a {
        let days = rules.warning_days.iter().copied();
        let open = days.filter(|days| self.warned.is_none_or(|warned| *days < warned));
        open.filter_map(|days| Some((days, self.expires? - Duration::days(i64::from(days)))))
    }

    /// The next warning, and when it is due.
    fn next_warning(&self, rules: &PinRules) -> Option<(u32, Timestamp)> {
        self.warnings(rules).min_by_key(|(_, at)| *at)
    }

    /// The most urgent warning whose moment has come, with the expiry that it warns of.
    fn warning(&self, rules: &PinRules, now: Timestamp) -> Option<(u32, Timestamp)> {
        let come = self.warnings(rules).filter(|(_, at)| *at <= now);
        let (days, _) = come.min_by_key(|(days, _)| *days)?;
        Some((days, self.expires?))
    }
}

impl Draft<'_> {
    fn end_what_ended(&mut self, context: &Context<'_>) {
        let now = context.now;
        let dossier = self.dossier();
        dossier.restore.take_if(|link| link.ends <= now);
        if dossier.telephone.take_if(|pin| pin.ends <= now).is_some() {
            self.step(PinStep::TelephonePinEnded, None);
        }
        let unsent = self.dossier().conversion.as_ref();
        if unsent.is_some_and(|begun| begun.upload.is_none() && begun.ends <= now) {
            self.drop_conversion();
            self.step(PinStep::ConversionDropped, None);
        }
    }
}

#[cfg(test)]
mod tests;
