//! Whether a card was revoked: the port, and its adapter.
//!
//! In: the revocation lists of the trusted authorities, brought in the background ([`Refresher`]), and where no list can
//! tell, a responder's answer. Out: a [`Revocation`] for a card whose path was verified, from memory: no login waits for a
//! list, and none is read twice. A list counts for those it is about, until its end and a grace that the operator chose;
//! after that nobody can tell, and the login is refused. Who was logged in stays so until a list names their card:
//! [`CardRevocation`] is what the sessions ask at every use.
//!
//! A list is verified once, when it comes, against the authority that must have signed it; where it came from counts for
//! nothing. It never goes back behind one that was there. The addresses that are asked are those of the configuration,
//! and those of certificates on hosts that the configuration or the authorities' own certificates name
//! ([`Addresses`]). Decision 0017 has the reasons.

mod addresses;
mod answers;
mod gather;
mod keep;
mod lists;
mod refresh;
mod round;
mod seen;

use std::sync::Arc;
use std::time::Duration;

use crate::crypto::Random;
use crate::identity::{Card, Timestamp};
use crate::protocol::x509::{Certificate, IssuerId, Serial};
use crate::session::RevokedCards;
use crate::store::BoxFuture;

pub use addresses::{Addresses, Mirror};
pub use answers::ResponderSettings;
pub use lists::{Listed, Lists, NotTaken, Taken};
pub use refresh::{RefreshSettings, Refresher, TrustedIssuers, issuers_of};
pub use round::{Failure, Round, Wanting};

use answers::Responders;
use seen::Seen;

/// What is known of a certificate's revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Its issuer's word, fresh enough, does not name it.
    Good,
    /// Its issuer has revoked it, or holds it.
    Revoked,
    /// Nobody could tell, or what they told is too old. The login is refused: a failure must not open the door.
    Unknown,
}

/// Who knows whether a card was revoked (rules on CNS, 1.6.8).
pub trait RevocationStatus: Send + Sync {
    /// The status of a certificate that this issuer has signed, at this moment. It is asked after the path was verified, and
    /// never inside a TLS handshake: a responder may have to be asked.
    fn status<'a>(
        &'a self,
        certificate: &'a Certificate,
        issuer: &'a Certificate,
        now: Timestamp,
    ) -> BoxFuture<'a, Revocation>;
}

/// How revocation is told.
#[derive(Clone)]
pub struct RevocationSettings {
    /// How lists are brought.
    pub refresh: RefreshSettings,
    /// How long after its end a list still counts.
    pub grace: Duration,
    /// How responders are asked where no list can tell; `None` to ask none.
    pub responders: Option<ResponderSettings>,
}

/// Tells whether cards were revoked, from the lists that its [`Refresher`] brings.
pub struct CardRevocation {
    lists: Lists,
    seen: Seen,
    grace: Duration,
    responders: Option<Responders>,
}

impl CardRevocation {
    /// The adapter, which knows nothing yet, and what brings it its lists.
    #[must_use]
    pub fn new(
        settings: RevocationSettings,
        trusted: TrustedIssuers,
        random: Arc<dyn Random>,
    ) -> (Self, Refresher) {
        let (lists, seen) = (Lists::default(), Seen::default());
        let responders = settings
            .responders
            .map(|settings| Responders::new(settings, Arc::clone(&random)));
        let refresher = Refresher::new(
            lists.clone(),
            seen.clone(),
            trusted,
            settings.refresh,
            random,
        );
        let revocation = Self {
            lists,
            seen,
            grace: settings.grace,
            responders,
        };
        (revocation, refresher)
    }

    /// The lists that are held.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.lists
    }
}

impl RevocationStatus for CardRevocation {
    fn status<'a>(
        &'a self,
        certificate: &'a Certificate,
        issuer: &'a Certificate,
        now: Timestamp,
    ) -> BoxFuture<'a, Revocation> {
        Box::pin(async move {
            let id = IssuerId::of(issuer);
            self.seen.note(id, issuer, certificate.crl_addresses());
            let listed = self.lists.status(id, certificate, self.grace, now);
            match (listed, &self.responders) {
                (Listed::Good, _) => Revocation::Good,
                (Listed::Revoked, _) => Revocation::Revoked,
                (Listed::Unknown, None) => Revocation::Unknown,
                (Listed::Unknown, Some(responders)) => {
                    responders.ask(certificate, issuer, &self.lists, now).await
                }
            }
        })
    }
}

impl RevokedCards for CardRevocation {
    fn is_revoked(&self, card: &Card) -> bool {
        let named = IssuerId::from_hex(&card.issuer_id).zip(Serial::from_hex(&card.serial));
        named.is_some_and(|(issuer, serial)| self.lists.name(issuer, &serial))
    }
}
