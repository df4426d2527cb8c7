//! A refused response: what the log, the register, the page and the flow need to know.

use super::anomaly::Anomaly;
use crate::identity::EvidenceId;
use crate::protocol::saml::post::BindingRefusal;
use crate::protocol::saml::refusal::SamlRefusal;
use crate::session::FlowId;

/// What kind of refusal it is, and with it what the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The response is not acceptable: a check failed.
    Response,
    /// The provider did not log the person in, and says why.
    Anomaly(Anomaly),
    /// The response answers nothing that this browser asked: unsolicited, too late, twice, or in another browser. The
    /// person starts again.
    NoRequest,
    /// We are broken: the store or the register is not available.
    Unavailable,
}

/// Why a response was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the response is refused: {code} ({clause})")]
pub struct SpidRefusal {
    /// What kind.
    pub kind: RefusalKind,
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

impl SpidRefusal {
    pub(super) fn new(kind: RefusalKind, code: impl Into<String>, clause: &'static str) -> Self {
        Self {
            kind,
            code: code.into(),
            clause,
            flow: None,
            provider: None,
            evidence: None,
        }
    }

    pub(super) fn check(code: impl Into<String>, clause: &'static str) -> Self {
        Self::new(RefusalKind::Response, code, clause)
    }

    pub(super) fn no_request(code: &'static str) -> Self {
        Self::new(
            RefusalKind::NoRequest,
            code,
            "SPID technical rules, Response: InResponseTo; SAML 2.0 profiles, 4.1.4.5",
        )
    }

    pub(super) fn anomaly(anomaly: Anomaly) -> Self {
        Self::new(
            RefusalKind::Anomaly(anomaly),
            anomaly.code(),
            "SPID technical rules, error messages",
        )
    }

    pub(super) fn unavailable(code: &'static str) -> Self {
        Self::new(RefusalKind::Unavailable, code, "SPID technical rules, Log")
    }

    /// The anomaly, where the provider sent one.
    #[must_use]
    pub fn anomaly_sent(&self) -> Option<Anomaly> {
        match self.kind {
            RefusalKind::Anomaly(anomaly) => Some(anomaly),
            _ => None,
        }
    }
}

impl From<SamlRefusal> for SpidRefusal {
    fn from(refusal: SamlRefusal) -> Self {
        Self::check(refusal.code(), refusal.clause())
    }
}

impl From<BindingRefusal> for SpidRefusal {
    fn from(refusal: BindingRefusal) -> Self {
        Self::check(refusal.code(), "SAML 2.0 bindings, 3.5")
    }
}
