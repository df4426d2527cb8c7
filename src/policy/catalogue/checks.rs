//! What the form of the file cannot hold: contradictions, and rules that could never matter.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;

use super::cards::{CardRules, kinds};
use super::grammar::{Raw, RawOperation, RawService};
use super::ways::WaysIn;
use super::{Age, Catalogue, Errors, Operation, OperationRule, Owner, Service, ServiceId, Text};
use crate::identity::{
    AssuranceLevel, AuthenticationMethod, CardKinds, Categories, Category, Methods,
    RequiredAssurance,
};

/// The greatest age that says anything: no session may be made to last longer.
const LONGEST_AGE: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn build(raw: Raw, errors: &mut Errors<'_>) -> Catalogue {
    let methods_were_read = errors.count() == 0;
    let ways = WaysIn::build(raw.methods, errors);
    let cards = CardRules::build(raw.cards, errors);
    let mut services: Vec<Service> = Vec::with_capacity(raw.services.len());
    let mut places = BTreeMap::new();
    for raw in raw.services {
        let check = Check {
            id: raw.id.get_ref().clone(),
            ways: &ways,
            methods_were_read,
        };
        let twice = places.insert(check.id.clone(), services.len()).is_some();
        if twice {
            let message = format!("`{}` stands in the catalogue twice", check.id);
            errors.at(&raw.id.span(), message);
        }
        check.name(&raw.name, &services, errors);
        services.push(check.service(raw, errors));
    }
    Catalogue {
        services,
        places,
        ways,
        cards,
        offered: Methods::ALL,
    }
}

/// The check of one service.
struct Check<'a> {
    id: ServiceId,
    ways: &'a WaysIn,
    /// Whether all `[[method]]` could be read: what is said to be dead without a rule may have one that is only wrong.
    methods_were_read: bool,
}

impl Check<'_> {
    /// A name in every language that is given, which no other service has.
    fn name(&self, name: &Spanned<Text>, others: &[Service], errors: &mut Errors<'_>) {
        let (id, span) = (&self.id, name.span());
        for language in Text::LANGUAGES {
            let Some(text) = name.get_ref().only_in(language) else {
                continue;
            };
            if text.trim().is_empty() {
                errors.at(&span, format!("`{id}` has an empty name in `{language}`"));
            } else if let Some(other) = others
                .iter()
                .find(|other| other.name.only_in(language) == Some(text))
            {
                errors.at(
                    &span,
                    format!("`{id}` has the same name in `{language}` as `{}`", other.id),
                );
            }
        }
    }

    fn service(self, raw: RawService, errors: &mut Errors<'_>) -> Service {
        let categories = self.categories(&raw.categories, errors);
        let consult = raw.consult.map(|raw| {
            (
                raw.span(),
                self.operation(Operation::Consult, raw, categories, errors),
            )
        });
        let request = raw.request.map(|raw| {
            (
                raw.span(),
                self.operation(Operation::Request, raw, categories, errors),
            )
        });
        let id = &self.id;
        match (&consult, &request) {
            (None, None) => errors.at(
                &raw.id.span(),
                format!("`{id}` offers no operation: give it `consult`, `request` or both"),
            ),
            (Some((_, consult)), Some((span, request))) if request.level < consult.level => errors
                .at(
                    span,
                    format!(
                        "`{id}` contradicts itself: `request` needs only {}, but `consult` needs {}",
                        request.level, consult.level
                    ),
                ),
            _ => {}
        }
        let rules: Vec<_> = [
            (Operation::Consult, &consult),
            (Operation::Request, &request),
        ]
        .into_iter()
        .filter_map(|(operation, rule)| {
            let (span, rule) = rule.as_ref()?;
            Some((span, operation, rule))
        })
        .collect();
        self.dead_ends(&rules, categories, &raw.categories.span(), errors);
        let client = raw.client.map(|client| Owner {
            line: errors.line(&client.span()),
            client: client.into_inner(),
        });
        Service {
            id: self.id,
            name: raw.name.into_inner(),
            categories,
            client,
            consult: consult.map(|(_, rule)| rule),
            request: request.map(|(_, rule)| rule),
        }
    }

    fn categories(&self, listed: &Spanned<Vec<Category>>, errors: &mut Errors<'_>) -> Categories {
        let (id, span) = (&self.id, listed.span());
        let categories: Categories = listed.get_ref().iter().copied().collect();
        if listed.get_ref().is_empty() {
            errors.at(&span, format!("`{id}` is for nobody: its rules are dead"));
        }
        if listed.get_ref().len() != categories.iter().count() {
            errors.at(&span, format!("`{id}` lists a category twice"));
        }
        categories
    }

    fn operation(
        &self,
        operation: Operation,
        raw: Spanned<RawOperation>,
        categories: Categories,
        errors: &mut Errors<'_>,
    ) -> OperationRule {
        let span = raw.span();
        let raw = raw.into_inner();
        let rule = OperationRule {
            level: RequiredAssurance(raw.level),
            methods: self.methods(&raw, categories, errors),
            cards: self.cards(&raw, errors),
            max_age: raw.max_age.and_then(|text| self.max_age(&text, errors)),
            provisional: raw.provisional,
            first_half: raw.first_half,
        };
        if rule.provisional {
            if rule.level.0 == AssuranceLevel::Low {
                let why = "an ordinary PIN opens it anyway";
                self.says_nothing("provisional", operation, why, &span, errors);
            }
            self.for_pins("provisional", operation, &rule, categories, &span, errors);
        }
        if rule.first_half {
            if rule.provisional {
                let why = "where half a PIN is enough, so is an ordinary one";
                self.says_nothing("provisional", operation, why, &span, errors);
            }
            self.for_pins("first_half", operation, &rule, categories, &span, errors);
        }
        rule
    }

    /// The ways in that are listed, or all; each listed one must be able to open the operation some day. A list with
    /// something wrong in it counts as all: its consequences would only be told on top.
    fn methods(
        &self,
        raw: &RawOperation,
        categories: Categories,
        errors: &mut Errors<'_>,
    ) -> Methods {
        let Some(listed) = &raw.methods else {
            return Methods::ALL;
        };
        let (id, span) = (&self.id, listed.span());
        let methods: Methods = listed.get_ref().iter().copied().collect();
        let before = errors.count();
        if listed.get_ref().is_empty() {
            errors.at(&span, format!("`{id}` allows no way in: the rule is dead"));
        }
        if listed.get_ref().len() != methods.iter().count() {
            errors.at(&span, format!("`{id}` lists a way in twice"));
        }
        let ever = self.ever_open(categories);
        for method in methods.iter() {
            if method.highest_level() < raw.level {
                let level = raw.level;
                errors.at(
                    &span,
                    format!("`{id}` lists `{method}`, which can never reach {level}"),
                );
            } else if self.methods_were_read && !ever.contains(method) {
                errors.at(
                    &span,
                    format!("`{id}` lists `{method}`, which no `[[method]]` opens to {categories}"),
                );
            }
        }
        if errors.count() > before {
            return Methods::ALL;
        }
        methods
    }

    /// The kinds of card that are listed, or all.
    fn cards(&self, raw: &RawOperation, errors: &mut Errors<'_>) -> CardKinds {
        let Some(listed) = &raw.cards else {
            return CardKinds::ALL;
        };
        let (id, span) = (&self.id, listed.span());
        let without_cns = raw.methods.as_ref().is_some_and(|methods| {
            let listed = methods.get_ref();
            !listed.is_empty() && !listed.contains(&AuthenticationMethod::Cns)
        });
        if without_cns {
            let message = format!("`{id}` lists `cards`, but `cns` is not among its `methods`");
            errors.at(&span, message);
        }
        kinds(listed, &format!("`{id}`"), errors)
    }

    /// How old a login may be: more than nothing, and less than any session.
    fn max_age(&self, text: &Spanned<String>, errors: &mut Errors<'_>) -> Option<Duration> {
        let (id, span) = (&self.id, text.span());
        let text = text.get_ref();
        let age = Age::parse(text).map(|Age(age)| age);
        match age {
            None => errors.at(
                &span,
                format!("`{id}`: write `max_age` in seconds, minutes or hours, as in `40s`, `15m` or `8h`"),
            ),
            Some(Duration::ZERO) => errors.at(
                &span,
                format!("`{id}`: no login is ever as young as `{text}`: the rule is dead"),
            ),
            Some(age) if age > LONGEST_AGE => errors.at(
                &span,
                format!("`{id}`: no session lasts as long as `{text}`: the rule is dead"),
            ),
            Some(_) => {}
        }
        age
    }

    /// What a state of the PIN is enough for has to be a request that a PIN ever opens: a provisional one is made with an
    /// ordinary PIN and worked once it has become a better one, and one with the first half alone (PIN rules, Emergency rule
    /// of March 2020) by somebody whose PIN is on its way.
    fn for_pins(
        &self,
        key: &str,
        operation: Operation,
        rule: &OperationRule,
        categories: Categories,
        span: &Range<usize>,
        errors: &mut Errors<'_>,
    ) {
        let mut wrong = |why: &str| self.says_nothing(key, operation, why, span, errors);
        if operation == Operation::Consult {
            wrong("it is for requests");
        }
        if rule.level.0 == AssuranceLevel::High {
            wrong("no PIN ever reaches high, so the request never becomes whole");
        }
        let pin = AuthenticationMethod::Pin;
        if !rule.methods.contains(pin) {
            wrong("`pin` is not among its `methods`");
        } else if self.methods_were_read && !self.ever_open(categories).contains(pin) {
            wrong("no `[[method]]` opens `pin` to those it is for");
        }
    }

    fn says_nothing(
        &self,
        key: &str,
        operation: Operation,
        why: &str,
        span: &Range<usize>,
        errors: &mut Errors<'_>,
    ) {
        let id = &self.id;
        let message = format!("`{id}`: `{key}` says nothing for `{operation}`: {why}");
        errors.at(span, message);
    }

    /// Each operation must be open to somebody some day, and each category that the service is for must be able to open
    /// something of it.
    fn dead_ends(
        &self,
        rules: &[(&Range<usize>, Operation, &OperationRule)],
        categories: Categories,
        span: &Range<usize>,
        errors: &mut Errors<'_>,
    ) {
        if !self.methods_were_read {
            return;
        }
        let id = &self.id;
        let opens = |rule: &OperationRule, category| {
            let ever = self.ever_open(Categories::from_iter([category]));
            ever.and(rule.methods)
                .iter()
                .any(|method| method.highest_level() >= rule.level.0)
        };
        let mut served = Categories::NONE;
        for (span, operation, rule) in rules {
            let to: Categories = categories.iter().filter(|one| opens(rule, *one)).collect();
            if to.is_empty() && !categories.is_empty() {
                let message =
                    format!("no way in could ever open `{operation}` of `{id}` to anybody");
                errors.at(span, message);
                return;
            }
            served = served.or(to);
        }
        let left_out = categories.without(served);
        if !left_out.is_empty() && !rules.is_empty() {
            let message = format!("`{id}` is for {left_out}, to whom no way in could ever open it");
            errors.at(span, message);
        }
    }

    /// The ways in by which people whom the service is for may come, at some time or other.
    fn ever_open(&self, categories: Categories) -> Methods {
        self.ways.ever_open_to(categories.with_companions())
    }
}
