//! A decision in words: the rules in the order they were asked, as the audit log and `varco explain` tell them.

use std::time::Duration;

use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::identity::{AuthenticationMethod, CardKind, CardKinds, Categories, Category, Methods};
use crate::policy::{
    Asker, Decision, Detail, KnownCategories, Operation, Outcome, Rule, RuleTrace, ServiceId,
};

/// A decision about one operation of a service, in words of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The service's name; its id where the catalogue has none of that id.
    pub service: String,
    /// What is done there.
    pub operation: String,
    /// The rules.
    pub rules: Vec<ExplainedRule>,
}

/// One rule in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedRule {
    /// The rule and its outcome as the audit log writes them.
    pub code: String,
    /// What it found: the name of a picture.
    pub icon: &'static str,
    /// What it found, for whoever does not see the picture.
    pub outcome: String,
    /// What it compared.
    pub text: String,
}

impl Explained {
    /// A decision for whoever visits.
    #[must_use]
    pub fn new(
        visit: &Visit,
        service: &ServiceId,
        operation: Operation,
        decision: &Decision,
    ) -> Self {
        let texts = visit.language;
        let catalogue = visit.gateway.catalogue();
        let name = catalogue
            .get(service)
            .map(|service| service.name().in_language(texts.code()).to_owned());
        Self {
            service: name.unwrap_or_else(|| service.to_string()),
            operation: texts.say(operation_key(operation)),
            rules: decision
                .explanation()
                .iter()
                .map(|line| ExplainedRule::new(line, texts))
                .collect(),
        }
    }
}

impl ExplainedRule {
    fn new(line: &RuleTrace, texts: Language) -> Self {
        let (icon, outcome) = match line.outcome {
            Outcome::Met => ("it-check-circle", "outcome-met"),
            Outcome::Provisionally => ("it-clock", "outcome-provisionally"),
            Outcome::ByFirstHalf => ("it-check-circle", "outcome-by-first-half"),
            Outcome::NotMet => ("it-close-circle", "outcome-not-met"),
            Outcome::NotYetKnown => ("it-help-circle", "outcome-not-yet-known"),
        };
        Self {
            code: line.code(),
            icon,
            outcome: texts.say(outcome),
            text: in_words(line, texts),
        }
    }
}

/// What a rule compared, in words.
fn in_words(line: &RuleTrace, texts: Language) -> String {
    let is_met = line.outcome != Outcome::NotMet;
    match line.detail {
        Detail::Name => texts.say(match (line.rule, is_met) {
            (Rule::ServiceKnown, true) => "rule-service-known",
            (Rule::ServiceKnown, false) => "rule-service-unknown",
            (_, true) => "rule-operation-offered",
            (_, false) => "rule-operation-not-offered",
        }),
        Detail::Client(asker) => texts.say(match asker {
            Asker::Any => "rule-client-any",
            Asker::Owner => "rule-client-owner",
            Asker::Nobody => "rule-client-nobody",
            Asker::Other => "rule-client-other",
        }),
        Detail::Categories { needed, had } => {
            let needed = &categories_in_words(needed, texts);
            match had {
                KnownCategories::Known(had) => {
                    let had = &categories_in_words(had, texts);
                    texts.say_all("rule-category", &[("needed", needed), ("had", had)])
                }
                KnownCategories::NotYet => {
                    texts.say_with("rule-category-not-yet", "needed", needed)
                }
                KnownCategories::Unavailable => {
                    texts.say_with("rule-category-unavailable", "needed", needed)
                }
            }
        }
        Detail::Methods { open, .. } if open.is_empty() => texts.say("rule-method-none"),
        Detail::Methods {
            open,
            cards,
            had,
            had_cards,
        } => {
            let open = &with_cards(open, cards, texts);
            if had.is_empty() {
                return texts.say_with("rule-method-not-yet", "open", open);
            }
            // Which card it was says something only where not every card would do.
            let told = if cards == CardKinds::ALL {
                cards
            } else {
                had_cards
            };
            let had = &with_cards(had, told, texts);
            texts.say_all("rule-method", &[("open", open), ("had", had)])
        }
        Detail::Level { needed, had } => {
            let needed = &needed.0.digit().to_string();
            match had.map(|had| had.0.digit().to_string()) {
                Some(had) => {
                    let key = match line.outcome {
                        Outcome::Provisionally => "rule-level-provisionally",
                        Outcome::ByFirstHalf => "rule-level-by-first-half",
                        _ => "rule-level",
                    };
                    texts.say_all(key, &[("needed", needed), ("had", &had)])
                }
                None => texts.say_with("rule-level-not-yet", "needed", needed),
            }
        }
        Detail::Age { most: None, .. } => texts.say("rule-age-any"),
        Detail::Age {
            most: Some(most),
            had,
        } => {
            let most = &span(most);
            match had {
                Some(had) => texts.say_all("rule-age", &[("most", most), ("had", &span(had))]),
                None => texts.say_with("rule-age-not-yet", "most", most),
            }
        }
    }
}

/// The text for an operation.
pub(super) fn operation_key(operation: Operation) -> &'static str {
    match operation {
        Operation::Consult => "operation-consult",
        Operation::Request => "operation-request",
    }
}

/// The text for a way in.
pub(super) fn method_key(method: AuthenticationMethod) -> &'static str {
    match method {
        AuthenticationMethod::Spid => "method-spid",
        AuthenticationMethod::Cie => "method-cie",
        AuthenticationMethod::Cns => "method-cns",
        AuthenticationMethod::Pin => "method-pin",
        AuthenticationMethod::OpenId => "method-openid",
    }
}

/// Ways in as people list them.
pub(super) fn methods_in_words(methods: Methods, texts: Language) -> String {
    with_cards(methods, CardKinds::ALL, texts)
}

/// The same, with the kinds of card where they are not all.
fn with_cards(methods: Methods, cards: CardKinds, texts: Language) -> String {
    let name = |method| {
        let name = texts.say(method_key(method));
        if method != AuthenticationMethod::Cns || cards == CardKinds::ALL {
            return name;
        }
        let kinds: Vec<String> = cards.iter().map(|kind| texts.say(card_key(kind))).collect();
        format!("{name} ({})", kinds.join(", "))
    };
    let names: Vec<String> = methods.iter().map(name).collect();
    names.join("; ")
}

/// The text for a kind of card.
fn card_key(kind: CardKind) -> &'static str {
    match kind {
        CardKind::Health => "card-health",
        CardKind::Professional => "card-professional",
        CardKind::PublicServant => "card-public-servant",
        CardKind::Other => "card-other",
    }
}

pub(super) fn categories_in_words(categories: Categories, texts: Language) -> String {
    let names: Vec<String> = categories
        .iter()
        .map(|category| texts.say(category_key(category)))
        .collect();
    names.join(", ")
}

/// The text for a category.
fn category_key(category: Category) -> &'static str {
    match category {
        Category::Citizen => "category-citizen",
        Category::WorkerPrivate => "category-worker-private",
        Category::WorkerPublic => "category-worker-public",
        Category::Pensioner => "category-pensioner",
        Category::Unemployed => "category-unemployed",
        Category::ResidentAbroad => "category-resident-abroad",
        Category::Intermediary => "category-intermediary",
        Category::Patronato => "category-patronato",
        Category::Company => "category-company",
        Category::PublicBody => "category-public-body",
        Category::Professional => "category-professional",
        Category::Doctor => "category-doctor",
        Category::Bank => "category-bank",
    }
}

/// A span of time in units that every language here writes alike: `40 s`, `15 min`, `8 h 30 min`.
fn span(of: Duration) -> String {
    let seconds = of.as_secs();
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_time_is_written_in_units_of_every_language() {
        let shown = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(shown(40), "40 s");
        assert_eq!(shown(15 * 60 + 59), "15 min");
        assert_eq!(shown(8 * 3600), "8 h");
        assert_eq!(shown(8 * 3600 + 30 * 60), "8 h 30 min");
    }
}
