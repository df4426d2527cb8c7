//! What every request passes: on the way in it is bounded, on the way out it is made safe to show.
//!
//! In: a request from a stranger. Out: a request whose body is in memory and small, with a [`Visit`]; or a refusal,
//! which becomes a page here. Every response gets its security headers.

mod bounds;
mod certificates;
mod headers;

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{Method, StatusCode, Uri, header};

use super::cookies::Cookies;
use super::language::Language;
use super::pages::Refusal;
use super::state::Gateway;
use super::visit::{ClientAddress, LANGUAGE_PARAMETER, Visit};

pub use bounds::{Bounds, LARGEST_BODY, bound};
pub(super) use certificates::certificate_told;

use headers::secure;

/// What every request for a page passes, as one layer: each layer costs every request a copy of itself, a copy of the request
/// and a piece of memory. The request gets its [`Visit`]; the response is made a page where it refuses, safe to show,
/// and counted.
pub async fn receive(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let begun = Begun::of(&request);
    let (visit, chosen) = visit(gateway, &request);
    request.extensions_mut().insert(visit.clone());
    let response = dress(&visit, next.run(request).await);
    let mut response = secure(&visit.gateway, response);
    if let Some(language) = chosen {
        remember(&mut response, visit.gateway.settings().cookies(), language);
    }
    begun.count(&visit.gateway, &response);
    response
}

/// What every question of a server passes on its way out: it is counted. It has no page and no visit.
pub async fn observe(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let begun = Begun::of(&request);
    let response = next.run(request).await;
    begun.count(&gateway, &response);
    response
}

/// A request that is under way.
struct Begun {
    at: Instant,
    route: Option<MatchedPath>,
}

impl Begun {
    fn of(request: &Request) -> Self {
        Self {
            at: Instant::now(),
            route: request.extensions().get().cloned(),
        }
    }

    /// Counts it and writes its line in the log: the route's template and the status, nothing that was sent.
    fn count(&self, gateway: &Gateway, response: &Response) {
        let route = self.route.as_ref().map(MatchedPath::as_str);
        let seconds = self.at.elapsed().as_secs_f64();
        gateway.metrics().request(route, response.status(), seconds);
        let status = response.status().as_u16();
        tracing::debug!(route = route.unwrap_or("none"), status, seconds, "answered");
    }
}

/// The visit that a request is, in the language chosen or wished for, and the language that it chooses. A choice is
/// remembered.
fn visit(gateway: Gateway, request: &Request) -> (Visit, Option<Language>) {
    let cookies = gateway.settings().cookies();
    let chosen = chosen_language(request.uri());
    let language = chosen
        .or_else(|| Language::from_code(cookies.language(request.headers())?))
        .or_else(|| wished_language(request))
        .unwrap_or_default();
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD);
    let again = harmless.then(|| request.uri().clone());
    let client = request.extensions().get::<ClientAddress>().copied();
    let user_agent = request.headers().get(header::USER_AGENT).cloned();
    let visit = Visit::new(gateway, language, client, again).by(user_agent);
    (visit, chosen)
}

/// The language that the switch (`lang`) or an application (`ui_locales`) names in the query.
fn chosen_language(uri: &Uri) -> Option<Language> {
    let (mut code, mut locales) = (None, None);
    for (name, value) in form_urlencoded::parse(uri.query()?.as_bytes()) {
        match name.as_ref() {
            LANGUAGE_PARAMETER => code = code.or(Some(value)),
            "ui_locales" => locales = locales.or(Some(value)),
            _ => {}
        }
    }
    code.and_then(|code| Language::from_code(&code))
        .or_else(|| Language::from_ui_locales(&locales?))
}

fn wished_language(request: &Request) -> Option<Language> {
    let header = request.headers().get(header::ACCEPT_LANGUAGE)?;
    Language::from_accept_language(header.to_str().ok()?)
}

fn remember(response: &mut Response, cookies: Cookies, language: Language) {
    if let Some(cookie) = cookies.set_language(language.code()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Makes a page of every refusal, and of every error that the framework words itself.
fn dress(visit: &Visit, mut response: Response) -> Response {
    let refusal = match response.extensions_mut().remove::<Refusal>() {
        Some(refusal) => refusal,
        None => match wordless(&response) {
            Some(refusal) => refusal,
            None => return response,
        },
    };
    if refusal.is_our_fault() {
        tracing::error!(reason = refusal.reason(), reference = %visit.reference, "refused");
    } else {
        tracing::info!(reason = refusal.reason(), reference = %visit.reference, "refused");
    }
    let page = refusal.page(visit);
    let (parts, _) = response.into_parts();
    let (mut page_parts, body) = page.into_parts();
    // What the refusing handler set stays: `Allow`, `Retry-After`, cookies.
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            page_parts.headers.append(name, value.clone());
        }
    }
    Response::from_parts(page_parts, body)
}

/// The refusal for an error whose body is the framework's own plain text, or nothing. An error in another format is a
/// protocol's answer and stays as it is.
fn wordless(response: &Response) -> Option<Refusal> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| !kind.starts_with("text/plain")) {
        return None;
    }
    Some(match status {
        StatusCode::NOT_FOUND => Refusal::new(status, "not-found"),
        StatusCode::METHOD_NOT_ALLOWED => Refusal::new(status, "method-not-allowed"),
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(status, "too-large"),
        StatusCode::SERVICE_UNAVAILABLE => Refusal::new(status, "busy"),
        _ if status.is_client_error() => Refusal::new(status, "bad-request"),
        _ => Refusal::new(status, "broken"),
    })
}
