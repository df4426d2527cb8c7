//! The demo's data folder: made at the first start, read at every later one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::DemoError;
use crate::crypto::{KeyKind, SigningKey};

/// A folder that only its owner can read.
#[derive(Debug, Clone)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Opens the folder, making it where it is missing.
    ///
    /// # Errors
    /// [`DemoError::File`] when it cannot be made.
    pub fn open(path: &Path) -> Result<Self, DemoError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| DemoError::file(path, error))?;
        Ok(Self(path.to_path_buf()))
    }

    /// Where a file of the folder lies.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A folder in this folder.
    ///
    /// # Errors
    /// [`DemoError::File`] when it cannot be made.
    pub fn folder(&self, name: &str) -> Result<Self, DemoError> {
        Self::open(&self.path(name))
    }

    /// A folder in this folder, without the files it may have had.
    ///
    /// # Errors
    /// [`DemoError::File`] when it cannot be emptied or made.
    pub fn empty_folder(&self, name: &str) -> Result<Self, DemoError> {
        let path = self.path(name);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(DemoError::file(&path, error))
            }
            _ => Self::open(&path),
        }
    }

    /// The text of a file, if it is there.
    ///
    /// # Errors
    /// [`DemoError::File`] when it is there and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<String>, DemoError> {
        let path = self.path(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DemoError::file(&path, error)),
        }
    }

    /// Writes a file that only its owner can read, all of it or nothing.
    ///
    /// # Errors
    /// [`DemoError::File`] when it cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<(), DemoError> {
        let path = self.path(name);
        let unfinished = self.path(&format!("{name}.new"));
        let written = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&unfinished)
            .and_then(|mut file| {
                file.write_all(content.as_ref())?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&unfinished, &path));
        written.map_err(|error| DemoError::file(&path, error))
    }

    /// Takes a file away.
    ///
    /// # Errors
    /// [`DemoError::File`] when it is not there or cannot be taken away.
    pub fn remove(&self, name: &str) -> Result<(), DemoError> {
        let path = self.path(name);
        fs::remove_file(&path).map_err(|error| DemoError::file(&path, error))
    }

    /// The private key in a file; at the first call a new one of this kind.
    ///
    /// # Errors
    /// [`DemoError`] when the file cannot be read or written, or holds no key.
    pub fn key(&self, name: &str, kind: KeyKind) -> Result<SigningKey, DemoError> {
        if let Some(pem) = self.read(name)? {
            return Ok(SigningKey::from_pem(pem.as_bytes())?);
        }
        let key = SigningKey::generate(kind)?;
        self.write(name, key.to_pem())?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::crypto::Signer as _;

    #[test]
    fn a_second_start_finds_the_keys_of_the_first() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&place.path().join("a/b")).unwrap();
        let first = folder.key("key.pem", KeyKind::P256).unwrap();
        let again = folder.key("key.pem", KeyKind::P256).unwrap();
        assert_eq!(first.public_key(), again.public_key());
    }

    #[test]
    fn only_the_owner_can_read_a_key() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(place.path()).unwrap();
        folder.key("key.pem", KeyKind::P256).unwrap();
        let mode = fs::metadata(folder.path("key.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_is_an_error_and_not_replaced() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(place.path()).unwrap();
        folder.write("key.pem", "damaged").unwrap();
        assert!(folder.key("key.pem", KeyKind::P256).is_err());
        assert_eq!(folder.read("key.pem").unwrap().as_deref(), Some("damaged"));
    }
}
