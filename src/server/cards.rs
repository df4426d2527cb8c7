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
use crate::login::cns::trust::{Anchors, LiveAnchors, MAX_HINT_BYTES};
use possession::Possession;

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

/// The TLS of a card host. Browsers are told which issuers' cards are worth showing; when the set of issuers changes,
/// connections keep what they began with and new ones take what there is. Clones are handles on the same one.
#[derive(Clone)]
pub struct CardTls {
    generation: Generation,
    provider: Arc<CryptoProvider>,
    resolver: Arc<dyn ResolvesServerCert>,
    anchors: LiveAnchors,
    live: Arc<RwLock<Live>>,
}

/// The configuration in force.
struct Live {
    config: Arc<ServerConfig>,
    /// The set that it was last looked at for.
    of: Arc<Anchors>,
}

impl CardTls {
    /// For a certificate chain (end entity first) and its private key, both PEM files, and the issuers to name.
    ///
    /// # Errors
    /// [`TlsError`] names the file or the reason.
    pub fn from_files(
        chain: &Path,
        key: &Path,
        cards: Generation,
        anchors: LiveAnchors,
    ) -> Result<Self, TlsError> {
        let (chain, key) = chain_and_key(chain, key)?;
        Self::from_der((chain, key), cards, anchors)
    }

    /// The same for what the files hold.
    ///
    /// # Errors
    /// [`TlsError::Unusable`] when the key does not fit the certificate, [`TlsError::Names`] when the issuers' names are
    /// too many for a handshake.
    pub fn from_der(
        (chain, key): (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>),
        generation: Generation,
        anchors: LiveAnchors,
    ) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let certified = CertifiedKey::from_der(chain, key, &provider)?;
        let resolver: Arc<dyn ResolvesServerCert> = Arc::new(SingleCertAndKey::from(certified));
        let of = anchors.current();
        let config = configure(generation, &provider, &resolver, of.hints())?;
        Ok(Self {
            generation,
            provider,
            resolver,
            anchors,
            live: Arc::new(RwLock::new(Live { config, of })),
        })
    }

    /// What a new connection takes. A set whose names do not fit leaves the names of the one before: what is accepted is
    /// not told by them.
    pub(super) fn current(&self) -> Arc<ServerConfig> {
        let anchors = self.anchors.current();
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&live.of, &anchors) {
            return Arc::clone(&live.config);
        }
        drop(live);
        let made = configure(
            self.generation,
            &self.provider,
            &self.resolver,
            anchors.hints(),
        );
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        live.of = anchors;
        match made {
            Ok(config) => live.config = config,
            Err(error) => tracing::error!(%error, "card-hints-unchanged"),
        }
        Arc::clone(&live.config)
    }
}

fn configure(
    generation: Generation,
    provider: &Arc<CryptoProvider>,
    resolver: &Arc<dyn ResolvesServerCert>,
    issuers: &[Vec<u8>],
) -> Result<Arc<ServerConfig>, TlsError> {
    // Each name has its length before it.
    let bytes: usize = issuers.iter().map(|name| name.len() + 2).sum();
    if bytes > MAX_HINT_BYTES {
        return Err(TlsError::Names(bytes));
    }
    let names = issuers.iter().cloned().map(DistinguishedName::from);
    let algorithms = provider.signature_verification_algorithms;
    let verifier = Possession::new(algorithms, generation, names.collect());
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
