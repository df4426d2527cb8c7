//! From ordinary to dispositive, online (PIN rules, From ordinario to dispositivo; four eyes, with claim and release).

use super::calendar::after_days;
use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::ChangeNotice;
use super::person::IdentityDocument;
use super::refusal::PinRefusal;
use super::request::{check_hand, check_reason, take};
use super::stages::{Conversion, Opinion, Upload};
use super::status::PinStatus;
use super::store::BlobId;
use crate::audit::PinStep;
use crate::crypto::encoding::hex;
use crate::crypto::{Random, constant_time_eq, sha256};
use crate::identity::{DeskRole, FiscalCode, PinGrade, Redacted};

/// What the code of a form is made of.
const CODE: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Dossier {
    /// Begins a conversion: the person confirmed their data and the document, and gets a form with a code to sign. One that
    /// was begun before and not sent is dropped.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) without a working PIN, [`AlreadyDispositive`](PinRefusal::AlreadyDispositive),
    /// [`AlreadyRequested`](PinRefusal::AlreadyRequested) while one waits for its decision,
    /// [`DocumentExpired`](PinRefusal::DocumentExpired).
    pub fn begin_conversion(
        self,
        document: IdentityDocument,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let PinStatus::Working(_) = self.status(context.rules, context.now) else {
            return Err(PinRefusal::WrongState);
        };
        if self.pin.as_ref().map(|pin| pin.grade) != Some(PinGrade::Ordinary) {
            return Err(PinRefusal::AlreadyDispositive);
        }
        if self
            .conversion
            .as_ref()
            .is_some_and(|begun| begun.upload.is_some())
        {
            return Err(PinRefusal::AlreadyRequested);
        }
        if !document.is_valid(context.now) {
            return Err(PinRefusal::DocumentExpired);
        }
        let mut draft = Draft::new(self, context);
        draft.dossier().conversion = Some(Conversion {
            id: context.id(),
            code: code(context.random),
            begun: context.now,
            ends: after_days(context.now, context.rules.form_days),
            document,
            upload: None,
            claim: None,
            opinions: Vec::new(),
        });
        draft.step(PinStep::ConversionBegun, None);
        Ok(draft.finish())
    }

    /// The signed form came back: a file that was checked, of so many pages. Operators have to decide.
    ///
    /// # Errors
    /// [`Stale`](PinRefusal::Stale) when it is for another conversion, too late, or came already.
    pub fn submit_form(
        self,
        conversion: &str,
        file: Vec<u8>,
        pages: u32,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let mut draft = Draft::new(self, context);
        let begun = draft.dossier().conversion.as_mut();
        let begun = begun.filter(|begun| {
            constant_time_eq(begun.id.as_bytes(), conversion.as_bytes())
                && begun.upload.is_none()
                && context.now < begun.ends
        });
        let blob = BlobId(context.id());
        begun.ok_or(PinRefusal::Stale)?.upload = Some(Upload {
            blob: blob.clone(),
            pages,
            sha256: hex(&sha256(&file)),
            at: context.now,
        });
        draft.keep(blob, file);
        draft.step(PinStep::ConversionSubmitted, None);
        draft.notify(&ChangeNotice::ConversionSubmitted);
        Ok(draft.finish())
    }

    /// An operator takes a conversion in hand. Who spoke already cannot take it again: another has to.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when none waits, [`Claimed`](PinRefusal::Claimed) while somebody else has it,
    /// [`SameOperator`](PinRefusal::SameOperator), [`NotAtTheDesk`](PinRefusal::NotAtTheDesk),
    /// [`OwnPin`](PinRefusal::OwnPin).
    pub fn claim_conversion(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let claim = self.check_operator(&DeskRole::ALL, context)?;
        let mut draft = Draft::new(self, context);
        let waiting = draft.waiting_conversion()?;
        if waiting.spoke(&claim.operator) {
            return Err(PinRefusal::SameOperator);
        }
        take(&mut waiting.claim, claim, context)?;
        draft.step(PinStep::ConversionClaimed, None);
        Ok(draft.finish())
    }

    /// Who has a conversion in hand gives it back without a word.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) when none waits, [`NotClaimed`](PinRefusal::NotClaimed) by anybody else.
    pub fn release_conversion(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let claim = self.check_operator(&DeskRole::ALL, context)?;
        let mut draft = Draft::new(self, context);
        let waiting = draft.waiting_conversion()?;
        check_hand(waiting.claim.as_ref(), &claim, context)?;
        waiting.claim = None;
        draft.step(PinStep::ConversionReleased, None);
        Ok(draft.finish())
    }

    /// Who has a conversion in hand says whether to accept it, and why. The second operator of the same mind decides; where
    /// two differ, a third one does.
    ///
    /// # Errors
    /// As [`release_conversion`](Self::release_conversion); [`NoReason`](PinRefusal::NoReason).
    pub fn judge_conversion(
        self,
        accept: bool,
        reason: Redacted<String>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let claim = self.check_operator(&DeskRole::ALL, context)?;
        check_reason(&reason)?;
        let mut draft = Draft::new(self, context);
        let waiting = draft.waiting_conversion()?;
        check_hand(waiting.claim.as_ref(), &claim, context)?;
        if waiting.spoke(&claim.operator) {
            return Err(PinRefusal::SameOperator);
        }
        let agreed = waiting.opinions.iter().any(|said| said.accept == accept);
        waiting.claim = None;
        waiting.opinions.push(Opinion {
            operator: claim.operator,
            accept,
            reason: reason.clone(),
            at: context.now,
        });
        match (agreed, accept) {
            (false, true) => draft.step(PinStep::AcceptanceProposed, Some(reason)),
            (false, false) => draft.step(PinStep::RejectionProposed, Some(reason)),
            (true, true) => {
                draft.raise(context)?;
                draft.step(PinStep::ConversionAccepted, Some(reason));
                draft.notify(&ChangeNotice::Converted);
            }
            (true, false) => {
                draft.drop_conversion();
                draft.step(PinStep::ConversionRejected, Some(reason.clone()));
                draft.notify(&ChangeNotice::ConversionRejected { reason });
            }
        }
        Ok(draft.finish())
    }
}

impl Conversion {
    /// Whether an operator said what they think already.
    #[must_use]
    pub fn spoke(&self, operator: &FiscalCode) -> bool {
        self.opinions.iter().any(|said| said.operator == *operator)
    }
}

impl Draft<'_> {
    fn waiting_conversion(&mut self) -> Result<&mut Conversion, PinRefusal> {
        let begun = self.dossier().conversion.as_mut();
        begun
            .filter(|begun| begun.upload.is_some())
            .ok_or(PinRefusal::WrongState)
    }

    /// The PIN becomes dispositive, and the applications that took provisional requests are told.
    pub(super) fn raise(&mut self, context: &Context<'_>) -> Result<(), PinRefusal> {
        let dossier = self.dossier();
        let pin = dossier.pin.as_mut().ok_or(PinRefusal::WrongState)?;
        if pin.grade == PinGrade::Dispositive {
            return Err(PinRefusal::AlreadyDispositive);
        }
        pin.grade = PinGrade::Dispositive;
        // The signed form proves why the PIN is worth more: it stays.
        let form = dossier.conversion.take().and_then(|done| done.upload);
        dossier.forms.extend(form.map(|upload| upload.blob));
        self.tell_holders(context);
        Ok(())
    }

    /// A conversion ends without an effect, and its file is forgotten.
    pub(super) fn drop_conversion(&mut self) {
        let upload = self
            .dossier()
            .conversion
            .take()
            .and_then(|done| done.upload);
        if let Some(upload) = upload {
            self.forget(upload.blob);
        }
    }
}

/// What ties a form to its conversion: twelve characters of 32, in three groups, which a person can compare.
fn code(random: &dyn Random) -> String {
    let mut bytes = [0; 12];
    random.fill(&mut bytes);
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|byte| CODE.get(usize::from(*byte) % CODE.len()))
        .map(|byte| char::from(*byte))
        .collect();
    letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests;
