//! The portal for somebody who is logged in: who they are, how they proved it, what opens and what one step more opens.

use std::sync::Arc;

use askama::Template as _;
use axum::response::Response;
use http::StatusCode;

use super::explanation::{methods_in_words, operation_key};
use super::profile::ActsAs;
use super::proof::Proof;
use super::{Layout, PagePolicy, html};
use crate::archive::Capacity;
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::identity::{AchievedAssurance, Methods, RequiredAssurance};
use crate::policy::{Catalogue, Decision, Facts, Operation, Service, decide};
use crate::session::{Actor, Freshness, LoginFlow, Session};

/// The portal of a session; `several` tells whether its person has other profiles to change to.
#[must_use]
pub fn portal(visit: &Visit, actor: Actor<'_>, several: bool) -> Response {
    let (texts, session) = (visit.language, actor.session);
    let person = session.person();
    let earned = session.assurance(Freshness::default(), visit.gateway.now());
    let level = earned.map(|earned| earned.level);
    let page = PortalPage {
        layout: Layout::new(visit, texts.say("portal-title")),
        name: person.display_name(),
        fiscal_code: person.fiscal_code().map(|code| code.expose().to_owned()),
        level: level.map(|level| level.0.digit()),
        acts_as: ActsAs::new(actor, texts),
        several,
        proofs: Proof::all(visit, session),
        has_pins: visit.gateway.pin_care().is_some(),
        is_operator: is_operator(visit, session),
        services: services(visit, actor, level),
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "portal.html")]
struct PortalPage<'a> {
    layout: Layout<'a>,
    name: Option<String>,
    fiscal_code: Option<String>,
    level: Option<u8>,
    /// The profile, in words; `None` while the archives do not say.
    acts_as: Option<ActsAs>,
    several: bool,
    proofs: Vec<Proof>,
    /// Whether there are PINs to look after.
    has_pins: bool,
    /// Whether the person works at the desk.
    is_operator: bool,
    /// `None` while the archives do not say what opens.
    services: Option<Arc<str>>,
}

impl PortalPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// Whether a session is that of an operator. At whatever level: the desk itself asks for the one that it needs.
fn is_operator(visit: &Visit, session: &Session) -> bool {
    let person = session.person().fiscal_code();
    let desk = visit.gateway.desk();
    desk.zip(person)
        .is_some_and(|(desk, person)| desk.operators().find(person).is_some())
}

/// The lists of services, which are the same for everybody in the same situation.
fn services(visit: &Visit, actor: Actor<'_>, level: Option<AchievedAssurance>) -> Option<Arc<str>> {
    if *actor.capacity == Capacity::Unavailable {
        return None;
    }
    let (texts, now) = (visit.language, visit.gateway.now());
    let catalogue = visit.gateway.catalogue();
    let logins = actor.session.logins(Freshness::default(), now);
    let facts = actor.facts(&logins);
    let situation = catalogue.situation(&facts, now);
    let make = || {
        let operations = Operation::ALL.map(|operation| texts.say(operation_key(operation)));
        let services = Services::of(visit, &facts, &catalogue, &operations);
        let further = services.further.into_iter();
        let lists = ServiceLists {
            texts,
            open: services.open,
            further: further
                .map(|group| Further::new(visit, level, group))
                .collect(),
            closed: services.closed,
        };
        // Writing to a String does not fail.
        lists.render().unwrap_or_default()
    };
    let fragments = visit.gateway.fragments();
    Some(fragments.get(&catalogue, (texts, situation), make))
}

#[derive(askama::Template)]
#[template(path = "portal_services.html")]
struct ServiceLists<'a> {
    texts: Language,
    open: Vec<Row<'a>>,
    further: Vec<Further<'a>>,
    closed: Vec<Row<'a>>,
}

/// A service and what one may do there.
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    operations: Vec<Entry<'a>>,
}

/// An operation of a service.
struct Entry<'a> {
    name: &'static str,
    label: &'a str,
    is_provisional: bool,
}

/// What one login more of a level, by some ways in, opens.
struct Group<'a> {
    to: RequiredAssurance,
    methods: Methods,
    rows: Vec<Row<'a>>,
}

/// The same as the page shows it.
struct Further<'a> {
    /// What tells the sections of the page apart.
    id: String,
    title: String,
    level: u8,
    /// Where that login begins, if every way in to the level does. Otherwise it begins at the service.
    href: Option<String>,
    rows: Vec<Row<'a>>,
}

impl<'a> Further<'a> {
    fn new(visit: &Visit, has: Option<AchievedAssurance>, group: Group<'a>) -> Self {
        let level = group.to.0.digit();
        let digit = level.to_string();
        let is_any = group.methods == visit.gateway.ways_to(group.to).methods;
        // A login of the level is there, but too old or by another way in.
        let is_again = has.is_some_and(|has| has.satisfies(group.to));
        let names: Vec<&str> = group.methods.iter().map(|method| method.name()).collect();
        let texts = visit.language;
        Self {
            id: if is_any {
                digit.clone()
            } else {
                format!("{digit}-{}", names.join("-"))
            },
            title: match (is_any, is_again) {
                (true, false) => texts.say_with("portal-further", "level", &digit),
                (true, true) => texts.say_with("portal-further-again", "level", &digit),
                (false, _) => {
                    let methods = &methods_in_words(group.methods, texts);
                    texts.say_all(
                        "portal-further-by",
                        &[("level", &digit), ("methods", methods)],
                    )
                }
            },
            level,
            href: is_any.then(|| format!("/login?level={level}")),
            rows: group.rows,
        }
    }
}

/// The catalogue as policy decides it for a session.
struct Services<'a> {
    open: Vec<Row<'a>>,
    further: Vec<Group<'a>>,
    /// What stays closed to this person.
    closed: Vec<Row<'a>>,
}

impl<'a> Services<'a> {
    fn of(
        visit: &Visit,
        facts: &Facts<'_>,
        catalogue: &'a Catalogue,
        labels: &'a [String; 2],
    ) -> Self {
        let (language, now) = (visit.language, visit.gateway.now());
        let (mut open, mut closed, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for service in catalogue.services() {
            for (operation, label) in Operation::ALL.into_iter().zip(labels) {
                if service.rule(operation).is_none() {
                    continue;
                }
                let decision = decide(catalogue, service.id(), operation, facts, now);
                let entry = Entry {
                    name: operation.name(),
                    label,
                    is_provisional: matches!(decision, Decision::Provisional { .. }),
                };
                match decision {
                    Decision::Permit { .. } | Decision::Provisional { .. } => {
                        add(&mut open, service, language, entry);
                    }
                    Decision::StepUp { to, methods, .. } => {
                        steps.push((to, methods, service, entry));
                    }
                    Decision::Deny { .. } => add(&mut closed, service, language, entry),
                }
            }
        }
        // Lower levels first, and of one level what opens by every way in; the rest in the order of the catalogue.
        steps.sort_by_cached_key(|(to, methods, ..)| {
            let is_particular = *methods != visit.gateway.ways_to(*to).methods;
            (*to, is_particular, methods.to_string())
        });
        let mut further: Vec<Group<'a>> = Vec::new();
        for (to, methods, service, entry) in steps {
            match further.last_mut() {
                Some(group) if (group.to, group.methods) == (to, methods) => {
                    add(&mut group.rows, service, language, entry);
                }
                _ => {
                    let mut rows = Vec::new();
                    add(&mut rows, service, language, entry);
                    further.push(Group { to, methods, rows });
                }
            }
        }
        Self {
            open,
            further,
            closed,
        }
    }
}

/// Adds an operation to the row of its service, which is the last one or a new one.
fn add<'a>(rows: &mut Vec<Row<'a>>, service: &'a Service, language: Language, entry: Entry<'a>) {
    match rows.last_mut() {
        Some(row) if row.id == service.id().as_str() => row.operations.push(entry),
        _ => rows.push(Row {
            id: service.id().as_str(),
            name: service.name().in_language(language.code()),
            operations: vec![entry],
        }),
    }
}

/// The page after another person's session was closed by this login: it says so before anything goes on.
#[must_use]
pub fn other_person(visit: &Visit, session: &Session, flow: &LoginFlow) -> Response {
    let page = OtherPersonPage {
        layout: Layout::new(visit, visit.language.say("other-person-title")),
        name: session.person().display_name(),
        go_on: crate::http::flow::address(flow),
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "other_person.html")]
struct OtherPersonPage<'a> {
    layout: Layout<'a>,
    name: Option<String>,
    go_on: String,
}

impl OtherPersonPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
