//! What policy says, and the rules that led to it.

use std::fmt;
use std::time::Duration;

use super::{Age, KnownCategories};
use crate::identity::AuthenticationMethod::Cns;
use crate::identity::{AchievedAssurance, CardKinds, Categories, Methods, RequiredAssurance};

/// A rule of the decision. They are asked in this order, and the first that is not met decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The catalogue has the service.
    ServiceKnown,
    /// The service offers the operation.
    OperationOffered,
    /// The application that asks is the one that owns the service, where one does.
    Client,
    /// The person is of a category that the service is for.
    Category,
    /// There is a login by a way in that is allowed for the operation, by CNS with a kind of card that is, and open to the
    /// person's category at this date.
    Method,
    /// Of those logins, one is of the level that the operation needs, or a higher one.
    Level,
    /// Of those in turn, one is not older than the operation allows.
    Age,
}

impl Rule {
    /// Every rule, in the order they are asked.
    pub const ALL: [Self; 7] = [
        Self::ServiceKnown,
        Self::OperationOffered,
        Self::Client,
        Self::Category,
        Self::Method,
        Self::Level,
        Self::Age,
    ];

    /// The rule's name, as `varco explain` and the audit log write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceKnown => "service-known",
            Self::OperationOffered => "operation-offered",
            Self::Client => "client",
            Self::Category => "category",
            Self::Method => "method",
            Self::Level => "level",
            Self::Age => "age",
        }
    }
}

/// What a rule found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is met.
    Met,
    /// It is met by an ordinary PIN, for a request that is worked only once the PIN has become a better one.
    Provisionally,
    /// It is met by a PIN whatever it is worth, since the operation takes the first half of an initial one alone (PIN rules,
    /// Emergency rule of March 2020).
    ByFirstHalf,
    /// It is not met.
    NotMet,
    /// It cannot be told before somebody logs in.
    NotYetKnown,
}

impl Outcome {
    /// The outcome's name: `met`, `provisionally`, `by-first-half`, `not-met` or `not-yet-known`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Provisionally => "provisionally",
            Self::ByFirstHalf => "by-first-half",
            Self::NotMet => "not-met",
            Self::NotYetKnown => "not-yet-known",
        }
    }
}

/// Who asks for a service, as seen from its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// The service belongs to no application: any may ask.
    Any,
    /// The application that owns the service.
    Owner,
    /// No application: the gateway asks for itself, on the portal for example.
    Nobody,
    /// An application that does not own the service.
    Other,
}

/// What a rule compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Nothing but the name that was asked for.
    Name,
    /// Applications.
    Client(Asker),
    /// Categories.
    Categories {
        /// Those the service is for.
        needed: Categories,
        /// Those the person has, where known.
        had: KnownCategories,
    },
    /// Ways in.
    Methods {
        /// Those that are allowed and open at this date.
        open: Methods,
        /// The kinds of card with which CNS is allowed.
        cards: CardKinds,
        /// Those by which the person logged in.
        had: Methods,
        /// The kinds of card with which they did.
        had_cards: CardKinds,
    },
    /// Levels.
    Level {
        /// The level that the operation needs.
        needed: RequiredAssurance,
        /// The highest level among the logins that count; `None` when there is none.
        had: Option<AchievedAssurance>,
    },
    /// Ages.
    Age {
        /// The greatest age that the operation allows; `None` for any.
        most: Option<Duration>,
        /// The age of the youngest login that counts.
        had: Option<Duration>,
    },
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => Ok(()),
            Self::Client(asker) => f.write_str(match asker {
                Asker::Any => "any application may ask",
                Asker::Owner => "the application that owns it asks",
                Asker::Nobody => "no application asks",
                Asker::Other => "it belongs to another application",
            }),
            Self::Categories { needed, had } => match had {
                KnownCategories::Known(had) => write!(f, "for {needed}; the person is {had}"),
                KnownCategories::NotYet => write!(f, "for {needed}; not known of the person"),
                KnownCategories::Unavailable => {
                    write!(f, "for {needed}; the archives do not answer")
                }
            },
            Self::Methods {
                open,
                cards,
                had,
                had_cards,
            } => {
                write!(f, "by {open}")?;
                let tells_cards = open.contains(Cns) && *cards != CardKinds::ALL;
                if tells_cards {
                    write!(f, " (cards: {cards})")?;
                }
                if had.is_empty() {
                    return f.write_str("; nobody is logged in");
                }
                write!(f, "; the login is by {had}")?;
                if tells_cards && !had_cards.is_empty() {
                    write!(f, " (card: {had_cards})")?;
                }
                Ok(())
            }
            Self::Level { needed, had } => match had {
                Some(had) => write!(f, "needs {needed}; the login is {had}"),
                None => write!(f, "needs {needed}; nobody is logged in"),
            },
            Self::Age { most, had } => {
                match most {
                    Some(most) => write!(f, "at most {} old", Age(*most))?,
                    None => f.write_str("of any age")?,
                }
                match had {
                    Some(had) => write!(f, "; the login is {} old", Age(*had)),
                    None => Ok(()),
                }
            }
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

impl RuleTrace {
    /// The rule and its outcome, as in `category=met`.
    #[must_use]
    pub fn code(&self) -> String {
        format!("{}={}", self.rule.name(), self.outcome.name())
    }
}

impl fmt::Display for RuleTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())?;
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
    /// The service belongs to another application than the one that asks.
    WrongClient,
    /// The service is for other categories.
    WrongCategory,
    /// Somebody is logged in whose categories nobody asked for; without them nothing opens.
    CategoriesUnknown,
    /// The archives that know the person's categories did not answer; without them nothing opens.
    CategoriesUnavailable,
    /// No way in that there is could open it to this person now.
    OutOfReach,
}

impl DenyReason {
    /// The reason's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownService => "unknown-service",
            Self::UnknownOperation => "unknown-operation",
            Self::WrongClient => "wrong-client",
            Self::WrongCategory => "wrong-category",
            Self::CategoriesUnknown => "categories-unknown",
            Self::CategoriesUnavailable => "categories-unavailable",
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
    /// It is open to a request that is worked only once the person's ordinary PIN has become a better one.
    Provisional {
        /// The rules that led here.
        explanation: Vec<RuleTrace>,
    },
    /// A further login opens it.
    StepUp {
        /// The least level that does.
        to: RequiredAssurance,
        /// The ways in that do at that level, never none.
        methods: Methods,
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
            | Self::Provisional { explanation }
            | Self::StepUp { explanation, .. }
            | Self::Deny { explanation, .. } => explanation,
        }
    }

    /// The decision's name: `permit`, `provisional`, `step-up` or `deny`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Permit { .. } => "permit",
            Self::Provisional { .. } => "provisional",
            Self::StepUp { .. } => "step-up",
            Self::Deny { .. } => "deny",
        }
    }

    /// Why it is closed; `None` when it is not.
    #[must_use]
    pub fn reason(&self) -> Option<DenyReason> {
        match self {
            Self::Deny { reason, .. } => Some(*reason),
            Self::Permit { .. } | Self::Provisional { .. } | Self::StepUp { .. } => None,
        }
    }

    /// Whether the service is open, without reserve.
    #[must_use]
    pub fn is_permit(&self) -> bool {
        matches!(self, Self::Permit { .. })
    }
}
