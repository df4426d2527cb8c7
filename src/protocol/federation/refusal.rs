//! Why something of the federation is not believed.

use super::PolicyRefusal;
use crate::protocol::jose::{JwkError, JwtRefusal};

/// A reason. Names what is ours or the standard's, never what a stranger wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FederationRefusal {
    /// Not the name of an entity.
    #[error("not an entity identifier")]
    EntityId,
    /// The token is not one of its use, or nobody who may has signed it.
    #[error(transparent)]
    Token(#[from] JwtRefusal),
    /// The keys of an entity cannot be taken.
    #[error(transparent)]
    Keys(#[from] JwkError),
    /// A claim is missing, or has not the form that the standard gives it.
    #[error("the claim `{0}` is missing or has not the form that it should have")]
    Form(&'static str),
    /// The statement is another issuer's.
    #[error("the statement is of another issuer")]
    Issuer,
    /// The statement is about another entity.
    #[error("the statement is about another entity")]
    Subject,
    /// It was issued in the future.
    #[error("it was issued in the future")]
    Future,
    /// It has ended.
    #[error("it has ended")]
    Expired,
    /// It has critical claims (`crit`), and none is understood.
    #[error("it has critical claims that are not understood")]
    Critical,
    /// The chain does not end at an anchor that is trusted.
    #[error("the chain does not end at a trust anchor")]
    Anchor,
    /// The anchor's configuration is signed by none of the keys that were pinned for it.
    #[error("the anchor has signed with none of its pinned keys")]
    AnchorKeys,
    /// The entity does not name the superior who vouches for it (`authority_hints`).
    #[error("the entity does not name its superior")]
    Superior,
    /// The statements do not follow one upon the other, or there are too few.
    #[error("the statements are no chain")]
    Chain,
    /// More statements than a chain may have.
    #[error("the chain is too long")]
    TooLong,
    /// An entity stands in the chain twice.
    #[error("an entity stands in the chain twice")]
    Loop,
    /// More intermediates than a superior allows (`max_path_length`).
    #[error("there are more intermediates than a superior allows")]
    PathLength,
    /// An entity's name is not one that a superior allows (`naming_constraints`).
    #[error("an entity has a name that a superior does not allow")]
    Naming,
    /// The metadata policies of the chain contradict one another, or the metadata do not comply.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    /// No trust mark of those that are wanted.
    #[error("the entity has none of the trust marks that it must have")]
    NoTrustMark,
    /// The trust mark's entry and the mark itself say different things.
    #[error("the trust mark is not what its entry says")]
    MarkEntry,
    /// The anchor does not know this kind of trust mark, or not this issuer of it (`trust_mark_issuers`).
    #[error("the trust mark is of an issuer whom the anchor does not name for it")]
    MarkIssuer,
    /// The kind of trust mark is owned by somebody whose delegation would be needed (`trust_mark_owners`).
    #[error("the trust mark needs the delegation of its owner")]
    MarkOwner,
    /// The issuer of the trust mark says that it is not in force any more.
    #[error("the trust mark was revoked")]
    MarkRevoked,
    /// The entity is no OpenID Provider.
    #[error("the entity is no OpenID Provider")]
    NotAProvider,
    /// The provider's metadata lack something that the profile demands, or contradict it.
    #[error("the provider's `{0}` is missing or not what the profile demands")]
    Provider(&'static str),
}

impl FederationRefusal {
    /// The reason code, for logs and tables.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::EntityId => "entity-id",
            Self::Token(refusal) => refusal.code(),
            Self::Keys(JwkError::Private) => "keys-private",
            Self::Keys(JwkError::Symmetric) => "keys-symmetric",
            Self::Keys(_) => "keys",
            Self::Form(_) => "statement-form",
            Self::Issuer => "statement-issuer",
            Self::Subject => "statement-subject",
            Self::Future => "statement-future",
            Self::Expired => "statement-expired",
            Self::Critical => "statement-critical",
            Self::Anchor => "anchor-unknown",
            Self::AnchorKeys => "anchor-keys",
            Self::Superior => "superior-not-named",
            Self::Chain => "chain-broken",
            Self::TooLong => "chain-too-long",
            Self::Loop => "chain-loop",
            Self::PathLength => "path-length",
            Self::Naming => "naming",
            Self::Policy(refusal) => refusal.code(),
            Self::NoTrustMark => "trust-mark-missing",
            Self::MarkEntry => "trust-mark-entry",
            Self::MarkIssuer => "trust-mark-issuer",
            Self::MarkOwner => "trust-mark-owner",
            Self::MarkRevoked => "trust-mark-revoked",
            Self::NotAProvider => "not-a-provider",
            Self::Provider(_) => "provider-metadata",
        }
    }
}
