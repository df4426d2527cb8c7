//! Which addresses of certificates are asked, and where in truth.

use std::collections::BTreeSet;

use url::Url;

/// Addresses that begin with one text are asked at another: `ldap://` addresses, for which there is no client here, and
/// whatever the operator keeps a copy of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// How the addresses in certificates begin.
    pub from: String,
    /// What stands there instead: `https`, or `http` since the lists are signed.
    pub to: Url,
}

/// The addresses that may be asked. A certificate's issuer wrote them, and an issuer that went bad, or was made to, must not
/// make the gateway ask servers of the inside, or of strangers: a host has to be known besides.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    mirrors: Vec<Mirror>,
    /// `host`, or `host:port` where the port is not the scheme's own.
    hosts: BTreeSet<String>,
    /// Whether nobody is asked, whatever else is said.
    closed: bool,
}

impl Addresses {
    /// No address at all.
    #[must_use]
    pub fn none() -> Self {
        Self {
            closed: true,
            ..Self::default()
        }
    }

    /// Mirrors, and hosts besides them that may be asked. Of several mirrors the one with the longest `from` counts.
    #[must_use]
    pub fn new(mut mirrors: Vec<Mirror>, hosts: impl IntoIterator<Item = String>) -> Self {
        mirrors.sort_by_key(|mirror| std::cmp::Reverse(mirror.from.len()));
        let hosts = hosts.into_iter();
        Self {
            mirrors,
            hosts: hosts.map(|host| host.to_ascii_lowercase()).collect(),
            closed: false,
        }
    }

    /// The same, with the hosts of addresses that trusted authorities' own certificates name. Only at the schemes' own ports:
    /// those are public web servers.
    #[must_use]
    pub fn with_hosts_of<'a>(&self, addresses: impl IntoIterator<Item = &'a String>) -> Self {
        let mut wider = self.clone();
        for address in addresses {
            let host = Url::parse(address).ok().and_then(|url| {
                let is_web = matches!(url.scheme(), "http" | "https") && url.port().is_none();
                url.host_str().filter(|_| is_web).map(str::to_owned)
            });
            wider.hosts.extend(host);
        }
        wider
    }

    /// Where an address of a certificate is asked; `None` where nobody may be.
    #[must_use]
    pub fn resolve(&self, address: &str) -> Option<Url> {
        if self.closed {
            return None;
        }
        let mirrored = self
            .mirrors
            .iter()
            .find_map(|mirror| Some((mirror, address.strip_prefix(&mirror.from)?)));
        if let Some((mirror, rest)) = mirrored {
            let url = Url::parse(&format!("{}{rest}", mirror.to)).ok()?;
            // What follows the prefix is the issuer's text: it must not lead out of the mirror.
            let is_inside =
                url.origin() == mirror.to.origin() && url.path().starts_with(mirror.to.path());
            return (is_inside && is_plain(&url)).then_some(url);
        }
        let url = Url::parse(address).ok().filter(is_plain)?;
        let host = url.host_str()?;
        let place = match url.port() {
            None => host.to_owned(),
            Some(port) => format!("{host}:{port}"),
        };
        self.hosts.contains(&place).then_some(url)
    }
}

/// An address of the web without anything secret in it.
fn is_plain(url: &Url) -> bool {
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    is_web && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirror(from: &str, to: &str) -> Mirror {
        Mirror {
            from: from.to_owned(),
            to: Url::parse(to).unwrap(),
        }
    }

    fn asked(addresses: &Addresses, address: &str) -> Option<String> {
        addresses.resolve(address).map(String::from)
    }

    #[test]
    fn only_known_hosts_are_asked() {
        let known = Addresses::new(
            Vec::new(),
            ["crl.example".to_owned(), "a.example:8080".to_owned()],
        );
        for address in [
            "http://crl.example/ca.crl",
            "https://crl.example/ca.crl?x",
            "http://CRL.example:80/",
            "http://a.example:8080/",
        ] {
            assert!(asked(&known, address).is_some(), "{address}");
        }
        for address in [
            "http://other.example/",
            "http://crl.example.other.example/",
            "http://crl.example:8080/",
            "http://crl.example@other.example/",
            "http://user@crl.example/",
            "http://a.example/",
            "ldap://crl.example/",
            "ftp://crl.example/",
            "file:///etc/passwd",
            "crl.example",
            "",
        ] {
            assert_eq!(asked(&known, address), None, "{address}");
        }
    }

    #[test]
    fn hosts_of_the_authorities_own_certificates_are_known_at_their_own_port() {
        let own = [
            "http://crl.example/ca.crl",
            "http://crl.example:8080/",
            "ldap://l.example/",
        ];
        let known = Addresses::default().with_hosts_of(&own.map(str::to_owned));
        assert!(asked(&known, "http://crl.example/other.crl").is_some());
        assert_eq!(asked(&known, "http://crl.example:8080/"), None);
        assert_eq!(asked(&known, "http://l.example/"), None);
        let closed = Addresses::none().with_hosts_of(&own.map(str::to_owned));
        assert_eq!(asked(&closed, "http://crl.example/ca.crl"), None);
    }

    #[test]
    fn the_longest_prefix_leads_to_its_mirror_and_nowhere_else() {
        let known = Addresses::new(
            vec![
                mirror("ldap://", "https://mirror.example/all/"),
                mirror("ldap://ca.example/cn=One", "http://mirror.example/one.crl"),
                mirror("http://old.example", "https://mirror.example"),
            ],
            Vec::new(),
        );
        for (address, url) in [
            ("ldap://ca.example/cn=One", "http://mirror.example/one.crl"),
            (
                "ldap://ca.example/cn=One?certificateRevocationList",
                "http://mirror.example/one.crl?certificateRevocationList",
            ),
            (
                "ldap://x/cn=a%20b,c=IT",
                "https://mirror.example/all/x/cn=a%20b,c=IT",
            ),
            (
                "http://old.example/ca.crl",
                "https://mirror.example//ca.crl",
            ),
        ] {
            assert_eq!(asked(&known, address).as_deref(), Some(url), "{address}");
        }
        for address in [
            "ldap://../secret",
            "ldap://x/../../secret",
            "ldap://%2e%2e/secret",
            "http://mirror.example/one.crl",
        ] {
            assert_eq!(asked(&known, address), None, "{address}");
        }
        // What would make the host another one stays in the path.
        let out = asked(&known, "http://old.example.other.example/").unwrap();
        assert!(out.starts_with("https://mirror.example/"), "{out}");
        let out = asked(&known, "http://old.example@other.example/").unwrap();
        assert!(out.starts_with("https://mirror.example/"), "{out}");
    }
}
