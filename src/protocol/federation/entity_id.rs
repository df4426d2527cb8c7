//! The names of entities.

use std::fmt;

use url::{Host, Url};

use super::FederationRefusal;

/// Longer ones are no names (our rules on CIE, A2, say the same of SAML).
const LONGEST: usize = 1024;

/// The entity identifier of somebody in a federation: an `https` address with a host and without user, query and fragment
/// (OpenID Federation 1.0, section 1.2; Italian profile, "entity id"). It is compared as it was written, slash by slash.
///
/// `http` is read on this machine itself, where tests run their federations; whether anything is fetched from there is for
/// the rules of the fetch to say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityId(String);

impl EntityId {
    /// Reads an identifier.
    ///
    /// # Errors
    /// [`FederationRefusal::EntityId`] for anything else.
    pub fn parse(text: &str) -> Result<Self, FederationRefusal> {
        let is_printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        let url = Url::parse(text).map_err(|_| FederationRefusal::EntityId)?;
        let has_user = !url.username().is_empty() || url.password().is_some();
        let has_more = text.contains(['?', '#', '\\']);
        let reached = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        // What a reader of addresses mends in silence (`https:host`, `https:///host`), and a host that is another one's with a dot
        // at its end, would be a second name for somebody.
        let authority = text.split_once("://").map_or("", |(_, rest)| rest);
        let authority = authority.split('/').next().unwrap_or_default();
        let is_plain = text.starts_with(url.scheme())
            && !authority.is_empty()
            && !authority.contains('@')
            && !url.host_str().is_some_and(|host| host.ends_with('.'));
        if text.len() > LONGEST || !is_printable || has_user || has_more || !reached || !is_plain {
            return Err(FederationRefusal::EntityId);
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where its entity configuration is: below it, with one slash between (section 9).
    ///
    /// # Errors
    /// None in fact: what was read is an address.
    pub fn configuration_address(&self) -> Result<Url, FederationRefusal> {
        let base = self.0.strip_suffix('/').unwrap_or(&self.0);
        Url::parse(&format!("{base}/.well-known/openid-federation"))
            .map_err(|_| FederationRefusal::EntityId)
    }

    /// Its host in lower case, without port.
    #[must_use]
    pub fn host(&self) -> String {
        let url = Url::parse(&self.0).ok();
        url.and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_is_named_by_an_https_address() {
        for text in [
            "https://oidc.registry.example.it",
            "https://oidc.example.it/",
            "https://sa.example.it:8443/oidc/rp/comune",
            "http://127.0.0.1:8100/oidc/op",
        ] {
            assert_eq!(EntityId::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "oidc.example.it",
            "http://oidc.example.it",
            "ftp://oidc.example.it",
            "https://",
            "https://user@oidc.example.it",
            "https://oidc.example.it?x=1",
            "https://oidc.example.it/#x",
            "https://oidc.example.it/a b",
            "https://oidc.example.it/\n",
            "https://oidc.example.it\\x",
            "https:oidc.example.it",
            "https:/oidc.example.it",
            "https:///oidc.example.it",
            "HTTPS://oidc.example.it",
            "https://@oidc.example.it",
            "https://oidc.example.it.",
            "https://oidc.example.it./x",
            "https://oidc.example.it%2e",
            &format!("https://oidc.example.it/{}", "a".repeat(1024)),
        ] {
            assert_eq!(
                EntityId::parse(text),
                Err(FederationRefusal::EntityId),
                "{text}"
            );
        }
    }

    #[test]
    fn the_configuration_is_below_the_entity_with_one_slash_between() {
        for (id, address) in [
            (
                "https://a.example.it",
                "https://a.example.it/.well-known/openid-federation",
            ),
            (
                "https://a.example.it/",
                "https://a.example.it/.well-known/openid-federation",
            ),
            (
                "https://a.example.it/b/c",
                "https://a.example.it/b/c/.well-known/openid-federation",
            ),
            (
                "https://a.example.it/b/",
                "https://a.example.it/b/.well-known/openid-federation",
            ),
        ] {
            let address_of = EntityId::parse(id).unwrap().configuration_address();
            assert_eq!(address_of.unwrap().as_str(), address);
        }
    }
}
