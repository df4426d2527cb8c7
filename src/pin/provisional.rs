//! Requests that an application took from somebody whose PIN was ordinary: they stop time limits at once and are worked once
//! the PIN is dispositive (PIN rules, From ordinario to dispositivo).

use serde::{Deserialize, Serialize};

use super::change::{Change, Context, Draft};
use super::dossier::Dossier;
use super::outgoing::{MessageKind, Recipient};
use super::refusal::PinRefusal;
use super::status::PinStatus;
use crate::audit::PinStep;
use crate::identity::{PinGrade, Redacted, Timestamp};

/// How many requests of one application a dossier remembers. Those that were told of are forgotten first, the others never; and
/// what one application takes keeps no other from taking any.
const MOST: usize = 100;

/// A request that an application took provisionally.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provisional {
    /// The application's client id.
    pub client: String,
    /// The service and the operation, as `naspi/request`.
    pub service: String,
    /// The number that the application gave it.
    pub number: String,
    /// SHA-256 of what was sent, in hexadecimal, where the application told it.
    pub sha256: Option<String>,
    /// When: from then on time limits do not run.
    pub at: Timestamp,
    /// The name of its receipt.
    pub receipt: String,
    /// When the PIN became dispositive, and with it the request one to work; `None` as long as it waits.
    pub raised: Option<Timestamp>,
}

impl Dossier {
    /// An application took a request from somebody whose PIN is ordinary: it will be told when the PIN has become
    /// dispositive. The moment of the context is the one that counts, and the name of the receipt is in the audit log with it.
    ///
    /// # Errors
    /// [`Nothing`](PinRefusal::Nothing) when it was taken before, under the same receipt;
    /// [`AlreadyDispositive`](PinRefusal::AlreadyDispositive); [`WrongState`](PinRefusal::WrongState) without a working PIN;
    /// [`TooMany`](PinRefusal::TooMany) while so many others wait.
    pub fn take_provisional(
        self,
        taken: Provisional,
        context: &Context<'_>,
    ) -> Result<Change, PinRefusal> {
        if self.provisional(&taken.receipt).is_some() {
            return Err(PinRefusal::Nothing);
        }
        let PinStatus::Working(_) = self.status(context.rules, context.now) else {
            return Err(PinRefusal::WrongState);
        };
        if self.pin.as_ref().map(|pin| pin.grade) != Some(PinGrade::Ordinary) {
            return Err(PinRefusal::AlreadyDispositive);
        }
        let mut draft = Draft::new(self, context);
        let all = &mut draft.dossier().provisional;
        let is_theirs = |one: &Provisional| one.client == taken.client;
        if all.iter().filter(|one| is_theirs(one)).count() >= MOST {
            let mut each = all.iter();
            let told = each.position(|one| is_theirs(one) && one.raised.is_some());
            all.remove(told.ok_or(PinRefusal::TooMany)?);
        }
        let receipt = taken.receipt.clone();
        all.push(Provisional {
            at: context.now,
            raised: None,
            ..taken
        });
        draft.step(PinStep::ProvisionalTaken, Some(Redacted::new(receipt)));
        Ok(draft.finish())
    }

    /// The request of a receipt.
    #[must_use]
    pub fn provisional(&self, receipt: &str) -> Option<&Provisional> {
        self.provisional.iter().find(|one| one.receipt == receipt)
    }

    /// Every request that was taken provisionally and is remembered, the oldest first, those that wait no more among them.
    #[must_use]
    pub fn all_provisional(&self) -> &[Provisional] {
        &self.provisional
    }
}

impl Draft<'_> {
    /// Tells each application that holds requests that wait, once, which of them count now.
    pub(super) fn tell_holders(&mut self, context: &Context<'_>) {
        let dossier = self.dossier();
        let person = dossier.person.clone();
        let mut holders: Vec<(String, Vec<String>)> = Vec::new();
        for one in &mut dossier.provisional {
            if one.raised.is_some() {
                continue;
            }
            one.raised = Some(context.now);
            match holders.iter_mut().find(|(client, _)| *client == one.client) {
                Some((_, receipts)) => receipts.push(one.receipt.clone()),
                None => holders.push((one.client.clone(), vec![one.receipt.clone()])),
            }
        }
        for (client, receipts) in holders {
            let kind = MessageKind::AssuranceRaised {
                person: person.clone(),
                previous: PinGrade::Ordinary.level(),
                current: PinGrade::Dispositive.level(),
                at: context.now,
                receipts,
            };
            self.send(Recipient::Application { client }, kind);
        }
    }
}
