//! Lists in files: those that were good last, for the next start, and those that an operator puts into a folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::crypto::encoding::hex;
use crate::crypto::{certificate, sha256};
use crate::protocol::x509::IssuerId;
use crate::protocol::x509::crl::{CrlScope, MOST_BYTES};

/// How many files of a folder are read. More than every authority of the country has lists.
const MOST_FILES: usize = 8192;

/// A folder of the lists that were good last, one file an authority and scope. They are verified again when they are read:
/// the folder is not trusted, and neither is what was trusted when they were written.
#[derive(Debug, Clone)]
pub(super) struct Cache(PathBuf);

impl Cache {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Keeps a list, whole or not at all: it is written beside its place and then put there.
    pub(super) fn put(&self, issuer: IssuerId, scope: &CrlScope, der: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let points = scope.points.as_ref().map(|points| points.join("\n"));
        let scope = format!("{} {}", scope.only_ends, points.unwrap_or_default());
        let scope = hex(&sha256(scope.as_bytes()));
        let name = format!("{}-{}", issuer.hex(), scope.get(..16).unwrap_or_default());
        let place = self.0.join(format!("{name}.crl"));
        // Another process, such as `varco check`, may be at it too.
        let beside = self.0.join(format!("{name}.{}.new", std::process::id()));
        let mut file = File::create(&beside)?;
        file.write_all(der)?;
        file.sync_all()?;
        fs::rename(&beside, &place)
    }

    /// The files that are there.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        files(&self.0).into_iter().map(|(path, _)| path).collect()
    }
}

/// What tells a file that changed.
type Stamp = (Option<SystemTime>, u64);

/// A folder that is looked at again and again.
#[derive(Debug)]
pub(super) struct Watch {
    folder: PathBuf,
    /// What each file looked like when it was last read, and for which trust.
    read: BTreeMap<PathBuf, (Stamp, [u8; 32])>,
    /// What each file looked like at the last look: somebody may still be writing.
    seen: BTreeMap<PathBuf, Stamp>,
}

impl Watch {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            read: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    /// The files to read now: those that changed and have stood still since the last look, and all of them when it is others
    /// who are trusted. The first look takes them as they are.
    pub(super) fn changed(&mut self, trusted: [u8; 32]) -> Vec<PathBuf> {
        let is_first = self.seen.is_empty();
        let found = files(&self.folder);
        let changed: Vec<PathBuf> = found
            .iter()
            .filter(|(path, stamp)| self.read.get(path) != Some(&(*stamp, trusted)))
            .filter(|(path, stamp)| is_first || self.seen.get(path) == Some(stamp))
            .map(|(path, _)| path.clone())
            .collect();
        self.seen = found.into_iter().collect();
        self.read.retain(|path, _| self.seen.contains_key(path));
        for path in &changed {
            if let Some(stamp) = self.seen.get(path) {
                self.read.insert(path.clone(), (*stamp, trusted));
            }
        }
        changed
    }
}

/// The lists of a folder, by name: files that end in `.crl`, `.der` or `.pem`.
fn files(folder: &Path) -> Vec<(PathBuf, Stamp)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if !matches!(ending, Some("crl" | "der" | "pem")) || found.len() >= MOST_FILES {
            continue;
        }
        if let Ok(data) = fs::metadata(&path)
            && data.is_file()
        {
            found.push((path, (data.modified().ok(), data.len())));
        }
    }
    found.sort_unstable();
    found
}

/// Reads a list from a file, DER or PEM, no further than a list may be long.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, &'static str> {
    let most = u64::try_from(2 * MOST_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|_| "unreadable")?;
    if bytes.starts_with(b"-----") {
        return certificate::crl_from_pem(&bytes).ok_or("malformed");
    }
    Ok(bytes)
}
