//! A proxy in front of an application, and one browser on the application's site: asks the gateway as nginx, Traefik and
//! Envoy do, without being any of them.

use axum::body::Body;
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use url::Url;

use super::browser::Browser;
use super::gateway::TestGateway;

pub const APP: &str = "https://app.example";
/// The secret of every proxy here.
pub const SECRET: &str = "a secret between proxy and gateway";

/// How a proxy asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Nginx,
    Traefik,
    Envoy,
}

/// The proxies and routes of `TestGateway::behind_proxies`, for `APP`.
pub fn tables(kind: Kind) -> String {
    let kind = format!("{kind:?}").to_lowercase();
    let hash = varco::crypto::encoding::hex(&varco::crypto::sha256(SECRET.as_bytes()));
    format!(
        r#"
        [[proxy]]
        kind = "{kind}"
        secret_sha256 = "{hash}"

        [[route]]
        origin = "{APP}"
        path = "/"
        service = "dis-coll"

        [[route]]
        origin = "{APP}"
        path = "/pensione"
        service = "domanda-di-pensione"
        methods = {{ GET = "request" }}
        release = ["fiscal_number", "given_name", "family_name", "session"]

        [[route]]
        origin = "{APP}"
        path = "/aziende"
        service = "servizi-aziende"

        [[route]]
        origin = "https://login.example"
        path = "/pratiche"
        service = "dis-coll"
        "#
    )
}

/// What a proxy was told.
#[derive(Debug)]
pub struct Verdict {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Verdict {
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(values.next().is_none(), "{name} twice");
        value.to_str().unwrap()
    }

    pub fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?;
        Some(Url::parse(location.to_str().unwrap()).unwrap())
    }
}

/// A site behind a proxy, as one browser sees it.
#[derive(Clone)]
pub struct Proxied {
    gateway: TestGateway,
    kind: Kind,
    origin: &'static str,
    pub cookies: Vec<(String, String)>,
}

impl Proxied {
    pub fn new(gateway: &TestGateway, kind: Kind) -> Self {
        Self::at(gateway, kind, APP)
    }

    pub fn at(gateway: &TestGateway, kind: Kind, origin: &'static str) -> Self {
        Self {
            gateway: gateway.clone(),
            kind,
            origin,
            cookies: Vec::new(),
        }
    }

    /// Asks whether the browser's request may pass.
    pub async fn ask(&mut self, method: &str, target: &str) -> Verdict {
        self.ask_with(method, target, &[]).await
    }

    /// The same with further headers, which the browser sent or the proxy added.
    pub async fn ask_with(&mut self, method: &str, target: &str, more: &[(&str, &str)]) -> Verdict {
        let (path, asked) = match self.kind {
            Kind::Nginx | Kind::Traefik => ("/forward-auth".to_owned(), "GET"),
            Kind::Envoy => (format!("/forward-auth/original{target}"), method),
        };
        let mut headers = self.description(method, target);
        headers.extend(
            more.iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        headers.push(("x-varco-proxy", SECRET.to_owned()));
        self.send(asked, &path, &headers).await
    }

    /// Asks with exactly these headers beside the cookies.
    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, String)]) -> Verdict {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        if !pairs.is_empty() {
            request = request.header(COOKIE, pairs.join("; "));
        }
        let request = request.body(Body::empty()).unwrap();
        let (status, headers, body) = self.gateway.ask(request).await;
        for cookie in headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        Verdict {
            status,
            headers,
            body,
        }
    }

    fn description(&self, method: &str, target: &str) -> Vec<(&'static str, String)> {
        let (scheme, authority) = self.origin.split_once("://").unwrap();
        match self.kind {
            Kind::Nginx => vec![
                ("x-original-url", format!("{}{target}", self.origin)),
                ("x-original-method", method.to_owned()),
            ],
            Kind::Traefik => vec![
                ("x-forwarded-proto", scheme.to_owned()),
                ("x-forwarded-host", authority.to_owned()),
                ("x-forwarded-uri", target.to_owned()),
                ("x-forwarded-method", method.to_owned()),
            ],
            Kind::Envoy => vec![("host", authority.to_owned())],
        }
    }

    /// Opens one of our own pages on the site: the proxy brings it to the gateway.
    pub async fn open_own(&mut self, url: &Url) -> Verdict {
        assert_eq!(url.origin().ascii_serialization(), self.origin);
        let target = &url[url::Position::BeforePath..];
        let mut headers = self.description("GET", target);
        headers.push(("x-varco-proxy", SECRET.to_owned()));
        self.send("GET", target, &headers).await
    }

    /// Goes from an answer's place to log in to the gateway, as a browser follows redirects; gives where that leads.
    pub async fn follow(&mut self, verdict: &Verdict, gateway: &mut Browser) -> Url {
        let start = verdict.location().expect("a place to log in");
        let there = if start.path().starts_with("/.varco/") {
            let started = self.open_own(&start).await;
            assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.body);
            started.location().unwrap()
        } else {
            start
        };
        let answer = gateway.open_from_elsewhere(&there).await;
        if answer.status.is_redirection() {
            answer.location()
        } else {
            answer.url
        }
    }

    /// Logs in for an answer, if need be, and comes back with a key; gives the page that the browser ends on.
    pub async fn come_back(&mut self, callback: &Url) -> Url {
        let answer = self.open_own(callback).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.location().unwrap()
    }

    fn keep(&mut self, header: &str) {
        let (pair, attributes) = header.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        assert!(name.starts_with("__Host-") && attributes.contains("Path=/; Secure; HttpOnly"));
        assert!(!attributes.to_lowercase().contains("domain"));
        self.cookies.retain(|(there, _)| there != name);
        if !attributes.contains("Max-Age=0") {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}
