//! Archives that are asked over HTTP.
//!
//! A POST of `{"fiscal_code": "..."}` with the token, answered by 200 and
//! `{"categories": ["pensioner"], "profiles": [{"category": "company", "organisation": {"code": "...", "name": "..."}}]}`.
//! Somebody unknown there is answered with both lists empty; every other status is a failure, 404 too, since a wrong address
//! must not make everybody a citizen. `"mobile": "+39..."` may stand beside the lists: the telephone that the institute knows
//! to be the person's; one that is no number counts as none, since nothing opens by it alone. An answer with anything in it that is not understood (another key, a category that
//! Varco does not know, a category in the wrong list) is refused whole: half of it would be a guess.

use serde::{Deserialize, Serialize};

use super::asked::{Asked, AskedSettings};
use super::{Archive, ArchiveError, MOST_PROFILES, Profile, Standing};
use crate::fetch::NoAuthorities;
use crate::identity::{Category, PersonKey, PhoneNumber, Redacted, Timestamp};
use crate::store::BoxFuture;

/// The archives at the other end of HTTP. They are asked each time; [`Remembered`](super::Remembered) asks less.
pub struct HttpArchive(Asked);

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
    pub fn new(settings: AskedSettings) -> Result<Self, NoAuthorities> {
        Asked::new(settings).map(Self)
    }

    async fn ask(&self, person: &PersonKey, now: Timestamp) -> Result<Standing, ArchiveError> {
        // The archives know people by their fiscal code.
        let PersonKey::FiscalCode(code) = person else {
            return Ok(Standing::citizen());
        };
        let fiscal_code = code.expose();
        self.0.ask(&Question { fiscal_code }, read, now).await
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
