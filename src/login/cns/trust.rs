//! Whom the verifier trusts: the issuing authorities themselves, each by its full name and key (rules on CNS, 0.8).
//!
//! In: a verified trusted list ([`Gathered::from_trusted_list`]) or folders of PEM files ([`Gathered::from_pem_folder`]). Out:
//! [`Anchors`], a set that never changes, with the names by which a browser chooses a card; [`LiveAnchors`] holds the set that is
//! in force and replaces it whole. A list that somebody brought is a [`Candidate`] until it may follow the one before, and
//! is kept in a [`ListFolder`]. No network here: `varco cns trust import` has that.

mod anchors;
mod candidate;
mod folder;
mod gathered;
mod live;
mod mark;
mod naming;

use crate::identity::CardKind;
use crate::protocol::x509::{Certificate, IssuerId};

pub use anchors::{Anchors, Change, HintPolicy, HintsTooLong, MAX_HINT_BYTES};
pub use candidate::{Candidate, CandidateRefusal, ListRules, SequenceRefusal};
pub use folder::{FolderError, FolderLock, Kept, ListFolder};
pub use gathered::{Gathered, NotAnAnchor, Override, Overrides, PassedOver};
pub use live::LiveAnchors;
pub use mark::{ListMark, MarkRefusal};

/// One issuing authority.
#[derive(Debug, Clone)]
pub struct Anchor {
    certificate: Certificate,
    id: IssuerId,
    provider: String,
    service: String,
    kind: CardKind,
    lombardy: bool,
}

impl Anchor {
    /// An authority as its publisher describes it.
    #[must_use]
    pub fn new(
        certificate: Certificate,
        provider: String,
        service: String,
        kind: CardKind,
        lombardy: bool,
    ) -> Self {
        Self {
            id: IssuerId::of(&certificate),
            certificate,
            provider,
            service,
            kind,
            lombardy,
        }
    }

    /// Its certificate: only name, key and constraints count, not who signed it.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> IssuerId {
        self.id
    }

    /// What to call it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.certificate.subject().display()
    }

    /// The trust service provider that runs it.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The service under which it is listed.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The kind of the cards that it issues.
    #[must_use]
    pub fn kind(&self) -> CardKind {
        self.kind
    }

    /// Whether it issues Lombardy's cards, whose own policies count as those of the CNS (rules on CNS, 1.2).
    #[must_use]
    pub fn is_lombardy(&self) -> bool {
        self.lombardy
    }

    /// Whether it issues electronic identity cards, by its name. They are in the national list too; no card of theirs is
    /// taken for a CNS, since its policy says what it is, but whoever shows one is told to use CIE.
    #[must_use]
    pub fn issues_identity_cards(&self) -> bool {
        naming::issues_identity_cards(self.certificate.subject())
    }
}
