//! Text messages by a gateway that is asked over HTTP.
//!
//! A POST of `{"to": "+39...", "text": "...", "reference": "..."}` with the token. 200 with any JSON document says that the
//! message was taken; everything else, that it was not.

use serde::Serialize;
use url::Url;

use super::{NotSent, TextMessage, TextMessages};
use crate::fetch::{Answer, Ask, Fetch, NoAuthorities, Rules};
use crate::identity::Redacted;
use crate::store::BoxFuture;

const JSON: &[&str] = &["application/json"];

/// How the gateway of messages is asked.
#[derive(Debug, Clone)]
pub struct HttpTextMessagesSettings {
    /// Where.
    pub url: Url,
    /// What shows who asks, where it wants that (RFC 6750).
    pub token: Option<Redacted<String>>,
    /// Bounds of each request.
    pub rules: Rules,
}

/// The gateway of messages at the other end of HTTP.
pub struct HttpTextMessages {
    settings: HttpTextMessagesSettings,
    fetch: Fetch,
}

#[derive(Serialize)]
struct Document<'a> {
    to: &'a str,
    text: &'a str,
    reference: &'a str,
}

impl HttpTextMessages {
    /// A gateway that is asked so.
    ///
    /// # Errors
    /// [`NoAuthorities`] when nobody could vouch for the server.
    pub fn new(settings: HttpTextMessagesSettings) -> Result<Self, NoAuthorities> {
        Ok(Self {
            fetch: Fetch::new(settings.rules.clone())?,
            settings,
        })
    }

    async fn hand_over(&self, message: &TextMessage) -> Result<(), NotSent> {
        let document = serde_json::to_vec(&Document {
            to: message.to.expose(),
            text: message.text.expose(),
            reference: &message.reference,
        })
        .map_err(|_| NotSent("document"))?;
        let mut ask = Ask::post_json(&self.settings.url, document, JSON);
        if let Some(token) = &self.settings.token {
            ask = ask.bearer(token.expose());
        }
        match self.fetch.send(ask).await {
            Ok(Answer::Whole { .. }) => Ok(()),
            // Nothing was asked that could be answered so.
            Ok(Answer::NotModified) => Err(NotSent("not-modified")),
            Err(error) => Err(NotSent(error.code())),
        }
    }
}

impl TextMessages for HttpTextMessages {
    fn send<'a>(&'a self, message: &'a TextMessage) -> BoxFuture<'a, Result<(), NotSent>> {
        Box::pin(self.hand_over(message))
    }
}
