//! The highest list that this installation ever took, kept apart from the lists: with the gateway's own data, where only its
//! account writes. So a folder of lists that was put back to an older state, or emptied, does not bring back authorities that
//! were withdrawn (ETSI TS 119 612, 5.3.2), not even at a start.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::{Candidate, FolderError, SequenceRefusal};

/// The file of the mark.
#[derive(Debug, Clone)]
pub struct ListMark(PathBuf);

/// Why a list may not be used, or nobody can tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarkRefusal {
    /// It is older than one that was taken, or another of the same number.
    #[error(transparent)]
    Sequence(#[from] SequenceRefusal),
    /// The mark cannot be read or written.
    #[error(transparent)]
    File(#[from] FolderError),
}

impl ListMark {
    /// The mark in a file, which need not be there yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Whether a list may be used.
    ///
    /// # Errors
    /// [`MarkRefusal`] when a higher one was taken, or another of the same number, or the mark cannot be read.
    pub fn admit(&self, list: &Candidate) -> Result<(), MarkRefusal> {
        match self.read()? {
            Some((sequence, sha256)) => Ok(list.may_follow(sequence, &sha256)?),
            None => Ok(()),
        }
    }

    /// Notes that a list was taken.
    ///
    /// # Errors
    /// [`MarkRefusal`], as for [`Self::admit`], and when the mark cannot be written.
    pub fn raise(&self, list: &Candidate) -> Result<(), MarkRefusal> {
        let before = self.read()?;
        if let Some((sequence, sha256)) = &before {
            list.may_follow(*sequence, sha256)?;
        }
        if before.is_some_and(|(sequence, _)| sequence == list.sequence) {
            return Ok(());
        }
        let mut new = self.0.clone().into_os_string();
        new.push(".new");
        let write = || {
            let mut file = File::create(&new)?;
            writeln!(file, "{} {}", list.sequence, list.sha256)?;
            file.sync_all()?;
            fs::rename(&new, &self.0)
        };
        write().map_err(FolderError::io(&self.0))?;
        Ok(())
    }

    fn read(&self) -> Result<Option<(u64, String)>, FolderError> {
        let text = match fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FolderError::io(&self.0)(error)),
        };
        let (sequence, sha256) = text
            .trim_end()
            .split_once(' ')
            .ok_or_else(|| FolderError::new(&self.0, "is not the mark of a trusted list"))?;
        let sequence = sequence
            .parse()
            .map_err(|_| FolderError::new(&self.0, "is not the mark of a trusted list"))?;
        Ok(Some((sequence, sha256.to_owned())))
    }
}
