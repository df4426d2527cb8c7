//! Keys of a session for applications on other hosts.
//!
//! The session's own cookie stays on the gateway's host. A site whose requests the gateway decides (forward auth) holds a
//! key that names the session, is good at that site alone, and opens nothing else: a site that leaks its cookies gives
//! away no other. A session has one key a site, so neither tabs nor strangers make it grow; a login or rise ends them
//! all, as it does the session's own cookie (OWASP ASVS 7.2.4), and the site comes for a new one without anybody noticing.

use serde::{Deserialize, Serialize};

use super::ids::SecretDigest;
use super::{Kept, Session, SessionHandle, SessionId, Sessions};
use crate::identity::Timestamp;
use crate::store::StoreError;

/// The most sites that hold a key of one session at a time; the oldest makes room.
const MOST_KEYS: usize = 32;

/// A site's key of a session: the value of a cookie there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteKey(SessionId);

impl SiteKey {
    /// Reads a cookie's value; `None` for anything that Varco did not make.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        SessionId::parse(cookie).map(Self)
    }

    /// The cookie's value.
    #[must_use]
    pub fn cookie_value(&self) -> String {
        self.0.cookie_value()
    }
}

/// What the session keeps of a site's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KnownKey {
    site: String,
    secret: SecretDigest,
}

impl Kept {
    /// Whether a site's key is good there.
    fn knows(&self, key: &SiteKey, site: &str) -> bool {
        self.site_keys
            .iter()
            .any(|known| known.site == site && known.secret.matches(&key.0.digest()))
    }
}

impl Sessions {
    /// Gives a site its key, in place of the one it had; `None` when the session is over.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn lend(
        &self,
        handle: &SessionHandle,
        site: &str,
        now: Timestamp,
    ) -> Result<Option<SiteKey>, StoreError> {
        if self.find_by_handle(handle, now).await?.is_none() {
            return Ok(None);
        }
        let id = SessionId::renewed(handle.clone(), self.random.as_ref());
        let known = KnownKey {
            site: site.to_owned(),
            secret: id.digest(),
        };
        let lent = self
            .shelf
            .update(handle.as_str(), |kept| {
                kept.site_keys.retain(|known| known.site != site);
                kept.site_keys.push(known.clone());
                let surplus = kept.site_keys.len().saturating_sub(MOST_KEYS);
                kept.site_keys.drain(..surplus);
            })
            .await?;
        Ok(lent.map(|_| SiteKey(id)))
    }

    /// The session that a site's key opens there at `now`, noted as used; `None` when there is none, it ended, it rose
    /// since, or the key is another site's.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn find_lent(
        &self,
        key: &SiteKey,
        site: &str,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        self.find_if(key.0.handle(), now, |kept| kept.knows(key, site))
            .await
    }
}
