//! A list that came, from wherever: whose it is, whether it is good, and where it goes.

use std::sync::{Arc, Mutex, PoisonError};

use super::keep::Cache;
use super::lists::{Lists, Taken};
use crate::identity::Timestamp;
use crate::protocol::x509::crl::{Crl, CrlSigner};
use crate::protocol::x509::{Certificate, IssuerId, Serial};

/// Takes lists in: verifies them against the authorities that are trusted, holds those that are good, and keeps a copy for the
/// next start. What is said of where a list came from counts for nothing: its signature tells whose it is.
#[derive(Debug, Clone)]
pub(super) struct Gatherer {
    pub(super) lists: Lists,
    pub(super) cache: Option<Cache>,
    /// One list at a time is compared, held and kept, so that the copy is never older than what is held.
    one_at_a_time: Arc<Mutex<()>>,
}

/// A list that was taken in.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) issuer: IssuerId,
    /// When the next one is there at the latest, in seconds since 1970.
    pub(super) next_update: i64,
    /// Whom it names that nobody named before.
    pub(super) newly: Vec<Serial>,
}

impl Gatherer {
    pub(super) fn new(lists: Lists, cache: Option<Cache>) -> Self {
        Self {
            lists,
            cache,
            one_at_a_time: Arc::default(),
        }
    }

    /// Takes a list of one of these authorities; otherwise gives the reason code. It blocks: a long list takes a second.
    pub(super) fn take(
        &self,
        der: &[u8],
        trusted: &[Arc<Certificate>],
        now: Timestamp,
    ) -> Result<Gathered, &'static str> {
        let (issuer, crl) = verified(der, trusted)?;
        let (next_update, scope) = (crl.next_update(), crl.scope().clone());
        let _alone = self
            .one_at_a_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let taken = self.lists.take(issuer, crl, now);
        let newly = match taken.map_err(|refusal| refusal.code())? {
            Taken::Unchanged => Vec::new(),
            Taken::New { newly } => {
                let kept = self
                    .cache
                    .as_ref()
                    .map(|cache| cache.put(issuer, &scope, der));
                if let Some(Err(error)) = kept {
                    // It is in force; only the next start would be without it.
                    tracing::error!(issuer = issuer.hex(), %error, "crl-not-kept");
                }
                newly
            }
        };
        Ok(Gathered {
            issuer,
            next_update,
            newly,
        })
    }
}

/// The authority whose signature is on a list, of those of its name: some names have two keys.
fn verified(der: &[u8], trusted: &[Arc<Certificate>]) -> Result<(IssuerId, Crl), &'static str> {
    let name = Crl::claimed_issuer(der).map_err(|refusal| refusal.code())?;
    let mut refusal = "unknown-issuer";
    for issuer in trusted {
        if issuer.subject().der() != name {
            continue;
        }
        // RFC 5280, 6.3.3 f.
        if issuer.key_usage().is_some_and(|usage| !usage.crl_sign()) {
            refusal = "issuer-signs-no-lists";
            continue;
        }
        let signer = CrlSigner {
            name,
            key: issuer.public_key(),
            key_id: issuer.subject_key_id(),
        };
        match Crl::read(der, &signer) {
            Ok(crl) => return Ok((IssuerId::of(issuer), crl)),
            Err(error) => refusal = error.code(),
        }
    }
    Err(refusal)
}
