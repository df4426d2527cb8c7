//! `varco pin`: PINs from before, taken over from a file, and who still uses one.

use std::process::{Command, Stdio};
use std::sync::Arc;

use chrono::{Days, NaiveDate, Utc};
use varco::crypto::SystemRandom;
use varco::crypto::encoding::base64url;
use varco::identity::{FiscalCode, PinGrade, Timestamp};
use varco::pin::{
    Dossier, Kept, PinChannel, PinRules, PinStatus, PinStore as _, Version, WorkingPin,
};
use varco::store::SqliteStore;
use varco::store::sqlite::StoreKeys;

use crate::support::configured::{Configured, Ran};
use crate::support::pins::{hasher, person, with_working_pin};

const HEADER: &str = "fiscal_code,grade,set_at,used_at,categories,pin_hash\n";

/// PBKDF2 with HMAC-SHA-256 of `ABCD2345`, 1000 iterations, salt `salt-of-before`: by Python's `hashlib`.
const HASH: &str =
    "pbkdf2-sha256$1000$c2FsdC1vZi1iZWZvcmU$HNhswzaulVMOLPc_iJvxgTtjniBZWicSHe18cXs5CFs";

fn configured() -> Configured {
    let configured = Configured::new();
    configured.change(
        "[store]",
        "[pin]\npeppers = [{ number = 1, file = \"pepper.key\" }]\n\n[store]",
    );
    configured.write("pepper.key", &format!("{}\n", base64url(&[1; 32])));
    configured
}

#[expect(
    clippy::disallowed_methods,
    reason = "commands run by the machine's clock"
)]
fn now() -> Timestamp {
    Utc::now()
}

/// So many days ago.
fn ago(days: u64) -> NaiveDate {
    now().date_naive() - Days::new(days)
}

fn line(number: u32, grade: &str, used: NaiveDate, categories: &str) -> String {
    let code = person(number);
    let code = code.expose();
    format!("{code},{grade},{used},{used},{categories},{HASH}\n")
}

impl Configured {
    fn pins(&self, rows: &str, more: &[&str]) -> Ran {
        self.write("pins.csv", &format!("{HEADER}{rows}"));
        let file = self.path("pins.csv");
        self.run(&[&["pin", "import", file.as_str()], more].concat())
    }

    fn pin_store(&self) -> SqliteStore {
        std::fs::create_dir_all(self.folder().join("data")).unwrap();
        let config = varco::config::Config::load(self.path("varco.toml").as_ref()).unwrap();
        let keys: StoreKeys = config.store.keys().unwrap();
        SqliteStore::open(&self.database(), keys, Arc::new(SystemRandom)).unwrap()
    }

    fn dossier(&self, person: &FiscalCode) -> Option<Kept> {
        let store = self.pin_store();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(store.load(person)).unwrap()
    }

    /// How many people the audit log has an import of.
    fn imports(&self) -> usize {
        let ran = self.run(&["audit", "find", "--type", "pin_changed"]);
        let lines = ran.expect(0).out.lines();
        lines.filter(|line| line.contains("\"imported\"")).count()
    }
}

#[test]
fn pins_of_before_are_taken_over_and_open_with_what_their_holders_know() {
    let configured = configured();
    let rows = [
        line(1, "ordinary", ago(10), "pensioner"),
        line(2, "dispositive", ago(20), ""),
        line(3, "dispositive", ago(100), "intermediary"),
        line(4, "ordinary", ago(300), ""),
    ];
    let ran = configured.pins(&rows.concat(), &[]);
    let told = "\
4 PINs imported, 0 were imported before, 0 people keep a PIN of here
expired      1
switched-off 1
working      2
";
    assert_eq!(ran.expect(0).out, told);
    assert_eq!(configured.imports(), 4);

    let Kept { dossier, version } = configured.dossier(&person(2)).unwrap();
    assert_eq!(version, Version(1));
    let pin = dossier.pin().unwrap();
    assert_eq!(
        (pin.grade, pin.channel),
        (PinGrade::Dispositive, PinChannel::Imported)
    );
    let rules = PinRules::default();
    let PinStatus::Working(working) = dossier.status(&rules, now()) else {
        panic!("it works");
    };
    for (typed, is_right) in [("abcd2345", true), ("ABCD2346", false)] {
        let typed = WorkingPin::parse(typed).unwrap();
        let verdict = hasher().verify(typed.expose().as_bytes(), Some(&working.hash));
        assert_eq!(verdict.unwrap().matched().is_some(), is_right);
    }
    let ran = configured.run(&["audit", "verify"]);
    ran.expect(0);
}

#[test]
fn every_fault_is_told_with_its_line_and_nothing_is_imported() {
    let configured = configured();
    let rows = [
        line(1, "ordinary", ago(10), ""),
        line(2, "ordinario", ago(10), "astronaut"),
        line(3, "ordinary", now().date_naive() + Days::new(2), ""),
        line(4, "ordinary", ago(10), "").replace(HASH, "ABCD2345"),
        line(1, "dispositive", ago(10), ""),
        "RSSMRA80A01H501X,\"ordinary\n".to_owned(),
    ];
    let ran = configured.pins(&rows.concat(), &[]);
    let file = configured.path("pins.csv");
    let mut told: Vec<&str> = ran.expect(1).err.lines().collect();
    assert_eq!(told.pop(), Some("nothing was imported"));
    for (line, part) in [
        (3, "grade: "),
        (3, "categories: "),
        (4, "set_at: it has not come yet"),
        (4, "used_at: it has not come yet"),
        (5, "pin_hash: "),
        (6, "this person is in line 2 already"),
        (7, "does not end in its line"),
    ] {
        let begin = format!("{file}:{line}: ");
        let is_told = |told: &&str| told.starts_with(&begin) && told.contains(part);
        assert!(told.iter().any(is_told), "{line} {part}: {}", ran.err);
    }
    assert_eq!(told.len(), 7, "{}", ran.err);
    assert!(!ran.err.contains("RSSMRA") && !ran.err.contains("ABCD2345"));
    assert_eq!(configured.dossier(&person(1)), None);
    assert_eq!(configured.imports(), 0);
}

#[test]
fn whoever_has_a_pin_keeps_it_and_no_row_is_done_twice() {
    let configured = configured();
    let rules = PinRules::default();
    // When everybody could still have one.
    let then = "2019-06-03T09:00:00Z".parse().unwrap();
    let (change, _) = with_working_pin(person(2), &rules, then);
    let store = configured.pin_store();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let written: Dossier = change.dossier().clone();
    runtime.block_on(store.write(change, Version::NEW)).unwrap();
    drop(store);

    let first = line(1, "ordinary", ago(10), "");
    configured.pins(&first, &[]).expect(0);
    let imported = configured.dossier(&person(1)).unwrap();
    let rows = [
        line(1, "dispositive", ago(1), ""),
        line(2, "dispositive", ago(1), ""),
        line(3, "ordinary", ago(1), ""),
    ];
    let ran = configured.pins(&rows.concat(), &[]);
    let told = "1 PINs imported, 1 were imported before, 1 people keep a PIN of here\n";
    assert!(ran.expect(0).out.starts_with(told), "{}", ran.out);
    assert_eq!(configured.dossier(&person(1)), Some(imported));
    assert_eq!(configured.dossier(&person(2)).unwrap().dossier, written);
    assert_eq!(configured.imports(), 2);
}

#[test]
fn a_dry_run_tells_what_would_be_imported_and_imports_nothing() {
    let configured = configured();
    let ran = configured.pins(&line(1, "ordinary", ago(10), ""), &["--dry-run"]);
    assert!(ran.expect(0).out.starts_with("1 PINs imported"));
    assert!(
        ran.out
            .ends_with("nothing was imported: this was a dry run\n")
    );
    assert_eq!(configured.dossier(&person(1)), None);
}

#[test]
fn an_import_that_was_killed_goes_on_and_does_no_row_twice() {
    const PEOPLE: u32 = 6_000;
    let configured = configured();
    let rows: String = (1..=PEOPLE)
        .map(|number| line(number, "ordinary", ago(10), ""))
        .collect();
    configured.write("pins.csv", &format!("{HEADER}{rows}"));
    let (file, config) = (configured.path("pins.csv"), configured.path("varco.toml"));
    let mut process = Command::new(env!("CARGO_BIN_EXE_varco"))
        .args(["pin", "import", &file, "--config", &config])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // The first chunk is there: it is in the middle of the others.
    let store = configured.pin_store();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    while runtime.block_on(store.load(&person(1))).unwrap().is_none() {
        assert_eq!(
            process.try_wait().unwrap(),
            None,
            "it ended before it was killed"
        );
        std::thread::yield_now();
    }
    process.kill().unwrap();
    process.wait().unwrap();
    drop(store);
    let done = configured.imports();
    let total = usize::try_from(PEOPLE).unwrap();
    assert!((500..total).contains(&done), "{done}");
    assert_eq!(done % 500, 0, "whole chunks, or nothing of one");

    let ran = configured.run(&["pin", "import", &file]);
    let told = format!(
        "{} PINs imported, {done} were imported before,",
        total - done
    );
    assert!(ran.expect(0).out.starts_with(&told), "{}", ran.out);
    assert_eq!(configured.imports(), total);
    for number in [1, PEOPLE / 2, PEOPLE] {
        let kept = configured.dossier(&person(number)).unwrap();
        assert_eq!(
            (kept.version, kept.dossier.history().len()),
            (Version(1), 1)
        );
    }
    configured.run(&["audit", "verify"]).expect(0);
}

#[test]
fn the_report_counts_people_by_month_grade_and_category_and_names_nobody() {
    let configured = configured();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let rows = [
        line(1, "ordinary", day("2020-05-20"), "pensioner"),
        line(2, "ordinary", day("2020-07-01"), "pensioner worker-private"),
        line(3, "dispositive", day("2020-07-31"), "intermediary"),
    ];
    configured.pins(&rows.concat(), &[]).expect(0);
    let expected = "\
month,grade,category,people,logins
2020-05,ordinary,all,1,1
2020-05,ordinary,pensioner,1,1
2020-07,ordinary,all,1,1
2020-07,ordinary,worker-private,1,1
2020-07,ordinary,pensioner,1,1
2020-07,dispositive,all,1,1
2020-07,dispositive,intermediary,1,1
";
    let ran = configured.run(&["pin", "report"]);
    assert_eq!(ran.expect(0).out, expected);

    let (csv, svg) = (configured.path("report.csv"), configured.path("report.svg"));
    let more = ["--out", &csv, "--picture", &svg, "--language", "en"];
    let ran = configured.run(&[&["pin", "report"], &more[..]].concat());
    assert_eq!(ran.expect(0).out, "");
    assert_eq!(std::fs::read_to_string(csv).unwrap(), expected);
    let svg = std::fs::read_to_string(svg).unwrap();
    let document = roxmltree::Document::parse(&svg).unwrap();
    let nodes = document.descendants();
    let description =
        nodes.filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "desc")));
    let said: String = description.filter_map(|node| node.text()).collect();
    for part in [
        "2020-06: 0 with an ordinary PIN, 0 with a dispositive PIN.",
        "intermediary: 0 with an ordinary PIN, 1 with a dispositive PIN.",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let counted = configured.run(&["audit", "find", "--type", "pins_counted"]);
    assert_eq!(counted.expect(0).out.lines().count(), 2);
}

#[test]
fn without_pins_in_the_configuration_there_is_nothing_to_import_or_count() {
    let configured = Configured::new();
    for command in [&["import", "pins.csv"][..], &["report"]] {
        let ran = configured.run(&[&["pin"], command].concat());
        assert!(ran.expect(1).err.contains("no `[pin]`"), "{}", ran.err);
    }
}
