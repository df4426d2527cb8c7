//! SPID, service provider side (SPID technical rules; SAML 2.0 Web Browser SSO and Single Logout profiles).
//!
//! In: a flow and a provider to [`start`](SpidServiceProvider::start) with, then the provider's answer to
//! [`consume`](SpidServiceProvider::consume). Out: signed messages for the browser to carry, and a verified identity or
//! a refusal with the code of the check that failed. A request is kept in the shared store, bound to the browser that
//! made it and good for one answer; every answered request goes into the register with its answer, accepted or not.
//! Uses `protocol::saml`, the store's and the register's ports, and the ids of `session`.

mod anomaly;
mod attributes;
mod checks;
mod consume;
mod logout;
mod message;
mod pending;
mod proof;
mod providers;
mod refusal;
mod settings;
mod start;

use std::sync::Arc;

use crate::audit::AuthenticationRegister;
use crate::crypto::{DigestAlgorithm, PublicKey, Random, SignatureAlgorithm};
use crate::protocol::saml::service_metadata::ServiceMetadata;
use crate::protocol::xml::{SignError, SignaturePlace, XmlSignature, sign_enveloped};
use crate::store::{ExpiringStore, Shelf};

pub use anomaly::Anomaly;
pub use consume::{AcsForm, SpidLogin};
pub use logout::{LogoutFailure, LogoutOutcome, NextLogout, RequestedLogout};
pub use message::OutgoingMessage;
pub use providers::{
    CatalogueError, DEFAULT_PROVIDERS, MetadataFileError, NotOffered, Provider, ProviderCatalogue,
    Providers, load_metadata,
};
pub use refusal::{RefusalKind, SpidRefusal};
pub use settings::{
    EIDAS_FULL, EIDAS_MINIMUM, FULL, MINIMAL, PROFESSIONAL, SpidKey, SpidSettings,
    standard_attribute_sets,
};
pub use start::{StartLogin, StartRefusal};

use logout::PendingLogout;
use pending::{PENDING_LIFE, PendingRequest};

/// What SPID logins need from outside.
#[derive(Clone)]
pub struct SpidPorts {
    /// Where pending requests live, shared by all nodes.
    pub store: Arc<dyn ExpiringStore>,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
    /// Where requests and answers are kept for 24 months.
    pub register: Arc<dyn AuthenticationRegister>,
}

/// Why the service provider cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// SPID wants RSA keys (Avviso 29 v3).
    #[error("the SPID key must be RSA")]
    KeyKind,
    /// The certificate does not carry the key that signs.
    #[error("the SPID certificate is not the key's")]
    ForeignCertificate,
    /// The attribute sets lack the default one, or use an index twice.
    #[error("the attribute sets must have index 0 and each index once")]
    AttributeSets,
    /// The metadata cannot be signed.
    #[error("the metadata cannot be signed: {0}")]
    Metadata(#[from] SignError),
}

/// The service provider.
pub struct SpidServiceProvider {
    settings: SpidSettings,
    key: SpidKey,
    providers: Providers,
    metadata: String,
    ports: SpidPorts,
    pending: Shelf<PendingRequest>,
    logouts: Shelf<PendingLogout>,
}

impl SpidServiceProvider {
    /// Sets up the service provider and signs its metadata.
    ///
    /// # Errors
    /// [`SetupError`] when key, certificate or attribute sets cannot serve.
    pub fn new(
        settings: SpidSettings,
        key: SpidKey,
        providers: Providers,
        ports: SpidPorts,
    ) -> Result<Self, SetupError> {
        if !matches!(
            key.signer.public_key().kind(),
            crate::crypto::KeyKind::Rsa(_)
        ) {
            return Err(SetupError::KeyKind);
        }
        let carried = PublicKey::from_certificate(&key.certificate);
        if carried.as_ref() != Ok(key.signer.public_key()) {
            return Err(SetupError::ForeignCertificate);
        }
        if !settings.attribute_sets_are_valid() {
            return Err(SetupError::AttributeSets);
        }
        let metadata = sign_metadata(&settings, &key, ports.random.as_ref())?;
        Ok(Self {
            pending: Shelf::new(Arc::clone(&ports.store), "spid-request", PENDING_LIFE)
                .forgettable(),
            logouts: Shelf::new(Arc::clone(&ports.store), "spid-logout", PENDING_LIFE),
            settings,
            key,
            providers,
            metadata,
            ports,
        })
    }

    /// The identity providers.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// The signed metadata, the same at every call.
    #[must_use]
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    fn random(&self) -> &dyn Random {
        self.ports.random.as_ref()
    }

    /// Signs a message of ours within its XML, for HTTP-POST (B11).
    fn sign(&self, xml: String, id: &str) -> Result<String, SignError> {
        self.key.sign(xml, id, SignaturePlace::AfterIssuer)
    }
}

fn sign_metadata(
    settings: &SpidSettings,
    key: &SpidKey,
    random: &dyn Random,
) -> Result<String, SignError> {
    let id = random.xml_id();
    let certificates: Vec<&[u8]> = std::iter::once(&key.certificate)
        .chain(&key.also_published)
        .map(Vec::as_slice)
        .collect();
    let xml = ServiceMetadata {
        id: &id,
        entity_id: &settings.entity_id,
        certificates: &certificates,
        single_logout: &settings.single_logout,
        assertion_consumer: &settings.assertion_consumer,
        attribute_sets: &settings.attribute_sets,
        organization: &settings.organization,
        contact: &settings.contact,
    }
    .to_xml();
    key.sign(xml, &id, SignaturePlace::FirstChild)
}

/// The one signature method of our messages: every provider must take it (SPID technical rules, trasmissione).
const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::RsaSha256;

impl SpidKey {
    fn sign(&self, xml: String, id: &str, place: SignaturePlace) -> Result<String, SignError> {
        let with = XmlSignature {
            algorithm: ALGORITHM,
            digest: DigestAlgorithm::Sha256,
            certificate_der: Some(&self.certificate),
        };
        sign_enveloped(xml, id, place, self.signer.as_ref(), &with)
    }
}
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
