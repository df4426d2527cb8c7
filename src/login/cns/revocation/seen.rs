//! What cards that were verified tell of where their authority's lists are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::protocol::x509::{Certificate, IssuerId};

/// The most authorities that are remembered, and addresses of each: several times what the country has.
const MOST_ISSUERS: usize = 512;
const MOST_ADDRESSES: usize = 16;

/// An authority as its cards show it.
#[derive(Debug, Clone)]
struct Issuer {
    certificate: Arc<Certificate>,
    addresses: BTreeSet<String>,
}

/// Authorities whose cards were seen, with the addresses that those cards name. An anchor's own certificate does not always
/// tell where its lists are, and an authority below an anchor is not among the anchors. Clones are handles on the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen(Arc<Mutex<BTreeMap<IssuerId, Issuer>>>);

impl Seen {
    /// Notes the addresses of a card whose path was verified.
    pub(super) fn note(&self, id: IssuerId, issuer: &Certificate, addresses: &[String]) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_ISSUERS && !seen.contains_key(&id) {
            return;
        }
        let known = seen.entry(id).or_insert_with(|| Issuer {
            certificate: Arc::new(issuer.clone()),
            addresses: BTreeSet::new(),
        });
        for address in addresses {
            if known.addresses.len() < MOST_ADDRESSES && !known.addresses.contains(address) {
                known.addresses.insert(address.clone());
            }
        }
    }

    /// The authorities that were seen.
    pub(super) fn issuers(&self) -> Vec<Arc<Certificate>> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let issuers = seen.values();
        issuers
            .map(|issuer| Arc::clone(&issuer.certificate))
            .collect()
    }

    /// The addresses that were seen.
    pub(super) fn addresses(&self) -> Vec<String> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let issuers = seen.values();
        issuers
            .flat_map(|issuer| issuer.addresses.iter().cloned())
            .collect()
    }
}
