//! The catalogue of services: `services.toml`, read whole or not at all.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Operation, ServiceId};
use crate::identity::{
    AssuranceLevel, Categories, Category, Methods, RequiredAssurance, Timestamp,
};

/// The catalogue that comes with Varco: the services of the first institute.
pub const DEFAULT_CATALOGUE: &str = include_str!("services.toml");

/// A text that people see, in the languages there are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    it: String,
    en: String,
}

impl Text {
    /// The text in a language (`it`, `en`); Italian where there is none in that one.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        match language {
            "en" => &self.en,
            _ => &self.it,
        }
    }
}

/// What an operation of a service needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationRule {
    level: RequiredAssurance,
    methods: Methods,
    max_age: Option<Duration>,
    provisional: bool,
}

impl OperationRule {
    /// The least level that opens it.
    #[must_use]
    pub fn level(&self) -> RequiredAssurance {
        self.level
    }

    /// The ways in that are allowed for it.
    #[must_use]
    pub fn methods(&self) -> Methods {
        self.methods
    }

    /// The greatest age of a login that opens it; `None` for any.
    #[must_use]
    pub fn max_age(&self) -> Option<Duration> {
        self.max_age
    }

    /// Whether an ordinary PIN may make a provisional request.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.provisional
    }

    /// Whether a login of this age may open it.
    #[must_use]
    pub fn admits(&self, age: Duration) -> bool {
        self.max_age.is_none_or(|most| age <= most)
    }
}

/// A service: what it is called, whom it is for, and what each of its operations needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    id: ServiceId,
    name: Text,
    categories: Categories,
    client: Option<String>,
    consult: Option<OperationRule>,
    request: Option<OperationRule>,
}

impl Service {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &ServiceId {
        &self.id
    }

    /// Its name for people.
    #[must_use]
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// Whom it is for.
    #[must_use]
    pub fn categories(&self) -> Categories {
        self.categories
    }

    /// The id of the application that owns it, where one does: no other may ask for it.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// What an operation needs; `None` when the service does not offer it.
    #[must_use]
    pub fn rule(&self, operation: Operation) -> Option<&OperationRule> {
        match operation {
            Operation::Consult => self.consult.as_ref(),
            Operation::Request => self.request.as_ref(),
        }
    }

    /// The operations it offers, with what each needs.
    pub fn operations(&self) -> impl Iterator<Item = (Operation, &OperationRule)> + '_ {
        Operation::ALL
            .into_iter()
            .filter_map(|operation| Some((operation, self.rule(operation)?)))
    }
}

/// All services, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    services: Vec<Service>,
    places: BTreeMap<ServiceId, usize>,
    offered: Methods,
}

/// One thing wrong in a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    /// The line, counting from one.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Everything wrong in a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CatalogueErrors(pub Vec<CatalogueError>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawService {
    id: Spanned<ServiceId>,
    name: Spanned<Text>,
    #[serde(rename = "for")]
    categories: Spanned<Vec<Category>>,
    consult: Option<RawOperation>,
    request: Option<Spanned<RawOperation>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOperation {
    level: AssuranceLevel,
}

impl From<RawOperation> for OperationRule {
    fn from(raw: RawOperation) -> Self {
        Self {
            level: RequiredAssurance(raw.level),
            methods: Methods::ALL,
            max_age: None,
            provisional: false,
        }
    }
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// [`CatalogueErrors`] lists every unknown key, contradiction and dead rule with its line; there is then no
    /// catalogue, not even of the services that were right.
    pub fn parse(text: &str) -> Result<Self, CatalogueErrors> {
        let mut errors = Errors {
            text,
            found: Vec::new(),
        };
        let raw = read(text, &mut errors);
        let catalogue = build(raw, &mut errors);
        if errors.found.is_empty() {
            return Ok(catalogue);
        }
        errors.found.sort_by_key(|error| error.line);
        Err(CatalogueErrors(errors.found))
    }

    /// The same catalogue in an installation that has only these ways in: only they are named to open something. A
    /// catalogue as it is read names all.
    #[must_use]
    pub fn offering(self, offered: Methods) -> Self {
        Self { offered, ..self }
    }

    /// The ways in that the installation has.
    #[must_use]
    pub fn offered(&self) -> Methods {
        self.offered
    }

    /// The ways in that are open at `now` to at least one of these categories.
    #[must_use]
    pub fn open_to(&self, categories: Categories, _now: Timestamp) -> Methods {
        if categories.is_empty() {
            return Methods::NONE;
        }
        Methods::ALL
    }

    /// A service.
    #[must_use]
    pub fn get(&self, id: &ServiceId) -> Option<&Service> {
        self.places
            .get(id)
            .and_then(|place| self.services.get(*place))
    }

    /// All services, in the order of the file.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter()
    }
}

/// Collects what is wrong.
struct Errors<'a> {
    text: &'a str,
    found: Vec<CatalogueError>,
}

impl Errors<'_> {
    fn at(&mut self, span: Range<usize>, message: impl Into<String>) {
        let before = self.text.bytes().take(span.start);
        self.found.push(CatalogueError {
            line: before.filter(|byte| *byte == b'\n').count() + 1,
            message: message.into(),
        });
    }

    fn toml(&mut self, error: &toml::de::Error, otherwise: Range<usize>) {
        self.at(error.span().unwrap_or(otherwise), error.message().trim());
    }
}

/// Reads each `[[service]]` by itself, so that one error does not hide those of the others.
fn read(text: &str, errors: &mut Errors<'_>) -> Vec<RawService> {
    let (document, broken) = DeTable::parse_recoverable(text);
    for error in &broken {
        errors.toml(error, 0..0);
    }
    let mut services = Vec::new();
    for (key, value) in document.into_inner() {
        let span = value.span();
        if key.get_ref() != "service" {
            errors.at(key.span(), format!("unknown key `{}`", key.get_ref()));
            continue;
        }
        let DeValue::Array(tables) = value.into_inner() else {
            errors.at(span, "write each service as a table `[[service]]`");
            continue;
        };
        for table in tables {
            let span = table.span();
            match RawService::deserialize(toml::de::ValueDeserializer::from(table)) {
                Ok(service) => services.push(service),
                Err(error) => errors.toml(&error, span),
            }
        }
    }
    if services.is_empty() && errors.found.is_empty() {
        errors.at(
            0..0,
            "there is no service; write at least one `[[service]]`",
        );
    }
    services
}

/// Checks what the form cannot hold: contradictions, and rules that could never matter.
fn build(raw: Vec<RawService>, errors: &mut Errors<'_>) -> Catalogue {
    let mut services: Vec<Service> = Vec::with_capacity(raw.len());
    let mut places = BTreeMap::new();
    for raw in raw {
        let (id_span, name_span, for_span) =
            (raw.id.span(), raw.name.span(), raw.categories.span());
        let id = raw.id.into_inner();
        let name = raw.name.into_inner();
        let listed = raw.categories.into_inner();
        let categories: Categories = listed.iter().copied().collect();

        if places.insert(id.clone(), services.len()).is_some() {
            errors.at(
                id_span.clone(),
                format!("`{id}` stands in the catalogue twice"),
            );
        }
        for language in ["it", "en"] {
            let text = name.in_language(language);
            if text.trim().is_empty() {
                errors.at(
                    name_span.clone(),
                    format!("`{id}` has an empty name in `{language}`"),
                );
            } else if let Some(other) = services
                .iter()
                .find(|other| other.name.in_language(language) == text)
            {
                errors.at(
                    name_span.clone(),
                    format!("`{id}` has the same name in `{language}` as `{}`", other.id),
                );
            }
        }
        if listed.is_empty() {
            errors.at(
                for_span.clone(),
                format!("`{id}` is for nobody: its rules are dead"),
            );
        }
        if listed.len() != categories.iter().count() {
            errors.at(for_span, format!("`{id}` lists a category twice"));
        }
        let consult = raw.consult.map(OperationRule::from);
        let request_span = raw.request.as_ref().map_or(id_span.clone(), Spanned::span);
        let request = raw
            .request
            .map(|operation| OperationRule::from(operation.into_inner()));
        match (&consult, &request) {
            (None, None) => errors.at(
                id_span,
                format!("`{id}` offers no operation: give it `consult`, `request` or both"),
            ),
            (Some(consult), Some(request)) if request.level < consult.level => errors.at(
                request_span,
                format!(
                    "`{id}` contradicts itself: `request` needs only {}, but `consult` needs {}",
                    request.level, consult.level
                ),
            ),
            _ => {}
        }
        services.push(Service {
            id,
            name,
            categories,
            client: None,
            consult,
            request,
        });
    }
    Catalogue {
        services,
        places,
        offered: Methods::ALL,
    }
}

#[cfg(test)]
mod tests;
