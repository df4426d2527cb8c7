//! Ways to spoil the small list before or after it is signed.

use varco::demo::trusted_list::{fill, with_signature};

use super::super::corpus::signing::PROVIDER;
use super::{signed, small};

/// The small list with its signature, before its values are computed.
pub fn template() -> String {
    with_signature(&small().unsigned(), &PROVIDER.certificate, small().issued)
}

pub fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} in {text}");
    text.replacen(from, to, 1)
}

/// Changed before it was signed.
pub fn before(from: &str, to: &str) -> String {
    fill(&replaced(&template(), from, to), &PROVIDER.key).unwrap()
}

/// Changed after it was signed.
pub fn after(from: &str, to: &str) -> String {
    replaced(&signed(), from, to)
}

/// What stands from one mark to the end of another.
pub fn part<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap();
    let end = start + text[start..].find(to).unwrap() + to.len();
    &text[start..end]
}
