//! What cards that were verified tell of where their authority's lists are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::protocol::x509::{Certificate, IssuerId};

/// The most authorities that are remembered: several times what the country has.
const MOST_ISSUERS: usize = 512;
/// The most addresses of each: some divide their cards among hundreds of lists.
const MOST_ADDRESSES: usize = 1024;

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

    /// These authorities, and those that were seen below them. One that was seen counts as long as who signed it does.
    pub(super) fn below(&self, trusted: Vec<Arc<Certificate>>) -> Vec<Arc<Certificate>> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: BTreeMap<IssuerId, Arc<Certificate>> = trusted
            .into_iter()
            .map(|issuer| (IssuerId::of(&issuer), issuer))
            .collect();
        // Each round may make those known who signed further ones.
        loop {
            let further: Vec<_> = seen
                .iter()
                .filter(|(id, _)| !all.contains_key(id))
                .filter(|(_, issuer)| {
                    let certificate = &issuer.certificate;
                    all.values()
                        .any(|above| certificate.is_signed_by(above).is_ok())
                })
                .map(|(id, issuer)| (*id, Arc::clone(&issuer.certificate)))
                .collect();
            if further.is_empty() {
                return all.into_values().collect();
            }
            all.extend(further);
        }
    }

    /// The addresses that cards of these authorities named.
    pub(super) fn addresses(&self, of: &[Arc<Certificate>]) -> Vec<String> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let issuers = of
            .iter()
            .filter_map(|issuer| seen.get(&IssuerId::of(issuer)));
        issuers
            .flat_map(|issuer| issuer.addresses.iter().cloned())
            .collect()
    }
}
