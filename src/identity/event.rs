//! What a login leaves behind: an event, and an identity that only a proof can make.

use chrono::serde::ts_nanoseconds;
use serde::{Deserialize, Serialize};

use super::{AchievedAssurance, AuthenticationMethod, Card, Person, Redacted, Timestamp};

/// Names one piece of evidence in the register (the row that keeps the request and the response).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EvidenceId(pub String);

/// What single logout needs to name a person's session at a SAML identity provider
/// (SAML 2.0 profiles, 4.4; SPID technical rules, Single Logout).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlSession {
    /// The identity provider's entity id.
    pub identity_provider: String,
    /// The transient `NameID`.
    pub name_id: Redacted<String>,
    /// The `NameQualifier` that came with it.
    pub name_qualifier: String,
    /// The `SessionIndex`, where the provider gave one: without it there is no session to end over there.
    pub session_index: Option<String>,
}

/// One successful login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationEvent {
    /// The way in.
    pub method: AuthenticationMethod,
    /// Who vouched: an entity id for SPID, the name of the issuing authority for a card.
    pub provider: String,
    /// The level that was proved.
    pub level: AchievedAssurance,
    /// When the person authenticated, UTC.
    #[serde(with = "ts_nanoseconds")]
    pub at: Timestamp,
    /// Where the evidence is kept.
    pub evidence: EvidenceId,
    /// The provider's own session, for single logout.
    pub saml: Option<SamlSession>,
    /// The smart card, where one was used.
    pub card: Option<Card>,
}

/// A proof that a login method verified. Implemented in `login` only, on types that only a verifier can make;
/// `tests/architecture.rs` holds the list of implementors.
pub trait AuthenticationProof {
    /// Gives up the proof for what it proves.
    fn into_parts(self) -> (Person, AuthenticationEvent);
}

/// A person who has proved who they are. There is no way to make one but from a proof.
#[derive(Debug, Clone)]
pub struct VerifiedIdentity {
    person: Person,
    event: AuthenticationEvent,
}

impl VerifiedIdentity {
    /// Takes a proof and keeps what it proves.
    pub fn from_proof(proof: impl AuthenticationProof) -> Self {
        let (person, event) = proof.into_parts();
        Self { person, event }
    }

    /// Who it is.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// How they proved it.
    #[must_use]
    pub fn event(&self) -> &AuthenticationEvent {
        &self.event
    }

    /// Person and event, by value.
    #[must_use]
    pub fn into_parts(self) -> (Person, AuthenticationEvent) {
        (self.person, self.event)
    }
}
