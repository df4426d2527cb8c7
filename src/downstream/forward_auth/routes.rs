//! Which service a host and a path belong to.

use std::collections::BTreeMap;

use http::HeaderValue;
use serde::Deserialize;
use url::Url;

use super::OWN_PATHS;
use super::original::{Original, Place};
use super::path::{LONGEST_TARGET, is_unambiguous};
use crate::policy::{Catalogue, Operation, ServiceId};

/// One `[[forward_auth.route]]`: the service that a part of a site is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// The site, as browsers spell it: `https://pensioni.istituto.example`, with a port if it is not the usual one.
    pub origin: String,
    /// Where the part begins: `/` for the whole site, `/domande` for itself and all below it. The longest counts.
    pub path: String,
    /// The service.
    pub service: ServiceId,
    /// The operation of a method, where it is not the usual one: GET and HEAD consult, all others request.
    #[serde(default)]
    pub methods: BTreeMap<String, Operation>,
    /// What the application learns of the person beyond a name that only this site knows them by.
    #[serde(default)]
    pub release: Vec<Released>,
    /// The application, where services are reserved to the one that owns them.
    pub client: Option<String>,
    /// Applications of one sector know a person by the same name, OpenID Connect's among them; by default each site is a
    /// sector of its own.
    pub sector: Option<String>,
}

/// Something of a person or a session that is told only to applications named for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Released {
    /// The fiscal code.
    FiscalNumber,
    /// The given name.
    GivenName,
    /// The family name.
    FamilyName,
    /// The session's handle, by which the application may ask for decisions (AuthZEN).
    Session,
}

/// A part of a site, checked. Only [`Routes::register`] makes one.
#[derive(Debug, Clone)]
pub struct Route {
    path: String,
    service: ServiceId,
    service_header: HeaderValue,
    methods: BTreeMap<String, Operation>,
    release: Vec<Released>,
    client: Option<String>,
    sector: String,
}

impl Route {
    /// The service.
    #[must_use]
    pub fn service(&self) -> &ServiceId {
        &self.service
    }

    /// The same as a header's value.
    #[must_use]
    pub fn service_header(&self) -> HeaderValue {
        self.service_header.clone()
    }

    /// What a method does there.
    #[must_use]
    pub fn operation(&self, method: &str) -> Operation {
        match self.methods.get(method) {
            Some(operation) => *operation,
            None if is_safe(method) => Operation::Consult,
            None => Operation::Request,
        }
    }

    /// Whether the application may learn this.
    #[must_use]
    pub fn releases(&self, what: Released) -> bool {
        self.release.contains(&what)
    }

    /// The application.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The sector within which a person has one name.
    #[must_use]
    pub fn sector(&self) -> &str {
        &self.sector
    }

    /// Whether a path is in this part: by whole segments, so that `/domande2` is not below `/domande`.
    fn holds(&self, path: &str) -> bool {
        self.path == "/"
            || path
                .strip_prefix(self.path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn check(settings: RouteSettings, catalogue: &Catalogue) -> Result<Self, String> {
        let path = settings.path;
        if path.len() > LONGEST_TARGET
            || !is_unambiguous(&path)
            || (path.len() > 1 && path.ends_with('/'))
        {
            return Err(format!(
                "`path` {path:?} is not `/` or a plain path without a slash at its end, as in `/domande`"
            ));
        }
        if is_own(&path) {
            return Err(format!(
                "`path`: {OWN_PATHS} belongs to Varco on every site"
            ));
        }
        let service = catalogue
            .get(&settings.service)
            .ok_or_else(|| format!("`service`: the catalogue has no {:?}", settings.service))?;
        if let Some(owner) = service.client()
            && settings.client.as_deref() != Some(owner)
        {
            return Err(format!(
                "`service` {} belongs to the application {owner:?}: name it in `client`",
                service.id()
            ));
        }
        for (method, operation) in &settings.methods {
            if !(1..=16).contains(&method.len()) || !method.bytes().all(|b| b.is_ascii_uppercase())
            {
                return Err(format!("`methods`: {method:?} is not a method in capitals"));
            }
            if service.rule(*operation).is_none() {
                return Err(format!(
                    "`methods`: {} offers no operation {operation}",
                    service.id()
                ));
            }
        }
        for (method, operation) in [("GET", Operation::Consult), ("POST", Operation::Request)] {
            // Nothing but GET may be meant, but a page that nobody can look at is a mistake.
            if method == "GET"
                && service.rule(operation).is_none()
                && !settings.methods.contains_key(method)
            {
                return Err(format!(
                    "`service` {} offers no operation {operation}: say in `methods` what {method} is",
                    service.id()
                ));
            }
            if settings.methods.get(method) == Some(&operation) {
                return Err(format!(
                    "`methods`: {method} is {operation} without being named"
                ));
            }
        }
        let mut release = settings.release;
        let given = release.len();
        release.sort_unstable();
        release.dedup();
        if release.len() != given {
            return Err("`release` names something twice".to_owned());
        }
        let service_header = HeaderValue::from_str(settings.service.as_str())
            .map_err(|_| "`service` is no header text".to_owned())?;
        Ok(Self {
            path,
            service_header,
            service: settings.service,
            methods: settings.methods,
            release,
            client: settings.client,
            sector: settings.sector.unwrap_or(settings.origin),
        })
    }

    /// Whether this says nothing that the part around it does not say.
    fn repeats(&self, around: &Self) -> bool {
        (
            &self.service,
            &self.methods,
            &self.release,
            &self.client,
            &self.sector,
        ) == (
            &around.service,
            &around.methods,
            &around.release,
            &around.client,
            &around.sector,
        )
    }
}

/// Whether a method only looks (RFC 9110, 9.2.1) and a browser may be led round by another address.
#[must_use]
pub fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

/// Whether a path is one of ours on an application's site.
#[must_use]
pub fn is_own(path: &str) -> bool {
    path.strip_prefix(OWN_PATHS)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A site whose applications are behind a proxy.
#[derive(Debug, Clone)]
pub struct Site {
    origin: String,
    is_https: bool,
    /// The longest path first.
    routes: Vec<Route>,
}

impl Site {
    /// Scheme, host and port, as browsers spell them.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether browsers reach it by https. By plain HTTP it is on this machine, for tests.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The part that a path is in.
    #[must_use]
    pub fn route(&self, path: &str) -> Option<&Route> {
        if is_own(path) {
            return None;
        }
        self.routes.iter().find(|route| route.holds(path))
    }
}

/// All sites and their parts, by host and port.
#[derive(Debug, Clone, Default)]
pub struct Routes(BTreeMap<String, Site>);

impl Routes {
    /// Checks every route, its service against the catalogue. Plain HTTP is for loopback hosts, where
    /// `danger_allow_http` allows it.
    ///
    /// # Errors
    /// Everything that is wrong, with the place of the route in the list.
    pub fn register(
        settings: Vec<RouteSettings>,
        catalogue: &Catalogue,
        danger_allow_http: bool,
    ) -> Result<Self, Vec<(usize, String)>> {
        let mut sites: BTreeMap<String, Site> = BTreeMap::new();
        let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut faults = Vec::new();
        for (place, settings) in settings.into_iter().enumerate() {
            let checked = authority(&settings.origin, danger_allow_http).and_then(|authority| {
                let origin = settings.origin.clone();
                Ok((authority, origin, Route::check(settings, catalogue)?))
            });
            let (authority, origin, route) = match checked {
                Ok(checked) => checked,
                Err(fault) => {
                    faults.push((place, fault));
                    continue;
                }
            };
            let site = sites.entry(authority).or_insert_with(|| Site {
                is_https: origin.starts_with("https:"),
                origin: origin.clone(),
                routes: Vec::new(),
            });
            if site.origin != origin {
                let fault = format!("`origin`: {} has this host by another scheme", site.origin);
                faults.push((place, fault));
            } else if site.routes.iter().any(|other| other.path == route.path) {
                let fault = format!("{origin}{} has a route already", route.path);
                faults.push((place, fault));
            } else {
                places.insert((origin, route.path.clone()), place);
                site.routes.push(route);
            }
        }
        for site in sites.values_mut() {
            site.routes
                .sort_by_key(|route| std::cmp::Reverse(route.path.len()));
            for (index, route) in site.routes.iter().enumerate() {
                let around = site
                    .routes
                    .iter()
                    .skip(index + 1)
                    .find(|other| other.holds(&route.path));
                if let Some(around) = around.filter(|around| route.repeats(around)) {
                    let fault = format!("changes nothing: {:?} says the same", around.path);
                    let place = places.get(&(site.origin.clone(), route.path.clone()));
                    faults.push((place.copied().unwrap_or_default(), fault));
                }
            }
        }
        if faults.is_empty() {
            Ok(Self(sites))
        } else {
            Err(faults)
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The site that a proxy names: by the very spelling that browsers use, so that no other host, in capitals or with a dot
    /// at its end, is taken for it.
    #[must_use]
    pub fn site(&self, place: Place<'_>) -> Option<&Site> {
        let site = self.0.get(place.authority)?;
        let expected = if site.is_https { "https" } else { "http" };
        place
            .scheme
            .is_none_or(|scheme| scheme == expected)
            .then_some(site)
    }

    /// The site with an origin.
    #[must_use]
    pub fn of_origin(&self, origin: &str) -> Option<&Site> {
        let (_, authority) = origin.split_once("://")?;
        self.0.get(authority).filter(|site| site.origin == origin)
    }

    /// The site and the part of it that a request is for; `None` for what nobody configured.
    #[must_use]
    pub fn find(&self, original: &Original<'_>) -> Option<(&Site, &Route)> {
        let site = self.site(original.site)?;
        Some((site, site.route(original.path)?))
    }
}

/// Host and port of an origin that is spelled as browsers spell it.
fn authority(origin: &str, danger_allow_http: bool) -> Result<String, String> {
    let fault = || {
        format!(
            "`origin` {origin:?} is not a site as browsers spell it: `https://`, a host in small letters, and a port only \
             if it is not 443"
        )
    };
    let url = Url::parse(origin).map_err(|_| fault())?;
    if url.origin().ascii_serialization() != origin
        || url.domain().is_some_and(|d| d.ends_with('.'))
    {
        return Err(fault());
    }
    let is_loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match origin.split_once("://") {
        Some(("https", authority)) => Ok(authority.to_owned()),
        Some(("http", authority)) if danger_allow_http && is_loopback => Ok(authority.to_owned()),
        _ => Err(fault()),
    }
}

#[cfg(test)]
mod tests;
