//! The dispatcher: what a login flow does next. Steps never call one another; each stores its result in the flow and
//! comes back here.

use super::{Earned, FlowOutcome, Freshness, LoginFlow, ReturnTo, Session};
use crate::identity::{RequiredAssurance, Timestamp};
use crate::policy::{Catalogue, Decision, Facts, KnownCategories, Login, decide};

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Let the person choose among the ways in that reach the level.
    ChooseProvider {
        /// The least level that serves.
        level: RequiredAssurance,
    },
    /// Send the person straight to a provider that the application named.
    Start {
        /// A method's name or a provider's entity id, as the application wrote it: still to be looked up.
        provider: String,
        /// The least level that serves.
        level: RequiredAssurance,
    },
    /// Tell the person, or the application, that it ends here.
    Refuse {
        /// Why.
        reason: FlowRefusal,
    },
    /// Everything is met: finish the flow and hand over.
    Return(ReturnTo),
}

/// Why a flow cannot lead where it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowRefusal {
    /// The person or the provider broke off; the code says why. The person may try again.
    BrokenOff {
        /// The reason code.
        code: String,
    },
    /// Policy denies the service, whatever the person does.
    Denied(Decision),
    /// A login is needed, and the application allowed no page (`prompt=none`).
    LoginRequired,
    /// A higher level or a fresher login is needed, and the application allowed no page.
    StepUpRequired,
    /// The person logged in, and still the requirement is not met: asking again would go round in circles.
    NotAchieved,
}

impl Session {
    /// The logins that still count at `now`, each at the level it is still worth, for [`facts`](Self::facts).
    #[must_use]
    pub fn logins(&self, freshness: Freshness, now: Timestamp) -> Vec<Login> {
        self.earned(freshness, now)
            .map(|Earned { level, event }| Login {
                level,
                method: event.method,
                age: freshness.age(event.at, now),
            })
            .collect()
    }

    /// What policy may know of this session, given the [`logins`](Self::logins) that count.
    #[must_use]
    pub fn facts<'a>(&self, logins: &'a [Login]) -> Facts<'a> {
        Facts {
            logins,
            categories: KnownCategories::Known(self.person().proven_categories()),
            client: None,
        }
    }
}

impl LoginFlow {
    /// How old a login may be to serve this flow. One made in the flow itself serves however long its pages took.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        Freshness {
            max_age: self.requirement.max_age,
            since: self.logged_in().then_some(self.started),
        }
    }

    fn logged_in(&self) -> bool {
        self.outcome == Some(FlowOutcome::LoggedIn)
    }
}

/// What a flow does next, given the session of its browser. Pure: the same stored state always gives the same step.
#[must_use]
pub fn next_step(
    flow: &LoginFlow,
    session: Option<&Session>,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Step {
    if let Some(FlowOutcome::Refused { code }) = &flow.outcome {
        return refuse(FlowRefusal::BrokenOff { code: code.clone() });
    }
    let requirement = &flow.requirement;
    let logins = session
        .map(|session| session.logins(flow.freshness(), now))
        .unwrap_or_default();
    let facts = session
        .map(|session| session.facts(&logins))
        .unwrap_or_default();
    let mut level = requirement.level;
    let reached = logins
        .iter()
        .any(|login| login.level.satisfies(requirement.level));
    let mut met = reached && (!requirement.force || flow.logged_in());

    if let Some((service, operation)) = &requirement.service {
        match decide(catalogue, service, *operation, &facts, now) {
            Decision::Permit { .. } | Decision::Provisional { .. } => {}
            Decision::StepUp { to, .. } => {
                level = level.max(to);
                met = false;
            }
            denied @ Decision::Deny { .. } => return refuse(FlowRefusal::Denied(denied)),
        }
    }

    if met {
        Step::Return(flow.return_to.clone())
    } else if flow.logged_in() {
        refuse(FlowRefusal::NotAchieved)
    } else if !requirement.interactive {
        refuse(match session {
            Some(_) => FlowRefusal::StepUpRequired,
            None => FlowRefusal::LoginRequired,
        })
    } else if let Some(provider) = &requirement.provider_hint {
        Step::Start {
            provider: provider.clone(),
            level,
        }
    } else {
        Step::ChooseProvider { level }
    }
}

fn refuse(reason: FlowRefusal) -> Step {
    Step::Refuse { reason }
}
