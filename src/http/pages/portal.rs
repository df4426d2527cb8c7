//! The portal for somebody who is logged in: who they are, how they proved it, what opens and what one step more opens.

use std::collections::BTreeMap;

use axum::response::Response;
use http::StatusCode;

use super::rome::in_words;
use super::{Layout, PagePolicy, html};
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::identity::{AuthenticationEvent, AuthenticationMethod, RequiredAssurance};
use crate::policy::{Decision, Operation, Service, decide};
use crate::session::{Freshness, LoginFlow, Session};

/// The portal of a session.
#[must_use]
pub fn portal(visit: &Visit, session: &Session) -> Response {
    let texts = visit.language;
    let services = Services::of(visit, session);
    let person = session.person();
    let earned = session.assurance(Freshness::default(), visit.gateway.now());
    let page = PortalPage {
        layout: Layout::new(visit, texts.say("portal-title")),
        name: person.display_name(),
        fiscal_code: person.fiscal_code().map(|code| code.expose().to_owned()),
        level: earned.map(|earned| earned.level.0.digit()),
        proofs: session
            .events()
            .iter()
            .rev()
            .map(|event| Proof::new(visit, event))
            .collect(),
        open: services.open,
        further: services.further,
        closed: services.closed,
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
    proofs: Vec<Proof>,
    open: Vec<ServiceRow>,
    further: Vec<Further>,
    closed: Vec<String>,
}

impl PortalPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// How a level was earned.
pub(super) struct Proof {
    pub(super) method: String,
    pub(super) provider: String,
    pub(super) level: u8,
    pub(super) when: String,
}

impl Proof {
    pub(super) fn new(visit: &Visit, event: &AuthenticationEvent) -> Self {
        let provider = visit.gateway.way(&event.provider);
        Self {
            method: visit.language.say(match event.method {
                AuthenticationMethod::Spid => "method-spid",
                AuthenticationMethod::Cie => "method-cie",
                AuthenticationMethod::Cns => "method-cns",
                AuthenticationMethod::Pin => "method-pin",
            }),
            provider: provider.map_or_else(|| event.provider.clone(), |way| way.name.clone()),
            level: event.level.0.digit(),
            when: in_words(event.at, visit.language),
        }
    }
}

/// A service and what one may do there.
struct ServiceRow {
    name: String,
    operations: Vec<String>,
}

/// What a further login of a level opens.
struct Further {
    level: u8,
    href: String,
    services: Vec<ServiceRow>,
}

/// The catalogue as policy decides it for a session.
struct Services {
    open: Vec<ServiceRow>,
    further: Vec<Further>,
    /// Services for other people.
    closed: Vec<String>,
}

impl Services {
    fn of(visit: &Visit, session: &Session) -> Self {
        let gateway = &visit.gateway;
        let catalogue = gateway.catalogue();
        let at = gateway.now();
        let logins = session.logins(Freshness::default(), at);
        let facts = session.facts(&logins);
        let mut open = Vec::new();
        let mut further: BTreeMap<RequiredAssurance, Vec<ServiceRow>> = BTreeMap::new();
        let mut closed = Vec::new();
        for service in catalogue.services() {
            let mut now = Vec::new();
            let mut later: BTreeMap<RequiredAssurance, Vec<Operation>> = BTreeMap::new();
            for (operation, _) in service.operations() {
                match decide(&catalogue, service.id(), operation, &facts, at) {
                    Decision::Permit { .. } | Decision::Provisional { .. } => now.push(operation),
                    Decision::StepUp { to, .. } => later.entry(to).or_default().push(operation),
                    Decision::Deny { .. } => {}
                }
            }
            if now.is_empty() && later.is_empty() {
                closed.push(name(service, visit.language));
            }
            if !now.is_empty() {
                open.push(ServiceRow::new(service, &now, visit.language));
            }
            for (level, operations) in later {
                let row = ServiceRow::new(service, &operations, visit.language);
                further.entry(level).or_default().push(row);
            }
        }
        let further = further.into_iter().map(|(level, services)| Further {
            level: level.0.digit(),
            href: format!("/login?level={}", level.0.digit()),
            services,
        });
        Self {
            open,
            further: further.collect(),
            closed,
        }
    }
}

impl ServiceRow {
    fn new(service: &Service, operations: &[Operation], language: Language) -> Self {
        let label = |operation: &Operation| {
            language.say(match operation {
                Operation::Consult => "operation-consult",
                Operation::Request => "operation-request",
            })
        };
        Self {
            name: name(service, language),
            operations: operations.iter().map(label).collect(),
        }
    }
}

fn name(service: &Service, language: Language) -> String {
    service.name().in_language(language.code()).to_owned()
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
