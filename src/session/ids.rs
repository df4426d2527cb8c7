//! The values that name sessions, flows and browsers. Those that open something are secrets: `Debug` hides them and the
//! store sees only digests of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::crypto::encoding::{from_base64url, hex};
use crate::crypto::{Random, constant_time_eq, sha256};
use crate::identity::Redacted;

/// Whether a text has the form that [`Random::token`](dyn Random) gives: 256 bits, URL base64, no padding.
fn is_token(text: &str) -> bool {
    text.len() == 43 && from_base64url(text).is_some_and(|bytes| bytes.len() == 32)
}

/// The lasting name of a session: the same from its start to its end, whatever its cookie's value. It opens nothing, so
/// it may stand in tokens (`sid`), flows, indexes and the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionHandle(String);

impl SessionHandle {
    /// The handle as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a handle, as it comes back in a token or a store; `None` for anything of another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_token(text).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of the session cookie: the session's handle and a secret of 256 bits. The secret is made anew at every
/// login and rise, and the session keeps only its digest: neither a cookie from before a login nor a copy of the store
/// opens anything (OWASP ASVS 7.2.4 and 7.2.3).
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId {
    handle: SessionHandle,
    secret: Redacted<String>,
}

impl SessionId {
    /// A new session's id.
    pub(super) fn generate(random: &dyn Random) -> Self {
        Self::renewed(SessionHandle(random.token()), random)
    }

    /// Another id of a session there is.
    pub(super) fn renewed(handle: SessionHandle, random: &dyn Random) -> Self {
        Self {
            handle,
            secret: random.token().into(),
        }
    }

    /// Reads a cookie's value; `None` for anything that Varco did not make.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        let (handle, secret) = cookie.split_once('.')?;
        is_token(secret).then_some(())?;
        Some(Self {
            handle: SessionHandle::parse(handle)?,
            secret: secret.to_owned().into(),
        })
    }

    /// The cookie's value.
    #[must_use]
    pub fn cookie_value(&self) -> String {
        format!("{}.{}", self.handle, self.secret.expose())
    }

    /// Which session it names. Only [`Sessions::find`](super::Sessions::find) tells whether it opens it.
    #[must_use]
    pub fn handle(&self) -> &SessionHandle {
        &self.handle
    }

    /// What the session keeps of the secret.
    pub(super) fn digest(&self) -> SecretDigest {
        SecretDigest(hex(&sha256(self.secret.expose().as_bytes())))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({}.[redacted])", self.handle)
    }
}

/// SHA-256 of a session id's secret, in hexadecimal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct SecretDigest(String);

impl SecretDigest {
    pub(super) fn matches(&self, other: &Self) -> bool {
        constant_time_eq(self.0.as_bytes(), other.0.as_bytes())
    }
}

/// The name of a login flow. Alone it opens nothing: the flow is bound to a browser.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FlowId(String);

/// The text is not the id of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a login flow")]
pub struct NotAFlowId;

impl FlowId {
    pub(super) fn generate(random: &dyn Random) -> Self {
        Self(random.token())
    }

    /// Reads an id from a form or an address; `None` for anything that Varco did not make.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_token(text).then(|| Self(text.to_owned()))
    }

    /// The id as text, for a form or an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FlowId {
    type Error = NotAFlowId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(NotAFlowId)
    }
}

impl From<FlowId> for String {
    fn from(id: FlowId) -> Self {
        id.0
    }
}

impl fmt::Debug for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowId([redacted])")
    }
}

/// The value of the cookie that names a browser while it logs in: one random value, however many tabs log in at once,
/// so the cookie never grows.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserCookie(Redacted<String>);

impl BrowserCookie {
    /// A value for a browser that has none.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        Self(random.token().into())
    }

    /// Reads a cookie's value; `None` for anything that Varco did not make.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        is_token(cookie).then(|| Self(cookie.to_owned().into()))
    }

    /// The cookie's value.
    #[must_use]
    pub fn cookie_value(&self) -> &str {
        self.0.expose()
    }

    /// What the stores keep of it.
    #[must_use]
    pub fn digest(&self) -> BrowserDigest {
        BrowserDigest(hex(&sha256(self.0.expose().as_bytes())))
    }
}

impl fmt::Debug for BrowserCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserCookie([redacted])")
    }
}

/// SHA-256 of a browser's cookie, in hexadecimal: what binds flows and pending requests to a browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BrowserDigest(String);

impl BrowserDigest {
    /// Reads a digest that another of our pages put into an address; `None` for anything of another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 64 && text.bytes().all(hex)).then(|| Self(text.to_owned()))
    }

    /// The digest as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether two digests are of one browser; compared in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        constant_time_eq(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl PartialEq for BrowserDigest {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other)
    }
}

impl Eq for BrowserDigest {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRandom;

    #[test]
    fn a_session_cookie_reads_back_and_nothing_else_does() {
        let id = SessionId::generate(&SystemRandom);
        assert_eq!(SessionId::parse(&id.cookie_value()), Some(id.clone()));
        let value = id.cookie_value();
        for bad in [
            "",
            ".",
            "a.b",
            &value[1..],
            &format!("{value}="),
            &format!("{value}.{value}"),
            &value.replace('.', ":"),
            &"a".repeat(1_000_000),
        ] {
            assert_eq!(SessionId::parse(bad), None);
        }
    }

    #[test]
    fn debug_of_an_id_shows_no_secret() {
        let id = SessionId::generate(&SystemRandom);
        let value = id.cookie_value();
        let secret = value.split('.').nth(1).unwrap();
        assert!(!format!("{id:?}").contains(secret));
        let browser = BrowserCookie::generate(&SystemRandom);
        assert!(!format!("{browser:?}").contains(browser.cookie_value()));
        let flow = FlowId::generate(&SystemRandom);
        assert!(!format!("{flow:?}").contains(flow.as_str()));
    }

    #[test]
    fn a_browser_matches_itself_only() {
        let one = BrowserCookie::generate(&SystemRandom);
        let other = BrowserCookie::generate(&SystemRandom);
        assert!(
            one.digest()
                .matches(&BrowserCookie::parse(one.cookie_value()).unwrap().digest())
        );
        assert!(!one.digest().matches(&other.digest()));
        assert_eq!(BrowserCookie::parse("x"), None);
        assert_eq!(FlowId::parse("x"), None);
    }
}
