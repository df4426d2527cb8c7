//! Archives that are asked over HTTP.
//!
//! A POST of `{"fiscal_code": "..."}` with the token, answered by 200 and
//! `{"categories": ["pensioner"], "profiles": [{"category": "company", "organisation": {"code": "...", "name": "..."}}]}`.
//! Somebody unknown there is answered with both lists empty; every other status is a failure, 404 too, since a wrong address
//! must not make everybody a citizen. `"mobile": "+39..."` may stand beside the lists: the telephone that the institute knows
//! to be the person's; one that is no number counts as none, since nothing opens by it alone. An answer with anything in it that is not understood (another key, a category that
//! Varco does not know, a category in the wrong list) is refused whole: half of it would be a guess.

use serde::{Deserialize, Serialize};
use url::Url;

use super::breaker::Breaker;
use super::{Archive, ArchiveError, MOST_PROFILES, Profile, Standing};
use crate::fetch::{Answer, Ask, Fetch, NoAuthorities, Rules};
use crate::identity::{Category, PersonKey, PhoneNumber, Redacted, Timestamp};
use crate::store::BoxFuture;

const JSON: &[&str] = &["application/json"];

/// How the archives are asked.
#[derive(Debug, Clone)]
pub struct HttpArchiveSettings {
    /// Where.
    pub url: Url,
    /// What shows who asks, where the archives want it (RFC 6750).
    pub token: Option<Redacted<String>>,
    /// Bounds of each request.
    pub rules: Rules,
}

/// The archives at the other end of HTTP. They are asked each time; [`Remembered`](super::Remembered) asks less.
pub struct HttpArchive {
    settings: HttpArchiveSettings,
    fetch: Fetch,
    breaker: Breaker,
}

#[derive(Serialize)]
struct Question<'a> {
    fiscal_code: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    categories: Vec<Category>,
    profiles: Vec<Profile>,
    mobile: Option<Redacted<String>>,
}

impl HttpArchive {
    /// Archives that are asked so.
    ///
    /// # Errors
    /// [`NoAuthorities`] when nobody could vouch for the server.
    pub fn new(settings: HttpArchiveSettings) -> Result<Self, NoAuthorities> {
        Ok(Self {
            fetch: Fetch::new(settings.rules.clone())?,
            breaker: Breaker::new(),
            settings,
        })
    }

    async fn ask(&self, person: &PersonKey, now: Timestamp) -> Result<Standing, ArchiveError> {
        // The archives know people by their fiscal code.
        let PersonKey::FiscalCode(code) = person else {
            return Ok(Standing::citizen());
        };
        let pass = self
            .breaker
            .pass(now)
            .ok_or(ArchiveError::Unavailable("left-in-peace"))?;
        match self.exchange(code.expose()).await {
            Ok(standing) => {
                pass.succeeded();
                Ok(standing)
            }
            Err(error) => {
                pass.failed();
                Err(error)
            }
        }
    }

    async fn exchange(&self, fiscal_code: &str) -> Result<Standing, ArchiveError> {
        let question = serde_json::to_vec(&Question { fiscal_code })
            .map_err(|_| ArchiveError::Unavailable("question"))?;
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

fn read(body: &[u8]) -> Result<Standing, ArchiveError> {
    let said: Said =
        serde_json::from_slice(body).map_err(|_| ArchiveError::Unusable("not-understood"))?;
    if !said
        .categories
        .iter()
        .all(|category| category.is_personal())
    {
        return Err(ArchiveError::Unusable("category-is-no-personal-one"));
    }
    if said.profiles.len() > MOST_PROFILES {
        return Err(ArchiveError::Unusable("too-many-profiles"));
    }
    let mobile = said.mobile.as_ref();
    let mobile = mobile.and_then(|text| PhoneNumber::parse(text.expose()).ok());
    Ok(Standing::new(said.categories, said.profiles).reached_at(mobile))
}

impl Archive for HttpArchive {
    fn standing<'a>(
        &'a self,
        person: &'a PersonKey,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, ArchiveError>> {
        Box::pin(self.ask(person, now))
    }
}
