//! Why a provider could not be resolved.

use crate::fetch::FetchError;
use crate::protocol::federation::FederationRefusal;

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// What came breaks a rule.
    #[error(transparent)]
    Refused(#[from] FederationRefusal),
    /// A superior says that it knows of no such entity.
    #[error("a superior does not vouch for the entity")]
    NotVouchedFor,
    /// Somebody does not answer, or not as a server of statements does.
    #[error(transparent)]
    NoAnswer(#[from] FetchError),
    /// It would take more requests than it may.
    #[error("it takes more requests than it may")]
    TooManyRequests,
    /// It took more time than it may.
    #[error("it takes more time than it may")]
    TooLong,
    /// The evidence could not be kept.
    #[error("the evidence cannot be kept")]
    NoEvidence,
}

impl Failure {
    /// The reason code, for logs, metrics and pages.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::NotVouchedFor => "not-vouched-for",
            Self::NoAnswer(error) => error.code(),
            Self::TooManyRequests => "too-many-requests",
            Self::TooLong => "too-slow",
            Self::NoEvidence => "register",
        }
    }

    /// Whether the federation itself has said no; otherwise nobody has said anything.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::NotVouchedFor)
    }
}
