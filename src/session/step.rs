//! The dispatcher: what a login flow does next. Steps never call one another; each stores its result in the flow and
//! comes back here.

use super::{Earned, FlowOutcome, Freshness, LoginFlow, Requirement, ReturnTo, Session};
use crate::archive::Capacity;
use crate::identity::{
    AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Methods, RequiredAssurance,
    Timestamp,
};
use crate::policy::{Catalogue, Decision, Facts, KnownCategories, Login, decide};

/// The ways in that would serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaysIn {
    /// The least level.
    pub level: RequiredAssurance,
    /// The methods that do at that level, never none.
    pub methods: Methods,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Let the person choose among the ways in.
    Choose(WaysIn),
    /// Send the person straight to the one that the application named.
    Start {
        /// A method's name or a provider's entity id, as the application wrote it: still to be looked up.
        hint: String,
        /// Those it must be one of.
        ways: WaysIn,
    },
    /// Let the person choose the profile to act in: they have several.
    ChooseProfile,
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
    /// No way in that there is could meet what the application asks for.
    OutOfReach,
    /// A login is needed, and the application allowed no page (`prompt=none`).
    LoginRequired,
    /// A higher level or a fresher login is needed, and the application allowed no page.
    StepUpRequired,
    /// The person must choose the profile to act in, and the application allowed no page.
    ProfileRequired,
    /// The person logged in, and still the requirement is not met: asking again would go round in circles. What policy
    /// says of the service comes along, where the flow is for one.
    NotAchieved(Option<Decision>),
}

impl Session {
    /// The logins that still count at `now`, each at the level it is still worth, for [`facts`](Actor::facts).
    #[must_use]
    pub fn logins(&self, freshness: Freshness, now: Timestamp) -> Vec<Login> {
        self.earned(freshness, now)
            .map(|earned| earned.login(freshness.age(earned.event.at, now)))
            .collect()
    }
}

/// A session, and in what capacity its person acts at this moment: the archives were just asked.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'s> {
    /// The session.
    pub session: &'s Session,
    /// The capacity.
    pub capacity: &'s Capacity,
}

impl Actor<'_> {
    /// What policy may know of them, given the [logins](Session::logins) that count.
    #[must_use]
    pub fn facts<'a>(&self, logins: &'a [Login]) -> Facts<'a> {
        Facts {
            logins,
            categories: match self.capacity {
                Capacity::Acting { categories, .. } => KnownCategories::Known(*categories),
                Capacity::Undecided => KnownCategories::NotYet,
                Capacity::Unavailable => KnownCategories::Unavailable,
            },
            client: None,
        }
    }

    /// The strongest of the logins that count and serve. What one login opens is told of that one, not of a stronger one by
    /// another way in.
    pub fn strongest(
        &self,
        freshness: Freshness,
        now: Timestamp,
        serves: impl Fn(Login) -> bool,
    ) -> Option<Earned<'_>> {
        let logins = self.session.logins(freshness, now);
        let earned = self.session.earned(freshness, now).zip(logins);
        let serving = earned.filter(|(_, login)| serves(*login));
        serving
            .map(|(earned, _)| earned)
            .max_by_key(|earned| (earned.level, earned.event.at))
    }

    /// Whether they have several profiles and act in none of them yet.
    fn is_undecided(&self) -> bool {
        *self.capacity == Capacity::Undecided
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

    /// The logins of a session that count for this flow.
    fn logins(&self, actor: Option<Actor<'_>>, now: Timestamp) -> Vec<Login> {
        actor
            .map(|actor| actor.session.logins(self.freshness(), now))
            .unwrap_or_default()
    }

    /// What policy says of the service that the flow is for; `None` when it is for none, and as long as the person has
    /// chosen no profile.
    #[must_use]
    pub fn decision(
        &self,
        actor: Option<Actor<'_>>,
        catalogue: &Catalogue,
        now: Timestamp,
    ) -> Option<Decision> {
        if actor.is_some_and(|actor| actor.is_undecided()) {
            return None;
        }
        let logins = self.logins(actor, now);
        Asked::new(&self.requirement, actor, catalogue, now).decide(&logins)
    }
}

/// What a flow asks, whatever logins there are.
struct Asked<'a> {
    requirement: &'a Requirement,
    catalogue: &'a Catalogue,
    /// What is known of the person, but for the logins.
    facts: Facts<'a>,
    now: Timestamp,
}

impl<'a> Asked<'a> {
    fn new(
        requirement: &'a Requirement,
        actor: Option<Actor<'_>>,
        catalogue: &'a Catalogue,
        now: Timestamp,
    ) -> Self {
        let facts = actor.map(|actor| actor.facts(&[])).unwrap_or_default();
        Self {
            facts: Facts {
                client: requirement.client.as_deref(),
                ..facts
            },
            requirement,
            catalogue,
            now,
        }
    }

    fn decide(&self, logins: &[Login]) -> Option<Decision> {
        let facts = Facts {
            logins,
            ..self.facts
        };
        self.decide_of(&facts)
    }

    fn decide_of(&self, facts: &Facts<'_>) -> Option<Decision> {
        let (service, operation) = self.requirement.service.as_ref()?;
        let decision = decide(self.catalogue, service, *operation, facts, self.now);
        Some(decision)
    }

    /// Whether one login meets everything by itself: what one proved and another one opens is no answer.
    fn is_met_by(&self, login: Login) -> bool {
        login.level.satisfies(self.requirement.level) && opens(self.decide(&[login]).as_ref())
    }

    /// The least level of a login that would meet everything, whatever logins there are: one more may be wanted although
    /// the service is open. What is below every level is never asked for.
    fn level(&self, decision: Option<&Decision>) -> RequiredAssurance {
        let opened = match decision {
            Some(Decision::StepUp { .. }) => decision.cloned(),
            _ => self.decide(&[]),
        };
        let least = match opened {
            Some(Decision::StepUp { to, .. }) => to,
            _ => RequiredAssurance(AssuranceLevel::Low),
        };
        self.requirement.level.max(least)
    }

    /// The ways in that would meet everything at a level, found by supposing a login of each.
    fn ways(&self, level: RequiredAssurance) -> Methods {
        // Categories are a fact of the person, open until they log in.
        let service = self.requirement.service.as_ref();
        let service = service.and_then(|(id, _)| self.catalogue.get(id));
        let categories = match (self.facts.categories, service) {
            (KnownCategories::NotYet, Some(service)) => {
                KnownCategories::Known(service.categories())
            }
            (known, _) => known,
        };
        let serves = |method: &AuthenticationMethod| {
            let supposed = Login::supposed(level.0, *method);
            let facts = Facts {
                logins: &[supposed],
                categories,
                ..self.facts
            };
            level.0 <= method.highest_level() && opens(self.decide_of(&facts).as_ref())
        };
        self.catalogue.offered().iter().filter(serves).collect()
    }
}

/// Whether a decision opens; so does none, where no service is asked for.
fn opens(decision: Option<&Decision>) -> bool {
    matches!(
        decision,
        None | Some(Decision::Permit { .. } | Decision::Provisional { .. })
    )
}

/// What a flow does next, given the session of its browser and in what capacity its person acts. Pure: the same stored
/// state always gives the same step.
#[must_use]
pub fn next_step(
    flow: &LoginFlow,
    actor: Option<Actor<'_>>,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Step {
    if let Some(FlowOutcome::Refused { code }) = &flow.outcome {
        return refuse(FlowRefusal::BrokenOff { code: code.clone() });
    }
    let requirement = &flow.requirement;
    let is_new_enough = !requirement.force || flow.logged_in();
    let undecided = actor.filter(Actor::is_undecided);
    if is_new_enough && !flow.logins(undecided, now).is_empty() {
        return match requirement.interactive {
            true => Step::ChooseProfile,
            false => refuse(FlowRefusal::ProfileRequired),
        };
    }
    // Who still has to log in chooses afterwards: it may be somebody else by then.
    let actor = actor.filter(|actor| !actor.is_undecided());
    let asked = Asked::new(requirement, actor, catalogue, now);
    let logins = flow.logins(actor, now);
    let decision = match asked.decide(&logins) {
        Some(denied @ Decision::Deny { .. }) => return refuse(FlowRefusal::Denied(denied)),
        decision => decision,
    };
    let level = asked.level(decision.as_ref());
    // A provider tells of a person what it is asked for. Where more is asked for now, one login more brings it; where
    // even that did not, or no page may be shown, or whoever vouched for the person last knows no more, what is known has
    // to do.
    let tells_enough = !requirement.contacts
        || flow.logged_in()
        || !requirement.interactive
        || actor.is_some_and(|actor| {
            let mut latest = actor.session.events().iter().rev();
            let knows_more = |login: &AuthenticationEvent| login.method.tells_contacts();
            actor.session.person().has_contacts() || !latest.next().is_some_and(knows_more)
        });
    if is_new_enough && tells_enough && logins.iter().any(|login| asked.is_met_by(*login)) {
        return Step::Return(flow.return_to.clone());
    }
    if flow.logged_in() {
        return refuse(FlowRefusal::NotAchieved(decision));
    }
    let methods = asked.ways(level);
    if methods.is_empty() {
        return refuse(FlowRefusal::OutOfReach);
    }
    if !requirement.interactive {
        return refuse(match actor {
            Some(_) => FlowRefusal::StepUpRequired,
            None => FlowRefusal::LoginRequired,
        });
    }
    let ways = WaysIn { level, methods };
    match &requirement.provider_hint {
        Some(hint) => Step::Start {
            hint: hint.clone(),
            ways,
        },
        None => Step::Choose(ways),
    }
}

fn refuse(reason: FlowRefusal) -> Step {
    Step::Refuse { reason }
}
