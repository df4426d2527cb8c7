//! What a revocation list of a million cards costs: to read and verify it, in memory at rest and while it is read, and to look a
//! card up in it. `cargo bench --bench cards` ends with the table, and with 1 when a figure is over its limit.

#![allow(
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a measurement says what it expects by failing"
)]

#[path = "../tests/support/der.rs"]
mod der;
#[path = "../tests/support/issuer.rs"]
mod issuer;

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use issuer::CardIssuer;
use varco::identity::Timestamp;
use varco::login::cns::revocation::{Listed, Lists, Taken};
use varco::protocol::x509::crl::{Crl, CrlSigner};
use varco::protocol::x509::{Certificate, IssuerId, Serial};

const MEASURE: &str = "--measure";
const ENTRIES: u64 = 1_000_000;
const NOW: &str = "2026-11-22T05:00:00Z";
const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// A list is read in the background, by a thread of its own.
const LOAD_LIMIT: Duration = Duration::from_secs(2);
/// The set of a million, and what it takes to read it besides the list itself.
const REST_LIMIT: f64 = 40.0;
const READING_LIMIT: f64 = 40.0;
/// A login looks up one card, and each use of a session one more.
const LOOKUP_LIMIT: f64 = 1_000.0;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip_while(|argument| argument != MEASURE);
    if arguments.next().is_some() {
        return measure(Path::new(&arguments.next().unwrap()));
    }
    let now: Timestamp = NOW.parse().unwrap();
    let issuer = CardIssuer::new("Regione Esempio - CA Cittadini", &[]);
    let der = list(&issuer, 1, now);
    let later = list(&issuer, 2, now);
    let signer = CrlSigner {
        name: issuer.certificate.subject().der(),
        key: issuer.certificate.public_key(),
        key_id: issuer.certificate.subject_key_id(),
    };
    let id = IssuerId::of(&issuer.certificate);

    let begun = Instant::now();
    let crl = Crl::read(&der, &signer).unwrap();
    let load = begun.elapsed();
    assert_eq!(crl.revoked().len(), usize::try_from(ENTRIES).unwrap());
    let lists = Lists::default();
    lists.take(id, crl, now).unwrap();
    let (reading, rest) = in_a_new_process(&der, &issuer);

    // Cards that are on it and cards that are not, in no order.
    let cards: Vec<_> = (0..64).map(|card| issuer.card(serial(card), &[])).collect();
    let serials: Vec<Serial> = (0..1 << 16)
        .map(|card| Serial::new(&serial(card * 15).to_be_bytes()).unwrap())
        .collect();
    let found = serials
        .iter()
        .filter(|serial| lists.name(id, serial))
        .count();
    // In rounds that are short enough for the rest of the machine to leave some of them alone.
    let mut rounds = serials.chunks_exact(512).cycle();
    let lookup = nanoseconds(512, || {
        for serial in rounds.next().unwrap() {
            black_box(lists.name(id, black_box(serial)));
        }
    });
    let status = nanoseconds(cards.len(), || {
        for card in &cards {
            let status = lists.status(id, black_box(card), Duration::ZERO, now);
            assert_ne!(black_box(status), Listed::Unknown);
        }
    });
    let begun = Instant::now();
    let taken = lists.take(id, Crl::read(&later, &signer).unwrap(), now);
    let swap = begun.elapsed();
    assert_eq!(taken, Ok(Taken::New { newly: Vec::new() }));

    println!(
        "a list of {ENTRIES} cards, {:.1} MiB, of which {found} of {} are looked up and found",
        der.len() as f64 / MEBIBYTE,
        serials.len()
    );
    let rows = [
        (
            "read and verify",
            load.as_secs_f64(),
            LOAD_LIMIT.as_secs_f64(),
            "s",
        ),
        (
            "the next one, compared",
            swap.as_secs_f64(),
            LOAD_LIMIT.as_secs_f64(),
            "s",
        ),
        ("memory at rest", rest, REST_LIMIT, "MiB"),
        ("memory while it is read", reading, READING_LIMIT, "MiB"),
        ("a lookup", lookup, LOOKUP_LIMIT, "ns"),
        ("the status of a card", status, LOOKUP_LIMIT, "ns"),
    ];
    let mut good = true;
    for (what, measured, limit, unit) in rows {
        good &= measured <= limit;
        println!("{what:<24} {measured:>10.2} {unit:<4} (limit {limit:.0} {unit})");
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A number of 16 bytes' spread in eight: neighbours lie far apart, as real ones do.
fn serial(card: u64) -> u64 {
    card.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1
}

fn list(issuer: &CardIssuer, number: u32, now: Timestamp) -> Vec<u8> {
    let from = now.timestamp() - 3600 + i64::from(number);
    let mut form = issuer.list(number, from, from + 86_400, &[]);
    let reason = der::extension(21, false, &der::tlv(10, [4]));
    form.entries = (0..ENTRIES)
        .map(|card| der::entry(&serial(card).to_be_bytes(), std::slice::from_ref(&reason)))
        .collect();
    form.signed_by(&issuer.key)
}

/// Nanoseconds of one of `count`, in the best round.
fn nanoseconds(count: usize, mut round: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..2_000 {
        let begun = Instant::now();
        round();
        best = best.min(begun.elapsed().as_secs_f64() * 1e9 / count as f64);
    }
    best
}

/// What a list takes while it is read and afterwards, in MiB, in a process that did nothing before: in this one the allocator
/// has room left from making the list.
fn in_a_new_process(der: &[u8], issuer: &CardIssuer) -> (f64, f64) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("list.crl"), der).unwrap();
    std::fs::write(folder.path().join("ca.der"), issuer.certificate.der()).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .arg(MEASURE)
        .arg(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut figures = text.split_whitespace().map(|text| text.parse().unwrap());
    (figures.next().unwrap(), figures.next().unwrap())
}

fn measure(folder: &Path) -> ExitCode {
    let der = std::fs::read(folder.join("list.crl")).unwrap();
    let issuer = Certificate::parse(&std::fs::read(folder.join("ca.der")).unwrap()).unwrap();
    let signer = CrlSigner {
        name: issuer.subject().der(),
        key: issuer.public_key(),
        key_id: issuer.subject_key_id(),
    };
    let before = memory("VmRSS");
    reset_peak();
    let crl = Crl::read(black_box(&der), &signer).unwrap();
    let (peak, after) = (memory("VmHWM"), memory("VmRSS"));
    black_box(crl);
    println!("{} {}", peak - before, after - before);
    ExitCode::SUCCESS
}

/// A line of this process's status, in MiB.
fn memory(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|text| text.starts_with(line)).unwrap();
    let kibibytes = line.split_whitespace().nth(1).unwrap();
    kibibytes.parse::<f64>().unwrap() / 1024.0
}

/// Lets the peak begin at what is there now.
fn reset_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}
