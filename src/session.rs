//! The unified session: one person, however many times and ways they proved who they are.
//!
//! In: verified identities from `login`, requirements from `downstream` and the portal. Out: a [`Session`] with the level
//! it is worth at a moment, and [`LoginFlow`]s, the stored state machines that lead there. Everything lives in a
//! [`Shelf`](crate::store::Shelf), so any node can take any request. Layer 3: uses `identity`, `crypto`, `policy` and
//! the store's ports, and the archive's word for a profile; knows no protocol and no page.

mod apps;
mod flow;
mod freshness;
mod ids;
mod index;
mod origin;
mod pins;
mod registry;
mod revoked;
mod step;

use std::sync::Arc;
use std::time::Duration;

use chrono::serde::ts_nanoseconds;
use serde::{Deserialize, Serialize};

use crate::archive::ProfileChoice;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, CardKind, Person,
    Timestamp,
};
use crate::policy::Login;

pub use apps::SiteKey;
pub use flow::{FLOW_LIFE, FlowOutcome, Flows, LoginFlow, NewFlow, Requirement, ReturnTo};
pub use freshness::{Freshness, LastsTooLong, LevelAges, LoginAges};
pub use ids::{BrowserCookie, BrowserDigest, FlowId, NotAFlowId, SessionHandle, SessionId};
pub use origin::{Device, Network, Origin, System, WebBrowser};
pub use pins::{PinNow, PinStanding};
pub use registry::{Before, Established, SessionLimits, Sessions};
pub use revoked::RevokedCards;
pub use step::{Actor, FlowRefusal, Step, WaysIn, next_step};

/// How many logins a session remembers. More than anyone makes in its lifetime; the oldest is forgotten first.
const EVENTS_KEPT: usize = 16;

/// An application that took part in a session and is told when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The application's client id.
    pub client_id: String,
}

/// One person's session.
#[derive(Debug, Clone)]
pub struct Session {
    kept: Kept,
    /// How long its logins count, as the installation says now.
    ages: Arc<LoginAges>,
}

/// What the store keeps of a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    handle: SessionHandle,
    secret: ids::SecretDigest,
    person: Person,
    /// The logins in the capacity that the person acts in now: as a citizen, or for one company.
    events: Vec<AuthenticationEvent>,
    /// The logins in another capacity. Their level counts for nothing here, but their providers may keep a session.
    set_aside: Vec<AuthenticationEvent>,
    #[serde(with = "ts_nanoseconds")]
    started: Timestamp,
    #[serde(with = "ts_nanoseconds")]
    last_seen: Timestamp,
    participants: Vec<Participant>,
    /// Where the latest login came from.
    origin: Origin,
    /// The profile that the person chose to act in.
    profile: Option<ProfileChoice>,
    /// What applications on other hosts hold of it.
    site_keys: Vec<apps::KnownKey>,
}

/// A level, and the login that earned it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned<'a> {
    /// What the login is still worth: never more than it proved.
    pub level: AchievedAssurance,
    /// The login.
    pub event: &'a AuthenticationEvent,
}

impl Earned<'_> {
    /// The login as policy sees it, at the age it counts as.
    #[must_use]
    pub fn login(&self, age: Duration) -> Login {
        let method = self.event.method;
        let kind = self.event.card.as_ref().map(|card| card.kind);
        Login {
            level: self.level,
            method,
            age,
            // A login by card whose card nobody wrote down is with none that a rule could mean.
            card: kind.or((method == AuthenticationMethod::Cns).then_some(CardKind::Other)),
        }
    }
}

impl Session {
    /// Whether nobody proved more than that they have the first half of an initial PIN: such a session is for the request that
    /// it was begun for, and opens no page of ours.
    #[must_use]
    pub fn is_by_first_half(&self) -> bool {
        let events = &mut self.kept.events.iter();
        events.all(|event| event.level.0 == AssuranceLevel::BelowLow)
    }

    /// Its lasting name.
    #[must_use]
    pub fn handle(&self) -> &SessionHandle {
        &self.kept.handle
    }

    /// Whose it is, as the latest login described them and, where it is silent, those before it.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.kept.person
    }

    /// The logins that count, oldest first: those in the capacity of the latest one. Who proved a company's mandate at a
    /// low level did not prove it at the level of a login as a citizen, nor the other way round.
    #[must_use]
    pub fn events(&self) -> &[AuthenticationEvent] {
        &self.kept.events
    }

    /// Every login, those in another capacity first: for whoever must be told that the session ends.
    pub fn all_events(&self) -> impl Iterator<Item = &AuthenticationEvent> {
        self.kept.set_aside.iter().chain(&self.kept.events)
    }

    /// The SAML identity providers that may keep a session of this person, each once.
    #[must_use]
    pub fn kept_at_providers(&self) -> Vec<String> {
        let mut providers = Vec::new();
        for saml in self.all_events().filter_map(|event| event.saml.as_ref()) {
            if saml.session_index.is_some() && !providers.contains(&saml.identity_provider) {
                providers.push(saml.identity_provider.clone());
            }
        }
        providers
    }

    /// When it began.
    #[must_use]
    pub fn started(&self) -> Timestamp {
        self.kept.started
    }

    /// When it was last used, to within a minute.
    #[must_use]
    pub fn last_seen(&self) -> Timestamp {
        self.kept.last_seen
    }

    /// The applications that took part, in the order they came.
    #[must_use]
    pub fn participants(&self) -> &[Participant] {
        &self.kept.participants
    }

    /// Where its latest login came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.kept.origin
    }

    /// The profile that the person chose to act in; `None` as long as they did not. Whether it is still theirs, the
    /// archives tell.
    #[must_use]
    pub fn profile(&self) -> Option<&ProfileChoice> {
        self.kept.profile.as_ref()
    }

    /// What the session is worth at `now`: the highest level that one of its logins still counts at, and of equal ones
    /// the latest. `None` when no login counts any more.
    #[must_use]
    pub fn assurance(&self, freshness: Freshness, now: Timestamp) -> Option<Earned<'_>> {
        self.earned(freshness, now)
            .max_by_key(|earned| (earned.level, earned.event.at))
    }

    /// Every login that still counts at `now`, with what it is worth, oldest first.
    pub fn earned(&self, freshness: Freshness, now: Timestamp) -> impl Iterator<Item = Earned<'_>> {
        let events = self.kept.events.iter();
        events.filter_map(move |event| self.worth(event, freshness, now))
    }

    /// What one of its logins is worth at `now`; `None` when it counts no more.
    #[must_use]
    pub fn worth<'a>(
        &self,
        event: &'a AuthenticationEvent,
        freshness: Freshness,
        now: Timestamp,
    ) -> Option<Earned<'a>> {
        let level = self.ages.worth(event, freshness, now)?;
        Some(Earned { level, event })
    }

    /// Until when one of its logins counts at each level up to the one it proved, highest first, past moments included.
    pub fn ends(
        &self,
        event: &AuthenticationEvent,
    ) -> impl Iterator<Item = (AchievedAssurance, Timestamp)> {
        self.ages.ends(event)
    }
}

impl Kept {
    /// Takes a further login of the same person.
    fn rise(&mut self, person: Person, event: AuthenticationEvent, origin: Origin, now: Timestamp) {
        if person.company != self.person.company {
            self.set_aside.append(&mut self.events);
            // It was chosen in that capacity.
            self.profile = None;
        }
        self.person = person.or_as_known(&self.person);
        self.origin = origin;
        self.site_keys.clear();
        self.events.push(event);
        for events in [&mut self.events, &mut self.set_aside] {
            let surplus = events.len().saturating_sub(EVENTS_KEPT);
            events.drain(..surplus);
        }
        self.last_seen = now;
    }

    /// Notes an application, once.
    fn admit(&mut self, participant: Participant) {
        if !self.participants.contains(&participant) {
            self.participants.push(participant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Standing;
    use crate::crypto::SystemRandom;
    use crate::identity::{
        AssuranceLevel, AuthenticationMethod, Company, EvidenceId, FiscalCode, PersonKey,
    };

    fn person(company: Option<&str>) -> Person {
        let code = FiscalCode::parse("RSSMRA80A01H501U").unwrap();
        let mut person = Person::new(PersonKey::FiscalCode(code));
        person.company = company.map(|name| Company {
            name: name.to_owned().into(),
            fiscal_number: None,
            vat_number: None,
            registered_office: None,
        });
        person
    }

    fn event(level: AssuranceLevel, at: Timestamp) -> AuthenticationEvent {
        AuthenticationEvent {
            method: AuthenticationMethod::Spid,
            provider: "https://idp.example".to_owned(),
            level: AchievedAssurance(level),
            at,
            evidence: EvidenceId("1".to_owned()),
            saml: None,
            card: None,
        }
    }

    #[test]
    fn a_company_counts_with_the_level_of_the_login_that_proved_it() {
        use AssuranceLevel::{High, Low, Substantial};
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let id = SessionId::generate(&SystemRandom);
        let kept = Kept {
            handle: id.handle().clone(),
            secret: id.digest(),
            person: person(None),
            events: vec![event(High, now)],
            set_aside: Vec::new(),
            started: now,
            last_seen: now,
            participants: Vec::new(),
            origin: Origin::default(),
            profile: None,
            site_keys: Vec::new(),
        };
        let mut session = Session {
            kept,
            ages: Arc::default(),
        };
        for (company, level, counts) in [
            // A mandate proved at a low level does not rise by the citizen's login before it.
            (Some("Alfa"), Low, Low),
            (Some("Alfa"), Substantial, Substantial),
            (Some("Alfa"), Low, Substantial),
            // Nor is another company's mandate worth more than its own login.
            (Some("Beta"), Low, Low),
            // And the citizen does not rise by the companies' logins.
            (None, Low, Low),
        ] {
            let login = event(level, now);
            session
                .kept
                .rise(person(company), login, Origin::default(), now);
            let logins = session.logins(Freshness::default(), now);
            let best = logins.iter().map(|login| login.level).max();
            assert_eq!(best, Some(AchievedAssurance(counts)), "{company:?}");
            let standing = Standing::citizen().with_login_of(session.person());
            assert_eq!(standing.profiles().len(), usize::from(company.is_some()));
        }
        // The providers of all of them are told when the session ends.
        assert_eq!(session.all_events().count(), 6);
    }
}
