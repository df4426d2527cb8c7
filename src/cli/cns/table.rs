//! The authorities as a table.

use std::io::{self, Write};

use crate::crypto::KeyKind;
use crate::login::cns::trust::{Anchor, Anchors};

const HEADS: [&str; 6] = ["AUTHORITY", "PROVIDER", "CARDS", "KEY", "UNTIL", "ID"];

/// Writes one line an authority, in the order of their names, in columns as wide as they need.
pub(super) fn write(anchors: &Anchors, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<[String; 6]> = anchors.iter().map(row).collect();
    rows.sort();
    rows.insert(0, HEADS.map(str::to_owned));
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: [usize; 6] = std::array::from_fn(width);
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn row(anchor: &Anchor) -> [String; 6] {
    let certificate = anchor.certificate();
    let mut cards = if anchor.issues_identity_cards() {
        "cie".to_owned()
    } else {
        anchor.kind().name().to_owned()
    };
    if anchor.is_lombardy() {
        cards.push_str(", lombardy");
    }
    let key = match certificate.public_key().kind() {
        KeyKind::Rsa(bits) => format!("RSA {bits}"),
        KeyKind::P256 => "P-256".to_owned(),
        KeyKind::P384 => "P-384".to_owned(),
        KeyKind::P521 => "P-521".to_owned(),
    };
    [
        shown(anchor.name()),
        shown(anchor.provider()),
        cards,
        key,
        certificate.not_after().format("%Y-%m-%d").to_string(),
        anchor.id().hex(),
    ]
}

/// A name out of a list or file, on one line and without anything that a terminal would obey.
pub(super) fn shown(name: &str) -> String {
    // Marks that turn the direction of writing, or are not seen, could show another name than there is.
    let is_plain = |char: &char| {
        !char.is_control()
            && !matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    name.chars().filter(is_plain).take(80).collect()
}
