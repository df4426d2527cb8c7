//! The parameters that a provider sends the browser back with (B8), decoded strictly.

use std::collections::HashSet;

use super::error::ProviderError;
use super::refusal::OpenIdRefusal;

/// The longest query, in bytes: a code, a state and an issuer many times over.
const MAX_BYTES: usize = 8 * 1024;
/// The most parameters.
const MAX_COUNT: usize = 16;
/// The longest code.
const LONGEST_CODE: usize = 4 * 1024;

const CLAUSE: &str = "B8; RFC 6749, 4.1.2";

/// What came back.
pub(super) struct Answer {
    pairs: Vec<(String, String)>,
    has_twice: bool,
}

/// What it says.
pub(super) enum Said<'a> {
    /// A code to redeem.
    Code(&'a str),
    /// Why nobody was logged in.
    Error(ProviderError),
}

impl Answer {
    pub(super) fn parse(query: &str) -> Result<Self, OpenIdRefusal> {
        // Nobody looks in there for what it answers.
        let malformed = || OpenIdRefusal::no_request("answer-form");
        if query.len() > MAX_BYTES {
            return Err(malformed());
        }
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if pairs.len() > MAX_COUNT {
            return Err(malformed());
        }
        let mut names = HashSet::new();
        let has_twice = !pairs.iter().all(|(name, _)| names.insert(name.as_str()));
        Ok(Self { pairs, has_twice })
    }

    fn value(&self, name: &str) -> Option<&str> {
        let mut pairs = self.pairs.iter();
        let (_, value) = pairs.find(|(there, _)| there == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// `state`, where it is there once.
    pub(super) fn state(&self) -> Option<&str> {
        let named = |pair: &&(String, String)| pair.0 == "state";
        (self.pairs.iter().filter(named).count() == 1)
            .then(|| self.value("state"))
            .flatten()
    }

    /// `iss`, for the register.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.value("iss")
    }

    /// What it says, once it is sure that the provider says it: `iss` comes before everything else (RFC 9207, 2.4). An error
    /// without it logs nobody in and is told all the same: providers leave it out there.
    pub(super) fn read(&self, issuer: &str, wants_issuer: bool) -> Result<Said<'_>, OpenIdRefusal> {
        if self.has_twice {
            return Err(OpenIdRefusal::check("parameter-repeated", CLAUSE));
        }
        match self.issuer() {
            Some(there) if there != issuer => {
                return Err(OpenIdRefusal::check(
                    "answer-issuer-other",
                    "B8; RFC 9207, 2.4",
                ));
            }
            None if wants_issuer && self.value("error").is_none() => {
                return Err(OpenIdRefusal::check(
                    "answer-issuer-missing",
                    "B8; RFC 9207, 2.4",
                ));
            }
            _ => {}
        }
        match (self.value("code"), self.value("error")) {
            (Some(_), Some(_)) => Err(OpenIdRefusal::check("code-and-error", CLAUSE)),
            (None, Some(error)) => Ok(Said::Error(ProviderError::of(error))),
            (Some(code), None)
                if code.len() <= LONGEST_CODE && code.bytes().all(|b| b.is_ascii_graphic()) =>
            {
                Ok(Said::Code(code))
            }
            (Some(_), None) => Err(OpenIdRefusal::check("code-form", CLAUSE)),
            (None, None) => Err(OpenIdRefusal::check("code-missing", CLAUSE)),
        }
    }
}
