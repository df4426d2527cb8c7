//! `[store]`: where data live.

use std::fs::DirBuilder;
use std::path::PathBuf;

use serde::Deserialize;

use super::reader::Reader;
use super::{Fault, files};
use crate::login::cns::trust::ListMark;
use crate::store::sqlite::StoreKeys;
use crate::store::sqlite::profiles::ProfileKeys;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    data: PathBuf,
    key: PathBuf,
}

/// `[store]`.
#[derive(Debug, Clone)]
pub struct StoreSection {
    /// The folder of the data: the audit log and the register, and the table of profiles.
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

    /// The file of the table of profiles.
    #[must_use]
    pub fn profiles(&self) -> PathBuf {
        self.data.join("profiles.db")
    }

    /// Reads the key and derives those of the table of profiles.
    ///
    /// # Errors
    /// [`Fault`] when the file cannot be read or holds no key.
    pub fn profile_keys(&self) -> Result<ProfileKeys, Fault> {
        Ok(ProfileKeys::derive(&*files::secret(&self.key)?))
    }

    /// The mark of the highest trusted list of card authorities that was ever taken.
    #[must_use]
    pub fn list_mark(&self) -> ListMark {
        ListMark::new(self.data.join("trusted-list.mark"))
    }

    /// Makes the folder of the data, which its owner alone can enter, unless it is there.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be made.
    pub fn make_folder(&self) -> Result<(), Fault> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.data)
            .map_err(|error| Fault::of_file(&self.data, format!("cannot be made: {error}")))
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
