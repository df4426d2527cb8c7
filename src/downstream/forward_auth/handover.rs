//! How a session reaches an application's own host.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ForwardAuth;
use crate::session::{BrowserDigest, SessionHandle};
use crate::store::StoreError;

/// How long a code lives: the time of one redirect.
pub(super) const CODE_LIFE: Duration = Duration::from_secs(60);

/// What a code stands for.
#[derive(Serialize, Deserialize)]
pub(super) struct IssuedCode {
    origin: String,
    target: String,
    browser: BrowserDigest,
    session: SessionHandle,
}

/// What a code was good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// The session it gives a key to.
    pub session: SessionHandle,
    /// The address within the site that was asked for first.
    pub target: String,
}

impl ForwardAuth {
    /// Makes a code for a session on its way to a site: good once, there, in the browser whose cookie on that site has this
    /// digest.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn issue(
        &self,
        session: &SessionHandle,
        (origin, target): (&str, &str),
        browser: &BrowserDigest,
    ) -> Result<String, StoreError> {
        let code = self.random.token();
        let issued = IssuedCode {
            origin: origin.to_owned(),
            target: target.to_owned(),
            browser: browser.clone(),
            session: session.clone(),
        };
        self.codes.put(&code, &issued).await?;
        Ok(code)
    }

    /// Uses a code up. `None` when it is unknown, used, too old, for another site or another browser: whose login it is,
    /// was not begun here (login CSRF), or somebody else brings it. A stranger who learned it cannot use it up.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn redeem(
        &self,
        code: &str,
        origin: &str,
        browser: Option<&BrowserDigest>,
    ) -> Result<Option<Redeemed>, StoreError> {
        let Some(browser) = browser else {
            return Ok(None);
        };
        let there = self.codes.get(code).await?;
        if !there.is_some_and(|there| there.origin == origin && there.browser.matches(browser)) {
            return Ok(None);
        }
        let taken = self.codes.take(code).await?;
        Ok(taken.map(|taken| Redeemed {
            session: taken.session,
            target: taken.target,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::crypto::{Random, SystemRandom};
    use crate::downstream::forward_auth::{Proxies, Routes};
    use crate::identity::SystemClock;
    use crate::session::BrowserCookie;
    use crate::store::{ExpiringStore, MemoryStore};

    fn forward_auth() -> ForwardAuth {
        let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        let random = Arc::new(SystemRandom);
        ForwardAuth::new(
            Proxies::default(),
            Routes::default(),
            [7; 32],
            &store,
            random,
        )
    }

    fn session() -> SessionHandle {
        let random: &dyn Random = &SystemRandom;
        SessionHandle::parse(&random.token()).unwrap()
    }

    const SITE: &str = "https://app.example";

    #[tokio::test]
    async fn a_code_is_good_once_at_its_site_in_its_browser() {
        let forward_auth = forward_auth();
        let session = session();
        let browser = BrowserCookie::generate(&SystemRandom).digest();
        let other = BrowserCookie::generate(&SystemRandom).digest();
        let code = forward_auth
            .issue(&session, (SITE, "/a?b"), &browser)
            .await
            .unwrap();
        for (origin, browser) in [
            ("https://other.example", Some(&browser)),
            (SITE, Some(&other)),
            (SITE, None),
        ] {
            let redeemed = forward_auth.redeem(&code, origin, browser).await.unwrap();
            assert_eq!(redeemed, None);
        }
        let redeemed = forward_auth
            .redeem(&code, SITE, Some(&browser))
            .await
            .unwrap();
        let target = "/a?b".to_owned();
        assert_eq!(redeemed, Some(Redeemed { session, target }));
        let again = forward_auth
            .redeem(&code, SITE, Some(&browser))
            .await
            .unwrap();
        assert_eq!(again, None);
    }
}
