//! At an office, with form MV35 and a document: a dispositive PIN at once (PIN rules, Asking for one; From ordinario to
//! dispositivo), a new one for a lost one, other contacts.

use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::{ChangeNotice, MessageKind, Recipient};
use super::person::{Contacts, PersonalDetails};
use super::refusal::PinRefusal;
use super::request::check_reason;
use super::secret::MintedPin;
use super::stages::{Applicant, Application, OfficeVisit, PinChannel};
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::identity::{DeskRole, PinGrade, Redacted, Timestamp};

/// Who receives people.
const RECEIVERS: &[DeskRole] = &[DeskRole::Office, DeskRole::Supervisor];
/// How many visits a dossier keeps.
const MOST_VISITS: usize = 20;

impl Dossier {
    /// Issues a dispositive PIN: the whole initial one is printed into a sealed envelope, which the operator hands over.
    /// Contacts are not needed.
    ///
    /// # Errors
    /// [`Delegate`](PinRefusal::Delegate), [`DocumentExpired`](PinRefusal::DocumentExpired),
    /// [`IssuanceEnded`](PinRefusal::IssuanceEnded), [`AlreadyIssued`](PinRefusal::AlreadyIssued),
    /// [`NotAtTheDesk`](PinRefusal::NotAtTheDesk), [`OwnPin`](PinRefusal::OwnPin), [`NoReason`](PinRefusal::NoReason).
    pub fn issue_at_office(
        self,
        application: &Application,
        visit: OfficeVisit,
        minted: MintedPin,
        reason: Redacted<String>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_visit(&visit, &reason, context)?;
        self.check_exception(application, context)?;
        self.check_issuable(context)?;
        let mut draft = Draft::new(self, context);
        let before = draft.take_application(application);
        let grade = PinGrade::Dispositive;
        let ends = draft.new_pin((grade, PinChannel::Office), &minted, context);
        let name = application.details.full_name();
        draft.hand_over(visit, name, minted, (grade, ends));
        draft.step(PinStep::Issued, Some(reason));
        let issued = ChangeNotice::Issued { grade };
        draft.notify(&issued);
        draft.notify_others(&before, &issued);
        Ok(draft.finish())
    }

    /// Raises an ordinary PIN, which goes on to be the same, to dispositive.
    ///
    /// # Errors
    /// As [`issue_at_office`](Self::issue_at_office); [`WrongState`](PinRefusal::WrongState) for a PIN that is dead,
    /// [`AlreadyDispositive`](PinRefusal::AlreadyDispositive).
    pub fn raise_at_office(
        self,
        visit: OfficeVisit,
        reason: Redacted<String>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_visit(&visit, &reason, context)?;
        match self.status(context.rules, context.now) {
            PinStatus::Initial(_) | PinStatus::Working(_) | PinStatus::Expired(_) => {}
            _ => return Err(PinRefusal::WrongState),
        }
        let mut draft = Draft::new(self, context);
        draft.raise(context)?;
        draft.note_visit(visit);
        draft.step(PinStep::GradeRaised, Some(reason));
        draft.notify(&ChangeNotice::Converted);
        Ok(draft.finish())
    }

    /// Restores a lost PIN that was used before, whatever contacts there are: the old one stops at once, with every session
    /// that it opened, and the whole of a new initial one is printed into a sealed envelope. The grade stays.
    ///
    /// # Errors
    /// As [`issue_at_office`](Self::issue_at_office); [`WrongState`](PinRefusal::WrongState) without a PIN,
    /// [`NeverUsed`](PinRefusal::NeverUsed) for one that has to be revoked instead.
    pub fn restore_at_office(
        self,
        visit: OfficeVisit,
        minted: MintedPin,
        reason: Redacted<String>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_visit(&visit, &reason, context)?;
        self.check_restorable(context)?;
        // A PIN that was imported may be without its holder's name: the envelope is handed to whoever stands there.
        let details = self.details.as_ref();
        let name = details.map(PersonalDetails::full_name).unwrap_or_default();
        let mut draft = Draft::new(self, context);
        let (grade, ends) = draft.renew_pair(&minted, context)?;
        draft.hand_over(visit, name, minted, (grade, ends));
        draft.step(PinStep::Restored, Some(reason));
        draft.notify(&ChangeNotice::Restored);
        Ok(draft.finish())
    }

    /// Changes the contacts on record. Whoever holds them can restore the PIN, so it takes what a new PIN takes: the person,
    /// or who stands for them, with a document. The old contacts are told as well as the new ones, and a link that was sent
    /// to the old ones is void. As at any office, contacts may be missing.
    ///
    /// # Errors
    /// As [`issue_at_office`](Self::issue_at_office); [`WrongState`](PinRefusal::WrongState) without a PIN,
    /// [`Nothing`](PinRefusal::Nothing) when they are those on record.
    pub fn change_contacts_at_office(
        self,
        contacts: Contacts,
        visit: OfficeVisit,
        reason: Redacted<String>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_visit(&visit, &reason, context)?;
        match self.status(context.rules, context.now) {
            PinStatus::None | PinStatus::Revoked => return Err(PinRefusal::WrongState),
            _ => {}
        }
        if contacts == self.contacts {
            return Err(PinRefusal::Nothing);
        }
        let mut draft = Draft::new(self, context);
        draft.notify(&ChangeNotice::ContactsChanged);
        let old = std::mem::replace(&mut draft.dossier().contacts, contacts);
        draft.dossier().restore = None;
        draft.note_visit(visit);
        draft.step(PinStep::ContactsChanged, Some(reason));
        draft.notify_but(&old, &ChangeNotice::ContactsChanged);
        Ok(draft.finish())
    }

    fn check_visit(
        &self,
        visit: &OfficeVisit,
        reason: &Redacted<String>,
        context: &Context<'_>,
    ) -> Result<(), PinRefusal> {
        let claim = self.check_operator(RECEIVERS, context)?;
        if visit.operator != claim.operator || visit.at != context.now {
            return Err(PinRefusal::NotAtTheDesk);
        }
        check_reason(reason)?;
        match &visit.applicant {
            Applicant::Delegate => return Err(PinRefusal::Delegate),
            // Whoever comes for themselves is no parent or guardian, and an operator serves nobody of their own.
            Applicant::Guardian(by) | Applicant::Parent(by)
                if *by == self.person || *by == visit.operator =>
            {
                return Err(PinRefusal::Delegate);
            }
            Applicant::Holder | Applicant::Guardian(_) | Applicant::Parent(_) => {}
        }
        if visit.document.is_valid(context.now) {
            Ok(())
        } else {
            Err(PinRefusal::DocumentExpired)
        }
    }
}

impl Draft<'_> {
    /// The whole of a new PIN goes into a sealed envelope for whoever came.
    fn hand_over(
        &mut self,
        visit: OfficeVisit,
        name: String,
        minted: MintedPin,
        (grade, ends): (PinGrade, Timestamp),
    ) {
        let to = Recipient::Envelope {
            name: name.into(),
            office: visit.office.clone(),
        };
        let kind = MessageKind::WholePin {
            first: minted.first.half,
            second: minted.second.half,
            grade,
            ends,
        };
        self.send(to, kind);
        self.note_visit(visit);
    }

    fn note_visit(&mut self, visit: OfficeVisit) {
        let visits = &mut self.dossier().visits;
        if visits.len() == MOST_VISITS {
            visits.remove(0);
        }
        visits.push(visit);
    }
}

#[cfg(test)]
mod tests;
