//! What the edge is told by the configuration.

use std::net::IpAddr;

use url::{Host, Url};

use crate::identity::RequiredAssurance;

use super::cookies::Cookies;

/// Where the gateway lives and whose it is.
#[derive(Debug, Clone)]
pub struct Settings {
    base_url: Url,
    danger_allow_http: bool,
    organization: Organization,
    minimum_level: RequiredAssurance,
    login_starts_per_minute: u32,
}

/// How many logins a minute one client address may start, where the configuration says nothing: more than a large
/// office behind one address needs in its busiest minute.
const LOGIN_STARTS_PER_MINUTE: u32 = 600;

/// Whose gateway it is: shown on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The name in the page header.
    pub name: String,
    /// Its public site.
    pub site: Url,
    /// Where a person turns for help: an `https:`, `mailto:` or `tel:` address.
    pub support: Url,
}

/// Why the edge cannot be built from what the configuration says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The base URL carries more than scheme, host and port.
    #[error("base_url must be an origin: no path, query, fragment, user or password")]
    NotAnOrigin,
    /// Plain HTTP where people could be overheard.
    #[error("base_url must be https (http needs danger_allow_http and a loopback host)")]
    Insecure,
    /// A site or support address of another kind.
    #[error("a link of the organization must be https, http, mailto or tel")]
    Link,
}

impl Settings {
    /// Settings for a gateway at `base_url`, which must be an `https` origin. `danger_allow_http` allows plain HTTP on
    /// a loopback host, for tests.
    ///
    /// # Errors
    /// [`SettingsError`] names the rule that is broken.
    pub fn new(
        base_url: Url,
        danger_allow_http: bool,
        organization: Organization,
        minimum_level: RequiredAssurance,
    ) -> Result<Self, SettingsError> {
        let plain_origin = base_url.path() == "/"
            && base_url.query().is_none()
            && base_url.fragment().is_none()
            && base_url.username().is_empty()
            && base_url.password().is_none();
        if !plain_origin {
            return Err(SettingsError::NotAnOrigin);
        }
        match base_url.scheme() {
            "https" => {}
            "http" if danger_allow_http && is_loopback(&base_url) => {}
            _ => return Err(SettingsError::Insecure),
        }
        let links = [&organization.site, &organization.support];
        if !links
            .iter()
            .all(|link| ["https", "http", "mailto", "tel"].contains(&link.scheme()))
        {
            return Err(SettingsError::Link);
        }
        Ok(Self {
            base_url,
            danger_allow_http,
            organization,
            minimum_level,
            login_starts_per_minute: LOGIN_STARTS_PER_MINUTE,
        })
    }

    /// The same with another number of logins a minute that one client address may start; zero for any number.
    #[must_use]
    pub fn with_login_starts_per_minute(self, login_starts_per_minute: u32) -> Self {
        Self {
            login_starts_per_minute,
            ..self
        }
    }

    /// How many logins a minute one client address may start; `None` for any number.
    #[must_use]
    pub fn login_starts_per_minute(&self) -> Option<u32> {
        Some(self.login_starts_per_minute).filter(|most| *most > 0)
    }

    /// The gateway's origin. Every address that leaves the gateway is built from it, never from a `Host` header.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The origin as text, without a final slash.
    #[must_use]
    pub fn origin(&self) -> String {
        self.base_url.origin().ascii_serialization()
    }

    /// Whether an origin as browsers spell it is the gateway's own.
    #[must_use]
    pub fn is_origin(&self, origin: &str) -> bool {
        // A parsed address without path ends with a slash.
        self.base_url.as_str().strip_suffix('/') == Some(origin)
    }

    /// Whether browsers reach the gateway by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.scheme() == "https"
    }

    /// Whether plain HTTP on loopback is allowed.
    #[must_use]
    pub fn danger_allow_http(&self) -> bool {
        self.danger_allow_http
    }

    /// Whose gateway it is.
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.organization
    }

    /// The level that every login here must reach at least.
    #[must_use]
    pub fn minimum_level(&self) -> RequiredAssurance {
        self.minimum_level
    }

    /// The cookies as this gateway spells them.
    #[must_use]
    pub fn cookies(&self) -> Cookies {
        Cookies::new(self.is_https())
    }
}

/// Whether a URL's host can only be this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::identity::AssuranceLevel;

    pub(crate) fn settings(base_url: &str) -> Result<Settings, SettingsError> {
        let organization = Organization {
            name: "Istituto di prova".to_owned(),
            site: Url::parse("https://istituto.example").unwrap(),
            support: Url::parse("mailto:aiuto@istituto.example").unwrap(),
        };
        Settings::new(
            Url::parse(base_url).unwrap(),
            base_url.starts_with("http:"),
            organization,
            RequiredAssurance(AssuranceLevel::Substantial),
        )
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        assert!(settings("http://127.0.0.1:8080").is_ok());
        assert!(settings("http://[::1]:8080").is_ok());
        assert!(settings("http://localhost").is_ok());
        for there in [
            "http://login.example",
            "http://10.0.0.1",
            "http://localhost.example",
            "ftp://localhost",
        ] {
            assert_eq!(settings(there).unwrap_err(), SettingsError::Insecure);
        }
    }

    #[test]
    fn the_base_url_is_an_origin_and_nothing_more() {
        for there in [
            "https://a.example/x",
            "https://a.example/?q",
            "https://a.example/#f",
            "https://u@a.example/",
            "https://u:p@a.example/",
        ] {
            assert_eq!(settings(there).unwrap_err(), SettingsError::NotAnOrigin);
        }
        assert_eq!(
            settings("https://a.example:8443/").unwrap().origin(),
            "https://a.example:8443"
        );
    }
}
