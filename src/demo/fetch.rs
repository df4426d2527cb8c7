//! The demo's own HTTP client: TLS with the development CA, bounds on size and time, no redirects and no cookies.

use std::sync::Arc;
use std::time::Duration;

use http::request::Builder;
use http::response::Parts;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::client::WantsClientCert;
use rustls::{ClientConfig, ConfigBuilder};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::cns::HeldCard;

/// More than any answer here; a server that sends more is broken.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

/// There was no answer; the text says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(String);

/// Sends requests to servers that the development CA vouches for.
#[derive(Clone)]
pub struct Fetch(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Fetch {
    /// A client that trusts this authority only.
    ///
    /// # Errors
    /// [`rustls::Error`] when the certificate is no authority's.
    pub fn new(authority: &CertificateDer<'static>) -> Result<Self, rustls::Error> {
        Self::of(authority, |tls| Ok(tls.with_no_client_auth()))
    }

    /// The same with a card in the reader, which is shown to every server that asks for one.
    ///
    /// # Errors
    /// [`rustls::Error`] when the certificate is no authority's, or the card's key cannot sign.
    pub fn with_card(
        authority: &CertificateDer<'static>,
        card: &HeldCard,
    ) -> Result<Self, rustls::Error> {
        Self::of(authority, |tls| {
            let chain = vec![card.certificate.clone()];
            let key = PrivateKeyDer::Pkcs8(card.key.pkcs8().to_vec().into());
            tls.with_client_auth_cert(chain, key)
        })
    }

    fn of(
        authority: &CertificateDer<'static>,
        finish: impl FnOnce(
            ConfigBuilder<ClientConfig, WantsClientCert>,
        ) -> Result<ClientConfig, rustls::Error>,
    ) -> Result<Self, rustls::Error> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.clone())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(finish(tls)?)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// Sends a request with this body and gives the whole answer.
    ///
    /// # Errors
    /// [`NoAnswer`] when there is none within bounds of size and time.
    pub async fn send(
        &self,
        request: Builder,
        body: impl Into<Bytes>,
    ) -> Result<(Parts, Bytes), NoAnswer> {
        let request = request
            .body(Full::new(body.into()))
            .map_err(|error| NoAnswer(error.to_string()))?;
        let answer = async {
            let response = self.0.request(request).await.map_err(|error| {
                // The cause says whether it was the connection or the certificate.
                match std::error::Error::source(&error) {
                    Some(cause) => NoAnswer(format!("{error}: {cause}")),
                    None => NoAnswer(error.to_string()),
                }
            })?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, LONGEST_ANSWER)
                .collect()
                .await
                .map_err(|error| NoAnswer(error.to_string()))?;
            Ok((parts, body.to_bytes()))
        };
        tokio::time::timeout(PATIENCE, answer)
            .await
            .map_err(|_| NoAnswer("it took too long".to_owned()))?
    }
}
