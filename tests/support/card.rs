//! A computer with a card reader: a TLS client that shows a certificate as browsers and cards do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub const TLS_13: &SupportedProtocolVersion = &rustls::version::TLS13;
pub const TLS_12: &SupportedProtocolVersion = &rustls::version::TLS12;

/// What a server of these names shows, and the certificate that its clients trust.
pub fn server_identity(names: &[&str]) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    (made.cert.der().clone(), key)
}

/// A card in the reader: its certificates, and its key.
#[derive(Debug, Clone)]
pub struct Card {
    pub chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
}

impl Card {
    pub fn new(chain: Vec<CertificateDer<'static>>, pkcs8: &[u8]) -> Self {
        Self::load(chain, pkcs8).expect("a key that TLS clients can use")
    }

    /// A card, if TLS clients can use its key at all.
    pub fn load(chain: Vec<CertificateDer<'static>>, pkcs8: &[u8]) -> Option<Self> {
        let key = PrivateKeyDer::try_from(pkcs8.to_vec()).ok()?;
        let key = any_supported_type(&key).ok()?;
        Some(Self { chain, key })
    }

    /// The same card with software that knows no RSA-PSS.
    pub fn without_pss(self) -> Self {
        let key = Arc::new(WithoutPss(self.key));
        Self { key, ..self }
    }

    /// The same card with somebody else's certificates.
    pub fn showing(self, chain: Vec<CertificateDer<'static>>) -> Self {
        Self { chain, ..self }
    }
}

#[derive(Debug)]
struct WithoutPss(Arc<dyn SigningKey>);

impl SigningKey for WithoutPss {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let pkcs1 = [
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::RSA_PKCS1_SHA512,
        ];
        // As OpenSSL: the first that the server names and the key is said to do, whether the card can or not.
        let first = offered.iter().find(|scheme| is_rsa(**scheme))?;
        pkcs1.contains(first).then_some(())?;
        self.0.choose_scheme(&[*first])
    }

    fn algorithm(&self) -> rustls::SignatureAlgorithm {
        self.0.algorithm()
    }
}

fn is_rsa(scheme: SignatureScheme) -> bool {
    scheme.as_str().is_some_and(|name| name.starts_with("RSA"))
}

/// What the server said when it asked for a certificate.
#[derive(Debug, Default, Clone)]
pub struct Asked {
    pub issuers: Vec<Vec<u8>>,
    pub schemes: Vec<SignatureScheme>,
}

#[derive(Debug)]
struct Reader {
    card: Option<Card>,
    asked: Arc<Mutex<Option<Asked>>>,
}

impl ResolvesClientCert for Reader {
    fn resolve(&self, issuers: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        *self.asked.lock().unwrap() = Some(Asked {
            issuers: issuers.iter().map(|name| name.to_vec()).collect(),
            schemes: schemes.to_vec(),
        });
        let card = self.card.clone()?;
        card.key.choose_scheme(schemes)?;
        Some(Arc::new(CertifiedKey::new(card.chain, card.key)))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// A computer, with what it remembers of the servers it met: tickets and sessions.
#[derive(Clone)]
pub struct Computer {
    config: Arc<ClientConfig>,
    asked: Arc<Mutex<Option<Asked>>>,
}

impl Computer {
    pub fn new(
        card: Option<Card>,
        trusted: &CertificateDer<'static>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let asked = Arc::default();
        let reader = Reader {
            card,
            asked: Arc::clone(&asked),
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(reader));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.enable_early_data = true;
        Self {
            config: Arc::new(config),
            asked,
        }
    }

    /// What the server said last when it asked for a certificate.
    pub fn asked(&self) -> Option<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }

    /// A connection whose handshake asks for `localhost`.
    pub async fn connect(&self, server: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        self.connect_as(server, "localhost").await
    }

    /// The same for another name or address.
    pub async fn connect_as(
        &self,
        server: SocketAddr,
        name: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(server).await?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        TlsConnector::from(self.config())
            .connect(name, stream)
            .await
    }

    /// One request on a connection of its own; `None` when no answer comes.
    pub async fn ask(&self, server: SocketAddr, request: &[u8]) -> Option<String> {
        let mut stream = self.connect(server).await.ok()?;
        tell(&mut stream, request).await
    }
}

/// Sends a request and reads until the server closes. `None` when it closed without an answer: in TLS 1.3 a client learns
/// only here that its certificate was refused.
pub async fn tell(stream: &mut TlsStream<TcpStream>, request: &[u8]) -> Option<String> {
    stream.write_all(request).await.ok()?;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
}

/// Sends a request and reads one answer without a body, leaving the connection open.
pub async fn tell_on(stream: &mut TlsStream<TcpStream>, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).await.unwrap();
        answer.extend(byte);
    }
    let head = String::from_utf8_lossy(&answer).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().unwrap())
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    head + &String::from_utf8_lossy(&body)
}
