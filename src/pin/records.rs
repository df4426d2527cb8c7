//! PINs that were there before Varco.

use super::calendar::{after_months, month};
use super::change::{Change, Context, Draft};
use super::dossier::{Dossier, MonthlyUse};
use super::person::{Contacts, PersonalDetails};
use super::refusal::PinRefusal;
use super::stages::{Pin, PinChannel, PinState, Working};
use crate::audit::PinStep;
use crate::crypto::PinHash;
use crate::identity::{Categories, PinGrade, Timestamp};

/// A PIN that was there before Varco, as a line of an import tells it.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Its hash.
    pub hash: PinHash,
    /// Its grade.
    pub grade: PinGrade,
    /// When it was set: from then on its months run.
    pub set: Timestamp,
    /// When it was used last.
    pub used: Timestamp,
    /// What the holder is, for how long it is good.
    pub categories: Categories,
    /// Who the holder is, where the line tells.
    pub details: Option<PersonalDetails>,
    /// How to reach the holder.
    pub contacts: Contacts,
    /// The code of the holder's language.
    pub language: String,
}

impl Dossier {
    /// Takes a PIN that was there before. A dossier with any PIN keeps its own. Of its uses before, the last one is known.
    ///
    /// # Errors
    /// [`AlreadyIssued`](PinRefusal::AlreadyIssued) when there is a PIN of whatever state.
    pub fn import(self, imported: Imported, context: &Context<'_>) -> Result<Change, PinRefusal> {
        if self.pin.is_some() {
            return Err(PinRefusal::AlreadyIssued);
        }
        let rules = context.rules;
        let months = rules.months_of(imported.categories);
        let mut draft = Draft::new(self, context);
        let dossier = draft.dossier();
        dossier.details = imported.details;
        dossier.contacts = imported.contacts;
        dossier.language = imported.language;
        dossier.uses = vec![MonthlyUse {
            month: month(imported.used),
            grade: imported.grade,
            categories: imported.categories.iter().collect(),
            logins: 1,
        }];
        dossier.pin = Some(Pin {
            id: context.id(),
            grade: imported.grade,
            channel: PinChannel::Imported,
            issued: imported.set,
            was_used: true,
            state: PinState::Working(Working {
                hash: imported.hash,
                set: imported.set,
                expires: rules.expires.then(|| after_months(imported.set, months)),
                used: imported.used,
                strangers: 0,
                familiar: 0,
                warned: None,
            }),
        });
        draft.step(PinStep::Imported, None);
        Ok(draft.finish())
    }
}
