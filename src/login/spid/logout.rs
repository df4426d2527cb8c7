//! Single logout, both ways (SPID technical rules, Single Logout; SAML 2.0 profiles, 4.4).
//!
//! We ask: only where the provider gave a `SessionIndex`; otherwise it keeps no session, and ours is all there is to end.
//! The provider asks: whoever calls ends the sessions that the request names, and answers, Success even where there was
//! none.

use std::fmt;
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::SpidServiceProvider;
use super::checks::SKEW;
use crate::identity::{SamlSession, Timestamp};
use crate::protocol::saml::binding::{Binding, Endpoint};
use crate::protocol::saml::logout::{
    Envelope, LogoutContent, LogoutRefusal, LogoutSubject, ReceivedLogout, SignedLogout,
    open_logout,
};
use crate::protocol::saml::outgoing::OutgoingMessage;
use crate::protocol::saml::redirect::MessageKind;
use crate::protocol::xml::SignError;
use crate::session::{BrowserDigest, SessionHandle};
use crate::store::{StoreError, StoreKey};

/// How old a LogoutRequest may be. Providers send it through the browser at once.
const REQUEST_LIFE: TimeDelta = TimeDelta::minutes(5);

/// A LogoutRequest of ours that was not answered yet; stored under its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PendingLogout {
    /// Our session that ended, for the audit log.
    session: SessionHandle,
    provider: String,
    browser: BrowserDigest,
    continuation: String,
    /// The other providers' sessions, to be ended one after the other through the same browser.
    remaining: Vec<SamlSession>,
    /// The providers so far that keep a session all the same.
    missed: Vec<String>,
}

impl PendingLogout {
    /// Everybody whom this logout does not reach if it goes no further.
    fn missed_if_it_ends_here(&self) -> Vec<String> {
        let unasked = self
            .remaining
            .iter()
            .filter(|session| session.session_index.is_some())
            .map(|session| session.identity_provider.clone());
        self.missed.iter().cloned().chain(unasked).collect()
    }
}

/// What a logout message from a provider comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogoutOutcome {
    /// The provider asks to end sessions: end them, then answer with
    /// [`answer_logout`](SpidServiceProvider::answer_logout).
    Requested(RequestedLogout),
    /// The provider answered our request.
    Answered {
        /// Our session that had ended before anybody was asked.
        session: SessionHandle,
        /// Entity ids of the providers that keep a session all the same, those asked before this one included.
        missed: Vec<String>,
        /// The question to the next provider, if there is one more to ask.
        next: Option<OutgoingMessage>,
        /// What [`start_logout`](SpidServiceProvider::start_logout) was given to go on with, once nobody is left to ask.
        continuation: String,
    },
}

/// How a logout goes on at the providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLogout {
    /// The question to the next provider; `None` when nobody is left to ask.
    pub message: Option<OutgoingMessage>,
    /// Entity ids of the providers so far that keep a session which cannot be ended from here.
    pub missed: Vec<String>,
}

/// A provider's request, verified and checked.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestedLogout {
    /// The provider's entity id.
    pub provider: String,
    /// `NameID` of the sessions to end.
    pub name_id: String,
    /// `SessionIndex` of each session to end; none means all of the `NameID`.
    pub session_indexes: Vec<String>,
    id: String,
    binding: Binding,
    relay_state: Option<String>,
}

impl fmt::Debug for RequestedLogout {
    /// Without the names of the person's session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestedLogout")
            .field("provider", &self.provider)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why a logout message is not taken, or none is sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutFailure {
    /// It cannot be read, or its signature does not verify.
    #[error(transparent)]
    Refused(#[from] LogoutRefusal),
    /// A check failed.
    #[error("the logout message is refused: {0}")]
    Check(&'static str),
    /// The answer or request could not be signed.
    #[error("the logout message could not be signed: {0}")]
    Signing(#[from] SignError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LogoutFailure {
    /// The reason code for logs, metrics and pages.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Check(code) => (*code).to_owned(),
            Self::Signing(_) => "signing".to_owned(),
            Self::Store(_) => "store".to_owned(),
        }
    }
}

impl SpidServiceProvider {
    /// Asks the providers to end their sessions, one after the other; call it after the local session has ended.
    /// `continuation` comes back with the last answer: where the person goes then. There is no message when no provider
    /// keeps a session, or none of those that do can be asked. `ended` comes back too: the local session.
    ///
    /// # Errors
    /// [`LogoutFailure`] when the request cannot be signed or kept.
    pub async fn start_logout(
        &self,
        ended: &SessionHandle,
        sessions: &[SamlSession],
        browser: &BrowserDigest,
        continuation: &str,
        now: Timestamp,
    ) -> Result<NextLogout, LogoutFailure> {
        let pending = PendingLogout {
            session: ended.clone(),
            provider: String::new(),
            browser: browser.clone(),
            continuation: continuation.to_owned(),
            remaining: sessions.to_vec(),
            missed: Vec::new(),
        };
        self.ask_next(pending, now).await
    }

    /// Asks the next of the remaining providers that has a session and an address.
    async fn ask_next(
        &self,
        mut pending: PendingLogout,
        now: Timestamp,
    ) -> Result<NextLogout, LogoutFailure> {
        while let Some(session) = pending.remaining.pop() {
            let endpoint = self
                .metadata_of(&session.identity_provider)
                .and_then(|metadata| {
                    metadata
                        .slo(Binding::Redirect)
                        .or_else(|| metadata.slo(Binding::Post))
                });
            let Some(session_index) = &session.session_index else {
                continue;
            };
            let Some(endpoint) = endpoint else {
                // It keeps a session that nobody can end from here.
                pending.missed.push(session.identity_provider);
                continue;
            };
            let id = self.random().xml_id();
            let subject = LogoutSubject {
                name_id: session.name_id.expose(),
                name_qualifier: &session.name_qualifier,
                session_index,
            };
            let xml = self
                .envelope(&id, &endpoint.location, now)
                .logout_request(&subject);
            let relay_state = self.random().token();
            let sent = self.key.send(
                xml,
                &id,
                (endpoint.binding, &endpoint.location),
                MessageKind::Request,
                Some(&relay_state),
            )?;
            pending.provider = session.identity_provider;
            self.logouts.put(&id, &pending).await?;
            return Ok(NextLogout {
                message: Some(sent.message),
                missed: pending.missed,
            });
        }
        Ok(NextLogout {
            message: None,
            missed: pending.missed,
        })
    }

    /// Takes a logout message that came to the single logout service.
    ///
    /// # Errors
    /// [`LogoutFailure`] with the code of the check that failed. Nothing is answered then: a sender that cannot be told
    /// from a stranger learns nothing.
    pub async fn receive_logout(
        &self,
        received: ReceivedLogout<'_>,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<LogoutOutcome, LogoutFailure> {
        let binding = match received {
            ReceivedLogout::Post { .. } => Binding::Post,
            ReceivedLogout::Redirect { .. } => Binding::Redirect,
        };
        let signed = open_logout(received, |issuer| {
            self.metadata_of(issuer)
                .map(|metadata| metadata.keys.as_slice())
        })?;
        self.check_envelope(&signed, now)?;
        match signed.content() {
            LogoutContent::Request {
                name_id,
                session_indexes,
                not_on_or_after,
            } => {
                if not_on_or_after.is_some_and(|end| end + SKEW <= now) {
                    return Err(LogoutFailure::Check("logout-expired"));
                }
                self.refuse_repeated_logout(&signed).await?;
                Ok(LogoutOutcome::Requested(RequestedLogout {
                    provider: signed.issuer().to_owned(),
                    name_id: name_id.clone(),
                    session_indexes: session_indexes.clone(),
                    id: signed.id().to_owned(),
                    binding,
                    relay_state: signed.relay_state().map(str::to_owned),
                }))
            }
            LogoutContent::Response {
                in_response_to,
                status,
            } => {
                let mut pending = self.claim_logout(in_response_to, &signed, browser).await?;
                if !status.is_success() || status.is_partial_logout() {
                    pending.missed.push(pending.provider.clone());
                }
                let session = pending.session.clone();
                let continuation = pending.continuation.clone();
                // The session here has ended long since: what cannot be asked any more makes the logout partial.
                let missed = pending.missed_if_it_ends_here();
                let next = self.ask_next(pending, now).await.unwrap_or(NextLogout {
                    message: None,
                    missed,
                });
                Ok(LogoutOutcome::Answered {
                    session,
                    missed: next.missed,
                    continuation,
                    next: next.message,
                })
            }
        }
    }

    /// The answer to a provider's request, to the address where it takes answers. `complete` tells whether everybody
    /// who had a part in the sessions was reached; that there were none is Success too.
    ///
    /// # Errors
    /// [`LogoutFailure`] when the provider has no address for answers, or the answer cannot be signed.
    pub fn answer_logout(
        &self,
        request: &RequestedLogout,
        complete: bool,
        now: Timestamp,
    ) -> Result<OutgoingMessage, LogoutFailure> {
        let endpoint: &Endpoint = self
            .metadata_of(&request.provider)
            .and_then(|metadata| {
                metadata
                    .slo(request.binding)
                    .or_else(|| metadata.single_logout.first())
            })
            .ok_or(LogoutFailure::Check("logout-no-address"))?;
        let id = self.random().xml_id();
        let xml = self
            .envelope(&id, endpoint.answers(), now)
            .logout_response(&request.id, !complete);
        let sent = self.key.send(
            xml,
            &id,
            (endpoint.binding, endpoint.answers()),
            MessageKind::Response,
            request.relay_state.as_deref(),
        )?;
        Ok(sent.message)
    }

    fn envelope<'a>(&'a self, id: &'a str, destination: &'a str, now: Timestamp) -> Envelope<'a> {
        Envelope {
            id,
            issue_instant: now,
            destination,
            issuer: &self.settings.entity_id,
        }
    }

    fn check_envelope(&self, signed: &SignedLogout, now: Timestamp) -> Result<(), LogoutFailure> {
        if signed.destination() != Some(self.settings.single_logout.as_str()) {
            return Err(LogoutFailure::Check("logout-destination-other"));
        }
        let issued = signed.issue_instant();
        if issued > now + SKEW {
            return Err(LogoutFailure::Check("logout-issued-in-future"));
        }
        if issued + REQUEST_LIFE + SKEW < now {
            return Err(LogoutFailure::Check("logout-expired"));
        }
        Ok(())
    }

    /// A request counts once: a copy of it later must not end the person's next session.
    async fn refuse_repeated_logout(&self, signed: &SignedLogout) -> Result<(), LogoutFailure> {
        let key = StoreKey::new(
            "spid-logout-seen",
            &format!("{} {}", signed.issuer(), signed.id()),
        );
        let life = (REQUEST_LIFE + SKEW + SKEW)
            .to_std()
            .unwrap_or(Duration::ZERO);
        let store = &self.exchange.ports().store;
        if store.put_new(&key, Vec::new(), life).await? {
            Ok(())
        } else {
            Err(LogoutFailure::Check("logout-replayed"))
        }
    }

    async fn claim_logout(
        &self,
        id: &str,
        signed: &SignedLogout,
        browser: Option<&BrowserDigest>,
    ) -> Result<PendingLogout, LogoutFailure> {
        let unknown = LogoutFailure::Check("logout-request-unknown");
        let Some(pending) = self.logouts.get(id).await? else {
            return Err(unknown);
        };
        if pending.provider != signed.issuer() {
            return Err(LogoutFailure::Check("logout-issuer-other"));
        }
        if !browser.is_some_and(|browser| pending.browser.matches(browser)) {
            return Err(LogoutFailure::Check("logout-browser-other"));
        }
        self.logouts.take(id).await?.ok_or(unknown)
    }

    fn metadata_of(
        &self,
        entity_id: &str,
    ) -> Option<&crate::protocol::saml::provider_metadata::IdentityProviderMetadata> {
        self.providers.find(entity_id)?.metadata.as_ref()
    }
}
