//! The browser that flows are bound to.

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;

use super::with_cookie;
use crate::http::state::Gateway;
use crate::session::{BrowserCookie, BrowserDigest};

/// The browser that flows are bound to, known by its cookie or new.
#[derive(Debug, Clone)]
pub struct Browser {
    cookie: BrowserCookie,
    is_new: bool,
}

impl Browser {
    /// What flows keep of the browser.
    #[must_use]
    pub fn digest(&self) -> BrowserDigest {
        self.cookie.digest()
    }

    /// The same, if the browser brought its cookie: what answers something must come from a browser that asked.
    #[must_use]
    pub fn known(&self) -> Option<BrowserDigest> {
        (!self.is_new).then(|| self.digest())
    }

    /// Gives a new browser its cookie with a response. Every response that opens a flow needs it.
    #[must_use]
    pub fn remembered(&self, gateway: &Gateway, response: Response) -> Response {
        if !self.is_new {
            return response;
        }
        let cookie = gateway.settings().cookies().set_browser(&self.cookie);
        with_cookie(response, cookie)
    }
}

impl FromRequestParts<Gateway> for Browser {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Gateway,
    ) -> Result<Self, Self::Rejection> {
        let known = gateway.settings().cookies().browser(&parts.headers);
        Ok(Self {
            is_new: known.is_none(),
            cookie: known.unwrap_or_else(|| BrowserCookie::generate(gateway.random())),
        })
    }
}
