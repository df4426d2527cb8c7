//! A person's browser against the gateway's router: it keeps cookies as real browsers do, `SameSite` included, and
//! follows redirects within the gateway.

use std::net::IpAddr;

use axum::Router;
use axum::body::Body;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use url::Url;
use varco::http::visit::ClientAddress;

use super::form::Form;

/// Where a request comes from, as far as `SameSite` asks (RFC 6265bis, 5.2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// A page of the gateway, a bookmark or the address bar.
    SameSite,
    /// A page of somebody else, by a link or a redirect.
    CrossSite,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// The body as it came, for what is no text.
    pub bytes: Vec<u8>,
    /// Where the answer was found, after redirects.
    pub url: Url,
}

impl Answer {
    /// The target of a redirect out of the gateway.
    pub fn location(&self) -> Url {
        let location = self
            .headers
            .get(LOCATION)
            .expect("a redirect")
            .to_str()
            .unwrap();
        self.url.join(location).unwrap()
    }

    /// The one form of the page, or the first.
    pub fn form(&self) -> Form {
        Form::first(&self.body).unwrap_or_else(|| panic!("a form in: {}", self.body))
    }
}

struct Cookie {
    name: String,
    value: String,
    lax: bool,
}

/// One browser: one cookie jar, any number of tabs.
pub struct Browser {
    router: Router,
    base: Url,
    cookies: Vec<Cookie>,
    user_agent: Option<&'static str>,
    address: Option<IpAddr>,
}

impl Browser {
    /// A browser without cookies; `base` is the gateway's public address.
    pub fn new(router: Router, base: Url) -> Self {
        Self {
            router,
            base,
            cookies: Vec::new(),
            user_agent: None,
            address: None,
        }
    }

    /// The same on a device that says this of itself, at an address.
    pub fn on(self, user_agent: &'static str, address: &str) -> Self {
        Self {
            user_agent: Some(user_agent),
            address: Some(address.parse().unwrap()),
            ..self
        }
    }

    /// Opens an address of the gateway and follows redirects within it.
    pub async fn open(&mut self, address: &str) -> Answer {
        let url = self.base.join(address).unwrap();
        self.follow(Method::GET, url, None, From::SameSite).await
    }

    /// The same from a link on somebody else's page.
    pub async fn open_from_elsewhere(&mut self, url: &Url) -> Answer {
        self.follow(Method::GET, url.clone(), None, From::CrossSite)
            .await
    }

    /// Submits a form of the gateway's own page.
    pub async fn submit(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let url = self.base.join(address).unwrap();
        self.follow(Method::POST, url, Some(encode(fields)), From::SameSite)
            .await
    }

    /// Submits a form that somebody else's page holds, as an identity provider's does.
    pub async fn submit_from_elsewhere(&mut self, url: &Url, fields: &[(&str, &str)]) -> Answer {
        self.follow(
            Method::POST,
            url.clone(),
            Some(encode(fields)),
            From::CrossSite,
        )
        .await
    }

    /// The value of a cookie the browser holds.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|cookie| cookie.name == name)
            .map(|cookie| cookie.value.as_str())
    }

    /// Puts a cookie into the jar, as malware or a copied jar would.
    pub fn set_cookie(&mut self, name: &str, value: &str, lax: bool) {
        self.cookies.retain(|cookie| cookie.name != name);
        self.cookies.push(Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            lax,
        });
    }

    async fn follow(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut body: Option<String>,
        from: From,
    ) -> Answer {
        for _ in 0..20 {
            let answer = self.send(&method, &url, body.take(), from).await;
            let Some(location) = answer
                .headers
                .get(LOCATION)
                .filter(|_| matches!(answer.status, StatusCode::FOUND | StatusCode::SEE_OTHER))
            else {
                return answer;
            };
            let target = url.join(location.to_str().unwrap()).unwrap();
            if target.origin() != self.base.origin() {
                return answer;
            }
            // A browser turns a redirected POST into a GET (303, and in practice 302).
            method = Method::GET;
            url = target;
        }
        panic!("the gateway redirects without end");
    }

    async fn send(
        &mut self,
        method: &Method,
        url: &Url,
        body: Option<String>,
        from: From,
    ) -> Answer {
        // Lax cookies go with a top-level GET from anywhere, and with a POST only from the same site.
        let lax_too = from == From::SameSite || *method == Method::GET;
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .filter(|cookie| lax_too || !cookie.lax)
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header(
                "host",
                &url[url::Position::BeforeHost..url::Position::AfterPort],
            )
            .header("accept-language", "en")
            .header(
                "sec-fetch-site",
                if from == From::SameSite {
                    "same-origin"
                } else {
                    "cross-site"
                },
            );
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if body.is_some() {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(
                    "origin",
                    if from == From::SameSite {
                        self.base.origin().ascii_serialization()
                    } else {
                        "https://elsewhere.example".to_owned()
                    },
                );
        }
        if let Some(user_agent) = self.user_agent {
            request = request.header(USER_AGENT, user_agent);
        }
        let mut request = request.body(Body::from(body.unwrap_or_default())).unwrap();
        if let Some(address) = self.address {
            request.extensions_mut().insert(ClientAddress(address));
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: body.to_vec(),
            url: url.clone(),
        }
    }

    /// Keeps a cookie by the rules a real browser has for the ones Varco sets.
    fn keep(&mut self, header: &str) {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let attributes: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        let has = |wanted: &str| attributes.iter().any(|attribute| attribute == wanted);
        if name.starts_with("__Host-") {
            assert!(has("secure") && has("path=/"), "a browser refuses {header}");
            assert!(
                !attributes
                    .iter()
                    .any(|attribute| attribute.starts_with("domain="))
            );
        }
        let none = has("samesite=none");
        assert!(
            !none || has("secure"),
            "a browser refuses SameSite=None without Secure: {header}"
        );
        self.cookies.retain(|cookie| cookie.name != name);
        if !has("max-age=0") {
            self.cookies.push(Cookie {
                name: name.to_owned(),
                value: value.to_owned(),
                lax: !none,
            });
        }
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
