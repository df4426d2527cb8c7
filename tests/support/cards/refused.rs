//! The cards that must be refused, in the order of the checks.

mod holder;
mod path;
mod profile;
mod shape;

use varco::identity::Timestamp;
use varco::login::cns::CnsRefusal;

use super::super::certificates::Paper;
use super::{Authority, NegativeCard, REGION, card_key};

/// Cards that must be refused at this moment, each with its reason.
pub fn negative_cards(now: Timestamp) -> Vec<NegativeCard> {
    [
        shape::cards(now),
        path::cards(now),
        profile::cards(now),
        holder::cards(now),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A card by the Region.
fn region(name: &'static str, paper: Paper, expected: CnsRefusal) -> NegativeCard {
    by(name, paper, &REGION, expected)
}

/// A card by an authority, sent alone.
fn by(
    name: &'static str,
    paper: Paper,
    authority: &Authority,
    expected: CnsRefusal,
) -> NegativeCard {
    sent(name, vec![paper.sign((authority.key)())], expected)
}

/// What is sent, the card first.
fn sent(name: &'static str, chain_der: Vec<Vec<u8>>, expected: CnsRefusal) -> NegativeCard {
    NegativeCard {
        name,
        chain_der,
        key_pkcs8: card_key().pkcs8.clone(),
        expected,
        presentable: true,
    }
}

impl NegativeCard {
    /// One that the usual TLS clients cannot even load, or that a TLS server refuses before anybody looks at it.
    fn not_presentable(self) -> Self {
        Self {
            presentable: false,
            ..self
        }
    }
}
