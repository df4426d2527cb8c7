//! How sessions are found by what they have in common: a provider's session, a browser, a person, a card.
//!
//! An index may name sessions that are over: whoever looks one up sees that. It never leaves out one that lives, as long
//! as nobody makes more sessions than it keeps.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{BrowserDigest, SessionHandle};
use crate::crypto::encoding::hex;
use crate::crypto::hmac_sha256;
use crate::identity::{Card, PersonKey, SamlSession};
use crate::store::{ExpiringStore, Shelf, StoreError};

/// How many sessions are remembered of one `NameID`. With SPID's transient ones it is one; a provider that gives a person
/// the same again and again must not make the list grow for ever. The oldest is forgotten first.
const SAML_ENTRIES_KEPT: usize = 64;

/// How many sessions are remembered of one person, for the same reason.
const PERSON_ENTRIES_KEPT: usize = 128;

/// How many sessions are remembered of one card. One person has it, in a browser or two.
const CARD_ENTRIES_KEPT: usize = 64;
/// So many mean that most of them are over by now, and should be forgotten.
const MANY: usize = PERSON_ENTRIES_KEPT / 2;

/// Which sessions came from one session of a SAML identity provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SamlEntry {
    session: SessionHandle,
    index: Option<String>,
}

/// The indexes.
pub(super) struct Index {
    by_saml: Shelf<Vec<SamlEntry>>,
    by_browser: Shelf<SessionHandle>,
    by_person: Shelf<Vec<SessionHandle>>,
    by_card: Shelf<Vec<SessionHandle>>,
    person_secret: [u8; 32],
}

impl Index {
    /// Indexes whose entries stay for `life`. People stand in them under a hash keyed with a secret of this process, whose
    /// sessions they are: whoever sees the store's keys cannot try fiscal codes.
    pub(super) fn new(
        store: &Arc<dyn ExpiringStore>,
        life: Duration,
        person_secret: [u8; 32],
    ) -> Self {
        Self {
            by_saml: Shelf::new(Arc::clone(store), "session-saml", life),
            by_browser: Shelf::new(Arc::clone(store), "session-browser", life),
            by_person: Shelf::new(Arc::clone(store), "session-person", life),
            by_card: Shelf::new(Arc::clone(store), "session-card", life),
            person_secret,
        }
    }

    /// Makes a session findable by what its provider will call it in a LogoutRequest.
    pub(super) async fn add_saml(
        &self,
        handle: &SessionHandle,
        saml: &SamlSession,
    ) -> Result<(), StoreError> {
        let key = saml_key(&saml.identity_provider, saml.name_id.expose());
        let entry = SamlEntry {
            session: handle.clone(),
            index: saml.session_index.clone(),
        };
        let added = append(&self.by_saml, &key, &entry, SAML_ENTRIES_KEPT);
        added.await.map(|_| ())
    }

    /// The sessions that came from a provider's session: those with that `SessionIndex` or none, or all of the `NameID`
    /// where no index is given.
    pub(super) async fn of_saml(
        &self,
        identity_provider: &str,
        name_id: &str,
        session_index: Option<&str>,
    ) -> Result<impl Iterator<Item = SessionHandle>, StoreError> {
        let key = saml_key(identity_provider, name_id);
        let entries = self.by_saml.get(&key).await?.unwrap_or_default();
        let named = move |entry: &SamlEntry| match (session_index, &entry.index) {
            (Some(asked), Some(had)) => asked == had,
            _ => true,
        };
        Ok(entries.into_iter().filter(named).map(|entry| entry.session))
    }

    /// Remembers which session a browser has.
    pub(super) async fn set_browser(
        &self,
        browser: &BrowserDigest,
        handle: &SessionHandle,
    ) -> Result<(), StoreError> {
        self.by_browser.put(browser.as_str(), handle).await
    }

    /// The session that a browser had last.
    pub(super) async fn of_browser(
        &self,
        browser: &BrowserDigest,
    ) -> Result<Option<SessionHandle>, StoreError> {
        self.by_browser.get(browser.as_str()).await
    }

    /// Makes a session findable by its person; tells whether there are now so many that those which are over should be
    /// forgotten.
    pub(super) async fn add_person(
        &self,
        handle: &SessionHandle,
        person: &PersonKey,
    ) -> Result<bool, StoreError> {
        let key = self.person_key(person);
        let added = append(&self.by_person, &key, handle, PERSON_ENTRIES_KEPT);
        Ok(added.await? > MANY)
    }

    /// The sessions of a person, oldest first.
    pub(super) async fn of_person(
        &self,
        person: &PersonKey,
    ) -> Result<Vec<SessionHandle>, StoreError> {
        let handles = self.by_person.get(&self.person_key(person)).await?;
        Ok(handles.unwrap_or_default())
    }

    /// Makes a session findable by a card that a login of it was made with.
    pub(super) async fn add_card(
        &self,
        handle: &SessionHandle,
        card: &Card,
    ) -> Result<(), StoreError> {
        let key = card_key(&card.issuer_id, &card.serial);
        let added = append(&self.by_card, &key, handle, CARD_ENTRIES_KEPT);
        added.await.map(|_| ())
    }

    /// The sessions that a card opened or raised, oldest first.
    pub(super) async fn of_card(
        &self,
        issuer_id: &str,
        serial: &str,
    ) -> Result<Vec<SessionHandle>, StoreError> {
        let handles = self.by_card.get(&card_key(issuer_id, serial)).await?;
        Ok(handles.unwrap_or_default())
    }

    /// Forgets sessions of a person that are over, so that they take no living one's place.
    pub(super) async fn forget(
        &self,
        person: &PersonKey,
        over: &[SessionHandle],
    ) -> Result<(), StoreError> {
        let key = self.person_key(person);
        let forgotten = self.by_person.update(&key, |handles| {
            handles.retain(|handle| !over.contains(handle));
        });
        forgotten.await.map(|_| ())
    }

    fn person_key(&self, person: &PersonKey) -> String {
        hex(&hmac_sha256(
            &self.person_secret,
            person.canonical().as_bytes(),
        ))
    }
}

/// Adds to a list of bounded length, from which the oldest is forgotten first; tells its length. Whichever comes first of
/// two makes the list; the other adds to it.
async fn append<T: Clone + Serialize + DeserializeOwned>(
    shelf: &Shelf<Vec<T>>,
    key: &str,
    entry: &T,
    most: usize,
) -> Result<usize, StoreError> {
    while !shelf.put_new(key, &vec![entry.clone()]).await? {
        let added = shelf.update(key, |entries| {
            entries.push(entry.clone());
            let surplus = entries.len().saturating_sub(most);
            entries.drain(..surplus);
        });
        if let Some(entries) = added.await? {
            return Ok(entries.len());
        }
    }
    Ok(1)
}

/// Both are hexadecimal: no other two give the same text.
fn card_key(issuer_id: &str, serial: &str) -> String {
    format!("{issuer_id}:{serial}")
}

/// One text for two, which no other two give.
fn saml_key(identity_provider: &str, name_id: &str) -> String {
    format!("{}:{identity_provider}{name_id}", identity_provider.len())
}
