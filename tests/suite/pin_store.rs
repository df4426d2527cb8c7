//! Dossiers, the outbox and uploaded files in SQLite: one transaction a change, sealed, and gone when sent.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{Duration, TimeZone as _, Utc};
use rusqlite::Connection;
use varco::audit::AuditRecord;
use varco::crypto::SystemRandom;
use varco::identity::Timestamp;
use varco::pin::{
    DocumentKind, Dossier, IdentityDocument, PinRules, PinStore as _, Queue, Version, WriteError,
};
use varco::store::SqliteStore;
use varco::store::sqlite::{Ledger, Ledgers, StoreKeys};

use crate::support::pins::{application, by_holder, halves, mint, person, with_working_pin};

const KEY: [u8; 32] = [7; 32];

struct Bench {
    folder: tempfile::TempDir,
    rules: PinRules,
    now: Timestamp,
}

fn bench() -> Bench {
    Bench {
        folder: tempfile::tempdir().unwrap(),
        rules: PinRules::default(),
        now: Utc.with_ymd_and_hms(2019, 6, 3, 9, 0, 0).unwrap(),
    }
}

impl Bench {
    fn path(&self) -> PathBuf {
        self.folder.path().join("varco.db")
    }

    fn store(&self) -> SqliteStore {
        let keys = StoreKeys::derive(&KEY);
        SqliteStore::open(&self.path(), keys, Arc::new(SystemRandom)).unwrap()
    }

    fn audit_rows(&self) -> Vec<AuditRecord> {
        let ledgers = Ledgers::open(&self.path(), StoreKeys::derive(&KEY)).unwrap();
        let mut rows = Vec::new();
        let visit = |row: varco::store::sqlite::Row<AuditRecord>| {
            rows.push(row.record);
            Ok::<(), varco::store::StoreError>(())
        };
        ledgers.visit(Ledger::Audit, None, visit).unwrap();
        let verified = ledgers.verify(Ledger::Audit, None, self.now).unwrap();
        assert_eq!(verified.faults, []);
        rows
    }

    /// Everything that is in the file and beside it.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        bytes
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn a_change_is_written_with_its_messages_and_audit_records_and_reads_back() {
    let bench = bench();
    let store = bench.store();
    let context = by_holder(&bench.rules, bench.now);
    let change = Dossier::new(person(1))
        .ask(application(), true, mint(), &context)
        .unwrap();
    let (dossier, sent) = (change.dossier().clone(), change.outbox().to_vec());
    let version = store.write(change, Version::NEW).await.unwrap();
    drop(store);

    let store = bench.store();
    let kept = store.load(&person(1)).await.unwrap().unwrap();
    assert_eq!((kept.dossier, kept.version), (dossier, version));
    assert_eq!(store.load(&person(2)).await.unwrap(), None);
    let due = store.outbox_due(bench.now, 100).await.unwrap();
    let due: Vec<_> = due.into_iter().map(|message| message.outgoing).collect();
    assert_eq!(due, sent);
    let rows = bench.audit_rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].event.name(), "pin_changed");
}

#[tokio::test]
async fn whoever_decided_on_an_older_dossier_writes_nothing_at_all() {
    let bench = bench();
    let store = bench.store();
    let context = by_holder(&bench.rules, bench.now);
    let change = || {
        Dossier::new(person(1))
            .ask(application(), true, mint(), &context)
            .unwrap()
    };
    store.write(change(), Version::NEW).await.unwrap();
    let waiting = store.outbox_length().await.unwrap();
    for late in [Version::NEW, Version(7)] {
        let refused = store.write(change(), late).await;
        assert!(matches!(refused, Err(WriteError::Conflict)), "{refused:?}");
    }
    assert_eq!(store.outbox_length().await.unwrap(), waiting);
    assert_eq!(bench.audit_rows().len(), 1);
}

#[tokio::test]
async fn changes_of_several_people_are_written_together_or_not_at_all() {
    let bench = bench();
    let store = bench.store();
    let context = by_holder(&bench.rules, bench.now);
    let change = |number| {
        let dossier = Dossier::new(person(number));
        dossier.ask(application(), true, mint(), &context).unwrap()
    };
    let changes = [1, 2].map(|number| (change(number), Version::NEW));
    store.write_all(changes.into()).await.unwrap();
    let waiting = store.outbox_length().await.unwrap();
    assert_eq!(bench.audit_rows().len(), 2);

    // The last of them is late: somebody wrote the dossier meanwhile.
    let changes = [3, 4, 2].map(|number| (change(number), Version::NEW));
    let refused = store.write_all(changes.into()).await;
    assert!(matches!(refused, Err(WriteError::Conflict)), "{refused:?}");
    for number in [3, 4] {
        assert_eq!(store.load(&person(number)).await.unwrap(), None);
    }
    assert_eq!(store.outbox_length().await.unwrap(), waiting);
    assert_eq!(bench.audit_rows().len(), 2);
}

#[tokio::test]
async fn of_many_who_write_at_once_one_wins_each_time() {
    let bench = bench();
    let store = Arc::new(bench.store());
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let (store, rules, now) = (Arc::clone(&store), bench.rules.clone(), bench.now);
        tasks.push(tokio::spawn(async move {
            let dossier = Dossier::new(person(1));
            let change = dossier.ask(application(), true, mint(), &by_holder(&rules, now));
            store.write(change.unwrap(), Version::NEW).await.is_ok()
        }));
    }
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap());
    }
    assert_eq!(won, 1);
    let letters = store.outbox_due(bench.now, 100).await.unwrap();
    let letters = letters
        .iter()
        .filter(|due| due.outgoing.to.channel() == "letter");
    assert_eq!(letters.count(), 1);
}

#[tokio::test]
async fn a_message_is_due_again_when_it_failed_and_gone_when_it_was_sent() {
    let bench = bench();
    let store = bench.store();
    let context = by_holder(&bench.rules, bench.now);
    let change = Dossier::new(person(1)).ask(application(), true, mint(), &context);
    store.write(change.unwrap(), Version::NEW).await.unwrap();
    let due = store.outbox_due(bench.now, 100).await.unwrap();
    let later = bench.now + Duration::minutes(5);
    store.outbox_failed(due[0].id, later).await.unwrap();
    for message in &due[1..] {
        store.outbox_sent(message.id).await.unwrap();
    }
    assert_eq!(store.outbox_due(bench.now, 100).await.unwrap(), []);
    let again = store.outbox_due(later, 100).await.unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].outgoing, due[0].outgoing);
    assert_eq!((again[0].attempts, again[0].queued), (1, bench.now));
    store.outbox_sent(again[0].id).await.unwrap();
    assert_eq!(store.outbox_length().await.unwrap(), 0);
}

#[tokio::test]
async fn nothing_in_the_file_names_a_person_or_tells_a_secret() {
    let bench = bench();
    let store = bench.store();
    let context = by_holder(&bench.rules, bench.now);
    let change = Dossier::new(person(1))
        .ask(application(), true, mint(), &context)
        .unwrap();
    let (first, second) = halves(change.outbox());
    store.write(change, Version::NEW).await.unwrap();
    let bytes = bench.bytes();
    for secret in [
        first.unwrap().expose(),
        second.unwrap().expose(),
        person(1).expose(),
        "Rossi",
        "mara@",
        "3331234567",
        "argon2id",
    ] {
        assert!(!contains(&bytes, secret), "{secret} is in the file");
    }
}

#[tokio::test]
async fn a_row_that_was_moved_to_another_person_or_put_back_does_not_open() {
    let bench = bench();
    let store = bench.store();
    let context = by_holder(&bench.rules, bench.now);
    for number in [1, 2] {
        let change = Dossier::new(person(number)).ask(application(), true, mint(), &context);
        store.write(change.unwrap(), Version::NEW).await.unwrap();
    }
    let file = Connection::open(bench.path()).unwrap();
    let before: Vec<u8> = file
        .query_row(
            "SELECT sealed FROM dossier ORDER BY person LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let moved = "UPDATE dossier SET sealed = ?1";
    file.execute(moved, [&before]).unwrap();
    let opened = [
        store.load(&person(1)).await.is_ok(),
        store.load(&person(2)).await.is_ok(),
    ];
    assert_eq!(opened.iter().filter(|opened| **opened).count(), 1);
    file.execute("UPDATE dossier SET version = version + 1", [])
        .unwrap();
    for number in [1, 2] {
        assert!(store.load(&person(number)).await.is_err());
    }
}

#[tokio::test]
async fn queues_give_who_waits_longest_first_and_dates_bring_who_is_due() {
    let bench = bench();
    let store = bench.store();
    for (number, minutes) in [(1, 20), (2, 10), (3, 30)] {
        let now = bench.now + Duration::minutes(minutes);
        let context = by_holder(&bench.rules, now);
        let change = Dossier::new(person(number)).ask(application(), false, mint(), &context);
        store.write(change.unwrap(), Version::NEW).await.unwrap();
    }
    let queue = store.queue(Queue::Calls, 2).await.unwrap();
    let people: Vec<_> = queue
        .iter()
        .map(|kept| kept.dossier.person().clone())
        .collect();
    assert_eq!(people, [person(2), person(1)]);
    assert_eq!(store.queue_length(Queue::Calls).await.unwrap(), 3);
    assert_eq!(store.queue_length(Queue::Conversions).await.unwrap(), 0);

    let (change, _) = with_working_pin(person(4), &bench.rules, bench.now);
    store.write(change, Version::NEW).await.unwrap();
    let warned = "2019-11-02T23:00:00Z".parse::<Timestamp>().unwrap() + Duration::days(1);
    let before = warned - Duration::microseconds(1);
    assert_eq!(store.due(before, 9).await.unwrap(), []);
    assert_eq!(store.due(warned, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_dossier_is_on_one_page() {
    let bench = bench();
    let store = bench.store();
    let context = by_holder(&bench.rules, bench.now);
    for number in 0..7 {
        let change = Dossier::new(person(number)).ask(application(), true, mint(), &context);
        store.write(change.unwrap(), Version::NEW).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = store.page(after.as_deref(), 3).await.unwrap();
        seen.extend(page.kept.iter().map(|kept| kept.dossier.person().clone()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    seen.sort();
    assert_eq!(seen, (0..7).map(person).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_uploaded_file_is_kept_with_its_change_and_goes_with_another() {
    let bench = bench();
    let store = bench.store();
    let context = by_holder(&bench.rules, bench.now);
    let (change, _) = with_working_pin(person(1), &bench.rules, bench.now);
    let mut version = store.write(change.clone(), Version::NEW).await.unwrap();
    let document = IdentityDocument {
        kind: DocumentKind::Passport,
        number: varco::identity::Line::parse("YA0000000").unwrap(),
        issuer: varco::identity::Line::parse("Questura di Roma").unwrap(),
        expires: "2025-01-01".parse().unwrap(),
    };
    let begun = change
        .dossier()
        .clone()
        .begin_conversion(document, &context)
        .unwrap();
    let id = begun.dossier().conversion().unwrap().id.clone();
    let sent = begun
        .dossier()
        .clone()
        .submit_form(&id, b"%PDF-1.7 signed".to_vec(), 2, &context);
    let sent = sent.unwrap();
    let blob = sent
        .dossier()
        .conversion()
        .unwrap()
        .upload
        .clone()
        .unwrap()
        .blob;
    version = store.write(sent.clone(), version).await.unwrap();
    let file = store.blob(&blob).await.unwrap();
    assert_eq!(file.as_deref(), Some(b"%PDF-1.7 signed".as_slice()));
    assert!(!contains(&bench.bytes(), "PDF-1.7"));
    assert_eq!(store.queue_length(Queue::Conversions).await.unwrap(), 1);

    let revoked = sent.dossier().clone().revoke(None, &context).unwrap();
    store.write(revoked, version).await.unwrap();
    assert_eq!(store.blob(&blob).await.unwrap(), None);
    assert_eq!(store.queue_length(Queue::Conversions).await.unwrap(), 0);
}

#[tokio::test]
async fn writing_for_nothing_changes_nothing() {
    let bench = bench();
    let store = bench.store();
    for _ in 0..3 {
        store.write_for_nothing().await.unwrap();
    }
    assert_eq!(store.outbox_length().await.unwrap(), 0);
    assert!(store.page(None, 9).await.unwrap().kept.is_empty());
    assert_eq!(bench.audit_rows(), []);
}
