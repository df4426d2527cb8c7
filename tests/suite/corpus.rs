//! The corpus: genuine messages in every manner of writing and signing, forgeries of every known shape, and the
//! verdicts of Varco and of three judges on each.
//!
//! What must be accepted, everybody accepts; what must be refused, Varco refuses, for the reason that the case names.
//! "We accept and a judge refuses" fails; the exceptions are in a table, each with its reason. The fixtures come with
//! their generator: nothing here is a file.

mod forged;
mod hostile;
mod identity;
pub mod judges;
pub mod message;
mod methods;
mod shapes;
pub mod signing;
mod valid;
mod wrapping;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use judges::{Exhibit, Verdicts, judge};
use signing::{PROVIDER, TestKey};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Accept,
    /// For one of these reasons. `proven`: the signature is genuine, as `xmlsec1` must confirm, so that it is the rule
    /// under test that refuses and not a fault of the generator.
    Refuse {
        codes: Vec<String>,
        proven: bool,
        judged: bool,
    },
}

/// One message of the corpus.
#[derive(Clone)]
pub struct Case {
    /// The row of the table.
    pub shape: &'static str,
    pub name: String,
    pub text: Vec<u8>,
    pub key: &'static TestKey,
    pub expected: Expected,
}

fn refused(
    shape: &'static str,
    name: String,
    text: String,
    codes: &[&str],
    (proven, judged): (bool, bool),
) -> Case {
    Case {
        shape,
        name,
        text: text.into_bytes(),
        key: &PROVIDER,
        expected: Expected::Refuse {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            proven,
            judged,
        },
    }
}

/// A message that must be refused for one of these reasons.
fn refuse(shape: &'static str, name: String, text: String, codes: &[&str]) -> Case {
    refused(shape, name, text, codes, (false, true))
}

/// The same, and every signature in it verifies.
fn proven(shape: &'static str, name: String, text: String, codes: &[&str]) -> Case {
    refused(shape, name, text, codes, (true, true))
}

/// The same, too heavy to show to a judge.
fn unjudged(shape: &'static str, name: String, text: String, codes: &[&str]) -> Case {
    refused(shape, name, text, codes, (false, false))
}

/// A judge that refuses what we accept, and why that is right.
struct Exception {
    judge: &'static str,
    shape: &'static str,
    /// Beginning of the names.
    name: &'static str,
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[Exception {
    judge: "bergshamra",
    shape: "InclusiveNamespaces, line by line",
    name: "",
    reason: "its parser keeps the line feed in the PrefixList, which XML 1.0, 3.3.3 makes a space",
}];

/// Every message of the corpus.
pub static CORPUS: LazyLock<Vec<Case>> = LazyLock::new(|| {
    [
        valid::cases(),
        forged::cases(),
        shapes::cases(),
        methods::cases(),
        wrapping::cases(),
        identity::cases(),
        hostile::cases(),
    ]
    .concat()
});

#[derive(Default)]
struct Row {
    messages: usize,
    varco: usize,
    xmlsec1: usize,
    samael: usize,
    bergshamra: usize,
    accept: bool,
    codes: BTreeMap<String, usize>,
}

#[test]
fn varco_and_three_judges_agree_on_every_message() {
    let exhibits: Vec<Exhibit<'_>> = CORPUS
        .iter()
        .filter(|case| !matches!(case.expected, Expected::Refuse { judged: false, .. }))
        .map(|case| Exhibit {
            text: &case.text,
            key: case.key,
        })
        .collect();
    let mut verdicts = judge(&exhibits).into_iter();
    let mut rows: BTreeMap<(bool, &str), Row> = BTreeMap::new();
    let mut faults = Vec::new();
    for case in CORPUS.iter() {
        let ours = judges::varco(&case.text, case.key);
        let theirs = match case.expected {
            Expected::Refuse { judged: false, .. } => None,
            _ => verdicts.next(),
        };
        faults.extend(faults_of(case, &ours, theirs));
        let accept = case.expected == Expected::Accept;
        let row = rows.entry((!accept, case.shape)).or_default();
        row.accept = accept;
        row.messages += 1;
        row.varco += usize::from(ours.is_ok());
        if let Some(theirs) = theirs {
            row.xmlsec1 += usize::from(theirs.xmlsec1);
            row.samael += usize::from(theirs.samael);
            row.bergshamra += usize::from(theirs.bergshamra);
        }
        if let Err(code) = ours {
            *row.codes.entry(code).or_default() += 1;
        }
    }
    let table = table(&rows);
    println!("{table}");
    // Where output is captured, the table is still there to read.
    std::fs::write(
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus.txt"),
        &table,
    )
    .unwrap();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn faults_of(case: &Case, ours: &Result<String, String>, theirs: Option<Verdicts>) -> Vec<String> {
    let label = format!("{}: {}", case.shape, case.name);
    let mut faults = Vec::new();
    match (&case.expected, ours) {
        (Expected::Accept, Ok(person)) if person == message::GENUINE => {}
        (Expected::Accept, verdict) => {
            faults.push(format!("{label}: must be accepted, {verdict:?}"));
        }
        (Expected::Refuse { .. }, Ok(person)) => {
            faults.push(format!("{label}: ACCEPTED as {person}"));
        }
        (Expected::Refuse { codes, .. }, Err(code)) => {
            if !codes.contains(code) {
                faults.push(format!("{label}: refused as {code}, not as {codes:?}"));
            }
        }
    }
    let Some(theirs) = theirs else {
        return faults;
    };
    if let Expected::Refuse { proven: true, .. } = case.expected
        && !theirs.xmlsec1
    {
        faults.push(format!("{label}: the generator's signature is broken"));
    }
    for (judge, accepts) in [
        ("xmlsec1", theirs.xmlsec1),
        ("samael", theirs.samael),
        ("bergshamra", theirs.bergshamra),
    ] {
        let exception = EXCEPTIONS.iter().find(|exception| {
            exception.judge == judge
                && exception.shape == case.shape
                && case.name.starts_with(exception.name)
        });
        if ours.is_ok() && !accepts && exception.is_none() {
            faults.push(format!("{label}: we accept and {judge} refuses"));
        }
        if case.expected == Expected::Accept && accepts && exception.is_some() {
            faults.push(format!(
                "{label}: {judge} accepts, its exception is not needed"
            ));
        }
    }
    faults
}

fn table(rows: &BTreeMap<(bool, &str), Row>) -> String {
    let mut out = format!(
        "{:<28} {:>8} {:>7} {:>7} {:>8} {:>7} {:>11}  refused for\n",
        "shape", "messages", "wanted", "varco", "xmlsec1", "samael", "bergshamra"
    );
    for ((_, shape), row) in rows {
        let codes: Vec<String> = row
            .codes
            .iter()
            .map(|(code, count)| format!("{code} {count}"))
            .collect();
        let _ = writeln!(
            out,
            "{shape:<28} {:>8} {:>7} {:>7} {:>8} {:>7} {:>11}  {}",
            row.messages,
            if row.accept { "accept" } else { "refuse" },
            row.varco,
            row.xmlsec1,
            row.samael,
            row.bergshamra,
            codes.join(", ")
        );
    }
    out.push_str("The numbers of varco and the judges are messages accepted.\n");
    for exception in EXCEPTIONS {
        let Exception {
            judge,
            shape,
            name,
            reason,
        } = exception;
        let _ = writeln!(out, "Exception: {judge} refuses {shape}, {name}: {reason}");
    }
    out
}
