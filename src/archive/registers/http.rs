//! Registers that are asked over HTTP: of residence, of health cards, or both, each at its own server.
//!
//! A POST of `{"fiscal_code": "...", "residence": {"street": "...", "addition": "...", "postal_code": "...", "city": "...",
//! "province": "...", "country": "IT"}}` or of `{"fiscal_code": "...", "health_card": "..."}`, with the token, is answered by 200
//! and `{"confirmed": true}` or `false`, for somebody unknown there, too. Whether two ways to write an address mean one door is the
//! register's to say. Everything else (another status, another key, a redirect) is no answer. What was said is kept
//! for a moment.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Registers;
use crate::archive::ArchiveError;
use crate::archive::asked::{Asked, AskedSettings};
use crate::archive::cache::Cache;
use crate::fetch::NoAuthorities;
use crate::identity::{FiscalCode, HealthCardNumber, PostalAddress, Timestamp};
use crate::store::BoxFuture;

/// One register and what it said.
struct Register {
    server: Asked,
    said: Cache<Vec<u8>, bool>,
}

impl Register {
    fn new(settings: AskedSettings, cache: Duration) -> Result<Self, NoAuthorities> {
        Ok(Self {
            server: Asked::new(settings)?,
            said: Cache::new(cache),
        })
    }

    async fn confirms(
        &self,
        question: &Question<'_>,
        now: Timestamp,
    ) -> Result<bool, ArchiveError> {
        let asked =
            serde_json::to_vec(question).map_err(|_| ArchiveError::Unavailable("question"))?;
        if let Some(said) = self.said.get(&asked, now) {
            return Ok(said);
        }
        let said = self.server.ask(question, read, now).await?;
        self.said.put(&asked, &said, now);
        Ok(said)
    }
}

#[derive(Serialize)]
struct Question<'a> {
    fiscal_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    residence: Option<Residence<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    health_card: Option<&'a str>,
}

#[derive(Serialize)]
struct Residence<'a> {
    street: &'a str,
    addition: &'a str,
    postal_code: &'a str,
    city: &'a str,
    province: &'a str,
    country: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    confirmed: bool,
}

fn read(body: &[u8]) -> Result<bool, ArchiveError> {
    let said: Result<Said, _> = serde_json::from_slice(body);
    let said = said.map_err(|_| ArchiveError::Unusable("not-understood"))?;
    Ok(said.confirmed)
}

/// Registers at the other end of HTTP. What there is no register for is not confirmed.
#[derive(Default)]
pub struct HttpRegisters {
    residence: Option<Register>,
    health_card: Option<Register>,
}

impl HttpRegisters {
    /// None yet: nothing is confirmed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a register of who lives where, whose answers count for `cache`.
    ///
    /// # Errors
    /// [`NoAuthorities`] when nobody could vouch for its server.
    pub fn of_residence(
        self,
        settings: AskedSettings,
        cache: Duration,
    ) -> Result<Self, NoAuthorities> {
        let residence = Some(Register::new(settings, cache)?);
        Ok(Self { residence, ..self })
    }

    /// With a register of whose the health cards are.
    ///
    /// # Errors
    /// As [`of_residence`](Self::of_residence).
    pub fn of_health_cards(
        self,
        settings: AskedSettings,
        cache: Duration,
    ) -> Result<Self, NoAuthorities> {
        let health_card = Some(Register::new(settings, cache)?);
        Ok(Self {
            health_card,
            ..self
        })
    }
}

impl Registers for HttpRegisters {
    fn lives_at<'a>(
        &'a self,
        person: &'a FiscalCode,
        address: &'a PostalAddress,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, ArchiveError>> {
        let Some(register) = &self.residence else {
            return Box::pin(async { Ok(false) });
        };
        let fields = address.fields();
        let question = Question {
            fiscal_code: person.expose(),
            residence: Some(Residence {
                street: fields.street,
                addition: fields.addition,
                postal_code: fields.postal_code,
                city: fields.city,
                province: fields.province,
                country: fields.country.code().to_owned(),
            }),
            health_card: None,
        };
        Box::pin(async move { register.confirms(&question, now).await })
    }

    fn has_health_card<'a>(
        &'a self,
        person: &'a FiscalCode,
        number: &'a HealthCardNumber,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool, ArchiveError>> {
        let Some(register) = &self.health_card else {
            return Box::pin(async { Ok(false) });
        };
        let question = Question {
            fiscal_code: person.expose(),
            residence: None,
            health_card: Some(number.expose()),
        };
        Box::pin(async move { register.confirms(&question, now).await })
    }
}
