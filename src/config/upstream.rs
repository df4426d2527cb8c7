//! `[[upstream]]`: ordinary OpenID Connect providers whose logins are taken. May be left out: then there are none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::organization::Texts;
use super::reader::Reader;
use super::{Config, ConfigErrors, Fault, files};
use crate::fetch::{Authorities, Fetch, Network, Rules};
use crate::identity::AssuranceLevel;
use crate::login::openid::{Upstream, UpstreamPorts, UpstreamSettings};

/// The longest answer of a provider: its metadata, its keys, or tokens.
const LONGEST_ANSWER: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Spanned<String>,
    name: Texts,
    issuer: Spanned<String>,
    client_id: String,
    client_secret_file: PathBuf,
    #[serde(default)]
    scopes: Vec<String>,
    fiscal_code: String,
    #[serde(default = "low", deserialize_with = "AssuranceLevel::configured")]
    level: AssuranceLevel,
    #[serde(default, deserialize_with = "AssuranceLevel::all_configured")]
    levels: BTreeMap<String, AssuranceLevel>,
    #[serde(default)]
    hosts: Vec<Spanned<String>>,
    ca: Option<PathBuf>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
    #[serde(default)]
    danger_allow_http: bool,
}

fn low() -> AssuranceLevel {
    AssuranceLevel::Low
}

/// One `[[upstream]]`.
#[derive(Debug, Clone)]
pub struct UpstreamSection {
    /// Its name in addresses.
    pub id: String,
    /// What people call it.
    pub name: Texts,
    /// Its issuer.
    pub issuer: Url,
    /// The issuer as the provider writes it.
    pub issuer_text: String,
    /// What it calls us.
    pub client_id: String,
    /// The file of the secret that it gave us.
    pub client_secret_file: PathBuf,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds the fiscal code.
    pub fiscal_code: String,
    /// What a login is worth whose class (`acr`) is none of `levels`: `low` unless told otherwise.
    pub level: AssuranceLevel,
    /// The level of each class.
    pub levels: BTreeMap<String, AssuranceLevel>,
    /// Other origins that its endpoints are at.
    pub hosts: Vec<Url>,
    /// Who vouches for its servers.
    pub authorities: Authorities,
    /// Networks of the inside that may be connected to.
    pub networks: Vec<Network>,
    /// Plain HTTP to this machine, for tests.
    pub danger_allow_http: bool,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Vec<UpstreamSection>> {
    let raw: Vec<Raw> = reader.optional("upstream")?;
    let mut ids = BTreeSet::new();
    let mut sections = Vec::new();
    let mut all = true;
    for one in raw {
        if !ids.insert(one.id.get_ref().clone()) {
            reader.fault(one.id.span(), "`id` stands there twice");
            all = false;
        }
        match section(one, reader) {
            Some(section) => sections.push(section),
            None => all = false,
        }
    }
    all.then_some(sections)
}

fn section(raw: Raw, reader: &mut Reader<'_>) -> Option<UpstreamSection> {
    let mut valid = true;
    let mut wrong = |reader: &mut Reader<'_>, span, message: &str| {
        reader.fault(span, message);
        valid = false;
    };
    let id = raw.id.get_ref();
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() || id.len() > 32 || !id.bytes().all(is_letter) {
        let message = "`id` is small letters, digits and hyphens, 32 at most";
        wrong(reader, raw.id.span(), message);
    }
    let address = |text: &str| {
        let url = Url::parse(text).ok()?;
        let is_safe = url.scheme() == "https" || (raw.danger_allow_http && url.scheme() == "http");
        let is_plain = url.query().is_none() && url.fragment().is_none();
        (is_safe && is_plain && url.host().is_some() && url.username().is_empty()).then_some(url)
    };
    let issuer = address(raw.issuer.get_ref());
    if issuer.is_none() {
        let message = "`issuer` is an `https` address without query";
        wrong(reader, raw.issuer.span(), message);
    }
    let mut hosts = Vec::new();
    for host in &raw.hosts {
        match address(host.get_ref()) {
            Some(url) => hosts.push(url),
            None => wrong(reader, host.span(), "`hosts` are `https` addresses"),
        }
    }
    let mut networks = Vec::new();
    for text in &raw.networks {
        match text.get_ref().parse() {
            Ok(network) => networks.push(network),
            Err(error) => wrong(reader, text.span(), &format!("`networks`: {error}")),
        }
    }
    let issuer = issuer.filter(|_| valid)?;
    Some(UpstreamSection {
        id: raw.id.into_inner(),
        name: raw.name,
        issuer,
        issuer_text: raw.issuer.into_inner(),
        client_id: raw.client_id,
        client_secret_file: reader.path(raw.client_secret_file),
        scopes: raw.scopes,
        fiscal_code: raw.fiscal_code,
        level: raw.level,
        levels: raw.levels,
        hosts,
        authorities: raw
            .ca
            .map_or(Authorities::System, |ca| Authorities::File(reader.path(ca))),
        networks,
        danger_allow_http: raw.danger_allow_http,
    })
}

/// What upstream providers share.
pub(super) type Shared = dyn Fn(Arc<Fetch>) -> UpstreamPorts;

impl Config {
    /// The ordinary providers. None of them is asked for anything yet.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub(super) fn upstreams(&self, ports: &Shared) -> Result<Vec<Arc<Upstream>>, ConfigErrors> {
        let (origin, mut faults) = (self.edge.origin(), Vec::new());
        let opened = self.upstreams.iter().filter_map(|section| {
            let opened = section.open(&origin, ports).map(Arc::new);
            opened
                .map_err(|errors| faults.extend_from_slice(errors.faults()))
                .ok()
        });
        let opened = opened.collect();
        if faults.is_empty() {
            Ok(opened)
        } else {
            Err(ConfigErrors::from_faults(faults))
        }
    }
}

impl UpstreamSection {
    /// The provider, of which nothing is known yet; people come back to `origin`.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    fn open(&self, origin: &str, ports: &Shared) -> Result<Upstream, ConfigErrors> {
        let secret = files::token(&self.client_secret_file);
        let rules = Rules {
            origins: std::iter::once(&self.issuer)
                .chain(&self.hosts)
                .cloned()
                .collect(),
            networks: self.networks.clone(),
            danger_allow_http_on_loopback: self.danger_allow_http,
            timeout: Duration::from_secs(8),
            max_bytes: LONGEST_ANSWER,
            ..Rules::for_origin_of(&self.issuer, self.authorities.clone())
        };
        let fetch = Fetch::new(rules).map_err(|error| {
            let file = match &self.authorities {
                Authorities::File(file) => file.as_path(),
                Authorities::System => self.issuer.as_str().as_ref(),
            };
            Fault::of_file(file, error.to_string())
        });
        match (secret, fetch) {
            (Ok(secret), Ok(fetch)) => {
                let settings = UpstreamSettings {
                    id: self.id.clone(),
                    name: (self.name.it.clone(), self.name.en.clone()),
                    issuer: self.issuer_text.clone(),
                    client_id: self.client_id.clone(),
                    client_secret: secret,
                    origin: origin.to_owned(),
                    scopes: self.scopes.clone(),
                    fiscal_code: self.fiscal_code.clone(),
                    levels: self
                        .levels
                        .iter()
                        .map(|(class, level)| (class.clone(), *level))
                        .collect(),
                    level: self.level,
                };
                Ok(Upstream::new(settings, ports(Arc::new(fetch))))
            }
            (secret, fetch) => {
                let faults = [secret.err(), fetch.err()].into_iter().flatten();
                Err(ConfigErrors::from_faults(faults.collect()))
            }
        }
    }
}
