//! The audit log and the register: what is written reads back, and whatever is done to it is found.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use varco::audit::{
    AuditEvent, AuditLog, AuditRecord, AuthenticationRegister, EndReason, RegisterEntry,
    RegisterOutcome,
};
use varco::crypto::SystemRandom;
use varco::identity::{Clock as _, Timestamp};
use varco::store::sqlite::{Anchor, Fault, Ledger, Ledgers, StoreKeys, Verified};
use varco::store::{SqliteStore, StoreError};

use crate::support::clock::TestClock;

const KEY: [u8; 32] = [7; 32];

struct Bench {
    folder: tempfile::TempDir,
    clock: TestClock,
}

fn bench() -> Bench {
    Bench {
        folder: tempfile::tempdir().unwrap(),
        clock: TestClock::new(),
    }
}

impl Bench {
    fn path(&self) -> PathBuf {
        self.folder.path().join("varco.db")
    }

    fn store(&self) -> SqliteStore {
        SqliteStore::open(
            &self.path(),
            StoreKeys::derive(&KEY),
            Arc::new(SystemRandom),
        )
        .unwrap()
    }

    fn ledgers(&self) -> Ledgers {
        Ledgers::open(&self.path(), StoreKeys::derive(&KEY)).unwrap()
    }

    /// A store with so many audit records, closed.
    async fn with_records(count: usize) -> Self {
        let bench = bench();
        let store = bench.store();
        for number in 0..count {
            store
                .record_end(&format!("session {number}"), bench.clock.now())
                .await;
        }
        bench
    }

    fn verify(&self) -> Verified {
        self.verify_from(None)
    }

    fn verify_from(&self, anchor: Option<&Anchor>) -> Verified {
        self.ledgers()
            .verify(Ledger::Audit, anchor, self.clock.now())
            .unwrap()
    }

    /// What somebody does who can write the file and has no key.
    fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.path()).unwrap();
        assert!(
            connection.execute(sql, []).unwrap() > 0,
            "{sql} changed nothing"
        );
    }

    fn sessions(&self) -> Vec<String> {
        let mut sessions = Vec::new();
        self.ledgers()
            .visit::<AuditRecord, StoreError>(Ledger::Audit, None, |row| {
                if let AuditEvent::SessionEnded { session, .. } = row.record.event {
                    sessions.push(session);
                }
                Ok(())
            })
            .unwrap();
        sessions
    }
}

trait RecordEnd {
    async fn record_end(&self, session: &str, at: Timestamp);
}

impl RecordEnd for SqliteStore {
    async fn record_end(&self, session: &str, at: Timestamp) {
        AuditLog::record(self, AuditRecord::new(ended(session), at))
            .await
            .unwrap();
    }
}

fn ended(session: &str) -> AuditEvent {
    AuditEvent::SessionEnded {
        session: session.to_owned(),
        reason: EndReason::LoggedOut,
    }
}

fn entry() -> RegisterEntry {
    RegisterEntry {
        request_id: Some("_request".to_owned()),
        request_instant: None,
        response_id: Some("_response".to_owned()),
        response_instant: None,
        response_issuer: Some("https://idp.example".to_owned()),
        assertion_id: None,
        subject: Some("transient-name".to_owned().into()),
        name_qualifier: None,
        provider: Some("https://idp.example".to_owned()),
        level: None,
        outcome: RegisterOutcome::Refused {
            code: "replayed".to_owned(),
        },
        flow: None,
        client_address: None,
        request_raw: b"<samlp:AuthnRequest/>".to_vec().into(),
        response_raw: vec![0xff, 0x00].into(),
    }
}

#[tokio::test]
async fn what_is_recorded_reads_back_in_order_and_verifies() {
    let bench = Bench::with_records(3).await;
    assert_eq!(bench.sessions(), ["session 0", "session 1", "session 2"]);
    let verified = bench.verify();
    assert_eq!((verified.rows, verified.faults), (3, vec![]));
}

#[tokio::test]
async fn a_chain_goes_on_after_a_restart() {
    let bench = Bench::with_records(2).await;
    bench.store().record_end("after", bench.clock.now()).await;
    let verified = bench.verify();
    assert_eq!((verified.rows, verified.faults), (3, vec![]));
}

#[tokio::test]
async fn two_processes_on_one_file_write_one_chain() {
    let bench = bench();
    let stores = [bench.store(), bench.store()];
    for number in 0..10 {
        stores[number % 2].record_end("s", bench.clock.now()).await;
    }
    assert_eq!(bench.verify().faults, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_all_recorded() {
    let bench = bench();
    let store = Arc::new(bench.store());
    let now = bench.clock.now();
    let writers: Vec<_> = (0..300)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.record_end(&number.to_string(), now).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let verified = bench.verify();
    assert_eq!((verified.rows, verified.faults), (300, vec![]));
}

#[tokio::test]
async fn a_changed_row_is_found() {
    for change in [
        "UPDATE audit SET sealed = zeroblob(length(sealed)) WHERE seq = 2",
        "UPDATE audit SET at = at + 1 WHERE seq = 2",
        "UPDATE audit SET digest = zeroblob(32) WHERE seq = 2",
    ] {
        let bench = Bench::with_records(3).await;
        bench.tamper(change);
        assert_eq!(
            bench.verify().faults,
            [Fault::Changed { seq: 2 }],
            "{change}"
        );
    }
}

#[tokio::test]
async fn a_row_made_without_the_key_is_found() {
    let bench = Bench::with_records(3).await;
    bench.tamper("INSERT INTO audit SELECT 4, at, sealed, digest, chain FROM audit WHERE seq = 3");
    assert!(bench.verify().faults.contains(&Fault::Changed { seq: 4 }));
}

#[tokio::test]
async fn a_deleted_row_is_found() {
    let bench = Bench::with_records(4).await;
    bench.tamper("DELETE FROM audit WHERE seq = 2");
    assert_eq!(bench.verify().faults, [Fault::Missing { from: 2, to: 2 }]);
}

#[tokio::test]
async fn rows_deleted_at_either_end_are_found() {
    let bench = Bench::with_records(4).await;
    bench.tamper("DELETE FROM audit WHERE seq >= 3");
    assert_eq!(bench.verify().faults, [Fault::Missing { from: 3, to: 4 }]);
    let bench = Bench::with_records(4).await;
    bench.tamper("DELETE FROM audit WHERE seq <= 2");
    assert_eq!(bench.verify().faults, [Fault::Missing { from: 1, to: 2 }]);
}

#[tokio::test]
async fn rows_that_change_places_are_found() {
    let bench = Bench::with_records(3).await;
    bench.tamper("UPDATE audit SET seq = -1 WHERE seq = 1");
    bench.tamper("UPDATE audit SET seq = 1 WHERE seq = 2");
    bench.tamper("UPDATE audit SET seq = 2 WHERE seq = -1");
    let faults = bench.verify().faults;
    assert!(faults.contains(&Fault::Changed { seq: 1 }), "{faults:?}");
    assert!(faults.contains(&Fault::Changed { seq: 2 }), "{faults:?}");
}

#[tokio::test]
async fn a_whole_file_put_back_to_an_older_state_is_found_by_an_anchor_noted_elsewhere() {
    let bench = Bench::with_records(2).await;
    let connection = Connection::open(bench.path()).unwrap();
    connection
        .execute_batch("CREATE TABLE copy AS SELECT * FROM head")
        .unwrap();
    bench.store().record_end("after", bench.clock.now()).await;
    let noted = bench.verify().head;
    assert_eq!(bench.verify_from(Some(&noted)).faults, []);
    bench.tamper("DELETE FROM audit WHERE seq = 3");
    bench.tamper("DELETE FROM head");
    bench.tamper("INSERT INTO head SELECT * FROM copy");
    assert_eq!(bench.verify().faults, [], "the file alone cannot tell");
    assert_eq!(
        bench.verify_from(Some(&noted)).faults,
        [Fault::AnchorMissed { seq: 3 }]
    );
}

#[tokio::test]
async fn a_record_is_forgotten_after_24_months_and_the_chain_still_verifies() {
    let bench = Bench::with_records(2).await;
    let store = bench.store();
    AuthenticationRegister::record(&store, entry(), bench.clock.now())
        .await
        .unwrap();
    bench.clock.set("2028-11-21T12:00:00Z".parse().unwrap());
    store.record_end("recent", bench.clock.now()).await;
    assert_eq!(store.forget_expired(bench.clock.now()).await.unwrap(), 0);
    bench.clock.advance(chrono::Duration::seconds(1));
    assert_eq!(store.forget_expired(bench.clock.now()).await.unwrap(), 3);
    assert_eq!(bench.sessions(), ["recent"]);
    let verified = bench.verify();
    assert_eq!(
        (verified.rows, verified.forgotten, verified.faults),
        (3, 2, vec![])
    );
}

#[tokio::test]
async fn a_record_removed_before_its_time_is_found() {
    let bench = Bench::with_records(2).await;
    bench.tamper("UPDATE audit SET sealed = NULL WHERE seq = 1");
    assert_eq!(bench.verify().faults, [Fault::RemovedEarly { seq: 1 }]);
}

#[tokio::test]
async fn the_register_gives_back_both_messages_and_keeps_them_unreadable_on_disk() {
    let bench = bench();
    let store = bench.store();
    let evidence = AuthenticationRegister::record(&store, entry(), bench.clock.now())
        .await
        .unwrap();
    let mut found = Vec::new();
    bench
        .ledgers()
        .visit::<RegisterEntry, StoreError>(Ledger::Register, None, |row| {
            found.push((row.seq.to_string(), row.record));
            Ok(())
        })
        .unwrap();
    assert_eq!(found, [(evidence.0, entry())]);
    for file in std::fs::read_dir(bench.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in ["transient-name", "AuthnRequest", "replayed"] {
            let shown = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!shown, "{secret} stands in the file");
        }
    }
}

#[tokio::test]
async fn the_running_store_tells_the_anchors_that_verification_finds() {
    let bench = Bench::with_records(2).await;
    let anchors = bench.store().anchors().await.unwrap();
    let audit = anchors.iter().find(|(ledger, _)| *ledger == Ledger::Audit);
    assert_eq!(audit.map(|(_, anchor)| anchor), Some(&bench.verify().head));
    assert_eq!(anchors.len(), 2);
}

#[tokio::test]
async fn a_record_that_cannot_be_written_is_refused_and_the_next_goes_on() {
    let bench = Bench::with_records(1).await;
    let store = bench.store();
    let connection = Connection::open(bench.path()).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END";
    connection.execute_batch(full).unwrap();
    let event = AuditEvent::ServerStarted {
        version: "1".to_owned(),
    };
    let refused = AuditLog::record(&store, AuditRecord::new(event, bench.clock.now())).await;
    assert!(refused.is_err());
    connection.execute_batch("DROP TRIGGER full").unwrap();
    store.record_end("after", bench.clock.now()).await;
    assert_eq!(bench.sessions(), ["session 0", "after"]);
    assert_eq!(bench.verify().faults, []);
}

#[tokio::test]
async fn what_one_request_records_is_written_whole_or_not_at_all() {
    let bench = bench();
    let store = bench.store();
    let records = |sessions: [&str; 2]| {
        let record = |session: &str| AuditRecord::new(ended(session), bench.clock.now());
        store.record_all(sessions.map(record).to_vec())
    };
    records(["one", "two"]).await.unwrap();
    let connection = Connection::open(bench.path()).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.seq = 4 BEGIN SELECT RAISE(ABORT, 'full'); END";
    connection.execute_batch(full).unwrap();
    assert!(records(["three", "four"]).await.is_err());
    connection.execute_batch("DROP TRIGGER full").unwrap();
    records(["five", "six"]).await.unwrap();
    assert_eq!(bench.sessions(), ["one", "two", "five", "six"]);
    assert_eq!(bench.verify().faults, []);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::with_records(1).await;
    let mode = std::fs::metadata(bench.path())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn another_key_neither_writes_nor_reads() {
    let bench = Bench::with_records(1).await;
    let other = || StoreKeys::derive(&[8; 32]);
    assert!(SqliteStore::open(&bench.path(), other(), Arc::new(SystemRandom)).is_err());
    let ledgers = Ledgers::open(&bench.path(), other()).unwrap();
    let read = ledgers.visit::<AuditRecord, StoreError>(Ledger::Audit, None, |_| Ok(()));
    assert!(read.is_err());
    let verified = ledgers
        .verify(Ledger::Audit, None, bench.clock.now())
        .unwrap();
    assert!(!verified.faults.is_empty());
}

#[tokio::test]
async fn a_file_of_a_newer_varco_is_left_alone() {
    let bench = Bench::with_records(1).await;
    let connection = Connection::open(bench.path()).unwrap();
    connection
        .pragma_update(None, "user_version", 1000)
        .unwrap();
    let opened = SqliteStore::open(
        &bench.path(),
        StoreKeys::derive(&KEY),
        Arc::new(SystemRandom),
    );
    assert!(opened.err().unwrap().to_string().contains("newer"));
}
