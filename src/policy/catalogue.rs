//! The catalogue of services: `services.toml`, read whole or not at all.
//!
//! [`grammar`] is the form of the file, [`checks`] what the form cannot hold: contradictions, and rules that could never
//! matter. This file is what comes out.

mod cards;
mod checks;
mod errors;
mod grammar;
#[cfg(test)]
mod tests;
mod ways;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::{Age, Login, Operation, ServiceId};
use crate::identity::{
    AuthenticationMethod, Card, CardKinds, Categories, Methods, RequiredAssurance, SecondStep,
    Timestamp,
};

use cards::CardRules;
use errors::Errors;
pub use errors::{CatalogueError, CatalogueErrors};
use ways::WaysIn;

/// The catalogue that comes with Varco: the services of the first institute.
pub const DEFAULT_CATALOGUE: &str = include_str!("services.toml");

/// A text that people see: Italian and English always, German, French and Slovene where somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    it: String,
    en: String,
    de: Option<String>,
    fr: Option<String>,
    sl: Option<String>,
}

impl Text {
    /// The languages that a text may be in, best known first.
    pub const LANGUAGES: [&str; 5] = ["it", "en", "de", "fr", "sl"];

    /// The text in a language (`it`, `en`, `de`, `fr`, `sl`); Italian where there is none in that one.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        self.only_in(language).unwrap_or(&self.it)
    }

    /// The text that somebody wrote in a language.
    #[must_use]
    pub fn only_in(&self, language: &str) -> Option<&str> {
        match language {
            "it" => Some(&self.it),
            "en" => Some(&self.en),
            "de" => self.de.as_deref(),
            "fr" => self.fr.as_deref(),
            "sl" => self.sl.as_deref(),
            _ => None,
        }
    }
}

/// What an operation of a service needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationRule {
    level: RequiredAssurance,
    methods: Methods,
    cards: CardKinds,
    max_age: Option<Duration>,
    provisional: bool,
    first_half: bool,
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

    /// The kinds of card with which a login by CNS is allowed for it.
    #[must_use]
    pub fn cards(&self) -> CardKinds {
        self.cards
    }

    /// Whether the card of a login is allowed for it; that of a way in without cards always is.
    #[must_use]
    pub fn admits_card(&self, login: Login) -> bool {
        let kind = login
            .card
            .filter(|_| login.method == AuthenticationMethod::Cns);
        kind.is_none_or(|kind| self.cards.contains(kind))
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

    /// Whether the first half of an initial PIN alone is enough for it (PIN rules, Emergency rule of March 2020).
    #[must_use]
    pub fn takes_first_half(&self) -> bool {
        self.first_half
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
    client: Option<Owner>,
    consult: Option<OperationRule>,
    request: Option<OperationRule>,
}

/// The application that owns a service.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    client: String,
    line: usize,
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
        self.client.as_ref().map(|owner| owner.client.as_str())
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

/// All services, in the order of the file, and the dated rules of the ways in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    services: Vec<Service>,
    places: BTreeMap<ServiceId, usize>,
    ways: WaysIn,
    cards: CardRules,
    offered: Methods,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// [`CatalogueErrors`] lists every unknown key, contradiction and dead rule with its line; there is then no
    /// catalogue, not even of the services that were right.
    pub fn parse(text: &str) -> Result<Self, CatalogueErrors> {
        let mut errors = Errors::new(text);
        let raw = grammar::read(text, &mut errors);
        let catalogue = checks::build(raw, &mut errors);
        errors.finish(catalogue)
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
    pub fn open_to(&self, categories: Categories, now: Timestamp) -> Methods {
        self.ways.open_to(categories, now)
    }

    /// What has to follow a card before its login counts; nothing for most.
    #[must_use]
    pub fn second_step(&self, card: &Card) -> Option<SecondStep> {
        self.cards.second_step(card)
    }

    /// Whether any card has to be followed by a step of this kind.
    #[must_use]
    pub fn wants(&self, step: SecondStep) -> bool {
        self.cards.wants(step)
    }

    /// How many of the dates at which a way in opens or closes have passed at `now`.
    pub(super) fn dates_passed(&self, now: Timestamp) -> usize {
        self.ways.dates_passed(now)
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

    /// What is wrong between the catalogue and the applications of an installation: a service whose owner is not there or
    /// does not list it, and an application that lists a service of another. `applications` are ids, each with the
    /// services it lists. The line is that of the service's `client`.
    pub fn ownership(&self, applications: &[(&str, &[ServiceId])]) -> Vec<CatalogueError> {
        let mut wrong = Vec::new();
        for (service, owner) in self
            .services()
            .filter_map(|service| Some((service, service.client.as_ref()?)))
        {
            let mut found = |message| {
                wrong.push(CatalogueError {
                    line: owner.line,
                    message,
                });
            };
            let (id, client) = (&service.id, &owner.client);
            match applications.iter().find(|(name, _)| name == client) {
                None => found(format!(
                    "`{id}` belongs to `{client}`, which is no registered application: nobody could ask for it"
                )),
                Some((_, listed)) if !listed.contains(id) => found(format!(
                    "`{id}` belongs to `{client}`, which does not list it: add it to the application's `services`"
                )),
                Some(_) => {}
            }
            for (other, _) in applications
                .iter()
                .filter(|(other, listed)| other != client && listed.contains(id))
            {
                found(format!(
                    "`{id}` belongs to `{client}`, but `{other}` lists it too and would always be denied it"
                ));
            }
        }
        wrong
    }
}
