//! Registers as a table: a TOML file with a `[[person]]` for each person whose residence or card is known. For institutes that
//! get an extract of the registers, and for the demo.

use std::collections::HashMap;

use serde::Deserialize;

use super::{ArchiveError, Registers, address};
use crate::identity::{
    Country, FiscalCode, HealthCardNumber, PostalAddress, PostalFields, Redacted, Timestamp,
};
use crate::store::BoxFuture;

/// A table of registers, in memory.
#[derive(Debug, Default)]
pub struct RegisterTable(HashMap<FiscalCode, Known>);

/// What is known of one person.
#[derive(Debug)]
struct Known {
    address: Option<Redacted<String>>,
    card: Option<HealthCardNumber>,
}

/// Why a file is no table of registers. Nothing of the file is repeated: it is about people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct RegisterTableError {
    /// Where, from one.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    person: Vec<toml::Spanned<RawPerson>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPerson {
    fiscal_code: String,
    health_card: Option<String>,
    residence: Option<RawResidence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawResidence {
    street: String,
    #[serde(default)]
    postal_code: String,
    city: String,
    #[serde(default)]
    province: String,
    #[serde(default = "italy")]
    country: Country,
}

fn italy() -> Country {
    Country::ITALY
}

impl RegisterTable {
    /// Reads a table.
    ///
    /// # Errors
    /// [`RegisterTableError`] says what is wrong first, and where.
    pub fn parse(text: &str) -> Result<Self, RegisterTableError> {
        let line_of = |at: usize| {
            let before = text.get(..at).unwrap_or(text);
            before.matches('\n').count() + 1
        };
        let raw: Raw = toml::from_str(text).map_err(|error| RegisterTableError {
            line: error.span().map_or(1, |span| line_of(span.start)),
            problem: "this is not a table of registers".to_owned(),
        })?;
        let mut table = HashMap::with_capacity(raw.person.len());
        for person in raw.person {
            let line = line_of(person.span().start);
            let wrong = |problem: String| RegisterTableError { line, problem };
            let (code, known) = read(person.into_inner()).map_err(wrong)?;
            if table.insert(code, known).is_some() {
                return Err(wrong("this person is there twice".to_owned()));
            }
        }
        Ok(Self(table))
    }
}

fn read(raw: RawPerson) -> Result<(FiscalCode, Known), String> {
    let said = |error: &dyn std::error::Error| error.to_string();
    let code = FiscalCode::parse(&raw.fiscal_code).map_err(|error| said(&error))?;
    let card = raw.health_card.as_deref().map(HealthCardNumber::parse);
    let residence = raw.residence.map(|residence| {
        PostalAddress::new(&PostalFields {
            street: &residence.street,
            addition: "",
            postal_code: &residence.postal_code,
            city: &residence.city,
            province: &residence.province,
            country: residence.country,
        })
    });
    let residence = residence.transpose().map_err(|error| said(&error))?;
    let known = Known {
        address: residence.map(|residence| address::key(&residence).into()),
        card: card.transpose().map_err(|error| said(&error))?,
    };
    Ok((code, known))
}

impl Registers for RegisterTable {
    fn lives_at<'a>(
        &'a self,
        person: &'a FiscalCode,
        address: &'a PostalAddress,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, ArchiveError>> {
        let known = self.0.get(person).and_then(|known| known.address.as_ref());
        let is_same = known.is_some_and(|known| *known.expose() == address::key(address));
        Box::pin(async move { Ok(is_same) })
    }

    fn has_health_card<'a>(
        &'a self,
        person: &'a FiscalCode,
        number: &'a HealthCardNumber,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<bool, ArchiveError>> {
        let known = self.0.get(person).and_then(|known| known.card.as_ref());
        let is_same = known == Some(number);
        Box::pin(async move { Ok(is_same) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"
[[person]]
fiscal_code = "RSSMRA80A01H501U"
health_card = "80380001200123456789"
residence = { street = "Via dei Mille 12", postal_code = "00185", city = "Roma", province = "RM" }

[[person]]
fiscal_code = "BNCNNA75L63F205J"
residence = { street = "12 High Street", city = "London", country = "GB" }
"#;

    fn now() -> Timestamp {
        "2026-11-22T08:00:00Z".parse().unwrap()
    }

    fn code(text: &str) -> FiscalCode {
        FiscalCode::parse(text).unwrap()
    }

    fn home(street: &str) -> PostalAddress {
        PostalAddress::new(&PostalFields {
            street,
            addition: "Interno 4",
            postal_code: "00185",
            city: "ROMA",
            province: "rm",
            country: Country::ITALY,
        })
        .unwrap()
    }

    #[tokio::test]
    async fn an_address_is_confirmed_for_its_own_person_alone() {
        let table = RegisterTable::parse(TABLE).unwrap();
        let (mario, anna) = (code("RSSMRA80A01H501U"), code("BNCNNA75L63F205J"));
        let there = home("V. dei Mille, 12");
        assert!(table.lives_at(&mario, &there, now()).await.unwrap());
        assert!(
            !table
                .lives_at(&mario, &home("Via dei Mille 13"), now())
                .await
                .unwrap()
        );
        assert!(!table.lives_at(&anna, &there, now()).await.unwrap());
        let stranger = code("FOXDRA26C24H872Y");
        assert!(!table.lives_at(&stranger, &there, now()).await.unwrap());
    }

    #[tokio::test]
    async fn a_card_is_confirmed_for_its_own_person_alone() {
        let table = RegisterTable::parse(TABLE).unwrap();
        let card = HealthCardNumber::parse("80380001200123456789").unwrap();
        let other = HealthCardNumber::parse("80380001200123456780").unwrap();
        let (mario, anna) = (code("RSSMRA80A01H501U"), code("BNCNNA75L63F205J"));
        assert!(table.has_health_card(&mario, &card, now()).await.unwrap());
        assert!(!table.has_health_card(&mario, &other, now()).await.unwrap());
        assert!(!table.has_health_card(&anna, &card, now()).await.unwrap());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_without_repeating_it() {
        for (from, to, line) in [
            ("H501U", "H501A", 2),
            ("80380001200123456789", "1", 2),
            ("00185", "185", 2),
            ("BNCNNA75L63F205J", "RSSMRA80A01H501U", 7),
            ("health_card", "card", 4),
            ("[[person]]", "[[person", 2),
        ] {
            let error = RegisterTable::parse(&TABLE.replacen(from, to, 1)).unwrap_err();
            assert_eq!(error.line, line, "{from} {error}");
            assert!(!error.to_string().contains("RSSMRA"), "{error}");
        }
    }

    #[test]
    fn debug_shows_nobody() {
        let shown = format!("{:?}", RegisterTable::parse(TABLE).unwrap());
        for secret in ["RSSMRA", "MILLE", "80380"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
