//! From `[cns]` to logins with a card.

use std::sync::Arc;

use super::CnsSection;
use crate::config::StoreSection;
use crate::crypto::Random;
use crate::http::cns::{CardHosts, CardWay};
use crate::http::revoked::RevocationKeeper;
use crate::login::cns::revocation::{CardRevocation, issuers_of};
use crate::login::cns::trust::LiveAnchors;
use crate::login::cns::{CnsVerifier, Handovers, PathRules, RevocationStatus};
use crate::store::ExpiringStore;

impl CnsSection {
    /// What is known of the cards of these issuers that were revoked, and what keeps it up.
    #[must_use]
    pub fn revoked(
        &self,
        anchors: LiveAnchors,
        store: &StoreSection,
        random: Arc<dyn Random>,
    ) -> (Arc<CardRevocation>, RevocationKeeper) {
        let settings = self.revocation.settings(store);
        let (revocation, refresher) = CardRevocation::new(settings, issuers_of(anchors), random);
        let keeper = RevocationKeeper::new(refresher, revocation.lists().clone());
        (Arc::new(revocation), keeper)
    }

    /// Logins with a card, whose issuers are these.
    #[must_use]
    pub fn way(
        &self,
        anchors: LiveAnchors,
        revocation: Arc<dyn RevocationStatus>,
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
    ) -> CardWay {
        let origin = |url: &url::Url| url.origin().ascii_serialization();
        CardWay {
            hosts: CardHosts {
                current: origin(&self.public_url),
                old: self.old_cards.as_ref().map(|old| origin(&old.public_url)),
            },
            verifier: CnsVerifier::new(anchors, revocation, PathRules::default()),
            handovers: Handovers::new(store, random),
            second_step: None,
        }
    }
}
