//! What holds for every question: more never closes, nothing opens by itself, and a step-up keeps its word.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// A question with its facts.
#[derive(Debug, Clone)]
struct Case {
    catalogue: Catalogue,
    service: ServiceId,
    operation: Operation,
    logins: Vec<Login>,
    categories: KnownCategories,
    client: Option<&'static str>,
    now: Timestamp,
}

impl Case {
    fn decide(&self) -> Decision {
        let facts = Facts {
            logins: &self.logins,
            categories: self.categories,
            client: self.client,
        };
        decide(
            &self.catalogue,
            &self.service,
            self.operation,
            &facts,
            self.now,
        )
    }

    /// The same case with one login more, of somebody whom the service is for where nobody is known yet.
    fn after(&self, further: Login) -> Decision {
        let mut case = self.clone();
        case.logins.push(further);
        if case.categories == KnownCategories::NotYet && self.logins.is_empty() {
            let whoever = case.catalogue.get(&case.service).map(of_whoever);
            case.categories = KnownCategories::Known(whoever.unwrap_or_default());
        }
        case.decide()
    }

    /// Whether a login opens it, said in one sentence: the specification.
    fn is_opened_by(&self, login: &Login) -> bool {
        let (Some(service), KnownCategories::Known(had)) =
            (self.catalogue.get(&self.service), self.categories)
        else {
            return false;
        };
        let Some(rule) = service.rule(self.operation) else {
            return false;
        };
        let theirs = had.and(service.categories().with_companions());
        had.intersects(service.categories())
            && (service.client().is_none()
                || self.client.is_none()
                || service.client() == self.client)
            && rule.methods().contains(login.method)
            && (login.method != Cns || login.card.is_none_or(|kind| rule.cards().contains(kind)))
            && self
                .catalogue
                .open_to(theirs, self.now)
                .contains(login.method)
            && login.level.0.min(login.method.highest_level()) >= rule.level().0
            && rule.max_age().is_none_or(|most| login.age <= most)
    }
}

/// How open it is: closed, provisionally, whole.
fn openness(decision: &Decision) -> u8 {
    match decision {
        Decision::Permit { .. } => 2,
        Decision::Provisional { .. } => 1,
        Decision::StepUp { .. } | Decision::Deny { .. } => 0,
    }
}

fn any_level() -> impl Strategy<Value = AssuranceLevel> {
    select(AssuranceLevel::ALL.to_vec())
}

fn any_login() -> impl Strategy<Value = Login> {
    // Ages around those that rules speak of, and beyond any.
    let age = prop_oneof![
        3 => (0..100_u64).prop_map(|minutes| minutes * 60),
        1 => any::<u64>(),
    ];
    let method = select(AuthenticationMethod::ALL.to_vec());
    (any_level(), method, age, select(CardKind::ALL.to_vec())).prop_map(
        |(level, method, age, card)| Login {
            level: AchievedAssurance(level),
            method,
            age: Duration::from_secs(age),
            card: (method == Cns).then_some(card),
        },
    )
}

fn any_category() -> impl Strategy<Value = Category> {
    select(Category::ALL.to_vec())
}

fn any_categories() -> impl Strategy<Value = KnownCategories> {
    let known = proptest::collection::vec(any_category(), 0..5)
        .prop_map(|categories| KnownCategories::Known(categories.into_iter().collect()));
    prop_oneof![
        6 => known,
        1 => Just(KnownCategories::NotYet),
        1 => Just(KnownCategories::Unavailable),
    ]
}

/// Days before and after each date of the rules.
fn any_now() -> impl Strategy<Value = Timestamp> {
    let days = [
        "2015-01-01",
        "2016-06-01",
        "2018-01-01",
        "2020-06-01",
        "2021-09-30",
        "2026-11-22",
    ];
    select(days.to_vec()).prop_map(|day| format!("{day}T21:59:59Z").parse().unwrap())
}

fn any_case() -> impl Strategy<Value = Case> {
    let catalogue = prop_oneof![Just(catalogue()), Just(everything())];
    let offered = proptest::collection::vec(select(AuthenticationMethod::ALL.to_vec()), 0..5);
    (catalogue, offered, any_now()).prop_flat_map(|(catalogue, offered, now)| {
        let known: Vec<ServiceId> = catalogue.services().map(|s| s.id().clone()).collect();
        let catalogue = catalogue.offering(Methods::from_iter(offered));
        let service = prop_oneof![
            8 => select(known),
            1 => "[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}".prop_map(|text| id(&text)),
        ];
        (
            service,
            select(Operation::ALL.to_vec()),
            proptest::collection::vec(any_login(), 0..4),
            any_categories(),
            select(vec![None, Some("portale"), Some("altra")]),
        )
            .prop_map(
                move |(service, operation, logins, categories, client)| Case {
                    catalogue: catalogue.clone(),
                    service,
                    operation,
                    logins,
                    categories,
                    client,
                    now,
                },
            )
    })
}

proptest! {
    #[test]
    fn what_no_rule_opens_stays_closed_and_what_one_opens_is_open(case in any_case()) {
        let opened = case.logins.iter().any(|login| case.is_opened_by(login));
        prop_assert_eq!(case.decide().is_permit(), opened);
    }

    #[test]
    fn a_higher_level_or_a_fresher_login_never_closes_what_was_open(
        case in any_case(), which in any::<prop::sample::Index>(), raised in any_level(), sooner in any::<u64>(),
    ) {
        prop_assume!(!case.logins.is_empty());
        let mut better = case.clone();
        let login = &mut better.logins[which.index(case.logins.len())];
        login.level = login.level.max(AchievedAssurance(raised));
        login.age = login.age.min(Duration::from_secs(sooner));
        prop_assert!(openness(&better.decide()) >= openness(&case.decide()));
    }

    #[test]
    fn a_further_login_never_closes_what_was_open(case in any_case(), further in any_login()) {
        let mut more = case.clone();
        more.logins.push(further);
        prop_assert!(openness(&more.decide()) >= openness(&case.decide()));
    }

    #[test]
    fn a_further_category_never_closes_what_was_open(case in any_case(), further in any_category()) {
        let mut more = case.clone();
        if let KnownCategories::Known(categories) = case.categories {
            let further = Categories::from_iter([further]);
            more.categories = KnownCategories::Known(categories.or(further));
        }
        prop_assert!(openness(&more.decide()) >= openness(&case.decide()));
    }

    #[test]
    fn not_to_know_the_categories_of_who_is_logged_in_closes(mut case in any_case(), login in any_login()) {
        case.logins.push(login);
        for unknown in [KnownCategories::NotYet, KnownCategories::Unavailable] {
            case.categories = unknown;
            let closed = matches!(case.decide(), Decision::Deny { .. });
            prop_assert!(closed);
        }
    }

    #[test]
    fn every_decision_is_explained_by_the_rules_in_their_order(case in any_case()) {
        let decision = case.decide();
        let explanation = decision.explanation();
        let asked: Vec<Rule> = explanation.iter().map(|line| line.rule).collect();
        prop_assert_eq!(&asked, &Rule::ALL[..asked.len()]);
        let (last, before) = explanation.split_last().unwrap();
        prop_assert!(before.iter().all(|line| line.outcome != Outcome::NotMet));
        prop_assert_eq!(last.outcome == Outcome::NotMet, openness(&decision) == 0);
        let provisionally = explanation.iter().any(|line| line.outcome == Outcome::Provisionally);
        prop_assert_eq!(provisionally, openness(&decision) == 1);
    }

    #[test]
    fn a_step_up_opens_by_each_way_it_names_and_by_no_lesser_level_nor_other_way(case in any_case()) {
        let opened_by = |level| -> Methods {
            let offered = case.catalogue.offered().iter();
            offered
                .filter(|method| level <= method.highest_level())
                .filter(|method| case.after(Login::supposed(level, *method)).is_permit())
                .collect()
        };
        match case.decide() {
            Decision::StepUp { to, methods, .. } => {
                prop_assert!(!methods.is_empty());
                prop_assert_eq!(opened_by(to.0), methods);
                for lesser in AssuranceLevel::ALL.into_iter().filter(|level| *level < to.0) {
                    prop_assert!(opened_by(lesser).is_empty());
                }
            }
            Decision::Deny { reason: DenyReason::OutOfReach, .. } => {
                for level in AssuranceLevel::ALL {
                    prop_assert!(opened_by(level).is_empty());
                }
            }
            Decision::Permit { .. } | Decision::Provisional { .. } | Decision::Deny { .. } => {}
        }
    }
}
