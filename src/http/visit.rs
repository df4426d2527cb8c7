//! What a page needs to know of the request it answers.

use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderValue, Uri};

use super::device::device;
use super::language::Language;
use super::state::Gateway;
use crate::crypto::Random;
use crate::session::{Network, Origin};

/// A short code that a page shows, a person reads to support, and the log line of the same request carries. It says
/// nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(String);

/// Letters and digits that cannot be mistaken for one another when read aloud (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Reference {
    /// A new reference of 50 random bits.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = [0; 10];
        random.fill(&mut bytes);
        let letter = |byte: &u8| {
            ALPHABET
                .get(usize::from(byte & 31))
                .copied()
                .unwrap_or(b'0')
        };
        let letters: String = bytes.iter().map(|byte| char::from(letter(byte))).collect();
        let (left, right) = letters.split_at(5);
        Self(format!("{left}-{right}"))
    }

    /// Reads a code that was made for an earlier request; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (left, right) = text.split_once('-')?;
        let is_half = |half: &str| half.len() == 5 && half.bytes().all(|b| ALPHABET.contains(&b));
        (is_half(left) && is_half(right)).then(|| Self(text.to_owned()))
    }

    /// The code as people read it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a request came from: the other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// One request as the pages see it. Handlers take it as an argument.
#[derive(Clone)]
pub struct Visit {
    /// The gateway that answers.
    pub gateway: Gateway,
    /// The language to speak.
    pub language: Language,
    /// The code of this request for support.
    pub reference: Reference,
    /// Where the request came from, for the audit log.
    pub client: Option<ClientAddress>,
    /// What the browser says of itself.
    user_agent: Option<HeaderValue>,
    /// Where the same page is found again, if asking twice is harmless: for the language switch.
    again: Option<Uri>,
}

/// The query parameter of the language switch.
pub(super) const LANGUAGE_PARAMETER: &str = "lang";

impl Visit {
    /// A visit for a request that arrived at `gateway`.
    #[must_use]
    pub fn new(
        gateway: Gateway,
        language: Language,
        client: Option<ClientAddress>,
        again: Option<Uri>,
    ) -> Self {
        let reference = Reference::new(gateway.random());
        Self {
            gateway,
            language,
            reference,
            client,
            user_agent: None,
            again,
        }
    }

    /// The same visit, by a browser that says this of itself.
    #[must_use]
    pub fn by(self, user_agent: Option<HeaderValue>) -> Self {
        Self { user_agent, ..self }
    }

    /// Where the visitor comes from, as far as they are told about it on the page of their sessions.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin {
            device: self.user_agent.as_ref().map(device).unwrap_or_default(),
            network: self.client.map(|client| Network::of(client.0)),
        }
    }

    /// The same visit for a page that refuses: its language switch asks for the path alone. What was refused is neither
    /// sent again nor shown.
    #[must_use]
    pub(super) fn refused(&self) -> Self {
        let path = self.again.as_ref().map(|uri| uri.path().to_owned());
        Self {
            again: path.and_then(|path| Uri::try_from(path).ok()),
            ..self.clone()
        }
    }

    /// The address of this page in another language: the portal's, where the page cannot be asked for again.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        let (path, query) = match &self.again {
            Some(uri) if leads_nowhere_else(uri.path()) => {
                (uri.path(), uri.query().unwrap_or_default())
            }
            _ => ("/", ""),
        };
        let kept = form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name != LANGUAGE_PARAMETER && name != "ui_locales");
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair(LANGUAGE_PARAMETER, language.code())
            .finish();
        format!("{path}?{query}")
    }
}

/// Whether a path, in a link, stays with this gateway. Browsers read what follows two slashes as a host, and a backslash
/// as a slash.
fn leads_nowhere_else(path: &str) -> bool {
    path.strip_prefix('/')
        .is_some_and(|rest| !rest.starts_with(['/', '\\']))
}

impl FromRequestParts<Gateway> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Gateway,
    ) -> Result<Self, Self::Rejection> {
        // The middleware puts the visit there; without it (a handler tried alone) the page speaks the default.
        let visit = parts.extensions.get::<Self>().cloned();
        Ok(visit.unwrap_or_else(|| Self::new(gateway.clone(), Language::default(), None, None)))
    }
}
