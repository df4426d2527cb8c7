//! Where sessions begin, rise and end.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::freshness::age;
use super::{BrowserDigest, Kept, LoginAges, Participant, Session, SessionHandle, SessionId};
use crate::crypto::Random;
use crate::identity::{AuthenticationEvent, SamlSession, Timestamp, VerifiedIdentity};
use crate::store::{ExpiringStore, Shelf, StoreError};

/// A use of the session is written down when the last one written is this old, so that a busy page costs no writes.
const SEEN_GRAIN: Duration = Duration::from_secs(60);

/// How many sessions are remembered of one `NameID`. With SPID's transient ones it is one; a provider that gives a person
/// the same again and again must not make the list grow for ever. The oldest is forgotten first.
const SAML_ENTRIES_KEPT: usize = 64;

/// When a session ends by itself, and how long each of its logins counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLimits {
    /// After so long without use. Uses are noted by the minute, so it may come up to a minute early, never late.
    pub idle: Duration,
    /// After so long in any case.
    pub absolute: Duration,
    /// How long a login counts.
    pub ages: Arc<LoginAges>,
}

impl Default for SessionLimits {
    /// 30 minutes idle and 12 hours in all (NIST SP 800-63B, section 7, AAL2).
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(12 * 60 * 60),
            ages: Arc::default(),
        }
    }
}

impl SessionLimits {
    fn admit(&self, session: &Kept, now: Timestamp) -> bool {
        age(session.started, now) < self.absolute && age(session.last_seen, now) < self.idle
    }
}

/// What a login made of the session the browser had.
#[derive(Debug)]
pub enum Before {
    /// There was none, or it had ended.
    New,
    /// It was the same person's, and rose.
    SamePerson,
    /// It was another person's, and was ended. Its applications and provider are still to be told.
    OtherPersonEnded(Box<Session>),
}

/// A session after a login.
#[derive(Debug)]
pub struct Established {
    /// The cookie's new value: the one from before opens nothing any more.
    pub id: SessionId,
    /// The session, with the login in it.
    pub session: Session,
    /// What became of the session from before.
    pub before: Before,
}

/// Which sessions came from one session of a SAML identity provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SamlEntry {
    session: SessionHandle,
    index: Option<String>,
}

/// All sessions.
pub struct Sessions {
    shelf: Shelf<Kept>,
    by_saml: Shelf<Vec<SamlEntry>>,
    by_browser: Shelf<SessionHandle>,
    limits: SessionLimits,
    random: Arc<dyn Random>,
}

impl Sessions {
    /// Sessions in a store.
    #[must_use]
    pub fn new(
        store: Arc<dyn ExpiringStore>,
        limits: SessionLimits,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            shelf: Shelf::new(Arc::clone(&store), "session", limits.idle),
            by_saml: Shelf::new(Arc::clone(&store), "session-saml", limits.absolute),
            by_browser: Shelf::new(store, "session-browser", limits.absolute),
            limits,
            random,
        }
    }

    /// The session that a cookie opens at `now`, noted as used; `None` when there is none, it ended, or the cookie is
    /// from before its last rise.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn find(
        &self,
        id: &SessionId,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let Some(session) = self.find_by_handle(id.handle(), now).await? else {
            return Ok(None);
        };
        if !session.kept.secret.matches(&id.digest()) {
            return Ok(None);
        }
        if age(session.last_seen(), now) < SEEN_GRAIN {
            return Ok(Some(session));
        }
        let seen = self
            .shelf
            .update(id.handle().as_str(), |kept| kept.last_seen = now)
            .await?;
        // It may have risen this very moment.
        let seen = seen.filter(|kept| kept.secret.matches(&id.digest()));
        Ok(seen.map(|kept| self.session(kept)))
    }

    /// The session of a handle at `now`, for a server-side record that was bound to it (a flow, a code, a token). It is
    /// not noted as used.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn find_by_handle(
        &self,
        handle: &SessionHandle,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        match self.shelf.get(handle.as_str()).await? {
            Some(kept) if self.limits.admit(&kept, now) => Ok(Some(self.session(kept))),
            Some(_) => self.end(handle).await.map(|_| None),
            None => Ok(None),
        }
    }

    /// Takes a login. When `previous` is a session of the same person it rises; otherwise a new one begins and another
    /// person's ends. The id is new in every case (OWASP ASVS 7.2.4).
    ///
    /// `previous` must come from a record bound to this browser: the session cookie, or the flow that began with it
    /// (the cookie itself is not sent with a provider's cross-site POST).
    ///
    /// # Errors
    /// [`StoreError`] when the store fails; the login then did not happen.
    pub async fn establish(
        &self,
        previous: Option<&SessionHandle>,
        identity: VerifiedIdentity,
        now: Timestamp,
    ) -> Result<Established, StoreError> {
        let there = match previous {
            Some(handle) => self.find_by_handle(handle, now).await?,
            None => None,
        };
        let (person, event) = identity.into_parts();
        let before = match there {
            Some(session) if session.person().key == person.key => {
                let id = SessionId::renewed(session.kept.handle, self.random.as_ref());
                let risen = self
                    .shelf
                    .update(id.handle().as_str(), |kept| {
                        kept.secret = id.digest();
                        kept.rise(person.clone(), event.clone(), now);
                    })
                    .await?;
                if let Some(kept) = risen {
                    self.index(&kept.handle, &event).await?;
                    return Ok(Established {
                        id,
                        session: self.session(kept),
                        before: Before::SamePerson,
                    });
                }
                // It ended this very moment (a logout elsewhere): the login stands on its own.
                Before::New
            }
            Some(session) => self
                .end(session.handle())
                .await?
                .map_or(Before::New, |ended| {
                    Before::OtherPersonEnded(Box::new(ended))
                }),
            None => Before::New,
        };
        let id = SessionId::generate(self.random.as_ref());
        let kept = Kept {
            handle: id.handle().clone(),
            secret: id.digest(),
            person,
            events: vec![event.clone()],
            set_aside: Vec::new(),
            started: now,
            last_seen: now,
            participants: Vec::new(),
        };
        self.index(&kept.handle, &event).await?;
        self.shelf.put(kept.handle.as_str(), &kept).await?;
        Ok(Established {
            id,
            session: self.session(kept),
            before,
        })
    }

    /// Notes that an application took part; tells whether the session is still there.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn join(
        &self,
        handle: &SessionHandle,
        participant: Participant,
    ) -> Result<bool, StoreError> {
        let joined = self
            .shelf
            .update(handle.as_str(), |kept| kept.admit(participant.clone()))
            .await?;
        Ok(joined.is_some())
    }

    /// Ends a session; gives it back to whoever ended it, so that its applications and providers are told once.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn end(&self, handle: &SessionHandle) -> Result<Option<Session>, StoreError> {
        let ended = self.shelf.take(handle.as_str()).await?;
        Ok(ended.map(|kept| self.session(kept)))
    }

    /// Ends the sessions that came from a SAML identity provider's session (SAML 2.0 core, 3.7.3.2): those with that
    /// `SessionIndex` or none, or all of the `NameID` where the request gives no index.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn end_by_saml(
        &self,
        identity_provider: &str,
        name_id: &str,
        session_index: Option<&str>,
    ) -> Result<Vec<Session>, StoreError> {
        let key = saml_key(identity_provider, name_id);
        let entries = self.by_saml.get(&key).await?.unwrap_or_default();
        let mut ended = Vec::new();
        for entry in entries {
            let named = match (session_index, &entry.index) {
                (Some(asked), Some(had)) => asked == had,
                _ => true,
            };
            if named && let Some(session) = self.end(&entry.session).await? {
                ended.push(session);
            }
        }
        Ok(ended)
    }

    /// Remembers which session a browser has. A flow that began before it (another tab, still at its provider) finds it
    /// so: the session cookie does not come with the provider's cross-site POST.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn remember_browser(
        &self,
        browser: &BrowserDigest,
        handle: &SessionHandle,
    ) -> Result<(), StoreError> {
        self.by_browser.put(browser.as_str(), handle).await
    }

    /// The session that a browser has, as far as [`remember_browser`](Self::remember_browser) knows.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn of_browser(
        &self,
        browser: &BrowserDigest,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        match self.by_browser.get(browser.as_str()).await? {
            Some(handle) => self.find_by_handle(&handle, now).await,
            None => Ok(None),
        }
    }

    fn session(&self, kept: Kept) -> Session {
        Session {
            kept,
            ages: Arc::clone(&self.limits.ages),
        }
    }

    /// Makes a login findable by what its provider will call it in a LogoutRequest.
    async fn index(
        &self,
        handle: &SessionHandle,
        event: &AuthenticationEvent,
    ) -> Result<(), StoreError> {
        let Some(SamlSession {
            identity_provider,
            name_id,
            session_index,
            ..
        }) = &event.saml
        else {
            return Ok(());
        };
        let key = saml_key(identity_provider, name_id.expose());
        let entry = SamlEntry {
            session: handle.clone(),
            index: session_index.clone(),
        };
        // Whichever comes first of two logins under one NameID makes the list; the other adds to it.
        while !self.by_saml.put_new(&key, &vec![entry.clone()]).await? {
            let added = self
                .by_saml
                .update(&key, |entries| {
                    entries.push(entry.clone());
                    let surplus = entries.len().saturating_sub(SAML_ENTRIES_KEPT);
                    entries.drain(..surplus);
                })
                .await?;
            if added.is_some() {
                break;
            }
        }
        Ok(())
    }
}

/// One text for two, which no other two give.
fn saml_key(identity_provider: &str, name_id: &str) -> String {
    format!("{}:{identity_provider}{name_id}", identity_provider.len())
}
