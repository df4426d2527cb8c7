//! A server of the institute that is asked over HTTP, a JSON document for a JSON document.

use serde::Serialize;
use url::Url;

use super::ArchiveError;
use super::breaker::Breaker;
use crate::fetch::{Answer, Ask, Fetch, NoAuthorities, Rules};
use crate::identity::{Redacted, Timestamp};

const JSON: &[&str] = &["application/json"];

/// How a server is asked.
#[derive(Debug, Clone)]
pub struct AskedSettings {
    /// Where.
    pub url: Url,
    /// What shows who asks, where the server wants it (RFC 6750).
    pub token: Option<Redacted<String>>,
    /// Bounds of each request.
    pub rules: Rules,
}

/// A server that is asked by POST: what a GET would put into its address would stand in the server's log. Who fails again and
/// again is left in peace for a while.
pub(super) struct Asked {
    settings: AskedSettings,
    fetch: Fetch,
    breaker: Breaker,
}

impl Asked {
    /// A server that is asked so.
    ///
    /// # Errors
    /// [`NoAuthorities`] when nobody could vouch for it.
    pub(super) fn new(settings: AskedSettings) -> Result<Self, NoAuthorities> {
        Ok(Self {
            fetch: Fetch::new(settings.rules.clone())?,
            breaker: Breaker::new(),
            settings,
        })
    }

    /// What the server says to a question. An answer that cannot be read counts as a failure.
    pub(super) async fn ask<T>(
        &self,
        question: &impl Serialize,
        read: impl Fn(&[u8]) -> Result<T, ArchiveError>,
        now: Timestamp,
    ) -> Result<T, ArchiveError> {
        let question =
            serde_json::to_vec(question).map_err(|_| ArchiveError::Unavailable("question"))?;
        let pass = self
            .breaker
            .pass(now)
            .ok_or(ArchiveError::Unavailable("left-in-peace"))?;
        match self.exchange(question, read).await {
            Ok(said) => {
                pass.succeeded();
                Ok(said)
            }
            Err(error) => {
                pass.failed();
                Err(error)
            }
        }
    }

    async fn exchange<T>(
        &self,
        question: Vec<u8>,
        read: impl Fn(&[u8]) -> Result<T, ArchiveError>,
    ) -> Result<T, ArchiveError> {
        let mut ask = Ask::post_json(&self.settings.url, question, JSON);
        if let Some(token) = &self.settings.token {
            ask = ask.bearer(token.expose());
        }
        match self.fetch.send(ask).await {
            Ok(Answer::Whole { body, .. }) => read(&body),
            // Nothing was asked that could be answered so.
            Ok(Answer::NotModified) => Err(ArchiveError::Unusable("not-modified")),
            Err(error) => Err(ArchiveError::Unavailable(error.code())),
        }
    }
}
