//! One pure function from catalogue and facts to a decision.

use std::fmt;

use super::{Catalogue, Operation, Service, ServiceId};
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, Categories, RequiredAssurance,
};

/// The best login there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    /// What it proved.
    pub level: AchievedAssurance,
    /// The way in.
    pub method: AuthenticationMethod,
}

/// What is known of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// The best login that is still fresh; `None` when nobody is logged in.
    pub login: Option<Login>,
    /// The person's categories; `None` while they are not known, which opens nothing.
    pub categories: Option<Categories>,
}

/// A rule of the decision. They are asked in this order, and the first that is not met decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The catalogue has the service.
    ServiceKnown,
    /// The service offers the operation.
    OperationOffered,
    /// The person is of a category that the service is for.
    Category,
    /// The login is of the level that the operation needs, or a higher one.
    Level,
}

impl Rule {
    /// The rule's name, as `varco explain` and the audit log write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceKnown => "service-known",
            Self::OperationOffered => "operation-offered",
            Self::Category => "category",
            Self::Level => "level",
        }
    }
}

/// What a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is met.
    Met,
    /// It is not met.
    NotMet,
    /// It cannot be told before somebody logs in.
    NotYetKnown,
}

impl Outcome {
    /// The outcome's name: `met`, `not-met` or `not-yet-known`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::NotYetKnown => "not-yet-known",
        }
    }
}

/// What a rule compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Nothing but the name that was asked for.
    Name,
    /// Categories.
    Categories {
        /// Those the service is for.
        needed: Categories,
        /// Those the person has, where known.
        had: Option<Categories>,
    },
    /// Levels.
    Level {
        /// The level that the operation needs.
        needed: RequiredAssurance,
        /// The level of the best fresh login.
        had: Option<AchievedAssurance>,
    },
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => Ok(()),
            Self::Categories { needed, had } => match had {
                Some(had) => write!(f, "for {needed}; the person is {had}"),
                None => write!(f, "for {needed}; not known of the person"),
            },
            Self::Level { needed, had } => match had {
                Some(had) => write!(f, "needs {needed}; the login is {had}"),
                None => write!(f, "needs {needed}; nobody is logged in"),
            },
        }
    }
}

/// A line of the explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleTrace {
    /// The rule that was asked.
    pub rule: Rule,
    /// What it found.
    pub outcome: Outcome,
    /// What it compared.
    pub detail: Detail,
}

impl fmt::Display for RuleTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.rule.name(), self.outcome.name())?;
        match self.detail {
            Detail::Name => Ok(()),
            detail => write!(f, " ({detail})"),
        }
    }
}

/// Why a service stays closed whatever the person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DenyReason {
    /// The catalogue has no such service.
    UnknownService,
    /// The service does not offer the operation.
    UnknownOperation,
    /// The service is for other categories.
    WrongCategory,
    /// The person's categories could not be found out; without them nothing opens.
    CategoriesUnknown,
    /// No way in can reach the level.
    OutOfReach,
}

impl DenyReason {
    /// The reason's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownService => "unknown-service",
            Self::UnknownOperation => "unknown-operation",
            Self::WrongCategory => "wrong-category",
            Self::CategoriesUnknown => "categories-unknown",
            Self::OutOfReach => "out-of-reach",
        }
    }
}

/// What policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is open.
    Permit {
        /// The rules that led here.
        explanation: Vec<RuleTrace>,
    },
    /// A further login opens it.
    StepUp {
        /// The least level that does.
        to: RequiredAssurance,
        /// The ways in that reach it.
        methods: Vec<AuthenticationMethod>,
        /// The rules that led here.
        explanation: Vec<RuleTrace>,
    },
    /// It is closed.
    Deny {
        /// Why.
        reason: DenyReason,
        /// The rules that led here.
        explanation: Vec<RuleTrace>,
    },
}

impl Decision {
    /// The rules that led to it, in the order they were asked.
    #[must_use]
    pub fn explanation(&self) -> &[RuleTrace] {
        match self {
            Self::Permit { explanation }
            | Self::StepUp { explanation, .. }
            | Self::Deny { explanation, .. } => explanation,
        }
    }

    /// The decision's name: `permit`, `step-up` or `deny`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Permit { .. } => "permit",
            Self::StepUp { .. } => "step-up",
            Self::Deny { .. } => "deny",
        }
    }

    /// Whether the service is open.
    #[must_use]
    pub fn is_permit(&self) -> bool {
        matches!(self, Self::Permit { .. })
    }
}

/// How the rules ended.
enum Verdict {
    Open,
    LevelTooLow,
    Closed(DenyReason),
}

/// Decides whether a service's operation is open to what is known.
#[must_use]
pub fn decide(
    catalogue: &Catalogue,
    service: &ServiceId,
    operation: Operation,
    facts: &Facts,
) -> Decision {
    let mut explanation = Vec::with_capacity(4);
    match ask(catalogue, service, operation, facts, &mut explanation) {
        Verdict::Open => Decision::Permit { explanation },
        Verdict::Closed(reason) => Decision::Deny {
            reason,
            explanation,
        },
        Verdict::LevelTooLow => match least_way(catalogue, service, operation, facts) {
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

/// Asks the rules in order until one is not met.
fn ask(
    catalogue: &Catalogue,
    service: &ServiceId,
    operation: Operation,
    facts: &Facts,
    explanation: &mut Vec<RuleTrace>,
) -> Verdict {
    let mut found = |rule, outcome, detail| {
        explanation.push(RuleTrace {
            rule,
            outcome,
            detail,
        });
    };
    let Some(service) = catalogue.get(service) else {
        found(Rule::ServiceKnown, Outcome::NotMet, Detail::Name);
        return Verdict::Closed(DenyReason::UnknownService);
    };
    found(Rule::ServiceKnown, Outcome::Met, Detail::Name);

    let Some(needed) = service.level(operation) else {
        found(Rule::OperationOffered, Outcome::NotMet, Detail::Name);
        return Verdict::Closed(DenyReason::UnknownOperation);
    };
    found(Rule::OperationOffered, Outcome::Met, Detail::Name);

    let (outcome, closed) = category(service, facts);
    let detail = Detail::Categories {
        needed: service.categories(),
        had: facts.categories,
    };
    found(Rule::Category, outcome, detail);
    if let Some(reason) = closed {
        return Verdict::Closed(reason);
    }

    let had = facts.login.map(|login| login.level);
    let met = had.is_some_and(|level| level.satisfies(needed));
    let outcome = if met { Outcome::Met } else { Outcome::NotMet };
    found(Rule::Level, outcome, Detail::Level { needed, had });
    if met {
        Verdict::Open
    } else {
        Verdict::LevelTooLow
    }
}

/// Categories are a fact of a person, so before a login they are open; after one, not to know them closes.
fn category(service: &Service, facts: &Facts) -> (Outcome, Option<DenyReason>) {
    match (facts.categories, facts.login) {
        (Some(had), _) if had.intersects(service.categories()) => (Outcome::Met, None),
        (Some(_), _) => (Outcome::NotMet, Some(DenyReason::WrongCategory)),
        (None, None) => (Outcome::NotYetKnown, None),
        (None, Some(_)) => (Outcome::NotMet, Some(DenyReason::CategoriesUnknown)),
    }
}

/// The least level that would open it and the ways in that reach that level, found by asking the same rules again as if
/// the person had logged in so, and were of the service's categories where theirs are not known.
fn least_way(
    catalogue: &Catalogue,
    service: &ServiceId,
    operation: Operation,
    facts: &Facts,
) -> Option<(RequiredAssurance, Vec<AuthenticationMethod>)> {
    let categories = facts
        .categories
        .or_else(|| catalogue.get(service).map(Service::categories));
    let opens = |level: AssuranceLevel, method: AuthenticationMethod| {
        let supposed = Facts {
            login: Some(Login {
                level: AchievedAssurance(level),
                method,
            }),
            categories,
        };
        let verdict = ask(catalogue, service, operation, &supposed, &mut Vec::new());
        level <= method.highest_level() && matches!(verdict, Verdict::Open)
    };
    AssuranceLevel::ALL.into_iter().find_map(|level| {
        let methods: Vec<AuthenticationMethod> = AuthenticationMethod::ALL
            .into_iter()
            .filter(|method| opens(level, *method))
            .collect();
        (!methods.is_empty()).then_some((RequiredAssurance(level), methods))
    })
}

#[cfg(test)]
mod tests;
