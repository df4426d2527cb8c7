//! An answer of any status: of servers that say in its content why they refuse.

use std::fmt;

use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use url::Url;

use super::{AGENT, Ask, Fetch, FetchError, text};

/// A whole answer. `Debug` shows nothing of its content: there may be tokens in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The content type without its parameters, in lower case; empty where none was named.
    pub kind: String,
    /// The content, within the bound.
    pub body: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Fetch {
    /// Sends a request and gives the whole answer, whatever its status and kind: both are the caller's to judge.
    ///
    /// # Errors
    /// [`FetchError`] when it may not be sent, is not answered within the rules, or redirects.
    pub async fn reply(&self, ask: Ask<'_>) -> Result<Reply, FetchError> {
        self.admit(ask.url)?;
        let whole = async { self.whole(self.response(ask).await?).await };
        self.in_turn(whole).await
    }

    /// The same for a request that a library made.
    ///
    /// # Errors
    /// As [`reply`](Self::reply).
    pub async fn forward(&self, request: Request<Vec<u8>>) -> Result<Reply, FetchError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| FetchError::NotAllowed)?;
        self.admit(&url)?;
        let mut request = request.map(|body| Full::new(Bytes::from(body)));
        let headers = request.headers_mut();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let whole = async {
            let response = self.client.request(request).await;
            let response = response.map_err(|error| FetchError::from_client(&error))?;
            self.whole(response).await
        };
        self.in_turn(whole).await
    }

    async fn whole(&self, response: Response<Incoming>) -> Result<Reply, FetchError> {
        let status = response.status();
        if status.is_redirection() {
            return Err(FetchError::Redirect);
        }
        let kind = text(response.headers(), CONTENT_TYPE.as_str()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        Ok(Reply {
            status: status.as_u16(),
            kind: kind.to_ascii_lowercase(),
            body: self.read(response).await?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_an_answer_shows_nothing_of_its_content() {
        let reply = Reply {
            status: 200,
            kind: "application/json".to_owned(),
            body: b"a token".to_vec(),
        };
        assert_eq!(format!("{reply:?}"), "Reply { status: 200, bytes: 7, .. }");
    }
}
