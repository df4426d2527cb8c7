//! Where an application hears of events, and how they get there (RFC 8935).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::super::OpenIdProvider;
use super::AssuranceChange;
use crate::fetch::{Ask, Authorities, Fetch, Network, NoAuthorities, Pushed, Rules};
use crate::identity::{Redacted, Timestamp};
use crate::pin::Outgoing;
use crate::protocol::jose::parse_object;

/// How long a receiver may take: it has only to write the token down.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest refusal that is read, in bytes.
const LONGEST_REFUSAL: usize = 16 * 1024;
/// Tokens to one receiver under way at once.
const AT_ONCE: usize = 4;
const KIND: &str = "application/secevent+jwt";
const JSON: &[&str] = &["application/json"];
/// What a receiver may find wrong (RFC 8935, 2.4). Only these names are written down: others are a stranger's words.
const FAULTS: [&str; 6] = [
    "invalid_request",
    "invalid_key",
    "invalid_issuer",
    "invalid_audience",
    "authentication_failed",
    "access_denied",
];

/// `events` of an `[[openid.client]]`: where the application hears what it did not ask for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsSettings {
    /// An `https` address.
    pub url: String,
    /// `aud` of the tokens; the client's id where it is left out.
    pub audience: Option<String>,
    /// The file of a bearer token that shows who pushes, where the application wants one.
    pub token_file: Option<PathBuf>,
    /// Who vouches for the server: a PEM file, or the authorities that the system trusts.
    pub ca: Option<PathBuf>,
    /// Networks of the inside that the address may be in, as `10.0.0.0/8`.
    #[serde(default)]
    pub networks: Vec<String>,
    /// Plain HTTP to this machine, for tests.
    #[serde(default)]
    pub danger_allow_http: bool,
}

/// Where an application hears of events, checked. Only the registration of a client makes one.
#[derive(Debug, Clone)]
pub struct EventReceiver {
    url: Url,
    audience: String,
    token_file: Option<PathBuf>,
    rules: Rules,
}

impl EventReceiver {
    /// Reads it; says everything that is wrong, a sentence each.
    pub(in crate::downstream::oidc) fn check(
        settings: EventsSettings,
        client: &str,
    ) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let url = Url::parse(&settings.url).ok().filter(|url| {
            let is_safe = match url.scheme() {
                "https" => true,
                "http" => settings.danger_allow_http,
                _ => false,
            };
            is_safe && url.host().is_some() && url.username().is_empty() && url.password().is_none()
        });
        if url.is_none() {
            faults.push("`events.url` is not an `https` address without a user in it".to_owned());
        }
        let audience = settings.audience.unwrap_or_else(|| client.to_owned());
        if audience.is_empty() || audience.len() > 512 {
            faults.push("`events.audience` is not 1 to 512 characters".to_owned());
        }
        let mut networks: Vec<Network> = Vec::new();
        for text in &settings.networks {
            match text.parse() {
                Ok(network) => networks.push(network),
                Err(error) => faults.push(format!("`events.networks`: {text:?}: {error}")),
            }
        }
        let Some(url) = url.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let authorities = settings.ca.map_or(Authorities::System, Authorities::File);
        Ok(Self {
            rules: Rules {
                networks,
                danger_allow_http_on_loopback: settings.danger_allow_http,
                timeout: PATIENCE,
                max_bytes: LONGEST_REFUSAL,
                at_once: AT_ONCE,
                ..Rules::for_origin_of(&url, authorities)
            },
            url,
            audience,
            token_file: settings.token_file,
        })
    }

    /// The file of the bearer token, where the application wants one.
    #[must_use]
    pub fn token_file(&self) -> Option<&PathBuf> {
        self.token_file.as_ref()
    }

    /// Who vouches for the application's server.
    #[must_use]
    pub fn authorities(&self) -> &Authorities {
        &self.rules.authorities
    }
}

/// An application does not have an event yet: it has to be pushed again. The code can be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event was not taken: {0}")]
pub struct NotPushed(pub &'static str);

struct Open {
    receiver: EventReceiver,
    token: Option<Redacted<String>>,
    fetch: Fetch,
}

/// Every application that hears of events.
#[derive(Default)]
pub struct EventReceivers(BTreeMap<String, Open>);

impl EventReceivers {
    /// Adds an application, with the token that shows it who pushes.
    ///
    /// # Errors
    /// [`NoAuthorities`] when nobody could vouch for its server.
    pub fn add(
        &mut self,
        client: &str,
        receiver: &EventReceiver,
        token: Option<Redacted<String>>,
    ) -> Result<(), NoAuthorities> {
        let open = Open {
            fetch: Fetch::new(receiver.rules.clone())?,
            receiver: receiver.clone(),
            token,
        };
        self.0.insert(client.to_owned(), open);
        Ok(())
    }
}

impl OpenIdProvider {
    /// The same provider, which tells these applications of events.
    #[must_use]
    pub fn telling(mut self, receivers: EventReceivers) -> Self {
        self.receivers = receivers;
        self
    }

    /// Tells an application of a row of the outbox that is for it, once. One that is not registered any more, or does not
    /// want to hear of events, has nothing to be told.
    ///
    /// # Errors
    /// [`NotPushed`] unless the application acknowledged it: it is to be told again.
    pub async fn tell(&self, row: &Outgoing, now: Timestamp) -> Result<(), NotPushed> {
        let (client, change) = AssuranceChange::of(row).ok_or(NotPushed("not-an-event"))?;
        self.push(client, &change, now).await
    }

    /// Tells an application of a change, once.
    ///
    /// # Errors
    /// As [`tell`](Self::tell).
    pub async fn push(
        &self,
        client: &str,
        change: &AssuranceChange,
        now: Timestamp,
    ) -> Result<(), NotPushed> {
        let open = self.receivers.0.get(client);
        let Some((registered, open)) = self.clients().find(client).zip(open) else {
            tracing::warn!(client, "event-without-a-receiver");
            return Ok(());
        };
        let token = self
            .security_event(registered, &open.receiver.audience, change, now)
            .map_err(|error| NotPushed(error.reason))?;
        let mut ask = Ask::post(&open.receiver.url, KIND, token.into_bytes(), JSON);
        if let Some(token) = &open.token {
            ask = ask.bearer(token.expose());
        }
        match open.fetch.push(ask).await {
            Ok(Pushed::Taken) => Ok(()),
            Ok(Pushed::Refused(why)) => Err(NotPushed(fault(&why))),
            Err(error) => Err(NotPushed(error.code())),
        }
    }
}

/// `err` of a refusal, if it is one of those that are registered.
fn fault(content: &[u8]) -> &'static str {
    let said = parse_object(content).ok();
    let said = said.as_ref().and_then(|said| said.get("err")?.as_str());
    let known = FAULTS.into_iter().find(|fault| said == Some(fault));
    known.unwrap_or("refused")
}

#[cfg(test)]
mod tests {
    use super::super::TYPE;
    use super::*;

    #[test]
    fn the_media_type_is_the_tokens_own() {
        assert_eq!(KIND, format!("application/{TYPE}"));
    }

    #[test]
    fn a_receiver_says_what_is_wrong_and_nothing_else_of_its_words() {
        assert_eq!(
            fault(br#"{"err":"invalid_audience","description":"no"}"#),
            "invalid_audience"
        );
        assert_eq!(fault(br#"{"err":"<script>"}"#), "refused");
        assert_eq!(fault(b"<html>"), "refused");
    }
}
