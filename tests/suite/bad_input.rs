//! Messages that no provider sends, against `varco serve` in a process of its own: each is a 4xx page, the memory stays
//! bounded, and the log gets a reason code and nothing else.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value;

use crate::support::configured::Configured;
use crate::support::demo::report;
use crate::support::serving::Serving;
use crate::support::wire::{exchange, get, post, status};

/// Stands in every hostile message, and must never come out again.
const MARK: &str = "RSSMRA80A01H501U";
/// How much the peak may grow over all the messages, in kB: one body of 10 MB in memory would break it.
const MOST_GROWTH: u64 = 8 * 1024;

fn form(field: &str, xml: &[u8]) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair(field, &STANDARD.encode(xml));
    form.append_pair("RelayState", MARK);
    form.finish().into_bytes()
}

fn attributes(count: usize) -> String {
    let attributes: String = (0..count).map(|n| format!(" a{n}=''")).collect();
    format!("<a b='{MARK}'{attributes}/>")
}

fn nested(depth: usize) -> String {
    format!("{}{MARK}{}", "<a>".repeat(depth), "</a>".repeat(depth))
}

fn utf_16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn deflated(bytes: usize) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"<a>").unwrap();
    let zeros = vec![b'0'; 64 * 1024];
    for _ in 0..bytes / zeros.len() {
        encoder.write_all(&zeros).unwrap();
    }
    encoder.finish().unwrap()
}

/// Name, bytes on the wire, whether the body is beyond any bound.
fn messages() -> Vec<(String, Vec<u8>, bool)> {
    let mut messages = Vec::new();
    for (path, field) in [("/spid/acs", "SAMLResponse"), ("/spid/slo", "SAMLRequest")] {
        let mut bodies = vec![
            ("ten megabytes", vec![b'A'; 10 * 1024 * 1024], true),
            (
                "a million attributes",
                form(field, attributes(1_000_000).as_bytes()),
                true,
            ),
            (
                "attributes that fit",
                form(field, attributes(12_000).as_bytes()),
                false,
            ),
            (
                "depth 100,000",
                form(field, nested(100_000).as_bytes()),
                true,
            ),
            (
                "depth that fits",
                form(field, nested(10_000).as_bytes()),
                false,
            ),
            ("UTF-16", form(field, &utf_16(&nested(1))), false),
            (
                "NUL",
                form(field, format!("<a>{MARK}\0</a>").as_bytes()),
                false,
            ),
            (
                "NUL in the form",
                format!("{field}=%00{MARK}").into_bytes(),
                false,
            ),
            ("not UTF-8", form(field, b"<a>\xff\xfe\xc0\x80</a>"), false),
            ("nothing", form(field, b""), false),
        ];
        for invalid in ["%%%", "PGE", "PGE+PC9h=", "PGE%20PC9hPg==", "####"] {
            bodies.push((
                "invalid base64",
                format!("{field}={invalid}{MARK}").into_bytes(),
                false,
            ));
        }
        for (name, body, beyond) in bodies {
            messages.push((format!("{name} at {path}"), post(path, &body), beyond));
        }
    }
    let redirect = |bytes: &[u8]| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("SAMLRequest", &STANDARD.encode(bytes));
        query.append_pair("RelayState", MARK);
        query.append_pair(
            "SigAlg",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        );
        query.append_pair("Signature", "AAAA");
        get(&format!("/spid/slo?{}", query.finish()))
    };
    for (name, bytes) in [
        ("a deflate bomb", deflated(32 * 1024 * 1024)),
        ("no deflate", MARK.as_bytes().to_vec()),
        ("a broken stream", deflated(1024 * 1024)[..200].to_vec()),
    ] {
        messages.push((format!("{name} in a redirect"), redirect(&bytes), false));
    }
    messages
}

#[tokio::test]
async fn hostile_messages_are_pages_in_bounded_memory_and_only_reasons_in_the_log() {
    let configured = Configured::new();
    let serving = Serving::start(&configured);
    // What is made at the first use is there before the measure begins.
    for first in [get("/"), post("/spid/acs", &form("SAMLResponse", b"<a/>"))] {
        exchange(serving.people, &first).await;
    }
    let before = serving.peak_memory();
    let messages = messages();
    for (name, bytes, beyond) in &messages {
        let answer = exchange(serving.people, bytes).await;
        let expected = if *beyond { 413..=413 } else { 400..=403 };
        assert!(
            expected.contains(&status(&answer)),
            "{name}: {}",
            status(&answer)
        );
        assert!(answer.contains("<html lang=\"it\">"), "{name} is a page");
        assert!(!answer.contains(MARK), "{name} comes back");
    }
    let growth = serving.peak_memory() - before;
    assert!(growth < MOST_GROWTH, "{growth} kB more");
    let count = messages.len();
    report(
        "bad-input",
        &format!("{count} hostile messages: a 4xx page each, peak memory +{growth} kB"),
    );

    let log = serving.log();
    assert!(!log.contains(MARK) && !log.contains("AAAA"), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let refused: Vec<&Value> = lines
        .iter()
        .filter(|line| line["message"] == "refused")
        .collect();
    assert_eq!(refused.len(), messages.len() + 1);
    for line in refused {
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        let known = [
            "level",
            "message",
            "reason",
            "reference",
            "target",
            "timestamp",
        ];
        assert!(
            keys.iter().all(|key| known.contains(&key.as_str())),
            "{line}"
        );
        let reason = line["reason"].as_str().unwrap();
        let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        assert!(
            !reason.is_empty() && reason.chars().all(is_code),
            "{reason}"
        );
    }
}
