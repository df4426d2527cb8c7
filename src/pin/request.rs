//! Asking for a PIN, on the web and on the telephone (PIN rules, Asking for one).

use chrono::Duration;

use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::ChangeNotice;
use super::person::Exception;
use super::refusal::PinRefusal;
use super::secret::MintedPin;
use super::stages::{Application, Claim, PinChannel, Request};
use crate::audit::{PinActor, PinStep};
use crate::identity::{DeskRole, Redacted};

impl Dossier {
    /// Asks for a PIN on the web. With the address confirmed by the automatic validation the PIN is issued; otherwise the
    /// request waits for the contact centre to call. After the end of issuance a minor's date of birth speaks for itself,
    /// and every other exception waits for a call, too.
    ///
    /// # Errors
    /// [`PinRefusal::Contacts`], [`IssuanceEnded`](PinRefusal::IssuanceEnded), [`OfAge`](PinRefusal::OfAge),
    /// [`AlreadyIssued`](PinRefusal::AlreadyIssued), [`AlreadyRequested`](PinRefusal::AlreadyRequested),
    /// [`NoLetterBefore`](PinRefusal::NoLetterBefore).
    pub fn ask(
        self,
        application: Application,
        address_confirmed: bool,
        minted: MintedPin,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_application(&application, context)?;
        if self.request.is_some() {
            return Err(PinRefusal::AlreadyRequested);
        }
        let (rules, now) = (context.rules, context.now);
        let speaks_for_itself =
            rules.issues_to_everybody(now) || application.exception == Some(Exception::Minor);
        let mut draft = Draft::new(self, context);
        if address_confirmed && speaks_for_itself {
            draft.issue(&application, PinChannel::Online, minted, None, context)?;
            return Ok(draft.finish());
        }
        let told = application.contacts.clone();
        draft.dossier().request = Some(Request {
            id: context.id(),
            asked: now,
            application,
            claim: None,
        });
        draft.step(PinStep::Requested, None);
        draft.notify_applicant(&ChangeNotice::RequestTaken);
        // The contacts on record, where there are other ones: the application may be somebody else's.
        draft.notify_but(&told, &ChangeNotice::RequestTaken);
        Ok(draft.finish())
    }

    /// An operator of the contact centre registers what the person says on the telephone, after checking it: the PIN is
    /// issued. The operator reads [`MintedPin::first_half`] aloud, and it leaves by SMS or mail all the same.
    ///
    /// # Errors
    /// As [`ask`](Self::ask); [`NotAtTheDesk`](PinRefusal::NotAtTheDesk), [`OwnPin`](PinRefusal::OwnPin),
    /// [`NoReason`](PinRefusal::NoReason).
    pub fn register_call(
        self,
        application: &Application,
        minted: MintedPin,
        reason: Redacted<String>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_operator(CALLERS, context)?;
        check_reason(&reason)?;
        self.check_application(application, context)?;
        let mut draft = Draft::new(self, context);
        let channel = PinChannel::ContactCentre;
        draft.issue(application, channel, minted, Some(reason), context)?;
        Ok(draft.finish())
    }

    /// An operator takes a request in hand. Who has it in hand may take it again, for another while.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) without a request, [`Claimed`](PinRefusal::Claimed) while somebody else has it.
    pub fn claim_call(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let claim = self.check_operator(CALLERS, context)?;
        let mut draft = Draft::new(self, context);
        let request = draft.dossier().request.as_mut();
        let request = request.ok_or(PinRefusal::WrongState)?;
        take(&mut request.claim, claim, context)?;
        draft.step(PinStep::CallClaimed, None);
        Ok(draft.finish())
    }

    /// Who has a request in hand gives it back.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) without a request, [`NotClaimed`](PinRefusal::NotClaimed) by anybody else.
    pub fn release_call(self, context: &Context<'_>) -> Result<Change, PinRefusal> {
        let claim = self.check_operator(CALLERS, context)?;
        let mut draft = Draft::new(self, context);
        let request = draft.dossier().request.as_mut();
        let request = request.ok_or(PinRefusal::WrongState)?;
        check_hand(request.claim.as_ref(), &claim, context)?;
        request.claim = None;
        draft.step(PinStep::CallReleased, None);
        Ok(draft.finish())
    }

    /// The operator who has it in hand called, and the data are right: the PIN is issued exactly as when the address
    /// validates by itself.
    ///
    /// # Errors
    /// As [`release_call`](Self::release_call); [`NoLetterBefore`](PinRefusal::NoLetterBefore),
    /// [`NoReason`](PinRefusal::NoReason).
    pub fn confirm_call(
        self,
        minted: MintedPin,
        reason: Redacted<String>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let claim = self.check_operator(CALLERS, context)?;
        check_reason(&reason)?;
        self.check_issuable(context)?;
        let mut draft = Draft::new(self, context);
        let request = draft.dossier().request.take();
        let request = request.ok_or(PinRefusal::WrongState)?;
        check_hand(request.claim.as_ref(), &claim, context)?;
        let (application, channel) = (&request.application, PinChannel::Online);
        draft.issue(application, channel, minted, Some(reason), context)?;
        Ok(draft.finish())
    }

    /// The operator who has it in hand called, and the data are wrong: the request is closed and the person told.
    ///
    /// # Errors
    /// As [`release_call`](Self::release_call); [`NoReason`](PinRefusal::NoReason).
    pub fn refuse_call(
        self,
        reason: Redacted<String>,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        let claim = self.check_operator(CALLERS, context)?;
        check_reason(&reason)?;
        let mut draft = Draft::new(self, context);
        let request = draft.dossier().request.as_ref();
        let request = request.ok_or(PinRefusal::WrongState)?;
        check_hand(request.claim.as_ref(), &claim, context)?;
        let notice = ChangeNotice::RequestRefused {
            reason: reason.clone(),
        };
        draft.notify_applicant(&notice);
        draft.dossier().request = None;
        draft.step(PinStep::RequestRefused, Some(reason));
        Ok(draft.finish())
    }

    /// Whether a PIN may be issued on an application at all.
    fn check_application(
        &self,
        application: &Application,
        context: &Context<'_>,
    ) -> Result<(), PinRefusal> {
        application.contacts.check()?;
        self.check_exception(application, context)?;
        self.check_issuable(context)
    }

    /// After the end of issuance only the excepted groups get a PIN.
    pub(super) fn check_exception(
        &self,
        application: &Application,
        context: &Context<'_>,
    ) -> Result<(), PinRefusal> {
        let Context { rules, now, .. } = *context;
        let age = application.details.age(now);
        let is_minor = age.is_some_and(|age| age < rules.age_of_majority);
        match application.exception {
            Some(Exception::Minor) if !is_minor => Err(PinRefusal::OfAge),
            None if !rules.issues_to_everybody(now) => Err(PinRefusal::IssuanceEnded),
            _ => Ok(()),
        }
    }

    /// Whoever acts has one of these roles and serves somebody else. Gives the claim that they may make.
    pub(super) fn check_operator(
        &self,
        roles: &[DeskRole],
        context: &Context<'_>,
    ) -> Result<Claim, PinRefusal> {
        let PinActor::Operator { person, role } = context.by else {
            return Err(PinRefusal::NotAtTheDesk);
        };
        if !roles.contains(role) {
            return Err(PinRefusal::NotAtTheDesk);
        }
        if *person == self.person {
            return Err(PinRefusal::OwnPin);
        }
        Ok(Claim {
            operator: person.clone(),
            role: *role,
            until: context.now + Duration::minutes(i64::from(context.rules.claim_minutes)),
        })
    }

    /// Checks what a holder may do by themselves and an operator of these roles for them: nobody serves themselves at the
    /// desk, and an operator says why.
    pub(super) fn check_asker(
        &self,
        roles: &[DeskRole],
        reason: Option<&Redacted<String>>,
        context: &Context<'_>,
    ) -> Result<(), PinRefusal> {
        if let PinActor::Operator { .. } = context.by {
            self.check_operator(roles, context)?;
            check_reason(reason.ok_or(PinRefusal::NoReason)?)?;
        }
        Ok(())
    }
}

/// Who calls people.
const CALLERS: &[DeskRole] = &[DeskRole::ContactCentre, DeskRole::Supervisor];

/// Somebody takes something in hand, unless another still has it.
pub(super) fn take(
    kept: &mut Option<Claim>,
    claim: Claim,
    context: &Context<'_>,
) -> Result<(), PinRefusal> {
    match kept {
        Some(other) if other.operator != claim.operator && context.now < other.until => {
            Err(PinRefusal::Claimed)
        }
        _ => {
            *kept = Some(claim);
            Ok(())
        }
    }
}

/// Whether somebody has something in hand now.
pub(super) fn check_hand(
    kept: Option<&Claim>,
    claim: &Claim,
    context: &Context<'_>,
) -> Result<(), PinRefusal> {
    let has = |kept: &Claim| kept.operator == claim.operator && context.now < kept.until;
    kept.is_some_and(has)
        .then_some(())
        .ok_or(PinRefusal::NotClaimed)
}

/// Whether an operator said why.
pub(super) fn check_reason(reason: &Redacted<String>) -> Result<(), PinRefusal> {
    let is_blank = reason.expose().trim().is_empty();
    (!is_blank).then_some(()).ok_or(PinRefusal::NoReason)
}

#[cfg(test)]
mod tests;
