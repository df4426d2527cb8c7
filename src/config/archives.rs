//! `[archives]`: where the institute keeps who people are. May be left out: then everybody is a citizen, and what their
//! login proves.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::outgoing::{Outgoing, RawOutgoing};
use super::reader::Reader;
use super::{Fault, StoreSection};
use crate::archive::{Archive, AskedSettings, HttpArchive, NoArchive, Remembered};
use crate::store::sqlite::profiles::ProfileTable;

/// The longest answer about one person, in bytes: many times what all of their profiles take.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The longest that an answer may be used again: a profile that was taken back must not stay open.
const LONGEST_CACHE: u64 = 300;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    table: Option<Spanned<bool>>,
    http: Option<Spanned<RawOutgoing>>,
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

/// `[archives] http`, and whatever else of the institute is asked so.
#[derive(Debug, Clone)]
pub struct HttpArchivesSection {
    /// Where and how they are asked.
    pub server: Outgoing,
    /// How long an answer counts.
    pub cache: Duration,
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
            Self::Http(section) => {
                let archive = HttpArchive::new(section.settings()?);
                let archive = archive.map_err(|error| section.server.unvouched(&error))?;
                Arc::new(Remembered::new(archive, section.cache))
            }
        })
    }
}

impl HttpArchivesSection {
    /// How they are asked, with the token as its file has it now.
    ///
    /// # Errors
    /// [`Fault`] names the file that cannot be used.
    pub(super) fn settings(&self) -> Result<AskedSettings, Fault> {
        Ok(AskedSettings {
            url: self.server.url.clone(),
            token: self.server.token()?,
            rules: self.server.rules(LONGEST_ANSWER),
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

pub(super) fn read_http(raw: RawOutgoing, reader: &mut Reader<'_>) -> Option<HttpArchivesSection> {
    let cache = match &raw.cache_seconds {
        Some(seconds) if *seconds.get_ref() > LONGEST_CACHE => {
            let message = format!("`cache_seconds` is from 0 to {LONGEST_CACHE}");
            reader.fault(seconds.span(), message);
            None
        }
        seconds => Some(seconds.as_ref().map_or(30, |seconds| *seconds.get_ref())),
    };
    let server = raw.read(reader)?;
    Some(HttpArchivesSection {
        server,
        cache: Duration::from_secs(cache?),
    })
}
