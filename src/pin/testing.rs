//! What the tests of the commands share: a scene with a moment and somebody who acts, and what a change sent.

use super::{
    Application, Change, Contacts, Context, Dossier, Half, MessageKind, MintedPin, PersonalDetails,
    PinRules, PinStatus, Recipient, WorkingPin,
};
use crate::audit::{AuditEvent, PinActor, PinStep};
use crate::crypto::{Pepper, PinHash, PinHashCost, PinHasher, PinMatch, SystemRandom};
use crate::identity::{
    Categories, Category, Country, DeskRole, EmailAddress, FiscalCode, PersonalName, PhoneNumber,
    PlaceCode, PostalAddress, PostalFields, Sex, Timestamp,
};

pub(super) const HOLDER: &str = "RSSMRA80A01H501U";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A moment, the rules, and who acts.
pub(super) struct Scene {
    pub(super) now: Timestamp,
    pub(super) rules: PinRules,
    pub(super) by: PinActor,
}

impl Scene {
    /// The holder acts, at a moment.
    pub(super) fn new(now: &str) -> Self {
        Self {
            now: at(now),
            rules: PinRules::default(),
            by: PinActor::Holder,
        }
    }

    /// The same, at another moment.
    pub(super) fn at(&self, now: impl AsRef<str>) -> Self {
        Self {
            now: at(now.as_ref()),
            rules: self.rules.clone(),
            by: self.by.clone(),
        }
    }

    pub(super) fn after(&self, time: chrono::Duration) -> Self {
        Self {
            now: self.now + time,
            rules: self.rules.clone(),
            by: self.by.clone(),
        }
    }

    /// The same moment, with an operator who acts; each number is another one.
    pub(super) fn operator(&self, role: DeskRole, number: u32) -> Self {
        Self {
            now: self.now,
            rules: self.rules.clone(),
            by: PinActor::Operator {
                person: operator(number),
                role,
            },
        }
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context {
            now: self.now,
            random: &SystemRandom,
            rules: &self.rules,
            by: &self.by,
            reference: None,
            client_address: None,
        }
    }

    /// A dossier whose halves were just sent, and the halves.
    pub(super) fn issued(&self) -> (Dossier, Half, Half) {
        let change = Dossier::new(holder())
            .ask(application(), true, mint(), &self.context())
            .unwrap();
        let (first, second) = halves(&change);
        (change.dossier, first, second)
    }

    /// A dossier with a working PIN that was just set, and the proof that somebody knows it.
    pub(super) fn working(&self) -> (Dossier, PinMatch) {
        self.working_of(Categories::from_iter([Category::Citizen]))
    }

    pub(super) fn working_of(&self, categories: Categories) -> (Dossier, PinMatch) {
        let (dossier, first, second) = self.issued();
        let [first, second] = pair_proofs(self, &dossier, &first, &second);
        let (hash, matched) = new_pin();
        let change = dossier.first_access(&first, &second, hash, categories, &self.context());
        (change.unwrap().dossier, matched)
    }

    pub(super) fn status(&self, dossier: &Dossier) -> &'static str {
        dossier.status(&self.rules, self.now).name()
    }
}

pub(super) fn holder() -> FiscalCode {
    FiscalCode::parse(HOLDER).unwrap()
}

pub(super) fn operator(number: u32) -> FiscalCode {
    (b'A'..=b'Z')
        .find_map(|letter| {
            let letter = char::from(letter);
            FiscalCode::parse(&format!("VRDLGI75B02F{number:03}{letter}")).ok()
        })
        .unwrap()
}

pub(super) fn citizen() -> Categories {
    Categories::from_iter([Category::Citizen])
}

pub(super) fn hasher() -> PinHasher {
    let cost = PinHashCost {
        memory_kib: 8,
        passes: 1,
    };
    PinHasher::new(cost, Pepper::new(1, [1; 32]), Vec::new()).unwrap()
}

pub(super) fn mint() -> MintedPin {
    MintedPin::mint(&hasher(), &SystemRandom).unwrap()
}

/// The hash of a new working PIN, and the proof that somebody knows it.
pub(super) fn new_pin() -> (PinHash, PinMatch) {
    let pin = WorkingPin::generate(&holder(), None, &SystemRandom);
    let hash = pin.hash(&hasher(), &SystemRandom).unwrap();
    let matched = proof(pin.expose(), &hash);
    (hash, matched)
}

pub(super) fn proof(secret: &str, hash: &PinHash) -> PinMatch {
    let verdict = hasher().verify(secret.as_bytes(), Some(hash)).unwrap();
    verdict.matched().expect("the secret is right")
}

pub(super) fn pair_proofs(
    scene: &Scene,
    dossier: &Dossier,
    first: &Half,
    second: &Half,
) -> [PinMatch; 2] {
    let PinStatus::Initial(pair) = dossier.status(&scene.rules, scene.now) else {
        panic!("no halves wait");
    };
    [
        proof(first.expose(), &pair.first),
        proof(second.expose(), &pair.second),
    ]
}

/// The two halves that a change sends.
pub(super) fn halves(change: &Change) -> (Half, Half) {
    let (mut first, mut second) = (None, None);
    for message in change.outbox() {
        match &message.kind {
            MessageKind::FirstHalf { half, .. } => first = Some(half.clone()),
            MessageKind::SecondHalf { half, .. } => second = Some(half.clone()),
            _ => {}
        }
    }
    (first.expect("a first half"), second.expect("a second half"))
}

/// What a change sends, as `channel kind`.
pub(super) fn sent(change: &Change) -> Vec<String> {
    change
        .outbox()
        .iter()
        .map(|message| format!("{} {}", message.to.channel(), message.kind.name()))
        .collect()
}

/// Whether a change tells every contact of [`application`] of something.
pub(super) fn tells_everybody(change: &Change, notice: &str) -> bool {
    ["sms", "pec", "email"]
        .iter()
        .all(|channel| sent(change).contains(&format!("{channel} {notice}")))
}

/// What a change writes into the audit log.
pub(super) fn steps(change: &Change) -> Vec<PinStep> {
    change
        .events()
        .iter()
        .map(|record| match &record.event {
            AuditEvent::PinChanged { step, .. } => *step,
            other => panic!("{other:?}"),
        })
        .collect()
}

pub(super) fn mobile() -> PhoneNumber {
    PhoneNumber::parse("+393331234567").unwrap()
}

pub(super) fn email() -> EmailAddress {
    EmailAddress::parse("mara@example.org").unwrap()
}

pub(super) fn pec() -> EmailAddress {
    EmailAddress::parse("mara@pec.example.org").unwrap()
}

/// An application of somebody who can be reached in every way.
pub(super) fn application() -> Application {
    Application {
        details: PersonalDetails {
            name: PersonalName::parse("Mara").unwrap(),
            surname: PersonalName::parse("Rossi").unwrap(),
            sex: Sex::Male.into(),
            birth_date: "1980-01-01".parse::<chrono::NaiveDate>().unwrap().into(),
            birth_place: PlaceCode::parse("H501").unwrap().into(),
            residence: PostalAddress::new(&PostalFields {
                street: "Via dei Mille 12",
                addition: "",
                postal_code: "00185",
                city: "Roma",
                province: "RM",
                country: Country::ITALY,
            })
            .unwrap(),
        },
        contacts: Contacts {
            mobile: Some(mobile()),
            landline: None,
            email: Some(email()),
            pec: Some(pec()),
        },
        hours: None,
        language: "it".to_owned(),
        exception: None,
    }
}

/// The recipient of the message of a kind.
pub(super) fn recipient(change: &Change, kind: &str) -> Recipient {
    let mut messages = change.outbox().iter();
    let message = messages.find(|message| message.kind.name() == kind);
    message.expect("such a message").to.clone()
}
