//! Everything that is kept of one person and their PIN.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::person::{Contacts, PersonalDetails};
use super::provisional::Provisional;
use super::rules::PinRules;
use super::stages::{Conversion, OfficeVisit, Pin, Request, RestoreLink, TelephonePin};
use super::store::BlobId;
use crate::audit::{PinActor, PinStep};
use crate::identity::{Category, FiscalCode, PinGrade, Redacted, Timestamp};

/// How much of its history a dossier keeps; the audit log has all of it.
pub(super) const LONGEST_HISTORY: usize = 200;
/// For how many months a dossier tells in which of them the PIN was used.
pub(super) const MONTHS_OF_USE: usize = 24;

/// Everything that is kept of one person and their PIN. It changes by its commands alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    pub(super) person: FiscalCode,
    pub(super) details: Option<PersonalDetails>,
    pub(super) contacts: Contacts,
    pub(super) language: String,
    pub(super) pin: Option<Pin>,
    /// Logins before it prove nothing any more: the PIN that they were made with was stopped.
    pub(super) stopped: Option<Timestamp>,
    pub(super) request: Option<Request>,
    pub(super) conversion: Option<Conversion>,
    pub(super) restore: Option<RestoreLink>,
    pub(super) telephone: Option<TelephonePin>,
    pub(super) letters: Vec<Timestamp>,
    pub(super) provisional: Vec<Provisional>,
    pub(super) forms: Vec<BlobId>,
    pub(super) visits: Vec<OfficeVisit>,
    pub(super) uses: Vec<MonthlyUse>,
    pub(super) history: Vec<HistoryEntry>,
}

/// Something that happened, as the desk and the holder see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When, UTC.
    pub at: Timestamp,
    /// What.
    pub step: PinStep,
    /// Who did it.
    pub by: PinActor,
    /// The grade that the PIN had after it.
    pub grade: Option<PinGrade>,
    /// Why, as an operator wrote it.
    pub reason: Option<Redacted<String>>,
}

/// That the PIN was used in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyUse {
    /// The month in Italy, as `2020-07`.
    pub month: String,
    /// The grade at the last use in it.
    pub grade: PinGrade,
    /// The categories that the holder was of at the last use in it.
    pub categories: Vec<Category>,
    /// How many logins.
    pub logins: u32,
}

impl Dossier {
    /// The dossier of somebody of whom nothing is known.
    #[must_use]
    pub fn new(person: FiscalCode) -> Self {
        Self {
            person,
            details: None,
            contacts: Contacts::default(),
            language: "it".to_owned(),
            pin: None,
            stopped: None,
            request: None,
            conversion: None,
            restore: None,
            telephone: None,
            letters: Vec::new(),
            provisional: Vec::new(),
            forms: Vec::new(),
            visits: Vec::new(),
            uses: Vec::new(),
            history: Vec::new(),
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn person(&self) -> &FiscalCode {
        &self.person
    }

    /// Who they are; `None` for a PIN that was imported without.
    #[must_use]
    pub fn details(&self) -> Option<&PersonalDetails> {
        self.details.as_ref()
    }

    /// The contacts on record.
    #[must_use]
    pub fn contacts(&self) -> &Contacts {
        &self.contacts
    }

    /// The code of the person's language.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The PIN, of whatever state.
    #[must_use]
    pub fn pin(&self) -> Option<&Pin> {
        self.pin.as_ref()
    }

    /// When a PIN was last stopped: a session whose login with a PIN is not after it must end.
    #[must_use]
    pub fn stopped(&self) -> Option<Timestamp> {
        self.stopped
    }

    /// The request that waits for a call.
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        self.request.as_ref()
    }

    /// The conversion that is on its way.
    #[must_use]
    pub fn conversion(&self) -> Option<&Conversion> {
        self.conversion.as_ref()
    }

    /// The telephone PIN, if it is good at `now`.
    #[must_use]
    pub fn telephone(&self, rules: &PinRules, now: Timestamp) -> Option<&TelephonePin> {
        let good = |pin: &&TelephonePin| now < pin.ends && pin.tries < rules.telephone_tries;
        self.telephone.as_ref().filter(good)
    }

    /// The signed forms of conversions that were accepted.
    #[must_use]
    pub fn forms(&self) -> &[BlobId] {
        &self.forms
    }

    /// What was registered at offices, the oldest first.
    #[must_use]
    pub fn visits(&self) -> &[OfficeVisit] {
        &self.visits
    }

    /// In which months the PIN was used, the oldest first.
    #[must_use]
    pub fn uses(&self) -> &[MonthlyUse] {
        &self.uses
    }

    /// What happened, the oldest first.
    #[must_use]
    pub fn history(&self) -> &[HistoryEntry] {
        &self.history
    }

    /// When the next letter can be had: now, or not before a moment (PIN rules, Numbers: at most 4 in 30 days, 24 hours
    /// apart).
    ///
    /// # Errors
    /// The moment before which none can be had.
    pub fn next_letter(&self, rules: &PinRules, now: Timestamp) -> Result<(), Timestamp> {
        let span = Duration::days(i64::from(rules.letter_days));
        let apart = Duration::hours(i64::from(rules.letter_hours));
        let after_last = self.letters.last().map(|last| *last + apart);
        // With the most in the span, the oldest of them has to leave it.
        let newest_first = self.letters.iter().rev();
        let oldest = newest_first
            .take(rules.most_letters)
            .nth(rules.most_letters.saturating_sub(1));
        let after_span = oldest.map(|oldest| *oldest + span);
        let free = after_last.into_iter().chain(after_span).max();
        free.filter(|free| now < *free).map_or(Ok(()), Err)
    }
}
