//! Where the list in force is kept, with the one before it.
//!
//! A list stands in a file named after its number and digest, which never changes. `current.toml` says which one counts and
//! takes the place of its predecessor at one stroke: whoever reads meanwhile, or after a power failure, finds the old list or
//! the new one, whole. Who can write here decides whom cards are trusted from only as far as the pinned signature
//! allows: an older list put back by hand verifies too. So the folder is for the account that imports to write, and for
//! the gateway to read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;

use super::Candidate;
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::protocol::xml::Limits;

const CURRENT: &str = "current.toml";
const LOCK: &str = "import.lock";
/// The longest `current.toml`, in bytes.
const MAX_CURRENT: u64 = 16 * 1024;

/// Why a folder of lists or of PEM files cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct FolderError {
    /// The folder or file.
    pub path: PathBuf,
    /// What is wrong.
    pub reason: String,
}

impl FolderError {
    pub(super) fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::new(path, error.to_string())
    }
}

/// What `current.toml` says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The file of the list, in the same folder.
    pub file: String,
    /// The list's number.
    pub sequence: u64,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// When it was imported.
    pub imported: DateTime<Utc>,
    /// Whether a person approved that it removes more authorities than goes without saying.
    pub removals_accepted: bool,
    /// The file of the list before it.
    pub previous: Option<String>,
}

/// The folder of the list.
#[derive(Debug, Clone)]
pub struct ListFolder(PathBuf);

/// Proof that nobody else imports into the folder.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "the lock ends with its file")] File);

impl ListFolder {
    /// A folder, which need not be there yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The file that changes whenever another list counts.
    #[must_use]
    pub fn pointer(&self) -> PathBuf {
        self.0.join(CURRENT)
    }

    /// The list that counts; `None` before the first import.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be read, is not the one that was imported, or everybody may write here.
    pub fn current(&self) -> Result<Option<(Kept, Vec<u8>)>, FolderError> {
        let pointer = self.pointer();
        let text = match bounded(&pointer, MAX_CURRENT) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FolderError::io(&pointer)(error)),
        };
        refuse_if_open_to_all(&self.0)?;
        refuse_if_open_to_all(&pointer)?;
        let kept: Kept = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| toml::from_str(text).ok())
            .filter(|kept: &Kept| is_list_file(&kept.file))
            .ok_or_else(|| {
                FolderError::new(&pointer, "is not as `varco cns trust import` writes it")
            })?;
        let path = self.0.join(&kept.file);
        let longest = u64::try_from(Limits::LIST.max_bytes).unwrap_or(u64::MAX);
        let bytes = bounded(&path, longest).map_err(FolderError::io(&path))?;
        if hex(&sha256(&bytes)) != kept.sha256 {
            return Err(FolderError::new(&path, "is not the list that was imported"));
        }
        Ok(Some((kept, bytes)))
    }

    /// Makes the folder, unless it is there, and keeps others from importing until the lock is dropped.
    ///
    /// # Errors
    /// [`FolderError`] when somebody else is importing, or everybody may write here.
    pub fn lock(&self) -> Result<FolderLock, FolderError> {
        fs::create_dir_all(&self.0).map_err(FolderError::io(&self.0))?;
        refuse_if_open_to_all(&self.0)?;
        let path = self.0.join(LOCK);
        // Never emptied: the name may be a link that somebody put here.
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(FolderError::io(&path))?;
        file.try_lock()
            .map_err(|error| FolderError::new(&path, format!("somebody else imports: {error}")))?;
        Ok(FolderLock(file))
    }

    /// Puts a list in the place of the one that counted, which stays beside it.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be written; the old list counts on.
    pub fn keep(
        &self,
        _lock: &FolderLock,
        candidate: &Candidate,
        bytes: &[u8],
        before: Option<&Kept>,
        removals_accepted: bool,
        now: DateTime<Utc>,
    ) -> Result<(), FolderError> {
        let digest = candidate.sha256.get(..16).unwrap_or_default();
        let file = format!("list-{}-{digest}.xml", candidate.sequence);
        self.replace(&file, bytes)?;
        let mut text = format!(
            "# Written by `varco cns trust import`.\nfile = \"{file}\"\nsequence = {}\nsha256 = \"{}\"\nimported = \"{}\"\nremovals_accepted = {removals_accepted}\n",
            candidate.sequence,
            candidate.sha256,
            now.to_rfc3339_opts(SecondsFormat::Secs, true),
        );
        let previous = before.map(|before| before.file.as_str());
        if let Some(previous) = previous {
            text.push_str(&format!("previous = \"{previous}\"\n"));
        }
        self.replace(CURRENT, text.as_bytes())?;
        self.forget_others(&[Some(file.as_str()), previous]);
        Ok(())
    }

    /// Writes a file whole or not at all.
    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.0.join(name);
        let new = self.0.join(format!("{name}.new"));
        let write = || {
            // What an import left that broke off, or a link that somebody put here.
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = File::create_new(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            // The new name, too, must be on disk before anybody relies on it.
            File::open(&self.0)?.sync_all()
        };
        write().map_err(FolderError::io(&path))
    }

    /// Removes lists that neither count nor are the one before. One that cannot be removed does no harm.
    fn forget_others(&self, needed: &[Option<&str>]) {
        let Ok(entries) = fs::read_dir(&self.0) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if is_list_file(name) && !needed.contains(&Some(name)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Whether a name is one that lists are kept under: never a path.
fn is_list_file(name: &str) -> bool {
    let middle = name
        .strip_prefix("list-")
        .and_then(|name| name.strip_suffix(".xml"));
    middle.is_some_and(|middle| {
        middle
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

/// A file of which everybody on the machine is the author decides nothing.
pub(super) fn refuse_if_open_to_all(path: &Path) -> Result<(), FolderError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = fs::metadata(path).map_err(FolderError::io(path))?;
        if metadata.permissions().mode() & 0o002 != 0 {
            let reason = "everybody on this machine can write it, and so say whom cards are trusted from: take that away (`chmod o-w`)";
            return Err(FolderError::new(path, reason));
        }
    }
    Ok(())
}

/// Reads a file up to a bound.
fn bounded(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    File::open(path)?
        .take(longest + 1)
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > longest {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "is too large"));
    }
    Ok(bytes)
}
