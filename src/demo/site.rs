//! Pages behind forward auth, and the proxy in front of them.
//!
//! In: a browser on the sample application's host. Out: a page that shows what it was told in headers. The proxy is a small
//! one that does as nginx with the sample of `deploy/` does: it asks the gateway about each request, goes by the status,
//! and brings the pages under `/.varco` to the gateway. The pages know no protocol of login at all.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, Request, StatusCode, Uri, header};

use super::fetch::{Fetch, NoAnswer};
use super::page::{STYLE, notice, page};
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::downstream::forward_auth::{HEADERS, SECRET_HEADER};

/// The pages: where each begins, its service, what GET does there, and what the page may learn beyond a pairwise name.
const PAGES: [(&str, &str, &str, &str); 2] = [
    ("/pratiche", "dis-coll", "{}", r#""given_name""#),
    (
        "/pratiche/pensione",
        "domanda-di-pensione",
        r#"{ GET = "request" }"#,
        r#""given_name", "family_name", "fiscal_number""#,
    ),
];

/// Where the first of the pages is: a login of level 2 opens it.
pub const PAGE: &str = "/pratiche";
/// Where the second is: it needs level 3.
pub const HIGH_PAGE: &str = "/pratiche/pensione";

/// The site and its proxy.
#[derive(Clone)]
pub struct ProxiedSite(Arc<Parts>);

struct Parts {
    origin: String,
    gateway: String,
    secret: String,
    fetch: Fetch,
}

impl ProxiedSite {
    /// A site at an origin, whose proxy shows this secret to the gateway.
    #[must_use]
    pub fn new(origin: &str, gateway: &str, secret: String, fetch: Fetch) -> Self {
        Self(Arc::new(Parts {
            origin: origin.to_owned(),
            gateway: gateway.to_owned(),
            secret,
            fetch,
        }))
    }

    /// The gateway's side of it.
    #[must_use]
    pub fn configuration(&self) -> String {
        let origin = &self.0.origin;
        let hash = hex(&sha256(self.0.secret.as_bytes()));
        let mut tables = format!(
            "\n[[forward_auth.proxy]]\nkind = \"nginx\"\nsecret_sha256 = \"{hash}\"\naddresses = [\"127.0.0.1\"]\n"
        );
        for (path, service, methods, release) in PAGES {
            tables.push_str(&format!(
                "\n[[forward_auth.route]]\norigin = \"{origin}\"\npath = \"{path}\"\nservice = \"{service}\"\n\
                 methods = {methods}\nrelease = [{release}]\n"
            ));
        }
        tables
    }

    /// Every address of the site.
    pub fn router(self) -> Router {
        Router::new()
            .route(PAGE, get(show))
            .route("/pratiche/{*rest}", get(show))
            .route("/.varco/{*page}", get(bring))
            .with_state(self)
    }

    /// Asks the gateway as nginx does: only what is named here goes along.
    async fn ask(
        &self,
        address: String,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Response, NoAnswer> {
        let Parts { origin, secret, .. } = &*self.0;
        let mut request = Request::get(address)
            .header(SECRET_HEADER, secret)
            .header("x-original-url", format!("{origin}{uri}"))
            .header("x-original-method", "GET");
        for name in [
            header::COOKIE,
            header::ACCEPT_LANGUAGE,
            HeaderName::from_static("sec-fetch-mode"),
        ] {
            for value in headers.get_all(&name) {
                request = request.header(&name, value);
            }
        }
        let (parts, body) = self.0.fetch.send(request, String::new()).await?;
        let mut answer = Response::new(Body::from(body));
        *answer.status_mut() = parts.status;
        for (name, value) in &parts.headers {
            if name != header::CONTENT_LENGTH && name != header::CONNECTION {
                answer.headers_mut().append(name, value.clone());
            }
        }
        Ok(answer)
    }
}

fn unreachable(_: NoAnswer) -> Response {
    let why = "Il varco non risponde.";
    notice(StatusCode::BAD_GATEWAY, "Accesso non riuscito", why, None)
}

/// A page of the application, if the gateway lets the request pass.
async fn show(State(site): State<ProxiedSite>, uri: Uri, headers: HeaderMap) -> Response {
    let address = format!("{}/forward-auth", site.0.gateway);
    let answer = match site.ask(address, &uri, &headers).await {
        Ok(answer) => answer,
        Err(error) => return unreachable(error),
    };
    let location = answer.headers().get(header::LOCATION);
    match (answer.status(), location.and_then(|to| to.to_str().ok())) {
        (StatusCode::OK, _) => application(answer.headers()),
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, Some(to)) => {
            Redirect::to(to).into_response()
        }
        (status, _) => notice(
            status,
            "Accesso non riuscito",
            "Il varco non lo permette.",
            None,
        ),
    }
}

/// One of the gateway's own pages on this host.
async fn bring(State(site): State<ProxiedSite>, uri: Uri, headers: HeaderMap) -> Response {
    let address = format!("{}{uri}", site.0.gateway);
    site.ask(address, &uri, &headers)
        .await
        .unwrap_or_else(unreachable)
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Pratiche di prova</title>
<style>{{ style|safe }}</style></head><body><main><h1>Pratiche di prova</h1>
<p>Questa pagina non parla nessun protocollo di accesso: ha ricevuto queste intestazioni.</p>
<table id="headers">{% for (name, value) in told %}<tr><th>{{ name }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
<p><a class="button" href="{{ high }}">Pratica di pensione (livello 3)</a> <a class="button" id="logout" href="/.varco/logout">Esci</a></p></main></body></html>"#
)]
struct ApplicationPage<'a> {
    told: Vec<(String, &'a str)>,
    high: &'a str,
    style: &'a str,
}

fn application(headers: &HeaderMap) -> Response {
    let told = HEADERS.into_iter().filter_map(|name| {
        let value = headers.get(&name)?.to_str().ok()?;
        Some((name.to_string(), value))
    });
    let template = ApplicationPage {
        told: told.collect(),
        high: HIGH_PAGE,
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}
