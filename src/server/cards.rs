//! TLS as smart cards need it: a client certificate is asked for, and the handshake proves no more than that its key is
//! there. Whether it is a good card is decided behind, where a page can tell the person what is wrong with it.

mod possession;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::CryptoProvider;
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{DistinguishedName, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::tls::{TlsError, chain_and_key};
use possession::Possession;

/// The most that the names of acceptable issuers may take in a handshake, in bytes. rustls writes a message that no client
/// reads once they pass 64 kB, and tells nobody; some clients give up at 32 kB.
const MOST_OF_NAMES: usize = 16 * 1024;

/// What a card's software can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// TLS 1.3 and 1.2. In TLS 1.2 it is asked for PKCS#1 signatures before PSS: most software that can do PSS only thinks
    /// so.
    Current,
    /// TLS 1.2, and no PSS at all: a client that could take TLS 1.3 would, and fail at its signature.
    Old,
}

impl Generation {
    fn versions(self) -> &'static [&'static SupportedProtocolVersion] {
        static BOTH: [&SupportedProtocolVersion; 2] =
            [&rustls::version::TLS13, &rustls::version::TLS12];
        match self {
            Self::Current => &BOTH,
            Self::Old => BOTH.get(1..).unwrap_or_default(),
        }
    }
}

/// The TLS of a card host, whose hints can be changed while it serves: connections keep what they began with, new ones
/// take what there is. Clones are handles on the same one.
#[derive(Clone)]
pub struct CardTls {
    generation: Generation,
    provider: Arc<CryptoProvider>,
    resolver: Arc<dyn ResolvesServerCert>,
    live: Arc<RwLock<Arc<ServerConfig>>>,
}

impl CardTls {
    /// For a certificate chain (end entity first) and its private key, both PEM files, without hints.
    ///
    /// # Errors
    /// [`TlsError`] names the file or the reason.
    pub fn from_files(chain: &Path, key: &Path, cards: Generation) -> Result<Self, TlsError> {
        let (chain, key) = chain_and_key(chain, key)?;
        Self::from_der(chain, key, cards)
    }

    /// The same for what the files hold.
    ///
    /// # Errors
    /// [`TlsError::Unusable`] when the key does not fit the certificate.
    pub fn from_der(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        generation: Generation,
    ) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let certified = CertifiedKey::from_der(chain, key, &provider)?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(certified));
        let config = configure(generation, &provider, &resolver, Vec::new())?;
        Ok(Self {
            generation,
            provider,
            resolver,
            live: Arc::new(RwLock::new(config)),
        })
    }

    /// Tells browsers from now on whose cards are worth showing: the subject names of issuers, DER. Without any, a browser
    /// offers every certificate it has.
    ///
    /// # Errors
    /// [`TlsError::Names`] when they are too many for a handshake; what there was stays.
    pub fn hint(&self, issuers: &[Vec<u8>]) -> Result<(), TlsError> {
        let names: Vec<DistinguishedName> = issuers
            .iter()
            .map(|name| DistinguishedName::from(name.clone()))
            .collect();
        // Each is preceded by its length.
        let bytes: usize = names.iter().map(|name| name.as_ref().len() + 2).sum();
        if bytes > MOST_OF_NAMES {
            return Err(TlsError::Names(bytes));
        }
        let config = configure(self.generation, &self.provider, &self.resolver, names)?;
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    /// What a new connection takes.
    pub(super) fn current(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn configure(
    generation: Generation,
    provider: &Arc<CryptoProvider>,
    resolver: &Arc<dyn ResolvesServerCert>,
    names: Vec<DistinguishedName>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let algorithms = provider.signature_verification_algorithms;
    let verifier = Possession::new(algorithms, generation, names);
    let mut config = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_protocol_versions(generation.versions())?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_cert_resolver(Arc::clone(resolver));
    // Nothing is resumed: a ticket or a session id would bring back a card that is no longer there.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    // With HTTP/2 a browser may use one connection for several hosts.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
