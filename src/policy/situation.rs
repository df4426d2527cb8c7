//! What decisions depend on, and nothing else.

use super::{Catalogue, Facts, KnownCategories};
use crate::identity::{AchievedAssurance, AuthenticationMethod, CardKind, Timestamp};

/// Everything of a person and a moment that the decisions of one catalogue depend on. Whoever is in the same situation is
/// decided alike for every service, so what is made of the decisions for one person, such as a list of services, serves all
/// of them; there are few situations and many people.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Situation {
    /// Each login with what it is worth, its card, and how many operations want a younger one. Sorted: their order decides
    /// nothing.
    logins: Vec<(
        AuthenticationMethod,
        AchievedAssurance,
        Option<CardKind>,
        usize,
    )>,
    categories: KnownCategories,
    client: Option<String>,
    /// How many dates of the ways in have passed.
    passed: usize,
}

impl Catalogue {
    /// The situation of whoever these facts are of, at a moment. Situations of different catalogues compare to nothing.
    #[must_use]
    pub fn situation(&self, facts: &Facts<'_>, now: Timestamp) -> Situation {
        let rules = || {
            self.services()
                .flat_map(|service| service.operations().map(|(_, rule)| rule))
        };
        let too_old = |age| rules().filter(|rule| !rule.admits(age)).count();
        let mut logins: Vec<_> = facts
            .logins
            .iter()
            .map(|login| {
                let too_old = too_old(login.age);
                (login.method, login.worth(), login.card, too_old)
            })
            .collect();
        logins.sort_unstable();
        logins.dedup();
        Situation {
            logins,
            categories: facts.categories,
            client: facts.client.map(str::to_owned),
            passed: self.dates_passed(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::identity::{AssuranceLevel, Categories, Category};
    use crate::policy::{DEFAULT_CATALOGUE, Decision, Login, decide};

    static CATALOGUE: LazyLock<Catalogue> =
        LazyLock::new(|| Catalogue::parse(DEFAULT_CATALOGUE).unwrap());

    /// What is the same for everybody in a situation: the decision, without what was compared.
    fn gist(decision: &Decision) -> String {
        match decision {
            Decision::Permit { .. } | Decision::Provisional { .. } => decision.name().to_owned(),
            Decision::StepUp { to, methods, .. } => format!("{to} by {methods}"),
            Decision::Deny { reason, .. } => reason.code().to_owned(),
        }
    }

    fn login() -> impl Strategy<Value = Login> {
        let method = proptest::sample::select(&AuthenticationMethod::ALL[..]);
        let level = proptest::sample::select(&AssuranceLevel::ALL[..]);
        // Few ages, round those that the catalogue names, so that situations meet.
        let minutes = proptest::sample::select(vec![0_u64, 4, 5, 6, 14, 15, 16, 59, 60, 61, 481]);
        let card = proptest::option::of(proptest::sample::select(&CardKind::ALL[..]));
        (method, level, minutes, card).prop_map(|(method, level, minutes, card)| Login {
            method,
            level: AchievedAssurance(level),
            age: Duration::from_secs(minutes * 60),
            card,
        })
    }

    fn categories() -> impl Strategy<Value = KnownCategories> {
        let some = proptest::sample::subsequence(&Category::ALL[..], 0..3);
        prop_oneof![
            Just(KnownCategories::NotYet),
            Just(KnownCategories::Unavailable),
            some.prop_map(|some| KnownCategories::Known(Categories::from_iter(some))),
        ]
    }

    fn moment() -> impl Strategy<Value = Timestamp> {
        let days = [
            "2016-03-14",
            "2016-03-15",
            "2017-07-21",
            "2020-01-22",
            "2021-10-01",
        ];
        proptest::sample::select(days.to_vec())
            .prop_map(|day| format!("{day}T12:00:00Z").parse().unwrap())
    }

    proptest! {
        #[test]
        fn whoever_is_in_the_same_situation_is_decided_alike(
            one in (proptest::collection::vec(login(), 0..3), categories(), moment()),
            other in (proptest::collection::vec(login(), 0..3), categories(), moment()),
            swap in any::<bool>(),
        ) {
            let catalogue = &*CATALOGUE;
            // Mostly the same person a little later, or with the logins in another order.
            let mut later = one.clone();
            later.0.reverse();
            for login in &mut later.0 {
                login.age += Duration::from_secs(30);
            }
            let (ours, theirs) = (&one, if swap { &other } else { &later });
            let facts = |of: &'_ (Vec<Login>, KnownCategories, Timestamp)| (of.0.clone(), of.1, of.2);
            let ((l1, c1, t1), (l2, c2, t2)) = (facts(ours), facts(theirs));
            let one = Facts { logins: &l1, categories: c1, client: None };
            let other = Facts { logins: &l2, categories: c2, client: None };
            let alike = catalogue.situation(&one, t1) == catalogue.situation(&other, t2);
            prop_assume!(alike);
            for service in catalogue.services() {
                for (operation, _) in service.operations() {
                    let decided = |facts, now| gist(&decide(catalogue, service.id(), operation, facts, now));
                    prop_assert_eq!(decided(&one, t1), decided(&other, t2));
                }
            }
        }
    }

    #[test]
    fn what_changes_a_decision_changes_the_situation() {
        let text = r#"
            [[method]]
            method = "spid"
            for = ["citizen"]
            from = 2020-01-01
            [[service]]
            id = "a"
            name = { it = "A", en = "A" }
            for = ["citizen"]
            consult = { level = "low", max_age = "15m" }
        "#;
        let catalogue = Catalogue::parse(text).unwrap();
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let login = |level, minutes: u64| Login {
            method: AuthenticationMethod::Spid,
            level: AchievedAssurance(level),
            age: Duration::from_secs(minutes * 60),
            card: None,
        };
        let of = |login: Login, category, now| {
            let facts = Facts {
                logins: &[login],
                categories: KnownCategories::Known(Categories::from_iter([category])),
                client: None,
            };
            catalogue.situation(&facts, now)
        };
        let (low, citizen) = (AssuranceLevel::Low, Category::Citizen);
        let usual = of(login(low, 5), citizen, now);
        assert_eq!(usual, of(login(low, 15), citizen, now));
        for other in [
            of(login(low, 16), citizen, now),
            of(login(AssuranceLevel::High, 5), citizen, now),
            of(login(low, 5), Category::Bank, now),
            of(
                login(low, 5),
                citizen,
                "2019-01-01T12:00:00Z".parse().unwrap(),
            ),
        ] {
            assert_ne!(usual, other);
        }
    }
}
