//! The corpus and mutations of it through the entry functions of the fuzz targets: no input may panic, prove another
//! person, or be accepted by us and refused by a judge.

use std::fs;
use std::path::Path;

use varco::crypto::Signer as _;

use super::corpus::CORPUS;
use super::corpus::judges::{Exhibit, bergshamra};
use super::corpus::signing::PROVIDER;
use crate::support::cards::accepted_cards;

#[path = "../fuzz/entry.rs"]
pub mod entry;

/// Pieces that matter to XML, put anywhere.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "\"",
    "'",
    "&",
    ";",
    "=",
    ":",
    " ",
    "\n",
    "\r\n",
    "\t",
    "#",
    "\0",
    "\u{feff}",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x?>",
    "<!DOCTYPE x>",
    "<a>",
    "</a>",
    "<a/>",
    "&#13;",
    "&amp;",
    "&lt;",
    " xmlns=\"\"",
    " xmlns=\"urn:a\"",
    " xmlns:saml=\"urn:a\"",
    " ID=\"_assertion\"",
    " Id=\"x\"",
    "<ds:Object/>",
    "<saml:Advice/>",
    "_assertion",
    "_response",
    "\u{e8}",
    "\u{fffe}",
];

/// A small generator with a known start, so that every run does the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // xorshift64*, by Vigna.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % sides.max(1)
    }
}

fn mutated(text: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = text.to_vec();
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(out.len());
        let end = (at + 1 + dice.roll(40)).min(out.len());
        match dice.roll(6) {
            0 => out[at] ^= 1 << dice.roll(8),
            1 => drop(out.drain(at..end)),
            2 => {
                let copy = out[at..end].to_vec();
                let to = dice.roll(out.len());
                out.splice(to..to, copy);
            }
            3 => {
                let from = dice.roll(other.len());
                let until = (from + dice.roll(400)).min(other.len());
                out.splice(at..at, other[from..until].iter().copied());
            }
            _ => {
                let piece = PIECES[dice.roll(PIECES.len())];
                out.splice(at..at, piece.bytes());
            }
        }
    }
    out
}

#[test]
fn no_message_of_the_corpus_breaks_a_promise() {
    let keys = [PROVIDER.public()];
    for case in CORPUS.iter() {
        entry::gate(&case.text);
        entry::c14n(&case.text);
        entry::verify(&case.text, &keys);
    }
}

#[test]
fn no_mutation_of_the_corpus_breaks_a_promise() {
    let keys = [PROVIDER.public()];
    let mut dice = Dice(0x5eed);
    let small: Vec<_> = CORPUS
        .iter()
        .filter(|case| case.text.len() < 20_000 && case.key.name == PROVIDER.name)
        .collect();
    let (mut passed, mut refused) = (0, 0);
    for case in &small {
        for _ in 0..6 {
            let other = &small[dice.roll(small.len())].text;
            let text = mutated(&case.text, other, &mut dice);
            entry::gate(&text);
            entry::c14n(&text);
            if entry::verify(&text, &keys) {
                passed += 1;
                let exhibit = Exhibit {
                    text: &text,
                    key: &PROVIDER,
                };
                assert!(
                    bergshamra(&exhibit) || case.shape.contains("line by line"),
                    "we accept and bergshamra refuses: {}",
                    String::from_utf8_lossy(&text)
                );
            } else {
                refused += 1;
            }
        }
    }
    // Both kinds must be there, or the mutations are too tame or too wild to tell anything. How many pass depends on the
    // signatures, which are new at every run.
    assert!(
        passed > 5 && refused > 1_000,
        "{passed} passed, {refused} refused"
    );
}

#[test]
#[ignore = "writes what the fuzz targets start from"]
fn write_the_seeds_of_the_fuzz_targets() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    fs::write(
        folder.join("provider.der"),
        PROVIDER.key.public_key().spki(),
    )
    .unwrap();
    for target in ["gate", "c14n", "verify"] {
        let seeds = folder.join("corpus").join(target);
        fs::create_dir_all(&seeds).unwrap();
        for (number, case) in CORPUS.iter().enumerate() {
            if case.text.len() < 20_000 && case.key.name == PROVIDER.name {
                fs::write(seeds.join(format!("{number:04}.xml")), &case.text).unwrap();
            }
        }
    }
    super::federation::write_seeds(&folder);
    super::jose_mutations::write_seeds(&folder);
    let seeds = folder.join("corpus/card");
    fs::create_dir_all(&seeds).unwrap();
    for card in accepted_cards(super::cns_cards::now()) {
        fs::write(seeds.join(format!("{}.der", card.name)), &card.chain_der[0]).unwrap();
    }
}
