//! All that there is after a kill: the store, and what was delivered.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use varco::audit::{AuditRecord, PinActor, PinStep};
use varco::crypto::{PinHash, SystemRandom};
use varco::identity::{FiscalCode, PhoneNumber, PinGrade, PostalAddress, PostalFields, Timestamp};
use varco::pin::{
    Application, Context, Dossier, Half, Kept, MessageKind, Outgoing, PinRules, PinState,
    PinStore as _, Recipient,
};
use varco::store::sqlite::{Ledger, Ledgers, Row, StoreKeys};
use varco::store::{SqliteStore, StoreError};

use crate::support::pins::{application, by, hasher, person};

const KEY: [u8; 32] = [7; 32];

pub(super) fn now() -> Timestamp {
    "2019-06-03T09:00:00Z".parse().unwrap()
}

pub(super) fn context<'a>(rules: &'a PinRules, actor: &'a PinActor) -> Context<'a> {
    by(actor, rules, now())
}

pub(super) fn operator(number: u32) -> FiscalCode {
    person(20_000 + number)
}

pub(super) fn open(folder: &Path) -> SqliteStore {
    let keys = StoreKeys::derive(&KEY);
    SqliteStore::open(&folder.join("varco.db"), keys, Arc::new(SystemRandom)).unwrap()
}

fn mobile(number: u32) -> PhoneNumber {
    PhoneNumber::parse(&format!("+39333{:07}", 1_000_000 + number)).unwrap()
}

/// An application that tells by telephone and street whose it is.
pub(super) fn application_of(number: u32) -> Application {
    let mut application = application();
    application.contacts.mobile = Some(mobile(number));
    let street = format!("Via dei Mille {number}");
    application.details.residence = PostalAddress::new(&PostalFields {
        street: &street,
        ..application.details.residence.fields()
    })
    .unwrap();
    application
}

/// Hands a message over to whoever delivers it: a file by its reference, whole or not at all. Whoever gets the same one
/// twice notices when it says something else.
pub(super) fn deliver(folder: &Path, message: &Outgoing) {
    let sink = folder.join("delivered");
    fs::create_dir_all(&sink).unwrap();
    let text = serde_json::to_vec(message).unwrap();
    let file = sink.join(&message.reference);
    if let Ok(before) = fs::read(&file) {
        assert_eq!(before, text, "one reference, two messages");
        let mut twice = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(folder.join("twice"))
            .unwrap();
        writeln!(twice, "{}", message.reference).unwrap();
        return;
    }
    let partial = sink.join(format!("{}.partial", message.reference));
    let mut writing = fs::File::create(&partial).unwrap();
    writing.write_all(&text).unwrap();
    writing.sync_all().unwrap();
    fs::rename(partial, file).unwrap();
}

/// What was delivered, by reference.
fn delivered(folder: &Path) -> BTreeMap<String, Outgoing> {
    let Ok(entries) = fs::read_dir(folder.join("delivered")) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none())
        .map(|path| serde_json::from_slice::<Outgoing>(&fs::read(path).unwrap()).unwrap())
        .map(|message| (message.reference.clone(), message))
        .collect()
}

/// The halves that reached somebody.
pub(super) fn halves_of(folder: &Path, number: u32) -> (Half, Half) {
    let messages = delivered(folder);
    let halves = Halves::among(messages.values());
    let [first] = halves.first[&mobile(number).expose().to_owned()].as_slice() else {
        panic!("one first half");
    };
    let [second] = halves.second[&format!("Via dei Mille {number}")].as_slice() else {
        panic!("one second half");
    };
    (first.clone(), second.clone())
}

/// Halves by whom they went to: telephone and street.
#[derive(Default)]
struct Halves {
    first: BTreeMap<String, Vec<Half>>,
    second: BTreeMap<String, Vec<Half>>,
}

impl Halves {
    fn among<'a>(messages: impl Iterator<Item = &'a Outgoing>) -> Self {
        let mut found = Self::default();
        for message in messages {
            match (&message.kind, &message.to) {
                (MessageKind::FirstHalf { half, .. }, Recipient::Sms(to)) => {
                    let whose = found.first.entry(to.expose().to_owned());
                    whose.or_default().push(half.clone());
                }
                (MessageKind::SecondHalf { half, .. }, Recipient::Letter(to)) => {
                    let street = to.address.fields().street.to_owned();
                    found.second.entry(street).or_default().push(half.clone());
                }
                _ => {}
            }
        }
        found
    }
}

/// What the killed processes were told is done, and what there is.
pub(super) struct World {
    folder: PathBuf,
    issued: BTreeSet<u32>,
    converted: BTreeSet<u32>,
    sent: BTreeSet<String>,
}

/// What somebody who looks finds.
pub(super) struct Seen {
    pub(super) issued: usize,
    pub(super) converted: usize,
    pub(super) delivered: usize,
}

impl World {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            issued: BTreeSet::new(),
            converted: BTreeSet::new(),
            sent: BTreeSet::new(),
        }
    }

    /// Notes what a process said is done: from then on nothing may undo it.
    pub(super) fn heard(&mut self, said: &[String]) {
        for line in said {
            match line.strip_prefix('@').and_then(|line| line.split_once(' ')) {
                Some(("issued", number)) => drop(self.issued.insert(number.parse().unwrap())),
                Some(("converted", number)) => drop(self.converted.insert(number.parse().unwrap())),
                Some(("sent", reference)) => drop(self.sent.insert(reference.to_owned())),
                _ => {}
            }
        }
    }

    /// Delivers what is still waiting, as the next process would.
    pub(super) fn deliver_the_rest(&self) {
        run(async {
            let store = open(&self.folder);
            for message in store.outbox_due(now(), 10_000).await.unwrap() {
                deliver(&self.folder, &message.outgoing);
                store.outbox_sent(message.id).await.unwrap();
            }
            assert_eq!(store.outbox_length().await.unwrap(), 0);
        });
    }

    pub(super) fn delivered_twice(&self) -> usize {
        fs::read_to_string(self.folder.join("twice")).map_or(0, |lines| lines.lines().count())
    }

    /// Holds everything against everything.
    pub(super) fn look(&self) -> Seen {
        run(async {
            let store = open(&self.folder);
            let kept = store.page(None, 10_000).await.unwrap().kept;
            let delivered = delivered(&self.folder);
            let waiting = store.outbox_due(now(), 10_000).await.unwrap();
            let mut messages = delivered.clone();
            for due in &waiting {
                let message = due.outgoing.clone();
                assert!(
                    !self.sent.contains(&message.reference),
                    "sent, and still there"
                );
                if let Some(before) = messages.insert(message.reference.clone(), message) {
                    assert_eq!(before, due.outgoing, "one reference, two messages");
                }
            }
            for reference in &self.sent {
                assert!(delivered.contains_key(reference), "a message was lost");
            }
            self.check_people(&store, &kept, &Halves::among(messages.values()))
                .await;
            self.check_audit(&kept);
            let is_converted = |kept: &&Kept| grade(&kept.dossier) == PinGrade::Dispositive;
            Seen {
                issued: kept.len(),
                converted: kept.iter().filter(is_converted).count(),
                delivered: delivered.len(),
            }
        })
    }

    /// Everybody has a whole PIN, of the grade that was decided, and the two halves of that one and no other.
    async fn check_people(&self, store: &SqliteStore, kept: &[Kept], halves: &Halves) {
        let people: BTreeMap<&FiscalCode, &Dossier> = kept
            .iter()
            .map(|kept| (kept.dossier.person(), &kept.dossier))
            .collect();
        assert_eq!(
            (halves.first.len(), halves.second.len()),
            (people.len(), people.len())
        );
        for number in self.issued.iter().chain(&self.converted) {
            assert!(people.contains_key(&person(*number)), "a PIN was lost");
        }
        for number in 0..u32::try_from(people.len()).unwrap() {
            let dossier = people[&person(number)];
            let [first] = halves.first[mobile(number).expose()].as_slice() else {
                panic!("two first halves for one person");
            };
            let [second] = halves.second[&format!("Via dei Mille {number}")].as_slice() else {
                panic!("two letters for one person");
            };
            if let PinState::Initial(pair) = &dossier.pin().expect("a half-made PIN").state {
                assert!(opens(first, &pair.first), "another first half was sent");
                assert!(opens(second, &pair.second), "another letter was sent");
            }
            let accepted = dossier
                .history()
                .iter()
                .filter(|entry| entry.step == PinStep::ConversionAccepted);
            let is_dispositive = grade(dossier) == PinGrade::Dispositive;
            assert_eq!(
                accepted.count(),
                usize::from(is_dispositive),
                "a grade out of nothing"
            );
            assert!(
                is_dispositive || !self.converted.contains(&number),
                "a grade was lost"
            );
            let uploads = dossier
                .conversion()
                .and_then(|conversion| conversion.upload.as_ref());
            let files = uploads
                .map(|upload| &upload.blob)
                .into_iter()
                .chain(dossier.forms());
            for file in files {
                let file = store.blob(file).await.unwrap().expect("a form was lost");
                assert_eq!(file, format!("%PDF signed by {number}").into_bytes());
            }
        }
    }

    /// The audit log has every step of every history, and its chain is whole.
    fn check_audit(&self, kept: &[Kept]) {
        let file = self.folder.join("varco.db");
        let ledgers = Ledgers::open(&file, StoreKeys::derive(&KEY)).unwrap();
        assert_eq!(
            ledgers.verify(Ledger::Audit, None, now()).unwrap().faults,
            []
        );
        let mut rows = 0;
        let count = |_: Row<AuditRecord>| {
            rows += 1;
            Ok::<(), StoreError>(())
        };
        ledgers.visit(Ledger::Audit, None, count).unwrap();
        let steps: usize = kept.iter().map(|kept| kept.dossier.history().len()).sum();
        assert_eq!(rows, steps, "audit log and histories differ");
    }
}

fn grade(dossier: &Dossier) -> PinGrade {
    dossier.pin().expect("a half-made PIN").grade
}

fn opens(half: &Half, hash: &PinHash) -> bool {
    let verdict = hasher().verify(half.expose().as_bytes(), Some(hash));
    verdict.unwrap().matched().is_some()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(work)
}
