//! The answer to an authorization request: a code, or the reason why there is none.

use serde::{Deserialize, Serialize};

use super::acts_as::ActsAs;
use super::answered::AnsweredLogin;
use super::authorization::{AuthorizationRefusal, PendingAuthorization};
use super::claims::RequestedClaims;
use super::grant::GrantId;
use super::level::unmet;
use super::pkce::CodeChallenge;
use super::provider::OpenIdProvider;
use super::{Client, ErrorCode, ProtocolError, RedirectUri};
use crate::archive::Capacity;
use crate::identity::{EvidenceId, Timestamp};
use crate::policy::{Operation, ServiceId};
use crate::session::{Actor, Participant, Session, SessionHandle, Sessions};

/// What a code stands for; stored under it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IssuedCode {
    pub(super) grant: GrantId,
    pub(super) client_id: String,
    pub(super) redirect_uri: RedirectUri,
    pub(super) challenge: CodeChallenge,
    pub(super) nonce: Option<String>,
    pub(super) claims: RequestedClaims,
    pub(super) service: Option<(ServiceId, Operation)>,
    pub(super) session: SessionHandle,
    /// The newest login of the session: another one since means that the session changed.
    pub(super) newest: Option<EvidenceId>,
    pub(super) login: AnsweredLogin,
    /// The profile that the person acted in; `None` while the archives do not say.
    pub(super) acts_as: Option<ActsAs>,
}

/// Why a login flow ended without the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// The person gave up, or their provider did not let them in.
    Cancelled,
    /// Pages were not allowed (`prompt=none`) and one would have been needed.
    LoginRequired,
    /// No way in reaches the level.
    Unreachable,
    /// The rules do not open the service to this person.
    NotPermitted,
    /// The person must choose the profile to act in, and no page was allowed.
    ProfileRequired,
    /// The archives do not say who the person is; later they may.
    TryLater,
}

impl Denial {
    pub(super) fn error(self) -> ProtocolError {
        match self {
            Self::Cancelled => ProtocolError::new(
                ErrorCode::AccessDenied,
                "login_cancelled",
                "the person did not log in",
            ),
            Self::LoginRequired => login_required("login_required"),
            Self::Unreachable => unmet("level_unreachable"),
            Self::NotPermitted => ProtocolError::new(
                ErrorCode::AccessDenied,
                "service_denied",
                "the service is not open to this person",
            ),
            Self::ProfileRequired => ProtocolError::new(
                ErrorCode::InteractionRequired,
                "profile_required",
                "the person must choose the profile to act in",
            ),
            Self::TryLater => ProtocolError::new(
                ErrorCode::TemporarilyUnavailable,
                "archives_unavailable",
                "who the person is cannot be found out now",
            ),
        }
    }
}

pub(super) const fn login_required(reason: &'static str) -> ProtocolError {
    ProtocolError::new(
        ErrorCode::LoginRequired,
        reason,
        "the person must log in for this",
    )
}

impl OpenIdProvider {
    /// Answers a stored request with the session that its login led to, and the capacity that its person acts in: the
    /// address to send the browser to. The request is used up; whether the session meets it is looked at here once more,
    /// whatever the flow found.
    ///
    /// # Errors
    /// [`AuthorizationRefusal`]: to the client where it may be told, or a page when the request is unknown or too old.
    pub async fn answer(
        &self,
        id: &str,
        actor: Actor<'_>,
        sessions: &Sessions,
        now: Timestamp,
    ) -> Result<String, AuthorizationRefusal> {
        let pending = self.take_pending(id).await?;
        let client = self.clients().find(&pending.client_id).ok_or_else(|| {
            AuthorizationRefusal::page(ProtocolError::invalid_request(
                "client_gone",
                "the client is no longer registered",
            ))
        })?;
        self.issue_code(&pending, client, actor, sessions, now)
            .await
            .map(|code| pending.reply.location(self.issuer(), &[("code", &code)]))
            .map_err(|error| self.refused(&pending, error))
    }

    /// Answers a stored request whose login came to nothing: what the client is told, or a page when the request is
    /// unknown or too old. The request is used up.
    pub async fn deny(&self, id: &str, denial: Denial) -> AuthorizationRefusal {
        match self.take_pending(id).await {
            Ok(pending) => self.refused(&pending, denial.error()),
            Err(refusal) => refusal,
        }
    }

    /// The refusal of a request whose client and redirect address are proven.
    pub(super) fn refused(
        &self,
        pending: &PendingAuthorization,
        error: ProtocolError,
    ) -> AuthorizationRefusal {
        pending.reply.clone().with(self.issuer(), error)
    }

    async fn take_pending(&self, id: &str) -> Result<PendingAuthorization, AuthorizationRefusal> {
        self.pending
            .take(id)
            .await
            .map_err(ProtocolError::from)
            .and_then(|pending| {
                pending.ok_or(ProtocolError::invalid_request(
                    "authorization_unknown",
                    "the request is unknown, answered or too old",
                ))
            })
            .map_err(AuthorizationRefusal::page)
    }

    async fn issue_code(
        &self,
        pending: &PendingAuthorization,
        client: &Client,
        actor: Actor<'_>,
        sessions: &Sessions,
        now: Timestamp,
    ) -> Result<String, ProtocolError> {
        let session = actor.session;
        self.check_subject(pending, client, session)?;
        if *actor.capacity == Capacity::Undecided {
            return Err(Denial::ProfileRequired.error());
        }
        let login = self.answered_login(pending, client, actor, now)?;
        let code = self.random.token();
        let issued = IssuedCode {
            grant: GrantId(self.random.token()),
            client_id: pending.client_id.clone(),
            redirect_uri: pending.reply.redirect_uri().clone(),
            challenge: pending.challenge.clone(),
            nonce: pending.nonce.clone(),
            claims: pending.claims.clone(),
            service: pending.service.clone(),
            session: session.handle().clone(),
            newest: newest_login(session).cloned(),
            login,
            acts_as: ActsAs::of(actor.capacity),
        };
        let participant = Participant {
            client_id: pending.client_id.clone(),
        };
        if !sessions.join(session.handle(), participant).await? {
            return Err(login_required("session_ended"));
        }
        self.codes.put(&code, &issued).await?;
        Ok(code)
    }

    /// `id_token_hint` and a named `sub` (OpenID Connect Core, 3.1.2.1 and 5.5.1): another person gets no token for them.
    fn check_subject(
        &self,
        pending: &PendingAuthorization,
        client: &Client,
        session: &Session,
    ) -> Result<(), ProtocolError> {
        let subject = self
            .subjects
            .subject(client.sector(), &session.person().key);
        if pending.subjects.iter().all(|wanted| *wanted == subject) {
            Ok(())
        } else {
            Err(login_required("other_person"))
        }
    }
}

/// The newest login of a session.
pub(super) fn newest_login(session: &Session) -> Option<&EvidenceId> {
    session.events().last().map(|event| &event.evidence)
}
