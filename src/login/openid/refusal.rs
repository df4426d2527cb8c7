//! A refused answer: what the log, the register, the page and the flow need to know.

use std::borrow::Cow;

use super::error::ProviderError;
use super::pending::PendingLogin;
use crate::audit::RegisterOutcome;
use crate::identity::EvidenceId;
use crate::session::FlowId;

/// What kind of refusal it is, and with it what the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The answer is not acceptable: a check failed.
    Answer,
    /// The provider did not log the person in, and says why.
    Provider(ProviderError),
    /// The answer answers nothing that this browser asked: unsolicited, too late, twice, or in another browser. The
    /// person starts again.
    NoRequest,
    /// The provider does not answer us, or is not trusted any more.
    Unreachable,
    /// We are broken: the store, the register or a key is not available.
    Unavailable,
}

/// Why an answer was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer is refused: {code} ({clause})")]
pub struct OpenIdRefusal {
    /// What kind.
    pub kind: RefusalKind,
    /// The reason code of the check; one of a closed set, never a text of the provider's.
    pub code: Cow<'static, str>,
    /// The clause that the check holds.
    pub clause: &'static str,
    /// The flow that the request belonged to, where the answer could be tied to one of this browser's.
    pub flow: Option<FlowId>,
    /// The provider that the request went to, where there was one.
    pub provider: Option<String>,
    /// The register's entry, where one was kept.
    pub evidence: Option<EvidenceId>,
}

impl OpenIdRefusal {
    pub(super) fn new(
        kind: RefusalKind,
        code: impl Into<Cow<'static, str>>,
        clause: &'static str,
    ) -> Self {
        Self {
            kind,
            code: code.into(),
            clause,
            flow: None,
            provider: None,
            evidence: None,
        }
    }

    pub(super) fn check(code: impl Into<Cow<'static, str>>, clause: &'static str) -> Self {
        Self::new(RefusalKind::Answer, code, clause)
    }

    /// With the request that was answered, and what the register kept of it.
    pub(super) fn tied(mut self, request: &PendingLogin, evidence: Option<&EvidenceId>) -> Self {
        self.flow = Some(request.flow.clone());
        self.provider = Some(request.provider.clone());
        self.evidence = evidence.cloned();
        self
    }

    /// How the register names it.
    pub(super) fn outcome(&self) -> RegisterOutcome {
        let code = self.code.clone().into_owned();
        RegisterOutcome::Refused { code }
    }

    pub(super) fn no_request(code: &'static str) -> Self {
        Self::new(RefusalKind::NoRequest, code, "B7, B8; RFC 9700, 4.7")
    }

    pub(super) fn provider(error: ProviderError) -> Self {
        Self::new(
            RefusalKind::Provider(error),
            error.code(),
            "OpenID Connect Core, 3.1.2.6",
        )
    }

    pub(super) fn unreachable(code: impl Into<Cow<'static, str>>) -> Self {
        Self::new(RefusalKind::Unreachable, code, "B4, B9")
    }

    pub(super) fn unavailable(code: &'static str) -> Self {
        Self::new(RefusalKind::Unavailable, code, "B12")
    }

    /// Whether operators must hear of it: the provider finds our own request or registration wrong.
    #[must_use]
    pub fn alarms(&self) -> bool {
        matches!(self.kind, RefusalKind::Provider(error) if error.is_our_fault())
    }
}
