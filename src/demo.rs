//! The federation in a box: everything that a login needs, on loopback, with nothing to configure.
//!
//! In: a base port and a data folder. Out: a running gateway, nine test identity providers, the Ministry of the Interior in
//! both of its protocols and a sample application, over TLS with a development CA. For trying and testing only: the keys lie in a folder, the people are invented and their
//! passwords are public. A production build can leave all of it out (cargo feature `demo`). May use everything.

pub mod app;
pub mod ca;
pub mod citizen;
pub mod cns;
pub mod desk;
mod errors;
pub mod fetch;
pub mod folder;
mod gateway;
pub mod idp;
mod matrix;
pub mod messages;
pub mod ministry;
pub mod once;
mod page;
pub mod people;
pub mod pins;
pub mod providers;
mod refused;
mod scan;
pub mod site;
mod stages;
mod start;
pub mod trusted_list;
mod turning;
pub mod walk;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use start::{Addresses, CieProtocols, Options, Ports, Running, start, start_with};

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
    /// The gateway's SPID certificate cannot be made.
    #[error("the SPID certificate cannot be made: {0}")]
    SpidCertificate(#[from] crate::crypto::certificate::CertificateError),
    /// A card's file cannot be made.
    #[error("a card's file: {0}")]
    Card(#[from] crate::crypto::pbes2::CannotEncrypt),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] crate::server::tls::TlsError),
    /// The demo's own client cannot be set up.
    #[error(transparent)]
    Client(#[from] rustls::Error),
    /// The first port leaves no room for the others.
    #[error("the ports after {0} do not exist: choose a lower --base-port")]
    Port(u16),
    /// A port cannot be listened on.
    #[error("cannot listen on {address}: {error}; choose another --base-port")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// An address that is none.
    #[error("not an address: {0}")]
    Address(String),
    /// The gateway's configuration, which the demo wrote, has faults: the metadata of a further provider, most likely.
    #[error("{0}")]
    Configuration(#[from] crate::config::ConfigErrors),
    /// The table of the archives cannot be filled.
    #[error("the archives: {0}")]
    Archives(#[from] crate::store::StoreError),
    /// Somebody cannot be given their PIN.
    #[error("a PIN: {0}")]
    Pin(#[from] pins::CannotGive),
    /// The catalogue that comes with Varco has faults.
    #[error(transparent)]
    Catalogue(#[from] crate::policy::CatalogueErrors),
    /// A key of the test Ministry is not what it should be.
    #[error(transparent)]
    Ministry(#[from] ministry::UnfitKey),
    /// The test Ministry cannot sign.
    #[error("the test Ministry cannot sign: {0}")]
    CannotSign(#[from] crate::crypto::signer::CannotSign),
    /// The gateway's keys in the test federation cannot be read or written.
    #[error("the gateway's keys in the federation: {0}")]
    FederationKeys(#[from] crate::config::FolderError),
    /// The gateway's SPID metadata do not satisfy the test providers.
    #[error(transparent)]
    ServiceMetadata(#[from] idp::service_provider::BadMetadata),
}

impl DemoError {
    fn file(path: &Path, error: io::Error) -> Self {
        Self::File {
            path: path.to_path_buf(),
            error,
        }
    }
}
