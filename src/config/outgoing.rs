//! What every section says alike of a server that is asked over HTTP.
//!
//! All keys are in one table, which `serde(flatten)` could not read without giving up lines and the refusal of unknown keys.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::reader::Reader;
use super::{Fault, files};
use crate::fetch::{Authorities, Network, NoAuthorities, Rules};
use crate::identity::Redacted;

/// The longest that a page may wait for another server, in milliseconds.
const LONGEST_WAIT: u64 = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOutgoing {
    url: Spanned<String>,
    ca: Option<PathBuf>,
    token_file: Option<PathBuf>,
    timeout_ms: Option<Spanned<u64>>,
    at_once: Option<Spanned<usize>>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
    #[serde(default)]
    danger_allow_http: bool,
    /// For the sections whose answers can be kept.
    pub(super) cache_seconds: Option<Spanned<u64>>,
}

/// A server that is asked over HTTP.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Where it is asked.
    pub url: Url,
    /// Who vouches for the server: a PEM file, or the authorities that the system trusts.
    pub authorities: Authorities,
    /// The file of the bearer token, where it wants one.
    pub token_file: Option<PathBuf>,
    /// How long a request may take in all.
    pub timeout: Duration,
    /// How many requests may be under way at once.
    pub at_once: usize,
    /// Networks of the inside that may be connected to.
    pub networks: Vec<Network>,
    /// Plain HTTP to this machine, for tests.
    pub danger_allow_http: bool,
}

impl Outgoing {
    /// The rules of the requests, with the longest answer in bytes.
    #[must_use]
    pub fn rules(&self, longest_answer: usize) -> Rules {
        Rules {
            networks: self.networks.clone(),
            danger_allow_http_on_loopback: self.danger_allow_http,
            connect_timeout: self.timeout,
            timeout: self.timeout,
            max_bytes: longest_answer,
            at_once: self.at_once,
            ..Rules::for_origin_of(&self.url, self.authorities.clone())
        }
    }

    /// Reads the token.
    ///
    /// # Errors
    /// [`Fault`] when its file cannot be used.
    pub fn token(&self) -> Result<Option<Redacted<String>>, Fault> {
        self.token_file.as_deref().map(files::token).transpose()
    }

    /// The fault of a server for which nobody could vouch.
    #[must_use]
    pub fn unvouched(&self, error: &NoAuthorities) -> Fault {
        let file = match &self.authorities {
            Authorities::File(file) => file.as_path(),
            Authorities::System => self.url.as_str().as_ref(),
        };
        Fault::of_file(file, error.to_string())
    }
}

impl RawOutgoing {
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Option<Outgoing> {
        let mut valid = true;
        let url = Url::parse(self.url.get_ref()).ok().filter(|url| {
            let is_safe = match url.scheme() {
                "https" => true,
                "http" => self.danger_allow_http,
                _ => false,
            };
            is_safe && url.host().is_some() && url.username().is_empty() && url.password().is_none()
        });
        if url.is_none() {
            let message = "`url` is an `https` address without a user in it (or `http` on loopback with `danger_allow_http`, for tests)";
            reader.fault(self.url.span(), message);
            valid = false;
        }
        let timeout = self.timeout_ms.as_ref().map_or(2_000, |ms| *ms.get_ref());
        if !(50..=LONGEST_WAIT).contains(&timeout) {
            let span = self.timeout_ms.map_or(self.url.span(), |ms| ms.span());
            reader.fault(span, format!("`timeout_ms` is from 50 to {LONGEST_WAIT}"));
            valid = false;
        }
        let at_once = self.at_once.as_ref().map_or(32, |given| *given.get_ref());
        if !(1..=1000).contains(&at_once) {
            let span = self.at_once.map_or(self.url.span(), |given| given.span());
            reader.fault(span, "`at_once` is from 1 to 1000");
            valid = false;
        }
        let mut networks = Vec::new();
        for text in self.networks {
            match text.get_ref().parse() {
                Ok(network) => networks.push(network),
                Err(error) => {
                    reader.fault(text.span(), format!("`networks`: {error}"));
                    valid = false;
                }
            }
        }
        let url = url.filter(|_| valid)?;
        let authorities = match self.ca {
            Some(ca) => Authorities::File(reader.path(ca)),
            None => Authorities::System,
        };
        Some(Outgoing {
            url,
            authorities,
            token_file: self.token_file.map(|file| reader.path(file)),
            timeout: Duration::from_millis(timeout),
            at_once,
            networks,
            danger_allow_http: self.danger_allow_http,
        })
    }
}
