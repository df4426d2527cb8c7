//! One pure function from catalogue and facts to a decision.

use std::time::Duration;

use super::{
    Asker, Catalogue, Decision, DenyReason, Detail, Facts, KnownCategories, Login, Operation,
    OperationRule, Outcome, Rule, RuleTrace, Service, ServiceId,
};
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, CardKinds, Categories, Methods,
    RequiredAssurance, Timestamp,
};

/// Decides whether a service's operation is open to what is known at `now`.
#[must_use]
pub fn decide(
    catalogue: &Catalogue,
    service: &ServiceId,
    operation: Operation,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Decision {
    let question = Question {
        catalogue,
        service: catalogue.get(service),
        operation,
        now,
    };
    let mut explanation = Vec::with_capacity(Rule::ALL.len());
    let verdict = question.ask(facts, None, &mut |line| explanation.push(line));
    match verdict {
        Verdict::Open | Verdict::ByFirstHalf => Decision::Permit { explanation },
        Verdict::Provisional => Decision::Provisional { explanation },
        Verdict::Closed(reason) => Decision::Deny {
            reason,
            explanation,
        },
        Verdict::NoLoginServes => match question.least_way(facts) {
            Some((to, methods)) => Decision::StepUp {
                to,
                methods,
                explanation,
            },
            None => Decision::Deny {
                reason: DenyReason::OutOfReach,
                explanation,
            },
        },
    }
}

/// How the rules ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Open,
    /// Open to a PIN of whatever worth. No way in is named for it: who has to log in is asked for what the operation needs.
    ByFirstHalf,
    Provisional,
    NoLoginServes,
    Closed(DenyReason),
}

/// What is to be decided, whoever asks.
struct Question<'a> {
    catalogue: &'a Catalogue,
    service: Option<&'a Service>,
    operation: Operation,
    now: Timestamp,
}

impl Question<'_> {
    /// Asks the rules in order until one is not met, of the facts and of one login more where it is supposed, and tells
    /// each line of the explanation.
    fn ask(
        &self,
        facts: &Facts<'_>,
        supposed: Option<Login>,
        tell: &mut impl FnMut(RuleTrace),
    ) -> Verdict {
        let mut found = |rule, met: bool, detail| {
            let outcome = if met { Outcome::Met } else { Outcome::NotMet };
            tell(RuleTrace {
                rule,
                outcome,
                detail,
            });
            met
        };
        let Some(service) = self.service else {
            found(Rule::ServiceKnown, false, Detail::Name);
            return Verdict::Closed(DenyReason::UnknownService);
        };
        found(Rule::ServiceKnown, true, Detail::Name);

        let Some(rule) = service.rule(self.operation) else {
            found(Rule::OperationOffered, false, Detail::Name);
            return Verdict::Closed(DenyReason::UnknownOperation);
        };
        found(Rule::OperationOffered, true, Detail::Name);

        let asker = asker(service, facts);
        if !found(Rule::Client, asker != Asker::Other, Detail::Client(asker)) {
            return Verdict::Closed(DenyReason::WrongClient);
        }

        let logins = || facts.logins.iter().copied().chain(supposed);
        let nobody = logins().next().is_none();
        let (theirs, outcome) = match categories(service, facts, nobody) {
            Ok(known) => known,
            Err(reason) => {
                found(Rule::Category, false, category_detail(service, facts));
                return Verdict::Closed(reason);
            }
        };
        tell(RuleTrace {
            rule: Rule::Category,
            outcome,
            detail: category_detail(service, facts),
        });
        let open = rule.methods().and(self.catalogue.open_to(theirs, self.now));
        let of_logins = OfLogins::new(logins(), open, rule);
        of_logins.tell(rule, nobody, tell)
    }

    /// The least level that would open it and the ways in that do at that level, found by asking the same rules again as
    /// if the person had just logged in so, and were whoever the service is for where that is not known yet.
    fn least_way(&self, facts: &Facts<'_>) -> Option<(RequiredAssurance, Methods)> {
        let categories = match facts.categories {
            KnownCategories::NotYet => KnownCategories::Known(of_whoever(self.service?)),
            known => known,
        };
        let facts = Facts {
            categories,
            ..*facts
        };
        let opens = |level: AssuranceLevel, method: AuthenticationMethod| {
            let supposed = Login::supposed(level, method);
            level <= method.highest_level()
                && self.ask(&facts, Some(supposed), &mut |_| {}) == Verdict::Open
        };
        AssuranceLevel::ALL.into_iter().find_map(|level| {
            let offered = self.catalogue.offered().iter();
            let methods: Methods = offered.filter(|method| opens(level, *method)).collect();
            (!methods.is_empty()).then_some((RequiredAssurance(level), methods))
        })
    }
}

fn asker(service: &Service, facts: &Facts<'_>) -> Asker {
    match (service.client(), facts.client) {
        (None, _) => Asker::Any,
        (Some(_), None) => Asker::Nobody,
        (Some(owner), Some(client)) if owner == client => Asker::Owner,
        (Some(_), Some(_)) => Asker::Other,
    }
}

/// The categories of somebody whom a service is for.
fn of_whoever(service: &Service) -> Categories {
    service.categories().with_companions()
}

/// The person's categories in the capacity in which the service is for them. Categories are a fact of a person, so before a login they
/// are open; after one, not to know them closes.
fn categories(
    service: &Service,
    facts: &Facts<'_>,
    nobody: bool,
) -> Result<(Categories, Outcome), DenyReason> {
    match facts.categories {
        KnownCategories::Known(had) if had.intersects(service.categories()) => {
            Ok((had.and(of_whoever(service)), Outcome::Met))
        }
        KnownCategories::Known(_) => Err(DenyReason::WrongCategory),
        KnownCategories::NotYet if nobody => Ok((of_whoever(service), Outcome::NotYetKnown)),
        KnownCategories::NotYet => Err(DenyReason::CategoriesUnknown),
        KnownCategories::Unavailable => Err(DenyReason::CategoriesUnavailable),
    }
}

fn category_detail(service: &Service, facts: &Facts<'_>) -> Detail {
    Detail::Categories {
        needed: service.categories(),
        had: facts.categories,
    }
}

/// What the logins come to. Each rule looks only at those that met the one before: a high level by a way in that is not
/// allowed, or of yesterday, makes nothing of a low one of today.
struct OfLogins {
    open: Methods,
    had: Methods,
    /// The kinds of card among those logins.
    cards: CardKinds,
    /// The highest level among logins by an open way in.
    best: Option<AchievedAssurance>,
    /// The age of the youngest of those that have the level.
    youngest: Option<Duration>,
    /// An ordinary PIN that may make a provisional request, and its age.
    pin: Option<Login>,
    /// A PIN that may make this request whatever it is worth, since half an initial one may, and its age.
    half: Option<Login>,
}

impl OfLogins {
    fn new(logins: impl Iterator<Item = Login>, open: Methods, rule: &OperationRule) -> Self {
        let mut all = Self {
            open,
            had: Methods::NONE,
            cards: CardKinds::NONE,
            best: None,
            youngest: None,
            pin: None,
            half: None,
        };
        for login in logins {
            all.had = all.had.or(Methods::from_iter([login.method]));
            all.cards = all.cards.or(login.card.into_iter().collect());
            if !open.contains(login.method) || !rule.admits_card(login) {
                continue;
            }
            let is_pin = login.method == AuthenticationMethod::Pin;
            let is_more = all.half.is_none_or(|half| half.level < login.level);
            if rule.takes_first_half() && is_pin && rule.admits(login.age) && is_more {
                all.half = Some(login);
            }
            if login.is_by_first_half() {
                continue;
            }
            all.best = all.best.max(Some(login.worth()));
            if login.worth().satisfies(rule.level()) {
                let youngest = all.youngest.map_or(login.age, |age| age.min(login.age));
                all.youngest = Some(youngest);
            }
            if rule.is_provisional() && is_pin && rule.admits(login.age) {
                all.pin = Some(login);
            }
        }
        all
    }

    fn tell(
        &self,
        rule: &OperationRule,
        nobody: bool,
        tell: &mut impl FnMut(RuleTrace),
    ) -> Verdict {
        let mut found = |rule, outcome, detail| {
            tell(RuleTrace {
                rule,
                outcome,
                detail,
            });
        };
        let met = |met: bool| if met { Outcome::Met } else { Outcome::NotMet };
        let by_method = match self.best.or(self.half.map(|half| half.level)) {
            _ if nobody => Outcome::NotYetKnown,
            best => met(best.is_some()),
        };
        let methods = Detail::Methods {
            open: self.open,
            cards: rule.cards(),
            had: self.had,
            had_cards: self.cards,
        };
        found(Rule::Method, by_method, methods);
        if by_method == Outcome::NotMet {
            return Verdict::NoLoginServes;
        }

        let needed = rule.level();
        let level = |had| Detail::Level { needed, had };
        let age = |had| Detail::Age {
            most: rule.max_age(),
            had,
        };
        let fresh = self.youngest.is_some_and(|age| rule.admits(age));
        if let (Some(half), false) = (self.half, fresh) {
            let had = level(Some(half.worth()));
            found(Rule::Level, Outcome::ByFirstHalf, had);
            found(Rule::Age, Outcome::Met, age(Some(half.age)));
            return Verdict::ByFirstHalf;
        }
        if let (Some(pin), false) = (self.pin, fresh) {
            let had = level(Some(pin.worth()));
            found(Rule::Level, Outcome::Provisionally, had);
            found(Rule::Age, Outcome::Met, age(Some(pin.age)));
            return Verdict::Provisional;
        }
        found(Rule::Level, met(self.youngest.is_some()), level(self.best));
        if self.youngest.is_none() {
            return Verdict::NoLoginServes;
        }
        found(Rule::Age, met(fresh), age(self.youngest));
        if fresh {
            Verdict::Open
        } else {
            Verdict::NoLoginServes
        }
    }
}

#[cfg(test)]
mod tests;
