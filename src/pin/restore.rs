//! A lost PIN (PIN rules, Lost PIN): a link by mail, then two halves over two contacts on record.

use chrono::Duration;

use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::issue::pair;
use super::outgoing::{ChangeNotice, MessageKind};
use super::person::Contact;
use super::refusal::PinRefusal;
use super::secret::MintedPin;
use super::stages::{IssueCause, PinState, RestoreLink};
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::crypto::encoding::hex;
use crate::crypto::{constant_time_eq, sha256};
use crate::identity::{PinGrade, Redacted, Timestamp};

impl Dossier {
    /// Somebody says to be the person, and names two of the contacts on record, one of them for mail: a link goes to that
    /// one. Nothing stops yet, for nobody has shown anything yet. A link of before is void.
    ///
    /// # Errors
    /// [`WrongState`](PinRefusal::WrongState) without a PIN, [`NeverUsed`](PinRefusal::NeverUsed) for one that has to be
    /// revoked instead, [`ContactsUnknown`](PinRefusal::ContactsUnknown).
    pub fn ask_restore(
        self,
        claimed: [Contact; 2],
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_restorable(context)?;
        let [one, other] = &claimed;
        if one == other || !self.contacts.has(one) || !self.contacts.has(other) {
            return Err(PinRefusal::ContactsUnknown);
        }
        let mail = claimed
            .iter()
            .find(|contact| !matches!(contact, Contact::Mobile(_)))
            .cloned();
        let mail = mail.ok_or(PinRefusal::ContactsUnknown)?;
        // Strangers who know two contacts can ask again and again: all contacts hear of it once while a link is good.
        let before = self.restore.as_ref();
        let is_news = before.is_none_or(|link| link.ends <= context.now);
        let ends = context.now + Duration::hours(i64::from(context.rules.link_hours));
        let token = context.random.token();
        let mut draft = Draft::new(self, context);
        draft.dossier().restore = Some(RestoreLink {
            digest: digest(&token),
            ends,
            to: claimed,
        });
        let token = Redacted::new(token);
        draft.send(mail.into(), MessageKind::RestoreLink { token, ends });
        draft.step(PinStep::RestoreAsked, None);
        if is_news {
            draft.notify(&ChangeNotice::RestoreAsked);
        }
        Ok(draft.finish())
    }

    /// Somebody followed the link: the old PIN stops at once, with every session that it opened, and the two halves of a new
    /// one leave over the two contacts. The grade stays.
    ///
    /// # Errors
    /// [`Stale`](PinRefusal::Stale) when it is not the link that was sent last, was used, or is too old;
    /// [`WrongState`](PinRefusal::WrongState) and [`NeverUsed`](PinRefusal::NeverUsed) when the PIN changed meanwhile.
    pub fn restore(
        self,
        token: &str,
        minted: MintedPin,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        self.check_restorable(context)?;
        let mut draft = Draft::new(self, context);
        let link = draft.dossier().restore.take().filter(|link| {
            context.now < link.ends
                && constant_time_eq(digest(token).as_bytes(), link.digest.as_bytes())
        });
        let RestoreLink { to, .. } = link.ok_or(PinRefusal::Stale)?;
        let (_, ends) = draft.renew_pair(&minted, context)?;
        // The first goes by telephone where there is one: a mailbox that was broken into has only the second.
        let [one, other] = to;
        let (first, second) = match other {
            Contact::Mobile(_) => (other, one),
            Contact::Email(_) | Contact::Pec(_) => (one, other),
        };
        let half = minted.first.half;
        draft.send(first.into(), MessageKind::FirstHalf { half, ends });
        let half = minted.second.half;
        draft.send(second.into(), MessageKind::SecondHalf { half, ends });
        draft.step(PinStep::Restored, None);
        draft.notify(&ChangeNotice::Restored);
        Ok(draft.finish())
    }

    pub(super) fn check_restorable(&self, context: &Context<'_>) -> Result<(), PinRefusal> {
        match self.status(context.rules, context.now) {
            PinStatus::None | PinStatus::Revoked => return Err(PinRefusal::WrongState),
            _ => {}
        }
        let was_used = self.pin.as_ref().is_some_and(|pin| pin.was_used);
        was_used.then_some(()).ok_or(PinRefusal::NeverUsed)
    }
}

impl Draft<'_> {
    /// The old PIN stops, and two new halves take its place. Gives its grade, which stays, and the moment at which they end.
    pub(super) fn renew_pair(
        &mut self,
        minted: &MintedPin,
        context: &Context<'_>,
    ) -> Result<(PinGrade, Timestamp), PinRefusal> {
        let pair = pair(minted, IssueCause::Restore, context);
        let ends = pair.ends;
        self.stop();
        // Whoever had the old PIN may have begun it.
        self.drop_conversion();
        let pin = self.dossier().pin.as_mut();
        let pin = pin.ok_or(PinRefusal::WrongState)?;
        pin.id = context.id();
        pin.state = PinState::Initial(pair);
        Ok((pin.grade, ends))
    }
}

fn digest(token: &str) -> String {
    hex(&sha256(token.as_bytes()))
}

#[cfg(test)]
mod tests;
