//! Forward auth: a reverse proxy asks of every request whether it may pass, and hands what it is told on to an
//! application that knows no protocol of login at all.
//!
//! In: a question of a configured [`Proxy`], told in the one way of its kind ([`Original`]). Out: the [`Route`] it is for,
//! headers about the person, or the place to log in. The session's cookie stays on the gateway's own host; an application
//! on another host gets a key of its own by a code that is good once, for a minute, in the browser that asked
//! ([`ForwardAuth::issue`], [`ForwardAuth::redeem`]); docs/decisions/0013 draws it.
//!
//! What is unclear, unknown or not configured is refused. Uses `session`, `policy` and the store's ports; never `login`,
//! never `oidc`.

mod answer;
mod handover;
mod original;
mod path;
mod proxy;
mod routes;

use std::sync::Arc;

use super::SubjectSecret;
use crate::crypto::Random;
use crate::store::{ExpiringStore, Shelf};

pub use answer::{HEADERS, Told};
pub use handover::Redeemed;
pub use original::{ENVOY_PREFIX, Original, Place, Unclear};
pub use proxy::{Proxies, Proxy, ProxyKind, ProxySettings, SECRET_HEADER};
pub use routes::{Released, Route, RouteSettings, Routes, Site, is_own, is_safe};

use handover::{CODE_LIFE, IssuedCode};

/// Where our own pages are on every site of an application: `start`, `callback` and `logout`.
pub const OWN_PATHS: &str = "/.varco";

/// Whether a text is an address within a site that a browser may be sent back to: a plain path with its query, and none of
/// our own pages.
#[must_use]
pub fn is_target(text: &str) -> bool {
    path::split_target(text).is_some_and(|(path, _)| !is_own(path))
}

/// The way out for applications behind a proxy.
pub struct ForwardAuth {
    proxies: Proxies,
    routes: Routes,
    subjects: SubjectSecret,
    codes: Shelf<IssuedCode>,
    random: Arc<dyn Random>,
}

impl ForwardAuth {
    /// Forward auth for these proxies and routes. The secret is the one behind the OpenID Provider's `sub`.
    #[must_use]
    pub fn new(
        proxies: Proxies,
        routes: Routes,
        subject_secret: [u8; 32],
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            proxies,
            routes,
            subjects: SubjectSecret::new(subject_secret),
            codes: Shelf::new(Arc::clone(store), "forward-auth-code", CODE_LIFE),
            random,
        }
    }

    /// Who may ask.
    #[must_use]
    pub fn proxies(&self) -> &Proxies {
        &self.proxies
    }

    /// For what.
    #[must_use]
    pub fn routes(&self) -> &Routes {
        &self.routes
    }
}
