//! The form of `services.toml`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::value::Datetime;

use super::{Errors, ServiceId, Text};
use crate::identity::{AssuranceLevel, AuthenticationMethod, CardKind, Category, SecondStep};

/// The file as it stands.
#[derive(Default)]
pub(super) struct Raw {
    pub(super) methods: Vec<RawMethod>,
    pub(super) cards: Vec<RawCard>,
    pub(super) services: Vec<RawService>,
}

/// `[[method]]`: a way in, and from when to when it is open to whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMethod {
    pub(super) method: Spanned<AuthenticationMethod>,
    #[serde(rename = "for")]
    pub(super) categories: Spanned<Vec<Category>>,
    /// The first day.
    pub(super) from: Option<Spanned<Datetime>>,
    /// The last day.
    pub(super) until: Option<Spanned<Datetime>>,
}

/// `[[card]]`: what has to follow a login with cards of these kinds, from these issuers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCard {
    pub(super) kinds: Option<Spanned<Vec<CardKind>>>,
    /// Names of issuing authorities.
    pub(super) issuers: Option<Spanned<Vec<String>>>,
    pub(super) second_step: Spanned<SecondStep>,
}

/// `[[service]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawService {
    pub(super) id: Spanned<ServiceId>,
    pub(super) name: Spanned<Text>,
    #[serde(rename = "for")]
    pub(super) categories: Spanned<Vec<Category>>,
    pub(super) client: Option<Spanned<String>>,
    pub(super) consult: Option<Spanned<RawOperation>>,
    pub(super) request: Option<Spanned<RawOperation>>,
}

/// `consult` or `request` of a service.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOperation {
    #[serde(deserialize_with = "AssuranceLevel::configured")]
    pub(super) level: AssuranceLevel,
    pub(super) methods: Option<Spanned<Vec<AuthenticationMethod>>>,
    pub(super) cards: Option<Spanned<Vec<CardKind>>>,
    pub(super) max_age: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) provisional: bool,
    #[serde(default)]
    pub(super) first_half: bool,
}

/// Reads each table by itself, so that one error does not hide those of the others.
pub(super) fn read(text: &str, errors: &mut Errors<'_>) -> Raw {
    let (document, broken) = DeTable::parse_recoverable(text);
    for error in &broken {
        errors.toml(error, 0..0);
    }
    let mut raw = Raw::default();
    let mut there_are_services = false;
    for (key, value) in document.into_inner() {
        match key.get_ref().as_ref() {
            "method" => raw.methods = tables(value, "method", errors),
            "card" => raw.cards = tables(value, "card", errors),
            "service" => {
                there_are_services = true;
                raw.services = tables(value, "service", errors);
            }
            unknown => errors.at(&key.span(), format!("unknown key `{unknown}`")),
        }
    }
    if !there_are_services {
        errors.at(
            &(0..0),
            "there is no service; write at least one `[[service]]`",
        );
    }
    raw
}

fn tables<T: DeserializeOwned>(
    value: Spanned<DeValue<'_>>,
    name: &str,
    errors: &mut Errors<'_>,
) -> Vec<T> {
    let span = value.span();
    let DeValue::Array(tables) = value.into_inner() else {
        errors.at(&span, format!("write each {name} as a table `[[{name}]]`"));
        return Vec::new();
    };
    let mut read = Vec::new();
    for table in tables {
        let span = table.span();
        match T::deserialize(ValueDeserializer::from(table)) {
            Ok(one) => read.push(one),
            Err(error) => errors.toml(&error, span),
        }
    }
    read
}
