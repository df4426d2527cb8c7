//! The federation in a box: everything that a login needs, on loopback, with nothing to configure.
//!
//! In: a base port and a data folder. Out: a running gateway, nine test identity providers and a sample application, over
//! TLS with a development CA. For trying and testing only: the keys lie in a folder, the people are invented and their
//! passwords are public. A production build can leave all of it out (cargo feature `demo`). May use everything.

pub mod app;
pub mod ca;
pub mod citizen;
pub mod fetch;
pub mod folder;
pub mod idp;
mod page;
pub mod people;
pub mod providers;

use std::io;
use std::path::{Path, PathBuf};

/// Why the demo cannot start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// A file of the data folder cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A private key in the data folder cannot be read.
    #[error("a key in the data folder: {0}")]
    Key(#[from] crate::crypto::keys::KeyError),
    /// A certificate cannot be made.
    #[error("a certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A certificate in the data folder cannot be read.
    #[error("a certificate in the data folder cannot be read")]
    UnreadableCertificate,
}

impl DemoError {
    fn file(path: &Path, error: io::Error) -> Self {
        Self::File {
            path: path.to_path_buf(),
            error,
        }
    }
}
