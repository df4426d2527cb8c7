//! Rules on smart cards: what has to follow a login with one before it counts.

use toml::Spanned;

use super::Errors;
use super::grammar::RawCard;
use crate::identity::{Card, CardKind, CardKinds, SecondStep};

/// All rules on cards. The first that a card meets counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct CardRules(Vec<CardRule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct CardRule {
    kinds: CardKinds,
    /// `None` for any issuer.
    issuers: Option<Vec<String>>,
    second_step: SecondStep,
}

impl CardRule {
    fn is_about(&self, card: &Card) -> bool {
        let issuers = self.issuers.as_ref();
        self.kinds.contains(card.kind)
            && issuers.is_none_or(|issuers| issuers.contains(&card.issuer))
    }

    /// Whether every card of another rule meets this one.
    fn covers(&self, other: &Self) -> bool {
        let issuers = match (&self.issuers, &other.issuers) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(ours), Some(theirs)) => theirs.iter().all(|issuer| ours.contains(issuer)),
        };
        issuers && other.kinds.without(self.kinds).is_empty()
    }
}

impl CardRules {
    pub(super) fn second_step(&self, card: &Card) -> Option<SecondStep> {
        let rule = self.0.iter().find(|rule| rule.is_about(card));
        rule.map(|rule| rule.second_step)
    }

    pub(super) fn wants(&self, step: SecondStep) -> bool {
        self.0.iter().any(|rule| rule.second_step == step)
    }

    pub(super) fn build(raw: Vec<RawCard>, errors: &mut Errors<'_>) -> Self {
        let mut rules: Vec<CardRule> = Vec::new();
        for raw in raw {
            let listed = raw.kinds.as_ref();
            let rule = CardRule {
                kinds: listed.map_or(CardKinds::ALL, |listed| kinds(listed, "the rule", errors)),
                issuers: raw.issuers.map(|listed| issuers(listed, errors)),
                second_step: *raw.second_step.get_ref(),
            };
            if rules.iter().any(|earlier| earlier.covers(&rule)) {
                let message = "an earlier `[[card]]` is about the same cards: the rule is dead";
                errors.at(&raw.second_step.span(), message);
            }
            rules.push(rule);
        }
        Self(rules)
    }
}

/// Kinds of card that are listed: each once, and one at least.
pub(super) fn kinds(
    listed: &Spanned<Vec<CardKind>>,
    whose: &str,
    errors: &mut Errors<'_>,
) -> CardKinds {
    let (span, kinds) = (listed.span(), listed.get_ref());
    let set: CardKinds = kinds.iter().copied().collect();
    if kinds.is_empty() {
        errors.at(&span, format!("{whose} allows no kind of card: it is dead"));
        return CardKinds::ALL;
    }
    if kinds.len() != set.iter().count() {
        errors.at(&span, format!("{whose} lists a kind of card twice"));
    }
    set
}

fn issuers(listed: Spanned<Vec<String>>, errors: &mut Errors<'_>) -> Vec<String> {
    let span = listed.span();
    let issuers = listed.into_inner();
    if issuers.is_empty() || issuers.iter().any(|issuer| issuer.trim().is_empty()) {
        errors.at(
            &span,
            "`issuers` are names of issuing authorities, one at least",
        );
    }
    issuers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Catalogue, DEFAULT_CATALOGUE};

    fn catalogue(rules: &str) -> Result<Catalogue, String> {
        let text = format!("{DEFAULT_CATALOGUE}\n{rules}");
        Catalogue::parse(&text).map_err(|errors| errors.to_string())
    }

    fn card(kind: CardKind, issuer: &str) -> Card {
        Card {
            kind,
            issuer: issuer.to_owned(),
            issuer_id: "00".to_owned(),
            serial: "01".to_owned(),
            sha256: "02".to_owned(),
            second_step: None,
        }
    }

    #[test]
    fn no_card_has_a_second_step_where_no_rule_says_so() {
        let catalogue = catalogue("").unwrap();
        for kind in CardKind::ALL {
            assert_eq!(catalogue.second_step(&card(kind, "CA")), None);
        }
        assert!(!catalogue.wants(SecondStep::Sms));
    }

    #[test]
    fn a_rule_is_about_cards_by_kind_and_by_issuer() {
        let rules = r#"
            [[card]]
            kinds = ["professional"]
            issuers = ["CA degli Ordini di Prova"]
            second_step = "sms"
            [[card]]
            kinds = ["other"]
            second_step = "sms"
        "#;
        let catalogue = catalogue(rules).unwrap();
        assert!(catalogue.wants(SecondStep::Sms));
        for (kind, issuer, step) in [
            (CardKind::Professional, "CA degli Ordini di Prova", true),
            (CardKind::Professional, "CA degli Ordini", false),
            (CardKind::Health, "CA degli Ordini di Prova", false),
            (CardKind::Other, "whoever", true),
        ] {
            let wanted = step.then_some(SecondStep::Sms);
            assert_eq!(catalogue.second_step(&card(kind, issuer)), wanted, "{kind}");
        }
    }

    #[test]
    fn a_rule_without_limits_is_about_every_card() {
        let catalogue = catalogue("[[card]]\nsecond_step = \"sms\"").unwrap();
        for kind in CardKind::ALL {
            let step = catalogue.second_step(&card(kind, "CA"));
            assert_eq!(step, Some(SecondStep::Sms));
        }
    }

    #[test]
    fn dead_and_half_said_rules_are_told() {
        let all = "[[card]]\nsecond_step = \"sms\"\n";
        for (rules, says) in [
            ("[[card]]\nkinds = [\"health\"]".to_owned(), "second_step"),
            ("[[card]]\nsecond_step = \"pigeon\"".to_owned(), "pigeon"),
            (
                "[[card]]\nkinds = []\nsecond_step = \"sms\"".to_owned(),
                "allows no kind of card",
            ),
            (
                "[[card]]\nkinds = [\"health\", \"health\"]\nsecond_step = \"sms\"".to_owned(),
                "twice",
            ),
            (
                "[[card]]\nissuers = []\nsecond_step = \"sms\"".to_owned(),
                "one at least",
            ),
            (format!("{all}{all}"), "dead"),
            (
                format!("{all}[[card]]\nissuers = [\"CA\"]\nsecond_step = \"sms\""),
                "dead",
            ),
        ] {
            let said = catalogue(&rules).unwrap_err();
            assert!(said.contains(says), "{rules}: {said}");
        }
    }
}
