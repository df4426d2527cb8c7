//! `/forward-auth`: a proxy asks whether a request may pass.
//!
//! The answer is 200 with headers about the person; or 401 with the place to log in, as a redirect where the browser gets
//! our answer itself; or 403 with a reason code. It is asked for every request of every page, so it reads the session
//! once and writes nothing but news for the audit log, and the ticket of a provisional request. Whoever is no configured proxy gets an empty 403.

mod handover;

use std::net::IpAddr;

use axum::extract::State;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::cookies::Cookies;
use super::flow::{Acting, decided, denied_texts};
use super::language::Language;
use super::pages;
use super::state::Gateway;
use super::visit::ClientAddress;
use crate::archive::Capacity;
use crate::audit::AuditRecord;
use crate::downstream::forward_auth::{
    ForwardAuth, OWN_PATHS, Original, ProxyKind, Route, Site, Told, is_safe,
};
use crate::identity::Timestamp;
use crate::policy::{Decision, Facts, KnownCategories, Login, Operation, decide};
use crate::session::{Freshness, Session};
use crate::store::StoreError;

pub(super) use handover::{callback, hand_over, login, logout, start};

/// The proxy that asks, if it is a configured one. Handlers for proxies take it as an argument: none runs for anybody else.
pub(super) struct Asking(ProxyKind);

impl axum::extract::FromRequestParts<Gateway> for Asking {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let client: Option<IpAddr> = parts.extensions.get().map(|ClientAddress(client)| *client);
        let proxies = gateway.forward_auth().proxies();
        match proxies.find(client, &parts.headers) {
            Some(proxy) => Ok(Self(proxy.kind())),
            None => Err(pages::empty(StatusCode::FORBIDDEN)),
        }
    }
}

/// `/forward-auth`, by any method: Envoy repeats the original one.
pub(super) async fn check(
    State(gateway): State<Gateway>,
    Asking(kind): Asking,
    request: axum::extract::Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let (method, uri, headers) = (parts.method.as_str(), &parts.uri, &parts.headers);
    let Ok(original) = Original::read(kind, (method, uri), headers) else {
        return closed(kind, headers, "unclear-request", "bad-request", None);
    };
    let Some((site, route)) = gateway.forward_auth().routes().find(&original) else {
        return closed(kind, headers, "no-route", "not-found", None);
    };
    let question = Question {
        gateway: &gateway,
        kind,
        headers,
        original,
        site,
        route,
    };
    match question.answer().await {
        Ok(response) => response,
        Err(NoAnswer) => {
            tracing::error!(reason = "store-or-audit", "forward auth");
            let mut response = told(StatusCode::SERVICE_UNAVAILABLE, "deny", "unavailable");
            let soon = HeaderValue::from_static("5");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
            response
        }
    }
}

/// Store or audit log failed: nothing passes.
struct NoAnswer;

impl From<StoreError> for NoAnswer {
    fn from(_: StoreError) -> Self {
        Self
    }
}

/// A request of a browser for a part of a site.
struct Question<'a> {
    gateway: &'a Gateway,
    kind: ProxyKind,
    headers: &'a HeaderMap,
    original: Original<'a>,
    site: &'a Site,
    route: &'a Route,
}

impl Question<'_> {
    async fn answer(&self) -> Result<Response, NoAnswer> {
        let now = self.gateway.now();
        let operation = self.route.operation(self.original.method);
        let session = self.session(now).await?;
        let fresh = Freshness::default();
        let logins = session
            .as_ref()
            .map(|session| session.logins(fresh, now))
            .unwrap_or_default();
        let acting = Acting::of(self.gateway, session.as_ref()).await;
        let actor = acting.actor();
        // Who has several profiles chooses one on our own pages, as one logs in there.
        if actor.is_some_and(|actor| *actor.capacity == Capacity::Undecided) && !logins.is_empty() {
            return Ok(self.ask_to_log_in());
        }
        let facts = actor.map(|actor| actor.facts(&logins));
        let facts = Facts {
            client: self.route.client(),
            ..facts.unwrap_or_default()
        };
        let catalogue = self.gateway.catalogue();
        let decision = decide(&catalogue, self.route.service(), operation, &facts, now);
        if let Some(session) = &session {
            self.record(session, operation, &decision, now).await?;
        }
        let opens_alone = |login: Login| {
            let facts = Facts {
                logins: &[login],
                ..facts
            };
            let alone = decide(&catalogue, self.route.service(), operation, &facts, now);
            alone.name() == decision.name()
        };
        let earned = actor
            .as_ref()
            .and_then(|actor| Some((actor.session, actor.strongest(fresh, now, opens_alone)?)));
        Ok(match (&decision, earned, facts.categories) {
            (
                Decision::Permit { .. } | Decision::Provisional { .. },
                Some((session, earned)),
                KnownCategories::Known(categories),
            ) => {
                let ticket = self.ticket(session, operation, &decision).await?;
                let told = Told {
                    route: self.route,
                    operation,
                    session,
                    level: earned.level,
                    method: earned.event.method,
                    categories,
                    decision: decision.name(),
                    ticket: ticket.as_deref(),
                };
                let mut response = pages::empty(StatusCode::OK);
                *response.headers_mut() = self.gateway.forward_auth().tell(&told);
                no_store(&mut response);
                response
            }
            (Decision::Deny { reason, .. }, ..) => closed(
                self.kind,
                self.headers,
                reason.code(),
                denied_texts(*reason),
                Some(&self.way_in()),
            ),
            _ => self.ask_to_log_in(),
        })
    }

    /// The ticket of a request that is taken provisionally, for an application that is registered with us too: it shows it for
    /// the receipt, and hears when the request counts (PIN rules, From ordinario to dispositivo).
    async fn ticket(
        &self,
        session: &Session,
        operation: Operation,
        decision: &Decision,
    ) -> Result<Option<String>, StoreError> {
        let (Decision::Provisional { .. }, Some(client)) = (decision, self.route.client()) else {
            return Ok(None);
        };
        let asked = (self.route.service(), operation);
        let oidc = self.gateway.oidc();
        oidc.ticket_in(client, session, asked).await
    }

    /// The session that the browser has at this site.
    async fn session(&self, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let settings = self.gateway.settings();
        let sessions = self.gateway.sessions();
        if settings.is_origin(self.site.origin()) {
            return match settings.cookies().session(self.headers) {
                Some(id) => sessions.find(&id, now).await,
                None => Ok(None),
            };
        }
        let cookies = Cookies::new(self.site.is_https());
        match cookies.site(self.headers) {
            Some(key) => sessions.find_lent(&key, self.site.origin(), now).await,
            None => Ok(None),
        }
    }

    /// Tells the audit log what it does not know yet. What cannot be written does not pass.
    async fn record(
        &self,
        session: &Session,
        operation: Operation,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<(), NoAnswer> {
        let asked = (self.route.service(), operation);
        let noted = self.gateway.noted();
        if noted.has(session.handle(), asked, decision) {
            return Ok(());
        }
        let event = decided(session, asked, decision);
        let record = AuditRecord::new(event, now);
        self.gateway
            .audit()
            .record(record)
            .await
            .map_err(|_| NoAnswer)?;
        noted.note(session.handle(), asked, decision);
        Ok(())
    }

    /// Where a person logs in, or logs in higher, and is brought back from to the page that was asked for.
    fn way_in(&self) -> String {
        let origin = self.site.origin();
        let page = match self.gateway.settings().is_origin(origin) {
            true => "/forward-auth/login".to_owned(),
            false => format!("{OWN_PATHS}/start"),
        };
        address_with(format!("{origin}{page}"), &[("to", self.original.target)])
    }

    /// 401 with the place to log in. Only where a page was asked for: what was posted is lost on the way round, and a script
    /// cannot use a login page.
    fn ask_to_log_in(&self) -> Response {
        let mode = self.headers.get("sec-fetch-mode");
        let is_page = is_safe(self.original.method) && mode.is_none_or(|mode| mode == "navigate");
        if !is_page {
            return told(StatusCode::UNAUTHORIZED, "step-up", "");
        }
        let status = match self.kind.hands_on_answers() {
            true => StatusCode::FOUND,
            false => StatusCode::UNAUTHORIZED,
        };
        let mut response = told(status, "step-up", "");
        if let Ok(location) = HeaderValue::try_from(self.way_in()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// 403 with a reason code, and where the browser gets to see it, a page with the texts of `text`.
fn closed(
    kind: ProxyKind,
    headers: &HeaderMap,
    reason: &'static str,
    text: &'static str,
    why: Option<&str>,
) -> Response {
    let mut response = told(StatusCode::FORBIDDEN, "deny", reason);
    if let Some(Ok(why)) = why.map(HeaderValue::from_str) {
        // nginx has no other way to show the reasons than to send the browser there.
        response.headers_mut().insert(header::LOCATION, why);
    }
    if kind.hands_on_answers() {
        response.headers_mut().remove(header::LOCATION);
        let page = pages::elsewhere(StatusCode::FORBIDDEN, language(headers), text, why);
        let (parts, body) = page.into_parts();
        response.headers_mut().extend(parts.headers);
        *response.body_mut() = body;
    }
    response
}

/// An answer without a body that tells nothing of anybody.
fn told(status: StatusCode, decision: &'static str, reason: &'static str) -> Response {
    let mut response = pages::empty(status);
    *response.headers_mut() = ForwardAuth::tell_nothing(decision, reason);
    no_store(&mut response);
    response
}

fn no_store(response: &mut Response) {
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
}

/// An address with a query.
fn address_with(page: String, query: &[(&str, &str)]) -> String {
    let start = page.len() + 1;
    form_urlencoded::Serializer::for_suffix(page + "?", start)
        .extend_pairs(query)
        .finish()
}

/// The language of a browser whose requests a proxy repeats.
fn language(headers: &HeaderMap) -> Language {
    let wish = headers.get(header::ACCEPT_LANGUAGE);
    wish.and_then(|wish| Language::from_accept_language(wish.to_str().ok()?))
        .unwrap_or_default()
}
