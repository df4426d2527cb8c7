//! What a command comes to, and what it is told of the world.

use std::net::IpAddr;

use super::dossier::{Dossier, HistoryEntry, LONGEST_HISTORY};
use super::outgoing::{ChangeNotice, MessageKind, Outgoing, Recipient};
use super::person::Contacts;
use super::rules::PinRules;
use super::store::{BlobId, Index};
use crate::audit::{AuditEvent, AuditRecord, PinActor, PinStep};
use crate::crypto::Random;
use crate::crypto::encoding::hex;
use crate::identity::{PersonKey, Redacted, Timestamp};

/// What commands are told of the world.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// Where unguessable bytes come from.
    pub random: &'a dyn Random,
    /// The rules in force.
    pub rules: &'a PinRules,
    /// Who asks.
    pub by: &'a PinActor,
    /// The reference that the person was shown, for the audit log.
    pub reference: Option<&'a str>,
    /// Where the browser came from, for the audit log.
    pub client_address: Option<IpAddr>,
}

impl Context<'_> {
    /// A name that nothing else has.
    pub(super) fn id(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        hex(&bytes)
    }
}

/// What a command comes to: a dossier as it is after it, with what leaves and what is written down. A
/// [`PinStore`](super::PinStore) writes all of it, or nothing. Only commands make one.
#[derive(Debug, Clone)]
#[must_use = "a change counts once it is written"]
pub struct Change {
    pub(super) dossier: Dossier,
    pub(super) at: Timestamp,
    pub(super) outbox: Vec<Outgoing>,
    pub(super) events: Vec<AuditRecord>,
    pub(super) kept: Vec<(BlobId, Vec<u8>)>,
    pub(super) forgotten: Vec<BlobId>,
    pub(super) ends_sessions: bool,
    pub(super) index: Index,
}

impl Change {
    /// The dossier as it is once the change is written.
    #[must_use]
    pub fn dossier(&self) -> &Dossier {
        &self.dossier
    }

    /// When it was made.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What leaves.
    #[must_use]
    pub fn outbox(&self) -> &[Outgoing] {
        &self.outbox
    }

    /// What the audit log takes.
    #[must_use]
    pub fn events(&self) -> &[AuditRecord] {
        &self.events
    }

    /// Files that are kept from now on.
    #[must_use]
    pub fn kept(&self) -> &[(BlobId, Vec<u8>)] {
        &self.kept
    }

    /// Files that are forgotten.
    #[must_use]
    pub fn forgotten(&self) -> &[BlobId] {
        &self.forgotten
    }

    /// What a store finds the dossier by from now on.
    #[must_use]
    pub fn index(&self) -> Index {
        self.index
    }

    /// Whether every session that the PIN opened ends with it (PIN rules, Lost PIN).
    #[must_use]
    pub fn ends_sessions(&self) -> bool {
        self.ends_sessions
    }
}

/// A change while a command makes it.
pub(super) struct Draft<'a> {
    context: &'a Context<'a>,
    change: Change,
}

impl<'a> Draft<'a> {
    pub(super) fn new(dossier: Dossier, context: &'a Context<'a>) -> Self {
        Self {
            context,
            change: Change {
                dossier,
                at: context.now,
                outbox: Vec::new(),
                events: Vec::new(),
                kept: Vec::new(),
                forgotten: Vec::new(),
                ends_sessions: false,
                index: Index::default(),
            },
        }
    }

    pub(super) fn dossier(&mut self) -> &mut Dossier {
        &mut self.change.dossier
    }

    /// Writes a step down, in the history and in the audit log, with the grade that the PIN has now.
    pub(super) fn step(&mut self, step: PinStep, reason: Option<Redacted<String>>) {
        let Context { now, by, .. } = *self.context;
        let dossier = &mut self.change.dossier;
        let pin = dossier.pin.as_ref();
        let grade = pin.map(|pin| pin.grade);
        self.change.events.push(AuditRecord {
            at: now,
            reference: self.context.reference.map(str::to_owned),
            client_address: self.context.client_address.map(Redacted::new),
            event: AuditEvent::PinChanged {
                person: PersonKey::FiscalCode(dossier.person.clone()),
                pin: pin.map(|pin| pin.id.clone()),
                step,
                grade,
                by: by.clone(),
                reason: reason.clone(),
            },
        });
        if dossier.history.len() == LONGEST_HISTORY {
            dossier.history.remove(0);
        }
        dossier.history.push(HistoryEntry {
            at: now,
            step,
            by: by.clone(),
            grade,
            reason,
        });
    }

    pub(super) fn send(&mut self, to: Recipient, kind: MessageKind) {
        let outgoing = Outgoing {
            reference: self.context.id(),
            to,
            kind,
            language: self.change.dossier.language.clone(),
        };
        self.change.outbox.push(outgoing);
    }

    /// Tells whoever made the request that waits, whose contacts are not on record yet.
    pub(super) fn notify_applicant(&mut self, change: &ChangeNotice) {
        let request = self.change.dossier.request.as_ref();
        let Some(application) = request.map(|request| &request.application) else {
            return;
        };
        let language = application.language.clone();
        let contacts: Vec<_> = application.contacts.all().collect();
        for contact in contacts {
            self.change.outbox.push(Outgoing {
                reference: self.context.id(),
                to: contact.into(),
                kind: MessageKind::Notice {
                    change: change.clone(),
                    at: self.context.now,
                },
                language: language.clone(),
            });
        }
    }

    /// Tells every contact on record.
    pub(super) fn notify(&mut self, change: &ChangeNotice) {
        self.notify_but(&Contacts::default(), change);
    }

    /// Tells every contact on record that is not among those that were told already.
    pub(super) fn notify_but(&mut self, told: &Contacts, change: &ChangeNotice) {
        let contacts = self.change.dossier.contacts.clone();
        self.notify_of(&contacts, told, change);
    }

    /// Tells contacts that were on record and are no more.
    pub(super) fn notify_others(&mut self, before: &Contacts, change: &ChangeNotice) {
        let told = self.change.dossier.contacts.clone();
        self.notify_of(before, &told, change);
    }

    fn notify_of(&mut self, contacts: &Contacts, told: &Contacts, change: &ChangeNotice) {
        for contact in contacts.all().filter(|contact| !told.has(contact)) {
            let kind = MessageKind::Notice {
                change: change.clone(),
                at: self.context.now,
            };
            self.send(contact.into(), kind);
        }
    }

    /// The PIN stops: sessions that it opened end, and a link that would restore it is void.
    pub(super) fn stop(&mut self) {
        self.change.ends_sessions = true;
        self.change.dossier.stopped = Some(self.context.now);
        self.change.dossier.restore = None;
    }

    pub(super) fn keep(&mut self, blob: BlobId, bytes: Vec<u8>) {
        self.change.kept.push((blob, bytes));
    }

    pub(super) fn forget(&mut self, blob: BlobId) {
        self.change.forgotten.push(blob);
    }

    pub(super) fn finish(mut self) -> Change {
        self.change.index = self.change.dossier.index(self.context.rules);
        self.change
    }
}
