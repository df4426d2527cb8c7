//! `varco keys` and `varco audit`, from an empty folder to a proof.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Connection;
use varco::audit::{
    AuditEvent, AuditLog, AuditRecord, AuthenticationRegister, EndReason, RegisterEntry,
    RegisterOutcome,
};
use varco::config::Config;
use varco::crypto::SystemRandom;
use varco::identity::{Clock as _, EvidenceId, SystemClock};
use varco::store::SqliteStore;

use crate::support::configured::{Configured, Ran, varco};

/// A store that the configuration of a small body names.
struct Bench(Configured);

impl Bench {
    fn new() -> Self {
        let configured = Configured::new();
        std::fs::create_dir(configured.folder().join("data")).unwrap();
        Self(configured)
    }

    fn path(&self, name: &str) -> String {
        self.0.path(name)
    }

    fn database(&self) -> PathBuf {
        self.0.database()
    }

    fn store(&self) -> SqliteStore {
        let config = Config::load(self.path("varco.toml").as_ref()).unwrap();
        let keys = config.store.keys().unwrap();
        SqliteStore::open(&self.database(), keys, Arc::new(SystemRandom)).unwrap()
    }

    fn audit(&self, arguments: &[&str]) -> Ran {
        self.0.run(&[&["audit"], arguments].concat())
    }
}

async fn ended(store: &SqliteStore, session: &str) {
    let event = AuditEvent::SessionEnded {
        session: session.to_owned(),
        reason: EndReason::LoggedOut,
    };
    let record = AuditRecord::new(event, SystemClock.now());
    AuditLog::record(store, record).await.unwrap();
}

async fn registered(store: &SqliteStore) -> EvidenceId {
    let entry = RegisterEntry {
        request_id: Some("_q".to_owned()),
        request_instant: None,
        response_id: None,
        response_instant: None,
        response_issuer: None,
        assertion_id: None,
        subject: None,
        name_qualifier: None,
        provider: None,
        level: None,
        outcome: RegisterOutcome::Accepted,
        flow: None,
        client_address: None,
        request_raw: b"<samlp:AuthnRequest/>".to_vec().into(),
        response_raw: b"<samlp:Response/>".to_vec().into(),
    };
    AuthenticationRegister::record(store, entry, SystemClock.now())
        .await
        .unwrap()
}

/// Runs what needs a runtime: the commands themselves bring their own.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

#[test]
fn verify_is_content_with_a_whole_log_and_prints_what_to_note_down() {
    let bench = Bench::new();
    block_on(async { ended(&bench.store(), "s1").await });
    let ran = bench.audit(&["verify"]);
    assert!(
        ran.expect(0)
            .out
            .contains("audit: 1 rows, 0 of them past their 24 months, 0 faults")
    );
    let anchor = ran
        .out
        .lines()
        .find_map(|line| line.split("--anchor ").nth(1))
        .unwrap()
        .to_owned();
    assert!(anchor.starts_with("audit=1:"), "{anchor}");
    block_on(async { ended(&bench.store(), "s2").await });
    bench.audit(&["verify", "--anchor", &anchor]).expect(0);
    let wrong = format!("audit=1:{}", "0".repeat(64));
    let ran = bench.audit(&["verify", "--anchor", &wrong]);
    assert!(
        ran.expect(1).out.contains("row 1 is not the one"),
        "{}",
        ran.out
    );
}

#[test]
fn verify_ends_with_one_when_a_row_was_deleted() {
    let bench = Bench::new();
    block_on(async {
        let store = bench.store();
        for session in ["s1", "s2", "s3"] {
            ended(&store, session).await;
        }
    });
    let connection = Connection::open(bench.database()).unwrap();
    connection
        .execute("DELETE FROM audit WHERE seq = 2", [])
        .unwrap();
    let ran = bench.audit(&["verify"]);
    assert!(
        ran.expect(1).out.contains("audit: row 2 is missing"),
        "{}",
        ran.out
    );
}

#[test]
fn find_prints_what_fits_and_is_itself_recorded() {
    let bench = Bench::new();
    block_on(async {
        let store = bench.store();
        ended(&store, "s1").await;
        ended(&store, "s2").await;
    });
    let rows = |arguments: &[&str]| {
        let ran = bench.audit(&[&["find"], arguments].concat());
        ran.expect(0).out.lines().count()
    };
    assert_eq!(rows(&["--session", "s2"]), 1);
    assert_eq!(rows(&["--type", "session_ended"]), 2);
    assert_eq!(rows(&["--type", "session_ended", "--session", "s3"]), 0);
    assert_eq!(rows(&["--person", "RSSMRA80A01H501U"]), 0);
    assert_eq!(
        rows(&["--type", "session_ended", "--until", "2020-01-01T00:00:00Z"]),
        0
    );
    assert_eq!(
        rows(&["--type", "session_ended", "--since", "2100-01-01T00:00:00Z"]),
        0
    );
    assert_eq!(
        rows(&["--type", "ledger_read"]),
        7,
        "six before and this one"
    );
}

#[test]
fn evidence_gives_both_messages_as_they_were() {
    let bench = Bench::new();
    let EvidenceId(id) = block_on(async { registered(&bench.store()).await });
    let ran = bench.audit(&["evidence", &id]);
    assert!(
        ran.expect(0).out.contains("<samlp:AuthnRequest/>"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("<samlp:Response/>"));
    assert!(ran.out.contains("\"request_id\": \"_q\""));
    assert!(
        bench
            .audit(&["evidence", "99"])
            .expect(1)
            .err
            .contains("no entry 99")
    );
}

#[test]
fn export_writes_a_new_file_and_never_over_one() {
    let bench = Bench::new();
    block_on(async { ended(&bench.store(), "s1").await });
    let out = bench.path("audit.jsonl");
    bench
        .audit(&["export", "--ledger", "audit", "--out", &out])
        .expect(0);
    let text = std::fs::read_to_string(&out).unwrap();
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["record"]["event"]["session"], "s1");
    bench
        .audit(&["export", "--ledger", "audit", "--out", &out])
        .expect(1);
}

#[test]
fn without_the_key_the_log_stays_closed() {
    let bench = Bench::new();
    block_on(async { ended(&bench.store(), "s1").await });
    std::fs::remove_file(bench.path("store.key")).unwrap();
    assert!(bench.audit(&["find"]).expect(1).err.contains("store.key"));
    varco(&["keys", "secret", "--out", &bench.path("store.key")]).expect(0);
    let ran = bench.audit(&["find"]);
    assert!(ran.expect(1).err.contains("not of this key"), "{}", ran.err);
}

#[test]
fn keys_are_made_once_and_for_their_owner_alone() {
    let bench = Bench::new();
    let key = bench.path("other.pem");
    varco(&["keys", "openid", "--out", &key]).expect(0);
    let made = std::fs::read_to_string(&key).unwrap();
    assert!(made.contains("PRIVATE KEY"));
    varco(&["keys", "openid", "--out", &key]).expect(1);
    assert_eq!(std::fs::read_to_string(&key).unwrap(), made);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
