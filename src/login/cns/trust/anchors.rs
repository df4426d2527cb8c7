//! A set of authorities that never changes.

use std::collections::HashSet;

use super::Anchor;
use crate::crypto::sha256;
use crate::protocol::x509::{IssuerId, Name};

/// The most bytes of names that a handshake may carry. TLS would take four times as many, but some clients stop at a
/// record of 16 kB, and rustls writes a broken message past 64 kB without saying so (rules on CNS, 0.3).
pub const MAX_HINT_BYTES: usize = 16 * 1024;

/// Which names of authorities a browser is told when it is asked for a certificate (RFC 8446, 4.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HintPolicy {
    /// Those of the authorities of cards, so that nobody is asked for a certificate that could not be used.
    #[default]
    Names,
    /// None: the browser offers every certificate that it has.
    None,
}

/// The names of the authorities do not fit into a handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the {names} names of the authorities take {bytes} bytes in a handshake, and {MAX_HINT_BYTES} fit: trust fewer authorities, or say `hints = \"none\"`"
)]
pub struct HintsTooLong {
    /// How many names there are.
    pub names: usize,
    /// How many bytes they take, their lengths included.
    pub bytes: usize,
}

/// The authorities that are trusted.
#[derive(Debug, Clone, Default)]
pub struct Anchors {
    all: Vec<Anchor>,
    hints: Vec<Vec<u8>>,
}

/// What differs between two sets.
#[derive(Debug, Default)]
pub struct Change<'a> {
    /// Authorities that were not there.
    pub added: Vec<&'a Anchor>,
    /// Authorities that are no longer there.
    pub removed: Vec<&'a Anchor>,
}

impl Anchors {
    /// A set of authorities, without hints. A certificate counts once, however often it was given.
    #[must_use]
    pub fn new(all: Vec<Anchor>) -> Self {
        let mut seen = HashSet::new();
        let is_new = |anchor: &Anchor| seen.insert(anchor.certificate().sha256());
        Self {
            all: all.into_iter().filter(is_new).collect(),
            hints: Vec::new(),
        }
    }

    /// The same set, with the names that browsers are told.
    ///
    /// The authorities of electronic identity cards are left out. A browser that knows a fitting certificate stops and asks
    /// for it, and a person who holds a CIE would be asked for its PIN only to be told to use CIE; without the hint they
    /// get the page without a card, which tells the same (rules on CNS, 0.13).
    ///
    /// # Errors
    /// [`HintsTooLong`] when the names do not fit.
    pub fn hinting(self, policy: HintPolicy) -> Result<Self, HintsTooLong> {
        let mut hints = Vec::new();
        if policy == HintPolicy::Names {
            let mut seen = HashSet::new();
            for anchor in &self.all {
                let name = anchor.certificate().subject().der();
                if !anchor.issues_identity_cards() && seen.insert(name) {
                    hints.push(name.to_vec());
                }
            }
        }
        // Each name has two bytes of length before it (RFC 8446, 4.2.4).
        let bytes = hints.iter().map(|name| name.len() + 2).sum();
        if bytes > MAX_HINT_BYTES {
            let names = hints.len();
            return Err(HintsTooLong { names, bytes });
        }
        Ok(Self { hints, ..self })
    }

    /// Every authority of this name; several keys may bear it.
    pub fn find<'a, 'name>(
        &'a self,
        issuer_name: &'name Name,
    ) -> impl Iterator<Item = &'a Anchor> + use<'a, 'name> {
        self.all
            .iter()
            .filter(move |anchor| anchor.certificate().subject() == issuer_name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Anchor> {
        self.all.iter()
    }

    /// The names that browsers are told, in DER, each once; empty for every certificate.
    #[must_use]
    pub fn hints(&self) -> &[Vec<u8>] {
        &self.hints
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// SHA-256 over the certificates, what is known of each, and the hints: sets with the same digest do the same.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut parts: Vec<Vec<u8>> = self
            .all
            .iter()
            .map(|anchor| {
                let mut part = anchor.certificate().sha256().to_vec();
                part.push(u8::from(anchor.is_lombardy()));
                part.extend_from_slice(anchor.kind().name().as_bytes());
                part
            })
            .collect();
        parts.sort_unstable();
        parts.extend(self.hints.iter().map(|name| sha256(name).to_vec()));
        sha256(&parts.concat())
    }

    /// What differs from an earlier set, by the identities of the authorities: a new certificate for the same name and key
    /// is no difference.
    #[must_use]
    pub fn compared_with<'a>(&'a self, before: &'a Self) -> Change<'a> {
        let only_in = |these: &'a Self, those: &Self| {
            let there: HashSet<IssuerId> = those.all.iter().map(Anchor::id).collect();
            let mut told = HashSet::new();
            these
                .all
                .iter()
                .filter(|anchor| !there.contains(&anchor.id()) && told.insert(anchor.id()))
                .collect()
        };
        Change {
            added: only_in(self, before),
            removed: only_in(before, self),
        }
    }
}
