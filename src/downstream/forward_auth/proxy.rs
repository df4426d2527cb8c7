//! The proxies that may ask, and how each of them says what was asked for.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use http::HeaderMap;
use serde::Deserialize;

use super::original::one;
use crate::crypto::encoding::hex;
use crate::crypto::{constant_time_eq, sha256};

/// The header with the secret of a proxy.
pub const SECRET_HEADER: &str = "x-varco-proxy";
/// The longest secret that is looked at, in bytes.
const LONGEST_SECRET: usize = 128;

/// A kind of proxy. It decides which headers say what was asked for, everything else being what a stranger may have sent,
/// and how a browser is sent to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProxyKind {
    /// nginx `auth_request`: `X-Original-URL` and `X-Original-Method`, which its configuration sets. It takes no answer but
    /// 2xx, 401 and 403, and reads where to log in from `Location`.
    Nginx,
    /// Traefik ForwardAuth: `X-Forwarded-Proto`, `-Host`, `-Uri` and `-Method`. It hands any other answer than 2xx to the
    /// browser.
    Traefik,
    /// Caddy `forward_auth`: the same headers and the same answers as Traefik.
    Caddy,
    /// Envoy `ext_authz` over HTTP: the request itself without its body, its path behind a prefix. Any other answer
    /// than 200 goes to the browser.
    Envoy,
}

impl ProxyKind {
    /// Whether the browser gets our answer itself, and so can be redirected.
    #[must_use]
    pub fn hands_on_answers(self) -> bool {
        self != Self::Nginx
    }
}

/// One `[[forward_auth.proxy]]`: who may ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxySettings {
    /// What it is.
    pub kind: ProxyKind,
    /// SHA-256, in lower-case hexadecimal, of the random secret that it sends in `X-Varco-Proxy`.
    pub secret_sha256: Option<String>,
    /// The addresses that it asks from: `192.0.2.1`, `2001:db8::/64`.
    #[serde(default)]
    pub addresses: Vec<String>,
}

/// A proxy that may ask. Only [`Proxies::register`] makes one, and only [`Proxies::find`] gives one away: what holds it
/// knows that whoever asks is configured.
#[derive(Clone)]
pub struct Proxy {
    kind: ProxyKind,
    secret_sha256: Option<String>,
    networks: Vec<Network>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("kind", &self.kind)
            .field("networks", &self.networks)
            .finish_non_exhaustive()
    }
}

impl Proxy {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> ProxyKind {
        self.kind
    }

    fn check(settings: ProxySettings) -> Result<Self, String> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if let Some(secret) = &settings.secret_sha256
            && (secret.len() != 64 || !secret.bytes().all(hex))
        {
            return Err("`secret_sha256` is not 64 lower-case hexadecimal digits".to_owned());
        }
        let networks: Result<Vec<Network>, String> = settings
            .addresses
            .iter()
            .map(|text| {
                Network::parse(text)
                    .ok_or_else(|| format!("`addresses`: {text:?} is no address or network"))
            })
            .collect();
        let networks = networks?;
        if settings.secret_sha256.is_none() && networks.is_empty() {
            return Err(
                "anybody could be this proxy: give `secret_sha256`, `addresses` or both".to_owned(),
            );
        }
        Ok(Self {
            kind: settings.kind,
            secret_sha256: settings.secret_sha256,
            networks,
        })
    }

    /// Whether a request could be taken for either of two.
    fn is_mistakable_for(&self, other: &Self) -> bool {
        match (&self.secret_sha256, &other.secret_sha256) {
            (Some(one), Some(another)) => one == another,
            (None, None) => self
                .networks
                .iter()
                .any(|one| other.networks.iter().any(|another| one.overlaps(another))),
            _ => false,
        }
    }

    /// Whether it asks from here with the secret of this hash, or with none.
    fn is(&self, client: Option<IpAddr>, shown: Option<&str>) -> bool {
        let proved = match (&self.secret_sha256, shown) {
            (Some(known), Some(shown)) => constant_time_eq(known.as_bytes(), shown.as_bytes()),
            (None, None) => true,
            _ => false,
        };
        proved
            && (self.networks.is_empty()
                || client.is_some_and(|client| {
                    self.networks.iter().any(|network| network.contains(client))
                }))
    }
}

/// The proxies that may ask.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Proxy>);

impl Proxies {
    /// Checks every proxy.
    ///
    /// # Errors
    /// Everything that is wrong, with the place of the proxy in the list.
    pub fn register(settings: Vec<ProxySettings>) -> Result<Self, Vec<(usize, String)>> {
        let mut proxies: Vec<Proxy> = Vec::new();
        let mut faults = Vec::new();
        for (place, settings) in settings.into_iter().enumerate() {
            match Proxy::check(settings) {
                Ok(proxy) if proxies.iter().any(|other| other.is_mistakable_for(&proxy)) => {
                    let fault =
                        "another proxy could be taken for this one: give each a secret of its own";
                    faults.push((place, fault.to_owned()));
                }
                Ok(proxy) => proxies.push(proxy),
                Err(fault) => faults.push((place, fault)),
            }
        }
        if faults.is_empty() {
            Ok(Self(proxies))
        } else {
            Err(faults)
        }
    }

    /// The proxy that asks; `None` for everybody else. A request with a secret is never taken for a proxy without.
    #[must_use]
    pub fn find(&self, client: Option<IpAddr>, headers: &HeaderMap) -> Option<&Proxy> {
        let shown = match one(headers, SECRET_HEADER).ok()? {
            Some(secret) if secret.len() > LONGEST_SECRET => return None,
            Some(secret) => Some(hex(&sha256(secret.as_bytes()))),
            None => None,
        };
        let client = client.map(|client| client.to_canonical());
        self.0
            .iter()
            .find(|proxy| proxy.is(client, shown.as_deref()))
    }
}

/// Addresses with a common beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    /// As IPv6: IPv4 addresses are mapped.
    first: u128,
    /// How many bits the addresses have in common.
    bits: u32,
}

impl Network {
    /// Reads `address` or `address/bits`; `None` for anything else, and for bits that are set behind the common ones: such a
    /// network is most likely not the one that was meant.
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let (first, width) = match address {
            IpAddr::V4(address) => (address.to_ipv6_mapped().to_bits(), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let bits = match bits {
            // `u32::from_str` would take a sign.
            Some(bits) if !bits.bytes().all(|byte| byte.is_ascii_digit()) => return None,
            Some(bits) => bits.parse().ok().filter(|bits: &u32| *bits <= width)?,
            None => width,
        };
        let network = Self {
            first,
            bits: 128 - width + bits,
        };
        (network.first & !network.mask() == 0).then_some(network)
    }

    fn mask(&self) -> u128 {
        u128::MAX.checked_shl(128 - self.bits).unwrap_or(0)
    }

    fn contains(&self, address: IpAddr) -> bool {
        let address: Ipv6Addr = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => address,
        };
        address.to_bits() & self.mask() == self.first
    }

    fn overlaps(&self, other: &Self) -> bool {
        let common = self.mask() & other.mask();
        self.first & common == other.first & common
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn proxy(secret: Option<&str>, addresses: &[&str]) -> ProxySettings {
        ProxySettings {
            kind: ProxyKind::Nginx,
            secret_sha256: secret.map(|secret| hex(&sha256(secret.as_bytes()))),
            addresses: addresses.iter().map(ToString::to_string).collect(),
        }
    }

    fn found(proxies: &Proxies, client: &str, secrets: &[&'static str]) -> bool {
        let headers = secrets
            .iter()
            .map(|secret| {
                let name = http::HeaderName::from_static(SECRET_HEADER);
                (name, HeaderValue::from_static(secret))
            })
            .collect();
        proxies.find(client.parse().ok(), &headers).is_some()
    }

    #[test]
    fn only_a_configured_proxy_may_ask() {
        let one =
            |secret, addresses: &[&str]| Proxies::register(vec![proxy(secret, addresses)]).unwrap();
        let both = one(Some("s"), &["192.0.2.0/24"]);
        assert!(found(&both, "192.0.2.7", &["s"]));
        assert!(found(&both, "::ffff:192.0.2.7", &["s"]));
        assert!(!found(&both, "192.0.3.7", &["s"]), "another address");
        assert!(!found(&both, "192.0.2.7", &["t"]), "another secret");
        assert!(!found(&both, "192.0.2.7", &[]), "no secret");
        assert!(!found(&both, "192.0.2.7", &["s", "s"]), "two secrets");
        assert!(!found(&both, "nowhere", &["s"]), "no address");

        let by_secret = one(Some("s"), &[]);
        assert!(found(&by_secret, "203.0.113.1", &["s"]));
        assert!(!found(&by_secret, "203.0.113.1", &[""]));

        let by_address = one(None, &["2001:db8::/64"]);
        assert!(found(&by_address, "2001:db8::1", &[]));
        assert!(!found(&by_address, "2001:db8:0:1::1", &[]));
        assert!(
            !found(&by_address, "2001:db8::1", &["s"]),
            "a secret of nobody"
        );

        assert!(!found(&Proxies::default(), "127.0.0.1", &[]));
    }

    #[test]
    fn proxies_that_could_be_taken_for_one_another_are_a_fault() {
        for (one, other) in [
            (proxy(Some("s"), &[]), proxy(Some("s"), &["192.0.2.1"])),
            (proxy(None, &["192.0.2.0/24"]), proxy(None, &["192.0.2.1"])),
        ] {
            let faults = Proxies::register(vec![one, other]).unwrap_err();
            assert_eq!(faults.len(), 1);
            assert_eq!(faults[0].0, 1);
        }
        let apart = vec![
            proxy(Some("s"), &["192.0.2.1"]),
            proxy(Some("t"), &["192.0.2.1"]),
            proxy(None, &["192.0.2.1"]),
            proxy(None, &["192.0.2.2"]),
        ];
        assert!(Proxies::register(apart).is_ok());
    }

    #[test]
    fn a_proxy_that_anybody_could_be_is_a_fault() {
        let mut bad_hash = proxy(Some("s"), &[]);
        bad_hash.secret_sha256 = Some("S".repeat(64));
        for settings in [
            proxy(None, &[]),
            bad_hash,
            proxy(None, &["192.0.2.256"]),
            proxy(None, &["192.0.2.1/33"]),
            proxy(None, &["192.0.2.1/24"]),
            proxy(None, &["192.0.2.0/+24"]),
            proxy(None, &["192.0.2.0/"]),
            proxy(None, &["host"]),
        ] {
            assert!(Proxies::register(vec![settings]).is_err());
        }
    }

    #[test]
    fn debug_of_a_proxy_does_not_show_the_hash_of_its_secret() {
        let proxies = Proxies::register(vec![proxy(Some("s"), &[])]).unwrap();
        assert!(!format!("{proxies:?}").contains(&hex(&sha256(b"s"))));
    }
}
