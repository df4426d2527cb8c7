//! A trusted list that somebody brought, on its way to being kept.

use chrono::{DateTime, Duration, Utc};

use super::{Gathered, Overrides};
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::protocol::trusted_list::{ListRefusal, TrustedList};
use crate::protocol::xml::{
    Document, Limits, ListSignatureRefusal, ListSigner, XmlRefusal, verify_list,
};

/// How far a list's date may be ahead of our clock.
const AHEAD: Duration = Duration::hours(24);

/// What an installation wants of a list.
#[derive(Debug, Clone)]
pub struct ListRules {
    /// Who may have signed it: pinned certificates, one at least.
    pub signers: Vec<ListSigner>,
    /// Whose list it is: a country's code.
    pub territory: String,
    /// What the configuration says of authorities, against their names.
    pub overrides: Overrides,
}

/// Why a list is not taken, whatever was kept before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CandidateRefusal {
    /// Not a document that passes the gate.
    #[error(transparent)]
    Xml(#[from] XmlRefusal),
    /// Not signed by a pinned signer, as a list is signed.
    #[error(transparent)]
    Signature(#[from] ListSignatureRefusal),
    /// Not a trusted list.
    #[error(transparent)]
    List(#[from] ListRefusal),
    /// Another country's.
    #[error("it is the list of {0}, not of the configured territory")]
    Territory(String),
    /// Issued in the future.
    #[error("it was issued on {0}, which is still to come: one of the clocks is wrong")]
    Future(DateTime<Utc>),
}

/// Why a list does not take the place of the one that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SequenceRefusal {
    /// It is older: somebody may want authorities back that were withdrawn (ETSI TS 119 612, 5.3.2).
    #[error(
        "it has number {offered}, and number {kept} was taken already: an older list never comes back"
    )]
    Older {
        /// Its number.
        offered: u64,
        /// The number of the one that is kept.
        kept: u64,
    },
    /// It has the number of the one that is kept and other content.
    #[error("it has number {0} like the list that is kept, and says something else")]
    Altered(u64),
}

/// A list that verified and was read.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its number.
    pub sequence: u64,
    /// When it was issued.
    pub issued: DateTime<Utc>,
    /// When the next one comes at the latest; `None` for a list that was closed.
    pub next_update: Option<DateTime<Utc>>,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// Its authorities of cards.
    pub gathered: Gathered,
}

impl Candidate {
    /// Verifies and reads a list.
    ///
    /// # Errors
    /// [`CandidateRefusal`] when it cannot be trusted or read.
    pub fn read(
        bytes: &[u8],
        rules: &ListRules,
        now: DateTime<Utc>,
    ) -> Result<Self, CandidateRefusal> {
        let document = Document::from_bytes(bytes, &Limits::LIST)?;
        let list = TrustedList::read(verify_list(&document, &rules.signers)?)?;
        if list.territory != rules.territory {
            return Err(CandidateRefusal::Territory(list.territory.into_owned()));
        }
        if list.issued > now + AHEAD {
            return Err(CandidateRefusal::Future(list.issued));
        }
        Ok(Self {
            sequence: list.sequence,
            issued: list.issued,
            next_update: list.next_update,
            sha256: hex(&sha256(bytes)),
            gathered: Gathered::from_trusted_list(&list, &rules.overrides, now),
        })
    }

    /// Whether the list may take the place of one with this number and digest; the same one again may.
    ///
    /// # Errors
    /// [`SequenceRefusal`] when it is older, or another of the same number.
    pub fn may_follow(&self, sequence: u64, sha256: &str) -> Result<(), SequenceRefusal> {
        let offered = self.sequence;
        if offered < sequence {
            return Err(SequenceRefusal::Older {
                offered,
                kept: sequence,
            });
        }
        if offered == sequence && self.sha256 != sha256 {
            return Err(SequenceRefusal::Altered(offered));
        }
        Ok(())
    }

    /// Whether the next list should have come by now.
    #[must_use]
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.next_update.is_some_and(|next| next < now)
    }
}
