//! What a relying party of the Italian federation must refuse (rules on CIE, B13), as one table: every item of the rule book
//! has hostile cases, each is played by a Ministry over real HTTP against the gateway's real router, and is refused with its
//! reason; every valid variant is played the same way and logs the person in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use http::StatusCode;

use crate::support::hostile::{Hostile, Seen};

mod answers;
mod book;
mod id_tokens;
mod statements;
mod userinfo;
mod valid;

use book::{BOOK, Paragraph};

/// A case that was played: its row, what it was, and how it ended.
struct Played {
    row: &'static str,
    what: String,
    end: End,
}

enum End {
    Refused {
        code: String,
    },
    Accepted,
    /// Otherwise than it should.
    Wrong(String),
}

/// What came of all of them.
#[derive(Default)]
struct Table(Vec<Played>);

impl Table {
    /// A login that must be refused with a reason.
    fn refused(&mut self, row: &'static str, what: &str, code: &str, seen: &Seen) {
        self.close(row, what, code, faults(seen, code));
    }

    /// A login that must go well.
    fn accepted(&mut self, row: &'static str, what: &str, seen: &Seen) {
        let is_in = seen.logged_in && seen.session && seen.url.path() == "/";
        let is_kept = !seen.registered.is_empty() && seen.registered.iter().all(Option::is_none);
        let end = match is_in && is_kept && seen.page.contains("Mario") {
            true => End::Accepted,
            false => End::Wrong(format!("{:?} {:?}", seen.reason, seen.audited)),
        };
        self.note(row, what, end);
    }

    fn close(&mut self, row: &'static str, what: &str, code: &str, faults: Vec<String>) {
        let code = code.to_owned();
        let end = match faults.is_empty() {
            true => End::Refused { code },
            false => End::Wrong(format!("should be {code}: {}", faults.join("; "))),
        };
        self.note(row, what, end);
    }

    fn note(&mut self, row: &'static str, what: &str, end: End) {
        let what = what.to_owned();
        self.0.push(Played { row, what, end });
    }
}

/// What is wrong with a refusal: it must be a page with a way on, leave no session, and stand in the log, and where it answered
/// a request of this browser's in audit log and register, under its code.
fn faults(seen: &Seen, code: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    // What answers nothing that this browser asked is written down nowhere but in the log: strangers can send it.
    let answers_nothing = matches!(
        code,
        "state-missing"
            | "request-unknown"
            | "browser-unknown"
            | "browser-other"
            | "address-other"
            | "answer-form"
    );
    let (status, words) = match code {
        _ if answers_nothing => (StatusCode::FORBIDDEN, "This login is no longer valid"),
        "userinfo-too-large" => (StatusCode::SERVICE_UNAVAILABLE, "not available right now"),
        "error-access-denied" => (StatusCode::FORBIDDEN, "Login cancelled"),
        _ => (
            StatusCode::FORBIDDEN,
            "did not pass our security checks, so we did not accept it",
        ),
    };
    check(seen.status == status, format!("{}", seen.status));
    check(seen.page.contains(words), format!("no page: {}", seen.page));
    let names_it = answers_nothing || seen.page.contains("Ministero di prova");
    check(names_it, "the page does not say whose answer".to_owned());
    let leads_on = seen.page.contains("class=\"btn btn-primary\" href=\"/");
    check(leads_on, "the page leads nowhere".to_owned());
    check(
        seen.reason.as_deref() == Some(code),
        format!("{:?} in the log", seen.reason),
    );
    let expected: &[&str] = if answers_nothing { &[] } else { &[code] };
    check(
        seen.audited == expected,
        format!("{:?} in the audit log", seen.audited),
    );
    let registered: Vec<&str> = seen
        .registered
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    check(
        registered == expected,
        format!("{registered:?} in the register"),
    );
    check(
        seen.registered.iter().all(Option::is_some),
        "accepted".to_owned(),
    );
    check(
        !seen.logged_in && !seen.session,
        "somebody is logged in".to_owned(),
    );
    faults
}

/// Plays everything; each row of the book must have a case, and each case must end as it should.
#[tokio::test]
async fn every_row_of_the_rule_book_is_refused_with_its_reason_and_every_valid_variant_accepted() {
    let mut table = Table::default();
    statements::play(&mut table).await;
    answers::play(&mut table).await;
    id_tokens::play(&mut table).await;
    userinfo::play(&mut table).await;
    valid::play(&mut table).await;

    let mut rows: BTreeMap<&str, Vec<&Played>> = BTreeMap::new();
    for played in &table.0 {
        rows.entry(played.row).or_default().push(played);
    }
    let (mut report, mut wrong) = (String::new(), Vec::new());
    for Paragraph {
        name,
        rows: of_book,
        ..
    } in &BOOK
    {
        writeln!(report, "{name}").unwrap();
        for row in *of_book {
            let cases = rows.remove(row.id).unwrap_or_default();
            let fits = |played: &&Played| {
                matches!(
                    (&played.end, row.must_accept),
                    (End::Refused { .. }, false) | (End::Accepted, true)
                )
            };
            let good: Vec<_> = cases.iter().copied().filter(fits).collect();
            if good.is_empty() {
                wrong.push(format!("{name}, {}: no case", row.id));
            }
            let mut codes: Vec<&str> = good.iter().map(|played| played.end.word()).collect();
            codes.sort_unstable();
            codes.dedup();
            let (count, words, codes) = (good.len(), row.words, codes.join(" "));
            writeln!(report, "  {count:>3}  {words:<56} {codes}").unwrap();
        }
    }
    // What is left are the valid variants, which are of no row.
    assert_eq!(
        rows.keys().collect::<Vec<_>>(),
        [&valid::ROW],
        "rows that the book has not"
    );
    for played in &table.0 {
        if let End::Wrong(fault) = &played.end {
            wrong.push(format!("{}, {}: {fault}", played.row, played.what));
        }
    }
    let count = |is: fn(&End) -> bool| table.0.iter().filter(|played| is(&played.end)).count();
    let refused = count(|end| matches!(end, End::Refused { .. }));
    let accepted = count(|end| matches!(end, End::Accepted));
    let of_book = BOOK
        .iter()
        .map(|paragraph| paragraph.rows.len())
        .sum::<usize>();
    let total =
        format!("B13: {of_book} rows, {refused} cases refused; {accepted} valid variants accepted");
    println!("{report}\n{total}");
    // Where output is captured, the table is still there to read.
    let kept = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("cie_refusals.txt");
    std::fs::write(kept, format!("{report}\n{total}\n")).unwrap();
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

impl End {
    fn word(&self) -> &str {
        match self {
            Self::Refused { code } => code,
            Self::Accepted => "accepted",
            Self::Wrong(fault) => fault,
        }
    }
}

/// A misbehaviour of a provider: its row in the book, what it is, the code that it is refused with, and how it is done.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    fn(&mut crate::support::hostile::Made),
);

/// Plays misbehaviours, one login each.
async fn play_all(table: &mut Table, hostile: &Hostile, cases: &[Case]) {
    for (row, what, code, spoil) in cases {
        let seen = hostile.log_in(spoil).await;
        table.refused(row, what, code, &seen);
    }
}
