//! The ways in: the portal for who is not logged in, the page of a login flow, and the SPID button in both.

use axum::response::Response;
use http::StatusCode;

use super::cie::CieButton;
use super::cns::CnsButton;
use super::explanation::methods_in_words;
use super::pin::pin_button;
use super::{Layout, PagePolicy, html};
use crate::http::flow::start_address;
use crate::http::language::Language;
use crate::http::openid::{upstream_address, upstream_name};
use crate::http::visit::Visit;
use crate::http::ways::offer;
use crate::identity::{
    AssuranceLevel, AuthenticationEvent, AuthenticationMethod, RequiredAssurance,
};
use crate::session::{Earned, Freshness, LoginFlow, ReturnTo, Session, WaysIn};

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
        let ways = gateway.spid_ways();
        let (offered, others) = offer(&ways, level, gateway.random());
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

/// A way in by an ordinary OpenID Connect provider.
struct UpstreamLink {
    name: String,
    href: String,
}

/// The ordinary providers that reach a level.
fn upstreams(
    visit: &Visit,
    flow: Option<&LoginFlow>,
    level: RequiredAssurance,
) -> Vec<UpstreamLink> {
    let upstreams = visit.gateway.upstreams().iter();
    let reaching = upstreams.filter(|upstream| upstream.settings().highest() >= level.0);
    reaching
        .map(|upstream| UpstreamLink {
            name: upstream_name(upstream, visit.language).to_owned(),
            href: upstream_address(upstream, flow, level),
        })
        .collect()
}

/// The portal for somebody who is not logged in.
#[must_use]
pub fn welcome(visit: &Visit) -> Response {
    let level = visit.gateway.settings().minimum_level();
    let texts = visit.language;
    let page = WelcomePage {
        layout: Layout::new(visit, texts.say("welcome-title")),
        button: SpidButton::new(visit, None, level),
        cie: CieButton::new(visit, None, level),
        card: CnsButton::new(visit, None),
        pin: pin_button(visit, None),
        upstreams: upstreams(visit, None, level),
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
    cie: Option<CieButton>,
    card: Option<CnsButton>,
    /// Where the login with the PIN is.
    pin: Option<String>,
    /// Ordinary providers.
    upstreams: Vec<UpstreamLink>,
    services: Vec<String>,
}

impl WelcomePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// The ways in that serve, for a flow or for the portal; to somebody who is logged in it says why once is not enough.
#[must_use]
pub fn login(
    visit: &Visit,
    flow: Option<&LoginFlow>,
    session: Option<&Session>,
    ways: WaysIn,
) -> Response {
    let texts = visit.language;
    let minimum = visit.gateway.settings().minimum_level();
    let catalogue = visit.gateway.catalogue();
    let service = flow
        .and_then(|flow| flow.requirement.service.as_ref())
        .and_then(|(id, _)| catalogue.get(id))
        .map(|service| service.name().in_language(texts.code()).to_owned());
    let serves = |method| ways.methods.contains(method).then_some(());
    let page = LoginPage {
        layout: Layout::new(visit, texts.say("login-title")),
        button: serves(AuthenticationMethod::Spid)
            .map(|()| SpidButton::new(visit, flow, ways.level.max(minimum))),
        cie: serves(AuthenticationMethod::Cie)
            .and_then(|()| CieButton::new(visit, flow, ways.level.max(minimum))),
        card: serves(AuthenticationMethod::Cns).and_then(|()| CnsButton::new(visit, flow)),
        pin: serves(AuthenticationMethod::Pin).and_then(|()| pin_button(visit, flow)),
        upstreams: serves(AuthenticationMethod::OpenId)
            .map(|()| upstreams(visit, flow, ways.level.max(minimum)))
            .unwrap_or_default(),
        service,
        notice: session.and_then(|session| notice(visit, session, ways)),
        needed: texts.say(match ways.level.0 {
            AssuranceLevel::BelowLow | AssuranceLevel::Low => "login-level-1",
            AssuranceLevel::Substantial => "login-level-2",
            AssuranceLevel::High => "login-level-3",
        }),
        methods: methods_in_words(ways.methods, texts),
        cancel: flow
            .filter(|flow| flow.return_to != ReturnTo::Portal)
            .map(|flow| format!("/login/cancel?flow={}", flow.id.as_str())),
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

/// Why somebody who is logged in has to log in once more.
fn notice(visit: &Visit, session: &Session, ways: WaysIn) -> Option<String> {
    let (texts, now) = (visit.language, visit.gateway.now());
    let worth: Vec<Earned<'_>> = session.earned(Freshness::default(), now).collect();
    let best = worth.iter().map(|earned| earned.level).max()?;
    let level = ways.level.0.digit().to_string();
    let is_by = |event: &AuthenticationEvent| ways.methods.contains(event.method);
    if !best.satisfies(ways.level) {
        let mut proved = session.events().iter();
        let is_old = proved.any(|event| is_by(event) && event.level.satisfies(ways.level));
        let key = if is_old {
            "login-expired"
        } else {
            "login-step-up"
        };
        let has = best.0.digit().to_string();
        return Some(texts.say_all(key, &[("has", &has), ("level", &level)]));
    }
    let serves = |earned: &Earned<'_>| is_by(earned.event) && earned.level.satisfies(ways.level);
    Some(texts.say(if worth.iter().any(serves) {
        "login-repeat"
    } else {
        "login-other-method"
    }))
}

#[derive(askama::Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    layout: Layout<'a>,
    /// The ways in by SPID, if it is one that serves.
    button: Option<SpidButton>,
    /// The login with CIE, likewise.
    cie: Option<CieButton>,
    /// The login with a card, likewise.
    card: Option<CnsButton>,
    /// Where the login with the PIN is, likewise.
    pin: Option<String>,
    /// Ordinary providers, likewise.
    upstreams: Vec<UpstreamLink>,
    /// The service that was asked for.
    service: Option<String>,
    /// Why the login there is does not do.
    notice: Option<String>,
    /// What the level takes.
    needed: String,
    /// Every way in that serves.
    methods: String,
    /// Where a person gives up and goes back to the application.
    cancel: Option<String>,
}

impl LoginPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
