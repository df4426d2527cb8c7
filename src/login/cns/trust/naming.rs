//! What the name of an authority tells of its cards. The list does not say it otherwise; where a name says it wrongly, the
//! configuration does (`[[cns.trust.issuer]]`). Nothing is trusted for its name: this decides what policy and audit are
//! told, which of two texts a person reads, and whether Lombardy's own policies count.

use crate::identity::CardKind;
use crate::protocol::x509::{Name, Oid};

/// Words of the names, as the lists of 2019 and 2026 have them, by the kind of card (rules on CNS, 1.3). The first that fits
/// decides: a Region's authority may be run by a body of any kind.
const WORDS: &[(&[&str], CardKind)] = &[
    (
        &[
            "cittadini",
            "regione",
            "provincia autonoma",
            "tessera sanitaria",
        ],
        CardKind::Health,
    ),
    (
        &[
            "ordine",
            "ordini",
            "collegio",
            "consiglio nazionale",
            "cndcec",
            "notariato",
            "camera di commercio",
            "camere di commercio",
            "infocamere",
        ],
        CardKind::Professional,
    ),
    (
        &[
            "ministero",
            "arma dei carabinieri",
            "polizia di stato",
            "guardia di finanza",
            "modello ate",
            "mod ate",
            "agenzia delle entrate",
        ],
        CardKind::PublicServant,
    ),
];

/// The authorities of the electronic identity card.
const IDENTITY_CARDS: &[&str] = &[
    "electronic identity card",
    "carta d identità elettronica",
    "carta d identita elettronica",
    "carta di identità elettronica",
    "carta di identita elettronica",
];

/// Lombardy's authorities.
const LOMBARDY: &[&str] = &["regione lombardia"];

/// The kind of the cards of an authority of this name.
pub(super) fn kind(subject: &Name) -> CardKind {
    let words = words(subject);
    WORDS
        .iter()
        .find(|(known, _)| has_any(&words, known))
        .map_or(CardKind::Other, |(_, kind)| *kind)
}

/// Whether an authority of this name issues Lombardy's cards.
pub(super) fn is_lombardy(subject: &Name) -> bool {
    has_any(&words(subject), LOMBARDY)
}

/// Whether an authority of this name issues electronic identity cards.
pub(super) fn issues_identity_cards(subject: &Name) -> bool {
    has_any(&words(subject), IDENTITY_CARDS)
}

/// The words of a name in lower case, each between spaces.
fn words(subject: &Name) -> String {
    let mut words = String::from(" ");
    for kind in [
        Oid::COMMON_NAME,
        Oid::ORGANIZATIONAL_UNIT,
        Oid::ORGANIZATION,
    ] {
        for value in subject.all(&kind).flatten() {
            let parts = value.split(|char: char| !char.is_alphanumeric());
            for word in parts.filter(|word| !word.is_empty()) {
                words.push_str(&word.to_lowercase());
                words.push(' ');
            }
        }
    }
    words
}

fn has_any(words: &str, known: &[&str]) -> bool {
    known
        .iter()
        .any(|known| words.contains(&format!(" {known} ")))
}
