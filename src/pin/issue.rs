//! How a PIN comes into being: two halves, hashed apart, that leave by two ways (PIN rules, Asking for one).

use chrono::Duration;

use super::calendar::after_days;
use super::change::{Context, Draft};
use super::dossier::Dossier;
use super::outgoing::{Addressee, ChangeNotice, MessageKind, Recipient};
use super::person::Contacts;
use super::refusal::PinRefusal;
use super::secret::{MintedHalf, MintedPin};
use super::stages::{Application, IssueCause, Pair, Pin, PinChannel, PinState};
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::identity::{PinGrade, Redacted, Timestamp};

impl Dossier {
    /// Whether a PIN can be issued where the dossier stands: there is none, it was revoked, or its halves died before any
    /// use.
    pub(super) fn check_issuable(&self, context: &Context<'_>) -> Result<(), PinRefusal> {
        let was_used = self.pin.as_ref().is_some_and(|pin| pin.was_used);
        match self.status(context.rules, context.now) {
            PinStatus::None | PinStatus::Revoked => Ok(()),
            PinStatus::PairEnded if !was_used => Ok(()),
            _ => Err(PinRefusal::AlreadyIssued),
        }
    }
}

impl Draft<'_> {
    /// The data of an application become those of the dossier. Gives the contacts that were on record before: whoever they
    /// reach has to hear of what follows, too, for an application may be somebody else's.
    pub(super) fn take_application(&mut self, application: &Application) -> Contacts {
        let dossier = self.dossier();
        dossier.details = Some(application.details.clone());
        dossier.language = application.language.clone();
        dossier.request = None;
        std::mem::replace(&mut dossier.contacts, application.contacts.clone())
    }

    /// A new PIN in its first state. Gives the moment at which its halves end.
    pub(super) fn new_pin(
        &mut self,
        (grade, channel): (PinGrade, PinChannel),
        minted: &MintedPin,
        context: &Context<'_>,
    ) -> Timestamp {
        let pair = pair(minted, IssueCause::Issue, context);
        let ends = pair.ends;
        self.dossier().pin = Some(Pin {
            id: context.id(),
            grade,
            channel,
            issued: context.now,
            was_used: false,
            state: PinState::Initial(pair),
        });
        ends
    }

    /// The first half to the quickest contact, the second by letter, and word of it to all contacts. An operator says why.
    pub(super) fn issue(
        &mut self,
        application: &Application,
        channel: PinChannel,
        minted: MintedPin,
        reason: Option<Redacted<String>>,
        context: &Context<'_>,
    ) -> Result<(), PinRefusal> {
        let before = self.take_application(application);
        let ends = self.new_pin((PinGrade::Ordinary, channel), &minted, context);
        self.send_first_half(minted.first, ends)?;
        let addressee = Addressee {
            name: application.details.full_name().into(),
            address: application.details.residence.clone(),
            hours: application.hours,
        };
        self.send_second_half(minted.second, addressee, ends, context)?;
        self.step(PinStep::Issued, reason);
        let issued = ChangeNotice::Issued {
            grade: PinGrade::Ordinary,
        };
        self.notify(&issued);
        self.notify_others(&before, &issued);
        Ok(())
    }

    /// The first half, at once, by SMS or else PEC or e-mail.
    pub(super) fn send_first_half(
        &mut self,
        minted: MintedHalf,
        ends: Timestamp,
    ) -> Result<(), PinRefusal> {
        let quickest = self.dossier().contacts.all().next();
        let contact = quickest.ok_or(PinRefusal::ContactsUnknown)?;
        let half = minted.half;
        self.send(contact.into(), MessageKind::FirstHalf { half, ends });
        Ok(())
    }

    /// The second half, by letter, if a letter can be had.
    pub(super) fn send_second_half(
        &mut self,
        minted: MintedHalf,
        addressee: Addressee,
        ends: Timestamp,
        context: &Context<'_>,
    ) -> Result<(), PinRefusal> {
        let (rules, now) = (context.rules, context.now);
        let dossier = self.dossier();
        dossier
            .next_letter(rules, now)
            .map_err(PinRefusal::NoLetterBefore)?;
        let span = Duration::days(i64::from(rules.letter_days));
        dossier.letters.retain(|sent| now < *sent + span);
        dossier.letters.push(now);
        let half = minted.half;
        let kind = MessageKind::SecondHalf { half, ends };
        self.send(Recipient::Letter(addressee), kind);
        Ok(())
    }
}

/// The two halves as they are kept.
pub(super) fn pair(minted: &MintedPin, cause: IssueCause, context: &Context<'_>) -> Pair {
    Pair {
        first: minted.first.hash.clone(),
        second: minted.second.hash.clone(),
        made: context.now,
        ends: after_days(context.now, context.rules.pair_days),
        tries: 0,
        resent: 0,
        cause,
    }
}
