//! The ways in: the portal for who is not logged in, the page of a login flow, and the SPID button in both.

use axum::response::Response;
use http::StatusCode;

use super::{Layout, PagePolicy, html};
use crate::http::flow::start_address;
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::http::ways::offer;
use crate::identity::{AssuranceLevel, RequiredAssurance};
use crate::session::{Freshness, LoginFlow, ReturnTo, Session};

/// The button "Entra con SPID" and its menu (SPID access button rules): every provider that reaches the level, in a new
/// random order, then three fixed links. It is a `<details>`, so it opens without JavaScript and tells assistive
/// technology whether it is open.
pub(super) struct SpidButton {
    providers: Vec<ProviderLink>,
    /// Providers that are not offered since they cannot reach the level.
    others: Vec<String>,
}

struct ProviderLink {
    name: String,
    href: String,
}

impl SpidButton {
    fn new(visit: &Visit, flow: Option<&LoginFlow>, level: RequiredAssurance) -> Self {
        let gateway = &visit.gateway;
        let (offered, others) = offer(gateway.ways(), level, gateway.random());
        let mut others: Vec<String> = others.iter().map(|way| way.name.clone()).collect();
        others.sort();
        Self {
            providers: offered
                .iter()
                .map(|way| ProviderLink {
                    name: way.name.clone(),
                    href: start_address(flow, &way.entity_id, level),
                })
                .collect(),
            others,
        }
    }
}

/// The portal for somebody who is not logged in.
#[must_use]
pub fn welcome(visit: &Visit) -> Response {
    let level = visit.gateway.settings().minimum_level();
    let texts = visit.language;
    let page = WelcomePage {
        layout: Layout::new(visit, texts.say("welcome-title")),
        button: SpidButton::new(visit, None, level),
        services: visit
            .gateway
            .catalogue()
            .services()
            .map(|service| service.name().in_language(texts.code()).to_owned())
            .collect(),
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "welcome.html")]
struct WelcomePage<'a> {
    layout: Layout<'a>,
    button: SpidButton,
    services: Vec<String>,
}

impl WelcomePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// The ways in that reach `level`, for a flow or for the portal; to somebody who is logged in it says why once is not
/// enough.
#[must_use]
pub fn login(
    visit: &Visit,
    flow: Option<&LoginFlow>,
    session: Option<&Session>,
    level: RequiredAssurance,
) -> Response {
    let texts = visit.language;
    let catalogue = visit.gateway.catalogue();
    let service = flow
        .and_then(|flow| flow.requirement.service.as_ref())
        .and_then(|(id, _)| catalogue.get(id))
        .map(|service| service.name().in_language(texts.code()).to_owned());
    let has = session.and_then(|session| {
        let earned = session.assurance(Freshness::default(), visit.gateway.now())?;
        Some(earned.level.0)
    });
    let page = LoginPage {
        layout: Layout::new(visit, texts.say("login-title")),
        button: SpidButton::new(visit, flow, level),
        service,
        level: level.0.digit(),
        needed: texts.say(match level.0 {
            AssuranceLevel::Low => "login-level-1",
            AssuranceLevel::Substantial => "login-level-2",
            AssuranceLevel::High => "login-level-3",
        }),
        has_level: has.filter(|has| *has < level.0).map(|has| has.digit()),
        must_repeat: has.is_some_and(|has| has >= level.0),
        cancel: flow
            .filter(|flow| flow.return_to != ReturnTo::Portal)
            .map(|flow| format!("/login/cancel?flow={}", flow.id.as_str())),
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    layout: Layout<'a>,
    button: SpidButton,
    /// The service that was asked for.
    service: Option<String>,
    /// The level to reach.
    level: u8,
    /// What that level takes.
    needed: String,
    /// The level there is, when it is lower.
    has_level: Option<u8>,
    /// The level there is would do, but the login must be a new one.
    must_repeat: bool,
    /// Where a person gives up and goes back to the application.
    cancel: Option<String>,
}

impl LoginPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
