//! `[store]`: where data live.

use std::path::PathBuf;

use serde::Deserialize;

use super::reader::Reader;
use super::{Fault, files};
use crate::store::sqlite::StoreKeys;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    data: PathBuf,
    key: PathBuf,
}

/// `[store]`.
#[derive(Debug, Clone)]
pub struct StoreSection {
    /// The folder of the data: the audit log and the register.
    pub data: PathBuf,
    /// The file of the key that seals them. Without it they cannot be read, and nobody can make it again.
    pub key: PathBuf,
}

impl StoreSection {
    /// The file of the audit log and the register.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join("varco.db")
    }

    /// Reads the key and derives what seals and chains.
    ///
    /// # Errors
    /// [`Fault`] when the file cannot be read or holds no key.
    pub fn keys(&self) -> Result<StoreKeys, Fault> {
        Ok(StoreKeys::derive(&*files::secret(&self.key)?))
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<StoreSection> {
    let raw: Raw = reader.required("store")?;
    Some(StoreSection {
        data: reader.path(raw.data),
        key: reader.path(raw.key),
    })
}
