//! From `[cns]` to logins with a card.

use std::sync::Arc;

use super::CnsSection;
use crate::crypto::Random;
use crate::http::cns::{CardHosts, CardWay};
use crate::identity::Timestamp;
use crate::login::cns::trust::LiveAnchors;
use crate::login::cns::{CnsVerifier, Handovers, PathRules, Revocation, RevocationStatus};
use crate::protocol::x509::Certificate;
use crate::store::{BoxFuture, ExpiringStore};

/// Who knows nothing of any card, so that none is good.
struct NobodyKnows;

impl RevocationStatus for NobodyKnows {
    fn status<'a>(
        &'a self,
        _: &'a Certificate,
        _: &'a Certificate,
        _: Timestamp,
    ) -> BoxFuture<'a, Revocation> {
        Box::pin(async { Revocation::Unknown })
    }
}

impl CnsSection {
    /// Logins with a card, whose issuers are these.
    #[must_use]
    pub fn way(
        &self,
        anchors: LiveAnchors,
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
    ) -> CardWay {
        let origin = |url: &url::Url| url.origin().ascii_serialization();
        CardWay {
            hosts: CardHosts {
                current: origin(&self.public_url),
                old: self.old_cards.as_ref().map(|old| origin(&old.public_url)),
            },
            verifier: CnsVerifier::new(anchors, Arc::new(NobodyKnows), PathRules::default()),
            handovers: Handovers::new(store, random),
            second_step: None,
        }
    }
}
