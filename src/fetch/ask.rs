//! What is asked, and what comes back.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    USER_AGENT,
};
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use hyper::body::Bytes;
use url::Url;

use super::{AGENT, FetchError};

/// A request. It asks for one of some content types; anything else that comes back is refused.
#[derive(Clone)]
pub struct Ask<'a> {
    pub(super) url: &'a Url,
    pub(super) content_types: &'static [&'static str],
    etag: Option<&'a str>,
    modified: Option<&'a str>,
    body: Option<(&'static str, Vec<u8>)>,
    bearer: Option<&'a str>,
}

impl<'a> Ask<'a> {
    /// A GET that expects one of these content types.
    #[must_use]
    pub fn get(url: &'a Url, content_types: &'static [&'static str]) -> Self {
        Self {
            url,
            content_types,
            etag: None,
            modified: None,
            body: None,
            bearer: None,
        }
    }

    /// A POST of a JSON document that expects one of these content types. What a GET would put into its address would stand
    /// in the server's log.
    #[must_use]
    pub fn post_json(
        url: &'a Url,
        document: Vec<u8>,
        content_types: &'static [&'static str],
    ) -> Self {
        Self::post(url, "application/json", document, content_types)
    }

    /// A POST of a content of some type that expects one of these content types.
    #[must_use]
    pub fn post(
        url: &'a Url,
        kind: &'static str,
        content: Vec<u8>,
        content_types: &'static [&'static str],
    ) -> Self {
        Self {
            body: Some((kind, content)),
            ..Self::get(url, content_types)
        }
    }

    /// What is asked.
    #[must_use]
    pub fn url(&self) -> &Url {
        self.url
    }

    /// With a bearer token (RFC 6750, 2.1).
    #[must_use]
    pub fn bearer(self, token: &'a str) -> Self {
        Self {
            bearer: Some(token),
            ..self
        }
    }

    /// Only if it changed since an answer with this entity tag (RFC 9110, 13.1.2).
    #[must_use]
    pub fn unless_still(self, etag: &'a str) -> Self {
        Self {
            etag: Some(etag),
            ..self
        }
    }

    /// Only if it changed since an answer with this `Last-Modified`, as the server wrote it (RFC 9110, 13.1.3).
    #[must_use]
    pub fn unless_unmodified_since(self, modified: &'a str) -> Self {
        Self {
            modified: Some(modified),
            ..self
        }
    }

    /// Whether it may be answered by there being nothing new.
    pub(super) fn is_conditional(&self) -> bool {
        self.etag.is_some() || self.modified.is_some()
    }

    pub(super) fn into_request(self) -> Result<Request<Full<Bytes>>, FetchError> {
        let header =
            |text: String| HeaderValue::from_str(&text).map_err(|_| FetchError::NotAllowed);
        let (method, kind, body) = match self.body {
            Some((kind, body)) => (Method::POST, Some(kind), body),
            None => (Method::GET, None, Vec::new()),
        };
        let mut request = Request::new(Full::new(Bytes::from(body)));
        // What follows a `#` is the browser's own.
        let address = self.url.as_str().split('#').next().unwrap_or_default();
        *request.uri_mut() = address.parse().map_err(|_| FetchError::NotAllowed)?;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, header(self.content_types.join(", "))?);
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(etag) = self.etag {
            headers.insert(IF_NONE_MATCH, header(etag.to_owned())?);
        }
        if let Some(modified) = self.modified {
            headers.insert(IF_MODIFIED_SINCE, header(modified.to_owned())?);
        }
        if let Some(token) = self.bearer {
            let mut value = header(format!("Bearer {token}"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        *request.method_mut() = method;
        Ok(request)
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// All of it, within bounds and of an expected content type.
    Whole {
        /// The content.
        body: Vec<u8>,
        /// What tells this state of it from others, for the next time.
        etag: Option<String>,
        /// When it was changed last, as the server wrote it, for the next time.
        last_modified: Option<String>,
    },
    /// It is still as it was.
    NotModified,
}
