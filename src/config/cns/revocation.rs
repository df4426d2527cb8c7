//! `[cns.revocation]`: how it is known which cards were revoked. May be left out: then the lists at the addresses that the
//! trusted authorities' own certificates name are brought, and nothing counts past its end.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use crate::config::StoreSection;
use crate::config::reader::Reader;
use crate::fetch::{Authorities, Network, Rules};
use crate::login::cns::revocation::{
    Addresses, Mirror, RefreshSettings, ResponderSettings, RevocationSettings,
};
use crate::protocol::x509::{crl, ocsp};

/// The longest that a list may count past its end: a week, after which nobody knows anything any more.
const LONGEST_GRACE_HOURS: u64 = 7 * 24;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    crls: Option<PathBuf>,
    fetch: Option<bool>,
    every_minutes: Option<Spanned<u64>>,
    grace_hours: Option<Spanned<u64>>,
    timeout_seconds: Option<Spanned<u64>>,
    max_megabytes: Option<Spanned<u64>>,
    addresses: Vec<Spanned<String>>,
    hosts: Vec<Spanned<String>>,
    networks: Vec<Spanned<String>>,
    ca: Option<PathBuf>,
    ocsp: Option<bool>,
    mirror: Vec<RawMirror>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMirror {
    from: Spanned<String>,
    to: Spanned<String>,
}

/// `[cns.revocation]`.
#[derive(Debug, Clone)]
pub struct RevocationSection {
    /// A folder of lists that an operator fills.
    pub crls: Option<PathBuf>,
    /// Whether addresses are asked at all.
    pub fetch: bool,
    /// How often.
    pub every: Duration,
    /// How long past its end a list counts.
    pub grace: Duration,
    /// How long a list may take to come.
    pub timeout: Duration,
    /// The longest list, in bytes.
    pub max_bytes: usize,
    /// Addresses that are asked whatever certificates name.
    pub addresses: Vec<Url>,
    /// Hosts whose addresses in certificates are asked, besides those that the authorities' own certificates name.
    pub hosts: Vec<String>,
    /// Networks of the inside that may be connected to.
    pub networks: Vec<Network>,
    /// Who vouches for servers that are asked over HTTPS.
    pub authorities: Authorities,
    /// Whether responders are asked where no list can tell.
    pub ocsp: bool,
    /// Where addresses are asked instead.
    pub mirrors: Vec<Mirror>,
}

impl RevocationSection {
    /// What it makes of revocation; the lists that were good last are kept beside the other data.
    #[must_use]
    pub fn settings(&self, store: &StoreSection) -> RevocationSettings {
        let allowed = match self.fetch {
            true => Addresses::new(self.mirrors.clone(), self.hosts.clone()),
            false => Addresses::none(),
        };
        let rules = Rules {
            origins: Vec::new(),
            authorities: self.authorities.clone(),
            networks: self.networks.clone(),
            plain_http: true,
            danger_allow_http_on_loopback: false,
            connect_timeout: self.timeout.min(Duration::from_secs(10)),
            timeout: self.timeout,
            max_bytes: self.max_bytes,
            at_once: 3,
        };
        let responders = (self.ocsp && self.fetch).then(|| ResponderSettings {
            allowed: allowed.clone(),
            rules: Rules {
                // Somebody waits for the page.
                connect_timeout: Duration::from_secs(2),
                timeout: Duration::from_secs(4),
                max_bytes: ocsp::MOST_BYTES,
                at_once: 16,
                ..rules.clone()
            },
        });
        RevocationSettings {
            refresh: RefreshSettings {
                addresses: match self.fetch {
                    true => self.addresses.clone(),
                    false => Vec::new(),
                },
                allowed,
                every: self.every,
                rules,
                folder: self.crls.clone(),
                kept: Some(store.data.join("crls")),
            },
            grace: self.grace,
            responders,
        }
    }
}

/// Reads the section; one that is left out reads as an empty one.
pub(super) fn read(reader: &mut Reader<'_>, raw: Raw) -> Option<RevocationSection> {
    let mut valid = true;
    let mut within = |key: &str, given: Option<Spanned<u64>>, otherwise: u64, least, most| {
        let Some(given) = given else {
            return otherwise;
        };
        if !(least..=most).contains(given.get_ref()) {
            reader.fault(given.span(), format!("`{key}` is from {least} to {most}"));
            valid = false;
        }
        given.into_inner()
    };
    let most_megabytes = u64::try_from(crl::MOST_BYTES / (1024 * 1024)).unwrap_or(u64::MAX);
    let every = within("every_minutes", raw.every_minutes, 60, 1, 24 * 60);
    let grace = within("grace_hours", raw.grace_hours, 0, 0, LONGEST_GRACE_HOURS);
    let timeout = within("timeout_seconds", raw.timeout_seconds, 60, 1, 600);
    let megabytes = within(
        "max_megabytes",
        raw.max_megabytes,
        most_megabytes,
        1,
        most_megabytes,
    );
    let mut take = |text: &Spanned<String>, key: &str| {
        let url = web_address(text.get_ref());
        if url.is_none() {
            let message = format!("`{key}` is an `http` or `https` address without a user in it");
            reader.fault(text.span(), message);
            valid = false;
        }
        url
    };
    let addresses: Vec<Url> = raw
        .addresses
        .iter()
        .filter_map(|text| take(text, "addresses"))
        .collect();
    let mirrors: Vec<Mirror> = raw
        .mirror
        .iter()
        .filter_map(|mirror| {
            let to = take(&mirror.to, "to")?;
            let from = mirror.from.get_ref().clone();
            Some(Mirror { from, to })
        })
        .collect();
    for mirror in &raw.mirror {
        let text = mirror.from.get_ref();
        if !["ldap://", "ldaps://", "http://", "https://"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            let message = "`from` is how addresses begin, as in `ldap://ca.example/`";
            reader.fault(mirror.from.span(), message);
            valid = false;
        }
    }
    for host in &raw.hosts {
        let text = host.get_ref();
        let is_host = web_address(&format!("http://{text}/"))
            .is_some_and(|url| url.path() == "/" && url.query().is_none() && !text.contains('/'));
        if !is_host {
            let message = "`hosts` are names as in `crl.example.it`, with a port where it is not the usual one";
            reader.fault(host.span(), message);
            valid = false;
        }
    }
    let mut networks = Vec::new();
    for text in raw.networks {
        match text.get_ref().parse() {
            Ok(network) => networks.push(network),
            Err(error) => {
                reader.fault(text.span(), format!("`networks`: {error}"));
                valid = false;
            }
        }
    }
    let section = RevocationSection {
        crls: raw.crls.map(|folder| reader.path(folder)),
        fetch: raw.fetch.unwrap_or(true),
        every: Duration::from_secs(every * 60),
        grace: Duration::from_secs(grace * 60 * 60),
        timeout: Duration::from_secs(timeout),
        max_bytes: usize::try_from(megabytes).unwrap_or(64) * 1024 * 1024,
        addresses,
        hosts: raw.hosts.into_iter().map(Spanned::into_inner).collect(),
        networks,
        authorities: raw
            .ca
            .map_or(Authorities::System, |ca| Authorities::File(reader.path(ca))),
        ocsp: raw.ocsp.unwrap_or(true),
        mirrors,
    };
    valid.then_some(section)
}

fn web_address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| {
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        is_web && url.username().is_empty() && url.password().is_none()
    })
}
