//! From an application's host to the gateway's and back, so that a session can be used there.
//!
//! `/.varco/start` on the application's host gives the browser a cookie there and sends it to `/forward-auth/login` here,
//! which opens a login flow; the flow ends with a code, which `/.varco/callback` there trades for the site's own key of the
//! session. The proxy brings us the pages under `/.varco`. Every address that is sent anywhere is made of a configured
//! origin and a target that was parsed.

use axum::extract::RawQuery;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::{Asking, address_with, language};
use crate::downstream::forward_auth::{OWN_PATHS, Place, Site, is_target};
use crate::downstream::oidc::Parameters;
use crate::http::cookies::Cookies;
use crate::http::flow::{self, Browser, CurrentSession, see_other, with_cookie};
use crate::http::oidc;
use crate::http::pages::{self, Refusal};
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::session::{BrowserCookie, BrowserDigest, Requirement, ReturnTo, Session};
use crate::store::StoreError;

/// A page of ours on an application's site, asked for through its proxy.
pub(in crate::http) struct OwnPage {
    gateway: Gateway,
    site: Site,
    headers: HeaderMap,
    query: Parameters,
}

impl axum::extract::FromRequestParts<Gateway> for OwnPage {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let Asking(kind) = Asking::from_request_parts(parts, gateway).await?;
        let unclear = || {
            let language = language(&parts.headers);
            pages::elsewhere(StatusCode::BAD_REQUEST, language, "bad-request", None)
        };
        let place = Place::read(kind, &parts.uri, &parts.headers).map_err(|_| unclear())?;
        let site = gateway.forward_auth().routes().site(place);
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self {
            gateway: gateway.clone(),
            site: site.ok_or_else(unclear)?.clone(),
            query: Parameters::parse(query.as_bytes()).map_err(|_| unclear())?,
            headers: parts.headers.clone(),
        })
    }
}

impl OwnPage {
    /// A page that says what went wrong, with a way back to the site.
    fn refused(&self, status: StatusCode, code: &str) -> Response {
        let start = format!("{}/", self.site.origin());
        pages::elsewhere(status, language(&self.headers), code, Some(&start))
    }

    fn unavailable(&self) -> Response {
        tracing::error!(reason = "store", "forward auth");
        self.refused(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.query.one(name).ok().flatten()
    }

    fn cookies(&self) -> Cookies {
        Cookies::new(self.site.is_https())
    }
}

/// `GET /.varco/start?to=TARGET`: gives the browser its cookie on this site and sends it to log in.
pub(in crate::http) async fn start(page: OwnPage) -> Response {
    let Some(target) = page.parameter("to").filter(|to| is_target(to)) else {
        return page.refused(StatusCode::BAD_REQUEST, "bad-request");
    };
    let cookies = page.cookies();
    let known = cookies.site_browser(&page.headers);
    let cookie = known.unwrap_or_else(|| BrowserCookie::generate(page.gateway.random()));
    let here = page.gateway.settings().origin();
    let digest = cookie.digest();
    let query = [
        ("site", page.site.origin()),
        ("browser", digest.as_str()),
        ("to", target),
    ];
    let login = address_with(format!("{here}/forward-auth/login"), &query);
    with_cookie(see_other(&login), cookies.set_site_browser(&cookie))
}

/// `GET /forward-auth/login?to=TARGET[&site=ORIGIN&browser=DIGEST]`: the login that a page of an application needs. Without
/// a site the application is on the gateway's own host.
pub(in crate::http) async fn login(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let parameters = oidc::read(query.unwrap_or_default().as_bytes())?;
    let wrong = || Refusal::new(StatusCode::BAD_REQUEST, "bad-request").because("forward-auth");
    let one = |name| parameters.one(name).map_err(|_| wrong());
    let gateway = &visit.gateway;
    let target = one("to")?.filter(|to| is_target(to)).ok_or_else(wrong)?;
    let here = gateway.settings().origin();
    let (origin, digest) = match (one("site")?, one("browser")?) {
        (Some(site), Some(digest)) if site != here => {
            (site, Some(BrowserDigest::parse(digest).ok_or_else(wrong)?))
        }
        (None, None) => (here.as_str(), None),
        _ => return Err(wrong()),
    };
    let routes = gateway.forward_auth().routes();
    let site = routes.of_origin(origin).ok_or_else(wrong)?;
    let path = target.split('?').next().unwrap_or_default();
    let route = site.route(path).ok_or_else(wrong)?;
    let requirement = Requirement {
        service: Some((route.service().clone(), route.operation("GET"))),
        client: route.client().map(str::to_owned),
        ..Requirement::of_level(gateway.settings().minimum_level())
    };
    let return_to = ReturnTo::Site {
        origin: site.origin().to_owned(),
        target: target.to_owned(),
        browser: digest,
    };
    flow::begin(&visit, &browser, current.session(), requirement, return_to).await
}

/// Sends the browser back to the application: with a code, where it is on another host.
pub(in crate::http) async fn hand_over(
    gateway: &Gateway,
    session: &Session,
    (origin, target): (&str, &str),
    browser: Option<BrowserDigest>,
) -> Result<Response, Refusal> {
    let Some(browser) = browser else {
        return Ok(see_other(&format!("{origin}{target}")));
    };
    let forward_auth = gateway.forward_auth();
    let code = forward_auth.issue(session.handle(), (origin, target), &browser);
    let code = code.await?;
    Ok(see_other(&format!(
        "{origin}{OWN_PATHS}/callback?code={code}"
    )))
}

/// `GET /.varco/callback?code=CODE`: takes the site's key of the session and goes on to the page that was asked for.
pub(in crate::http) async fn callback(page: OwnPage) -> Response {
    match take_key(&page).await {
        Ok(Some(response)) => response,
        Ok(None) => page.refused(StatusCode::BAD_REQUEST, "flow-gone"),
        Err(_) => page.unavailable(),
    }
}

async fn take_key(page: &OwnPage) -> Result<Option<Response>, StoreError> {
    let Some(code) = page.parameter("code") else {
        return Ok(None);
    };
    let (gateway, origin) = (&page.gateway, page.site.origin());
    let browser = page.cookies().site_browser(&page.headers);
    let browser = browser.map(|browser| browser.digest());
    let redeemed = gateway
        .forward_auth()
        .redeem(code, origin, browser.as_ref());
    let Some(redeemed) = redeemed.await? else {
        return Ok(None);
    };
    let lent = gateway
        .sessions()
        .lend(&redeemed.session, origin, gateway.now());
    let Some(key) = lent.await? else {
        return Ok(None);
    };
    let response = see_other(&format!("{origin}{}", redeemed.target));
    Ok(Some(with_cookie(response, page.cookies().set_site(&key))))
}

/// `/.varco/logout`: forgets the site's key and goes to the gateway's own page, where the person ends the session
/// everywhere. A link of a stranger's page gets no further than that question.
pub(in crate::http) async fn logout(page: OwnPage) -> Response {
    let here = page.gateway.settings().origin();
    let response = see_other(&format!("{here}/logout"));
    with_cookie(response, page.cookies().clear_site())
}
