//! The TLS configuration of the main host: TLS 1.2 and 1.3 by aws-lc, no client certificates.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// Why TLS cannot be configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {0}: {1}")]
    File(String, std::io::Error),
    /// The chain holds no certificate, or what it holds is not PEM.
    #[error("the certificate chain is not PEM with at least one certificate")]
    Chain,
    /// There is no private key in PEM.
    #[error("the private key is not PEM (PKCS#8, PKCS#1 or SEC1)")]
    Key,
    /// The names of acceptable issuers take more bytes than a handshake should carry: this many.
    #[error("the names of the issuers take {0} bytes: more than browsers can be told")]
    Names(usize),
    /// The certificate and the key do not fit each other or are of a kind that is not supported.
    #[error("the certificate and the key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The configuration for a certificate chain (end entity first) and its private key, both PEM files.
///
/// # Errors
/// [`TlsError`] names the file or the reason.
pub fn from_files(chain: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let (chain, key) = chain_and_key(chain, key)?;
    from_der(chain, key)
}

/// Reads a certificate chain and its private key, both PEM files.
pub(super) fn chain_and_key(
    chain: &Path,
    key: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|error| TlsError::File(path.display().to_string(), error))
    };
    parse(&read(chain)?, &read(key)?)
}

/// The same for the contents of the files.
///
/// # Errors
/// [`TlsError`] names the reason.
pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, TlsError> {
    let (chain, key) = parse(chain, key)?;
    from_der(chain, key)
}

fn parse(
    chain: &[u8],
    key: &[u8],
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::Chain)?;
    if chain.is_empty() {
        return Err(TlsError::Chain);
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::Key)?;
    Ok((chain, key))
}

/// The same for what the files hold.
///
/// # Errors
/// [`TlsError::Unusable`] when the key does not fit the certificate.
pub fn from_der(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
