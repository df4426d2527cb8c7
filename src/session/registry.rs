//! Where sessions begin, rise and end.

use std::sync::Arc;
use std::time::Duration;

use super::freshness::age;
use super::index::Index;
use super::pins::Pins;
use super::revoked::Revocation;
use super::{
    BrowserDigest, Kept, LoginAges, Origin, Participant, Session, SessionHandle, SessionId,
};
use crate::archive::ProfileChoice;
use crate::crypto::Random;
use crate::identity::{AuthenticationEvent, PersonKey, Timestamp, VerifiedIdentity};
use crate::store::{ExpiringStore, Shelf, StoreError};

/// A use of the session is written down when the last one written is this old, so that a busy page costs no writes.
const SEEN_GRAIN: Duration = Duration::from_secs(60);

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

/// All sessions.
pub struct Sessions {
    pub(super) shelf: Shelf<Kept>,
    pub(super) index: Index,
    limits: SessionLimits,
    pub(super) random: Arc<dyn Random>,
    pub(super) revocation: Revocation,
    pub(super) pins: Pins,
}

impl Sessions {
    /// Sessions in a store.
    #[must_use]
    pub fn new(
        store: Arc<dyn ExpiringStore>,
        limits: SessionLimits,
        random: Arc<dyn Random>,
    ) -> Self {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        Self {
            index: Index::new(&store, limits.absolute, secret),
            shelf: Shelf::new(store, "session", limits.idle),
            limits,
            random,
            revocation: Revocation::default(),
            pins: Pins::default(),
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
        let secret = id.digest();
        self.find_if(id.handle(), now, |kept| kept.secret.matches(&secret))
            .await
    }

    /// The session of a handle at `now`, noted as used, if whoever names it proves that they may.
    pub(super) async fn find_if(
        &self,
        handle: &SessionHandle,
        now: Timestamp,
        proves: impl Fn(&Kept) -> bool,
    ) -> Result<Option<Session>, StoreError> {
        let Some(session) = self.find_by_handle(handle, now).await? else {
            return Ok(None);
        };
        if !proves(&session.kept) {
            return Ok(None);
        }
        if age(session.last_seen(), now) < SEEN_GRAIN {
            return Ok(Some(session));
        }
        let seen = self
            .shelf
            .update(handle.as_str(), |kept| kept.last_seen = now)
            .await?;
        // It may have risen this very moment.
        match seen.filter(proves) {
            Some(kept) => self.heed_pins(kept).await,
            None => Ok(None),
        }
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
            Some(kept) if self.revocation.meets(&kept) => self.end_as_revoked(handle).await,
            Some(kept) if self.limits.admit(&kept, now) => self.heed_pins(kept).await,
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
        origin: Origin,
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
                        kept.rise(person.clone(), event.clone(), origin.clone(), now);
                    })
                    .await?;
                if let Some(kept) = &risen {
                    self.index_event(&kept.handle, &event).await?;
                }
                let risen = match risen {
                    Some(kept) => self.heed_pins(kept).await?,
                    None => None,
                };
                if let Some(session) = risen {
                    return Ok(Established {
                        id,
                        session,
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
            origin,
            profile: None,
            site_keys: Vec::new(),
        };
        self.index_event(&kept.handle, &event).await?;
        self.shelf.put(kept.handle.as_str(), &kept).await?;
        let person = &kept.person.key;
        if self.index.add_person(&kept.handle, person).await? {
            self.of_person(person, now).await?;
        }
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

    /// Notes the profile that the person chose to act in; gives back the session, if it is still there. It takes no new
    /// login, and changes nothing of what the logins are worth.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn choose_profile(
        &self,
        handle: &SessionHandle,
        profile: &ProfileChoice,
    ) -> Result<Option<Session>, StoreError> {
        let chosen = self.shelf.update(handle.as_str(), |kept| {
            kept.profile = Some(profile.clone());
        });
        match chosen.await? {
            Some(kept) => self.heed_pins(kept).await,
            None => Ok(None),
        }
    }

    /// The sessions that a person has at `now`, the last used first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn of_person(
        &self,
        person: &PersonKey,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let (mut living, mut over) = (Vec::new(), Vec::new());
        for handle in self.index.of_person(person).await? {
            match self.find_by_handle(&handle, now).await? {
                Some(session) => living.push(session),
                None => over.push(handle),
            }
        }
        if !over.is_empty() {
            self.index.forget(person, &over).await?;
        }
        living.sort_by_key(|session| std::cmp::Reverse(session.last_seen()));
        Ok(living)
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
        let named = self
            .index
            .of_saml(identity_provider, name_id, session_index);
        let mut ended = Vec::new();
        for handle in named.await? {
            ended.extend(self.end(&handle).await?);
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
        self.index.set_browser(browser, handle).await
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
        match self.index.of_browser(browser).await? {
            Some(handle) => self.find_by_handle(&handle, now).await,
            None => Ok(None),
        }
    }

    pub(super) fn session(&self, kept: Kept) -> Session {
        Session {
            kept,
            ages: Arc::clone(&self.limits.ages),
        }
    }

    /// Makes a session findable by what its login came from.
    async fn index_event(
        &self,
        handle: &SessionHandle,
        event: &AuthenticationEvent,
    ) -> Result<(), StoreError> {
        if let Some(saml) = &event.saml {
            self.index.add_saml(handle, saml).await?;
        }
        if let Some(card) = &event.card {
            self.index.add_card(handle, card).await?;
        }
        Ok(())
    }
}
