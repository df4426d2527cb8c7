//! The lists that are held, and what they say of a card.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::identity::Timestamp;
use crate::protocol::x509::crl::Crl;
use crate::protocol::x509::{Certificate, IssuerId, Serial};

/// A clock of an authority may be ahead of ours by so much, in seconds; a list of a later day is none yet.
const SKEW: i64 = 300;

/// The most lists of one authority, and the most cards that all lists together name: 320 MB. An authority that went bad could
/// otherwise fill the memory, with a list for another distribution point each time.
const MOST_PARTS: usize = 1024;
const MOST_CARDS: usize = 16_000_000;

/// What the lists say of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// A list that is about it and in force does not name it.
    Good,
    /// A list names it. A list that is past its day is believed in this: a card is not good again by nobody looking.
    Revoked,
    /// No list in force is about it.
    Unknown,
}

/// What became of a list that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is the one that is held.
    Unchanged,
    /// It is held now, in the place of an earlier one.
    New {
        /// The cards that it names and the earlier one did not; none when there was none before, since nobody was let in
        /// by a list then.
        newly: Vec<Serial>,
    },
}

/// Why a list of the right authority is not held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// A later one of the same scope is held: by number or by date.
    #[error("a later list is held")]
    WentBack,
    /// It was made in the future.
    #[error("the list is not in force yet")]
    NotYet,
    /// There are too many lists, or too many cards on them, already.
    #[error("no more lists are held")]
    TooMany,
}

impl NotTaken {
    /// The reason code, for logs and metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WentBack => "went-back",
            Self::NotYet => "not-yet",
            Self::TooMany => "too-many",
        }
    }
}

type Held = BTreeMap<IssuerId, Vec<Arc<Crl>>>;

/// The lists that are held, one of an authority and scope. Clones are handles on the same ones. A lookup takes what is
/// held at that moment and waits for nobody who brings a new list.
#[derive(Debug, Clone, Default)]
pub struct Lists(Arc<RwLock<Arc<Held>>>);

impl Lists {
    fn current(&self) -> Arc<Held> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Holds a list of an authority, unless it is older than the one of its scope that is held.
    ///
    /// # Errors
    /// [`NotTaken`] says why it is not held; what was held still is.
    pub fn take(&self, issuer: IssuerId, crl: Crl, now: Timestamp) -> Result<Taken, NotTaken> {
        if crl.this_update() > now.timestamp() + SKEW {
            return Err(NotTaken::NotYet);
        }
        // Whoever writes is alone, and whoever reads meanwhile has the set from before.
        let mut place = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut held = Held::clone(&place);
        let lists = held.entry(issuer).or_default();
        let same_scope = |other: &Arc<Crl>| other.scope() == crl.scope();
        let before = lists.iter().position(same_scope);
        let before = before.map(|position| lists.swap_remove(position));
        if let Some(before) = &before {
            if before.sha256() == crl.sha256() {
                return Ok(Taken::Unchanged);
            }
            if crl.is_older_than(before) {
                return Err(NotTaken::WentBack);
            }
        }
        let newly = before.map(|before| crl.revoked().not_in(before.revoked()).copied().collect());
        lists.push(Arc::new(crl));
        if lists.len() > MOST_PARTS {
            return Err(NotTaken::TooMany);
        }
        lists.sort_by(|one, other| one.scope().cmp(other.scope()));
        let cards: usize = held.values().flatten().map(|crl| crl.revoked().len()).sum();
        if cards > MOST_CARDS {
            return Err(NotTaken::TooMany);
        }
        *place = Arc::new(held);
        Ok(Taken::New {
            newly: newly.unwrap_or_default(),
        })
    }

    /// What is said of a certificate of an authority: a card's, or that of an authority below. A list counts until `grace`
    /// after its end.
    #[must_use]
    pub fn status(
        &self,
        issuer: IssuerId,
        certificate: &Certificate,
        grace: Duration,
        now: Timestamp,
    ) -> Listed {
        if self.name(issuer, certificate.serial()) {
            return Listed::Revoked;
        }
        let held = self.current();
        let lists = held.get(&issuer).map(Vec::as_slice).unwrap_or_default();
        let grace = i64::try_from(grace.as_secs()).unwrap_or(i64::MAX);
        let addresses = certificate.crl_addresses();
        let is_authority = certificate
            .basic_constraints()
            .is_some_and(|basic| basic.ca);
        let in_force = |crl: &Arc<Crl>| {
            crl.scope().covers(addresses, is_authority)
                && now.timestamp() < crl.next_update().saturating_add(grace)
        };
        if lists.iter().any(in_force) {
            Listed::Good
        } else {
            Listed::Unknown
        }
    }

    /// Whether any list of an authority names a card, whatever its scope and day: an authority gives a number once.
    #[must_use]
    pub fn name(&self, issuer: IssuerId, serial: &Serial) -> bool {
        let held = self.current();
        let lists = held.get(&issuer).map(Vec::as_slice).unwrap_or_default();
        lists.iter().any(|crl| crl.revoked().contains(serial))
    }

    /// Forgets the lists of authorities that are trusted no more.
    pub fn keep_only(&self, issuers: &[IssuerId]) {
        if self.current().keys().all(|issuer| issuers.contains(issuer)) {
            return;
        }
        let mut place = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut held = Held::clone(&place);
        held.retain(|issuer, _| issuers.contains(issuer));
        *place = Arc::new(held);
    }

    /// The lists that are held, by authority.
    #[must_use]
    pub fn held(&self) -> Vec<(IssuerId, Arc<Crl>)> {
        let held = self.current();
        let lists = held.iter();
        lists
            .flat_map(|(issuer, lists)| lists.iter().map(|crl| (*issuer, Arc::clone(crl))))
            .collect()
    }
}
