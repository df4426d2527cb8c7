//! A refused response: what the log, the register, the page and the flow need to know.

use crate::identity::EvidenceId;
use crate::protocol::saml::post::BindingRefusal;
use crate::protocol::saml::refusal::SamlRefusal;
use crate::session::FlowId;

/// What a federation's providers say when they do not log a person in.
pub trait ProviderError: Copy {
    /// The clause of the table that the errors stand in.
    const CLAUSE: &'static str;

    /// The reason code for logs and metrics.
    #[must_use]
    fn code(self) -> String;

    /// The number that the provider gave, where it is one that the table could have.
    #[must_use]
    fn number(self) -> Option<u8>;

    /// The key of the page's texts: what happened, and what to do next.
    #[must_use]
    fn text(self) -> &'static str;

    /// Whether it is a fault of ours that operators must hear of.
    #[must_use]
    fn alarms(self) -> bool;

    /// The federation's clause that a message breaks which cannot be read.
    #[must_use]
    fn clause_of(refusal: &SamlRefusal) -> &'static str;
}

/// What kind of refusal it is, and with it what the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind<E> {
    /// The response is not acceptable: a check failed.
    Response,
    /// The provider did not log the person in, and says why.
    Anomaly(E),
    /// The response answers nothing that this browser asked: unsolicited, too late, twice, or in another browser. The
    /// person starts again.
    NoRequest,
    /// We are broken: the store or the register is not available.
    Unavailable,
}

/// Why a response was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the response is refused: {code} ({clause})")]
pub struct LoginRefusal<E> {
    /// What kind.
    pub kind: RefusalKind<E>,
    /// The reason code of the check; one of a closed set, never a text of the provider's.
    pub code: String,
    /// The clause that the check holds.
    pub clause: &'static str,
    /// The flow that the request belonged to, where the response could be tied to one of this browser's.
    pub flow: Option<FlowId>,
    /// The provider that the request went to, where there was one.
    pub provider: Option<String>,
    /// The register's entry, where one was kept.
    pub evidence: Option<EvidenceId>,
}

impl<E: ProviderError> LoginRefusal<E> {
    fn new(kind: RefusalKind<E>, code: impl Into<String>, clause: &'static str) -> Self {
        Self {
            kind,
            code: code.into(),
            clause,
            flow: None,
            provider: None,
            evidence: None,
        }
    }

    pub(in crate::login) fn check(code: impl Into<String>, clause: &'static str) -> Self {
        Self::new(RefusalKind::Response, code, clause)
    }

    pub(super) fn no_request(code: &'static str) -> Self {
        Self::new(
            RefusalKind::NoRequest,
            code,
            "SAML 2.0 profiles, 4.1.4.3 and 4.1.4.5",
        )
    }

    pub(in crate::login) fn anomaly(error: E) -> Self {
        Self::new(RefusalKind::Anomaly(error), error.code(), E::CLAUSE)
    }

    pub(super) fn unavailable(code: &'static str) -> Self {
        Self::new(RefusalKind::Unavailable, code, "DPCM 24 October 2014, 13")
    }

    /// The error, where the provider sent one.
    #[must_use]
    pub fn anomaly_sent(&self) -> Option<E> {
        match self.kind {
            RefusalKind::Anomaly(error) => Some(error),
            _ => None,
        }
    }
}

impl<E: ProviderError> From<SamlRefusal> for LoginRefusal<E> {
    fn from(refusal: SamlRefusal) -> Self {
        Self::check(refusal.code(), E::clause_of(&refusal))
    }
}

impl<E: ProviderError> From<BindingRefusal> for LoginRefusal<E> {
    fn from(refusal: BindingRefusal) -> Self {
        Self::check(refusal.code(), "SAML 2.0 bindings, 3.5")
    }
}
