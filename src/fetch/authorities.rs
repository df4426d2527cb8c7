//! Who vouches for servers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;

use crate::crypto::certificate;

/// Where systems keep the certificates of the public authorities: Debian, Fedora, Alpine and BSD.
const SYSTEM_BUNDLES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// The authorities that vouch for a server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorities {
    /// The public ones that the system trusts.
    System,
    /// Those of a PEM file, and no others.
    File(PathBuf),
}

/// Nobody can vouch for a server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoAuthorities {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The file has no certificate of an authority in PEM.
    #[error("{0} holds no certificate of an authority in PEM")]
    Empty(PathBuf),
    /// The system has no list of authorities.
    #[error(
        "the system has no list of authorities (Debian: package ca-certificates); name a file of them"
    )]
    NoSystem,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

impl Authorities {
    pub(super) fn client_config(&self) -> Result<ClientConfig, NoAuthorities> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        Ok(ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(self.roots()?)
            .with_no_client_auth())
    }

    /// The certificates of the authorities, each of which can vouch; one at least.
    ///
    /// # Errors
    /// [`NoAuthorities`] when there is none.
    pub fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, NoAuthorities> {
        let file = match self {
            Self::File(file) => file.as_path(),
            Self::System => SYSTEM_BUNDLES
                .iter()
                .map(Path::new)
                .find(|path| path.exists())
                .ok_or(NoAuthorities::NoSystem)?,
        };
        let pem = std::fs::read(file)
            .map_err(|error| NoAuthorities::Unreadable(file.to_owned(), error))?;
        let certificates = certificate::all_from_pem(&pem).unwrap_or_default();
        let certificates: Vec<CertificateDer<'static>> = certificates
            .into_iter()
            .map(CertificateDer::from)
            .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok())
            .collect();
        if certificates.is_empty() {
            return Err(NoAuthorities::Empty(file.to_owned()));
        }
        Ok(certificates)
    }

    fn roots(&self) -> Result<RootCertStore, NoAuthorities> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.certificates()?);
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_authority_vouches_for_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let refused = || Authorities::File(file.clone()).client_config().unwrap_err();
        assert!(matches!(refused(), NoAuthorities::Unreadable(..)));
        for text in [
            "",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            std::fs::write(&file, text).unwrap();
            assert!(matches!(refused(), NoAuthorities::Empty(_)), "{text}");
        }
    }
}
