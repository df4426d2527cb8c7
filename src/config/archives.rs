//! `[archives]`: where the institute keeps who people are. May be left out: then everybody is a citizen, and what their
//! login proves.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::reader::Reader;
use super::{Fault, StoreSection, files};
use crate::archive::{Archive, HttpArchive, HttpArchiveSettings, NoArchive, Remembered};
use crate::fetch::{Authorities, Network, Rules};
use crate::store::sqlite::profiles::ProfileTable;

/// The longest answer about one person, in bytes: many times what all of their profiles take.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The longest that an answer may be used again: a profile that was taken back must not stay open.
const LONGEST_CACHE: u64 = 300;

/// The longest that a page may wait for the archives, in milliseconds.
const LONGEST_WAIT: u64 = 10_000;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    table: Option<Spanned<bool>>,
    http: Option<Spanned<RawHttp>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHttp {
    url: Spanned<String>,
    ca: Option<PathBuf>,
    token_file: Option<PathBuf>,
    timeout_ms: Option<Spanned<u64>>,
    cache_seconds: Option<Spanned<u64>>,
    at_once: Option<Spanned<usize>>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
    #[serde(default)]
    danger_allow_http: bool,
}

/// How long an answer of the table is good: a new import is in force after so long at most.
const TABLE_LIFE: Duration = Duration::from_secs(5);

/// `[archives]`.
#[derive(Debug, Clone, Default)]
pub enum ArchivesSection {
    /// There are none.
    #[default]
    None,
    /// The table that `varco profiles import` fills.
    Table,
    /// Those that are asked over HTTP.
    Http(Box<HttpArchivesSection>),
}

/// `[archives] http`.
#[derive(Debug, Clone)]
pub struct HttpArchivesSection {
    /// Where they are asked.
    pub url: Url,
    /// Who vouches for the server: a PEM file, or the authorities that the system trusts.
    pub authorities: Authorities,
    /// The file of the bearer token, where they want one.
    pub token_file: Option<PathBuf>,
    /// How long a request may take in all.
    pub timeout: Duration,
    /// How long an answer counts.
    pub cache: Duration,
    /// How many requests may be under way at once.
    pub at_once: usize,
    /// Networks of the inside that may be connected to.
    pub networks: Vec<Network>,
    /// Plain HTTP to this machine, for tests.
    pub danger_allow_http: bool,
}

impl ArchivesSection {
    /// Opens the archives. Those over HTTP are not asked for anything yet.
    ///
    /// # Errors
    /// [`Fault`] names the file that cannot be used.
    pub fn open(&self, store: &StoreSection) -> Result<Arc<dyn Archive>, Fault> {
        Ok(match self {
            Self::None => Arc::new(NoArchive),
            Self::Table => {
                let file = store.profiles();
                let table = ProfileTable::open(&file, store.profile_keys()?);
                let table = table.map_err(|error| Fault::of_file(&file, error.to_string()))?;
                Arc::new(Remembered::new(table, TABLE_LIFE))
            }
            Self::Http(section) => Arc::new(Remembered::new(section.open()?, section.cache)),
        })
    }
}

impl HttpArchivesSection {
    fn open(&self) -> Result<HttpArchive, Fault> {
        let token = self.token_file.as_deref().map(files::token).transpose()?;
        let rules = Rules {
            networks: self.networks.clone(),
            danger_allow_http_on_loopback: self.danger_allow_http,
            connect_timeout: self.timeout,
            timeout: self.timeout,
            max_bytes: LONGEST_ANSWER,
            at_once: self.at_once,
            ..Rules::for_origin_of(&self.url, self.authorities.clone())
        };
        let settings = HttpArchiveSettings {
            url: self.url.clone(),
            token,
            rules,
        };
        HttpArchive::new(settings).map_err(|error| match &self.authorities {
            Authorities::File(file) => Fault::of_file(file, error.to_string()),
            Authorities::System => Fault::of_file(self.url.as_str().as_ref(), error.to_string()),
        })
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<ArchivesSection> {
    let raw: Raw = reader.optional("archives")?;
    let has_table = raw.table.as_ref().is_some_and(|table| *table.get_ref());
    match raw.http {
        Some(http) if has_table => {
            let message = "`http` and `table`: people would be two things at once; choose one";
            reader.fault(http.span(), message);
            None
        }
        Some(http) => {
            let http = read_http(http.into_inner(), reader)?;
            Some(ArchivesSection::Http(Box::new(http)))
        }
        None if has_table => Some(ArchivesSection::Table),
        None => Some(ArchivesSection::None),
    }
}

fn read_http(raw: RawHttp, reader: &mut Reader<'_>) -> Option<HttpArchivesSection> {
    let mut valid = true;
    let url = Url::parse(raw.url.get_ref()).ok().filter(|url| {
        let is_safe = match url.scheme() {
            "https" => true,
            "http" => raw.danger_allow_http,
            _ => false,
        };
        is_safe && url.host().is_some() && url.username().is_empty() && url.password().is_none()
    });
    if url.is_none() {
        let message = "`url` is an `https` address without a user in it (or `http` on loopback with `danger_allow_http`, for tests)";
        reader.fault(raw.url.span(), message);
        valid = false;
    }
    let mut within = |key: &str, given: &Option<Spanned<u64>>, otherwise: u64, least, most| {
        let Some(given) = given else {
            return otherwise;
        };
        if !(least..=most).contains(given.get_ref()) {
            reader.fault(given.span(), format!("`{key}` is from {least} to {most}"));
            valid = false;
        }
        *given.get_ref()
    };
    let timeout = within("timeout_ms", &raw.timeout_ms, 2_000, 50, LONGEST_WAIT);
    let cache = within("cache_seconds", &raw.cache_seconds, 30, 0, LONGEST_CACHE);
    let at_once = raw.at_once.as_ref().map_or(32, |given| *given.get_ref());
    if let Some(given) = raw
        .at_once
        .filter(|given| !(1..=1000).contains(given.get_ref()))
    {
        reader.fault(given.span(), "`at_once` is from 1 to 1000");
        valid = false;
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
    let url = url.filter(|_| valid)?;
    Some(HttpArchivesSection {
        url,
        authorities: raw
            .ca
            .map_or(Authorities::System, |ca| Authorities::File(reader.path(ca))),
        token_file: raw.token_file.map(|file| reader.path(file)),
        timeout: Duration::from_millis(timeout),
        cache: Duration::from_secs(cache),
        at_once,
        networks,
        danger_allow_http: raw.danger_allow_http,
    })
}
