//! The matrix of `varco demo --once`: what every operation of every service comes to for people who really logged in, by
//! SPID at each level, with their card and with their PIN, in each of their profiles; and for one of them with CIE, at each level
//! by each protocol.
//!
//! A person logs in at a level and then asks the sample application for each operation of the catalogue; where the
//! browser ends up is the decision. What the gateway did is then held against what policy's function says of a person
//! of the categories in the token, so that neither can be wrong alone.

use std::time::Duration;

use super::Running;
use super::citizen::{BrowseError, Citizen, Page};
use super::cns::HeldCard;
use super::once::{OnceError, Row, Seen, ask, decision};
use super::people::{PEOPLE, TestPerson};
use super::pins::{PINS, TestPin};
use super::walk::{Place, enter_pin, go_to_provider, log_in, show_card};
use crate::archive::ProfileChoice;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, CardKind, Clock as _, SystemClock,
};
use crate::policy::{Facts, KnownCategories, Login, Operation, ServiceId, decide};

/// Who vouches for a PIN: the institute itself.
pub(super) const PIN_ISSUER: &str = "Istituto di Prova";

/// The levels that a provider can give in the demo, whose gateway is content with no less.
const LEVELS: [AssuranceLevel; 2] = [AssuranceLevel::Substantial, AssuranceLevel::High];

/// How somebody logs in.
#[derive(Clone, Copy)]
enum Way<'a> {
    /// At a provider, with this level.
    At(Place<'a>, AssuranceLevel),
    /// With a card.
    Card(&'a HeldCard),
    /// With a PIN.
    Pin(&'a TestPin),
}

impl Way<'_> {
    fn method(self) -> AuthenticationMethod {
        match self {
            Self::At(place, _) => place.way(),
            Self::Card(_) => AuthenticationMethod::Cns,
            Self::Pin(_) => AuthenticationMethod::Pin,
        }
    }

    /// The name of the method, with its protocol where there are several.
    fn name(self) -> &'static str {
        match self {
            Self::At(place, _) => place.method(),
            Self::Card(_) | Self::Pin(_) => self.method().name(),
        }
    }

    /// Who vouches for the person.
    fn provider(self) -> &'static str {
        match self {
            Self::At(place, _) => place.provider().name,
            Self::Card(held) => held.card.issuer.name,
            Self::Pin(_) => PIN_ISSUER,
        }
    }

    fn level(self) -> AssuranceLevel {
        match self {
            Self::At(_, level) => level,
            Self::Card(_) => AssuranceLevel::High,
            Self::Pin(pin) => pin.grade.level().0,
        }
    }

    fn card(self) -> Option<CardKind> {
        match self {
            Self::At(..) | Self::Pin(_) => None,
            Self::Card(held) => Some(held.card.issuer.kind),
        }
    }

    fn citizen(self, demo: &Running) -> Result<Citizen, rustls::Error> {
        match self {
            Self::At(..) | Self::Pin(_) => Citizen::new(demo.authority()),
            Self::Card(held) => Citizen::with_card(demo.authority(), held),
        }
    }

    /// From the ways in to wherever the gateway leads after the login.
    async fn log_in(
        self,
        citizen: &mut Citizen,
        ways_in: &Page,
        person: &TestPerson,
    ) -> Result<Page, BrowseError> {
        match self {
            Self::At(place, level) => {
                let login = go_to_provider(citizen, ways_in, place).await?;
                log_in(citizen, &login, person, level.digit()).await
            }
            Self::Card(_) => show_card(citizen, ways_in).await,
            Self::Pin(pin) => {
                let code = person.fiscal_code.unwrap_or_default();
                enter_pin(citizen, ways_in, code, pin.pin).await
            }
        }
    }
}

/// Lets people log in by each way, at each level, and act in each of their profiles, and ask for everything. A level of
/// SPID is had from the first provider that reaches no more. Adds to `rows` what it came to.
///
/// # Errors
/// [`OnceError`] when a login does not succeed, a page is none of those that a decision leads to, or the gateway and the
/// function disagree.
pub(super) async fn rows(demo: &Running, rows: &mut Vec<Row>) -> Result<(), OnceError> {
    for person in PEOPLE.iter().filter(|person| person.fiscal_code.is_some()) {
        for level in LEVELS {
            let idp = demo.idps().iter().find(|idp| idp.provider.highest == level);
            let idp = idp.ok_or_else(|| OnceError::Told(format!("no provider for {level}")))?;
            for choice in person.standing().choices() {
                let way = Way::At(idp.into(), level);
                walk(demo, (person, &choice, way), rows).await?;
            }
        }
    }
    let [person, ..] = &PEOPLE;
    for place in demo.by_cie() {
        for level in LEVELS {
            for choice in person.standing().choices() {
                walk(demo, (person, &choice, Way::At(place, level)), rows).await?;
            }
        }
    }
    for held in demo.cards().iter().filter(|held| held.card.flaw.is_none()) {
        let card = held.card.slug;
        let person = held.card.person();
        let person = person.ok_or_else(|| OnceError::Told(format!("nobody holds {card}")))?;
        for choice in person.standing().choices() {
            walk(demo, (person, &choice, Way::Card(held)), rows).await?;
        }
    }
    for pin in &PINS {
        let person = pin.person();
        let person =
            person.ok_or_else(|| OnceError::Told(format!("nobody is {}", pin.username)))?;
        for choice in person.standing().choices() {
            walk(demo, (person, &choice, Way::Pin(pin)), rows).await?;
        }
    }
    Ok(())
}

async fn walk(
    demo: &Running,
    (person, choice, way): (&TestPerson, &ProfileChoice, Way<'_>),
    rows: &mut Vec<Row>,
) -> Result<(), OnceError> {
    let categories = person.standing().categories_in(choice).unwrap_or_default();
    let level = way.level();
    let at = |level| {
        [Login {
            level: AchievedAssurance(level),
            method: way.method(),
            age: Duration::ZERO,
            card: way.card(),
        }]
    };
    let (logins, lower) = (at(level), level.digit().checked_sub(1));
    let lower = lower.and_then(AssuranceLevel::from_digit).map(at);
    let known = |logins| Facts {
        logins,
        categories: KnownCategories::Known(categories),
        client: Some(demo.client_id()),
    };
    let facts = known(logins.as_slice());
    let catalogue = demo.catalogue();
    let now = SystemClock.now();
    let all = catalogue.services().flat_map(|service| {
        let operations = service.operations();
        operations.map(move |(operation, _)| (service.id(), operation))
    });
    let opens = |(service, operation): (&ServiceId, Operation), facts| {
        decide(&catalogue, service, operation, facts, now).name() == "permit"
    };
    let open: Vec<_> = all.filter(|asked| opens(*asked, &facts)).collect();
    // The walk begins at what opens to this login and to none that is lower, if anything does: the Ministry is believed no
    // further than it was asked.
    let lower = lower.as_ref().map(|logins| known(logins.as_slice()));
    let opens_lower = |asked| lower.as_ref().is_none_or(|lower| opens(asked, lower));
    let mut demanding = open.iter().copied().filter(|asked| !opens_lower(*asked));
    let first = demanding.next().or(open.first().copied());
    let first =
        first.ok_or_else(|| OnceError::Told(format!("nothing opens to {}", choice.key())))?;
    let mut citizen = way.citizen(demo)?;
    let ways_in = ask(demo, &mut citizen, (first.0.as_str(), first.1.name())).await?;
    let back = way.log_in(&mut citizen, &ways_in, person).await?;
    if !person.profiles.is_empty() {
        let form = back.form_with("token")?.pressed(&choice.key());
        citizen.submit(&back, &form).await?;
    }
    let seen = Seen::look(demo, &mut citizen).await?;
    let told = seen.level()?;
    if told != level {
        return Err(OnceError::Told(format!(
            "the token says {told}, not {level}"
        )));
    }
    let as_told = seen.categories(demo)?;
    if as_told != categories {
        return Err(OnceError::Told(format!(
            "the token says {as_told} of {}, who acts as {}",
            person.username,
            choice.key()
        )));
    }
    for service in catalogue.services() {
        for (operation, _) in service.operations() {
            let (service, name) = (service.id(), operation.name());
            let page = ask(demo, &mut citizen, (service.as_str(), name)).await?;
            let decision = decision(demo, &mut citizen, &page).await?;
            let meant = decide(&catalogue, service, operation, &facts, SystemClock.now());
            if meant.name() != decision {
                let (who, meant) = (person.username, meant.name());
                return Err(OnceError::Told(format!(
                    "{service}/{name} for {who}: the gateway says {decision}, the function {meant}"
                )));
            }
            rows.push(Row {
                method: way.name(),
                provider: way.provider(),
                level,
                service: service.to_string(),
                operation: name,
                decision,
                categories,
            });
        }
    }
    Ok(())
}
