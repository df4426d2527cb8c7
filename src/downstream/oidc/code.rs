//! The answer to an authorization request: a code, or the reason why there is none.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::authorization::{AuthorizationRefusal, PendingAuthorization};
use super::claims::RequestedClaims;
use super::grant::GrantId;
use super::level::unmet;
use super::pkce::CodeChallenge;
use super::provider::OpenIdProvider;
use super::{Acr, Client, ErrorCode, ProtocolError, RedirectUri};
use crate::identity::{
    AchievedAssurance, AuthenticationEvent, AuthenticationMethod, EvidenceId, Timestamp,
};
use crate::policy::{Decision, Facts, KnownCategories, Login, Operation, ServiceId, decide};
use crate::session::{Earned, Freshness, Participant, Session, SessionHandle, Sessions};

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
}

/// The login that the tokens will tell of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AnsweredLogin {
    pub(super) acr: Acr,
    /// What it proved when it was made.
    pub(super) proved: AchievedAssurance,
    /// What it was still worth when the code was made.
    pub(super) achieved: AchievedAssurance,
    pub(super) method: AuthenticationMethod,
    pub(super) provider: String,
    pub(super) at: Timestamp,
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
}

impl Denial {
    fn error(self) -> ProtocolError {
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
        }
    }
}

const fn login_required(reason: &'static str) -> ProtocolError {
    ProtocolError::new(
        ErrorCode::LoginRequired,
        reason,
        "the person must log in for this",
    )
}

impl OpenIdProvider {
    /// Answers a stored request with the session that its login led to: the address to send the browser to. The request
    /// is used up; whether the session meets it is looked at here once more, whatever the flow found.
    ///
    /// # Errors
    /// [`AuthorizationRefusal`]: to the client where it may be told, or a page when the request is unknown or too old.
    pub async fn answer(
        &self,
        id: &str,
        session: &Session,
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
        self.issue_code(&pending, client, session, sessions, now)
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
        session: &Session,
        sessions: &Sessions,
        now: Timestamp,
    ) -> Result<String, ProtocolError> {
        self.check_subject(pending, client, session)?;
        let login = answered_login(pending, client, session, now)?;
        self.check_service(pending, &login, session, now)?;
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

    /// Asks policy whether the service is open to this very login.
    fn check_service(
        &self,
        pending: &PendingAuthorization,
        login: &AnsweredLogin,
        session: &Session,
        now: Timestamp,
    ) -> Result<(), ProtocolError> {
        let Some((service, operation)) = &pending.service else {
            return Ok(());
        };
        let age = match (now - login.at).to_std() {
            // One made for the request is new, however long its pages took.
            Ok(age) if login.at < pending.asked_at => age,
            _ => Duration::ZERO,
        };
        let login = Login {
            level: login.achieved,
            method: login.method,
            age,
        };
        let facts = Facts {
            logins: &[login],
            categories: KnownCategories::Known(session.person().proven_categories()),
            client: Some(&pending.client_id),
        };
        match decide(&self.catalogue(), service, *operation, &facts, now) {
            Decision::Permit { .. } => Ok(()),
            Decision::Provisional { .. } | Decision::StepUp { .. } => {
                Err(unmet("service_level_not_met"))
            }
            Decision::Deny { .. } => Err(Denial::NotPermitted.error()),
        }
    }
}

/// Whether a login was young enough when the request came. One whose provider's clock runs ahead counts as of then.
fn young_enough(pending: &PendingAuthorization, event: &AuthenticationEvent) -> bool {
    pending
        .max_age
        .is_none_or(|most| (pending.asked_at - event.at).to_std().unwrap_or_default() <= most)
}

/// The newest login of a session.
pub(super) fn newest_login(session: &Session) -> Option<&EvidenceId> {
    session.events().last().map(|event| &event.evidence)
}

/// The login to tell of: the one that is worth most of those that may count. Those made since the request count as what
/// they proved, however long their pages took; older ones as what they are still worth, if they were young enough for
/// `max_age` when it came. After `prompt=login` only logins made since count.
fn answered_login<'s>(
    pending: &PendingAuthorization,
    client: &Client,
    session: &'s Session,
    now: Timestamp,
) -> Result<AnsweredLogin, ProtocolError> {
    let events = session.events();
    let made_before = events
        .iter()
        .rposition(|event| pending.seen.as_ref() == Some(&event.evidence))
        .map_or(0, |last| last + 1);
    let counts = |(index, event): (usize, &'s AuthenticationEvent)| {
        if index >= made_before {
            let level = event.level;
            Some(Earned { level, event })
        } else if !pending.force && young_enough(pending, event) {
            session.worth(event, Freshness::default(), now)
        } else {
            None
        }
    };
    let Earned { level, event } = events
        .iter()
        .enumerate()
        .filter_map(counts)
        .max_by_key(|earned| (earned.level, earned.event.at))
        .ok_or(login_required("no_login_counts"))?;
    // The floor is read again: it may have been raised since the request came.
    let required = pending.levels.required(pending.floor.max(client.floor()));
    if !level.satisfies(required) {
        return Err(unmet("level_too_low"));
    }
    Ok(AnsweredLogin {
        acr: pending.levels.answer(level).ok_or(unmet("acr_not_met"))?,
        proved: event.level,
        achieved: level,
        method: event.method,
        provider: event.provider.clone(),
        at: event.at,
    })
}
