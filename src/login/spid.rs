//! SPID, service provider side (SPID technical rules; SAML 2.0 Web Browser SSO and Single Logout profiles).
//!
//! In: a flow and a provider to [`start`](SpidServiceProvider::start) with, then the provider's answer to
//! [`consume`](SpidServiceProvider::consume). Out: signed messages for the browser to carry, and a verified identity or
//! a refusal with the code of the check that failed. How an answer finds its request and what is kept of both is
//! [`login::saml`](crate::login::saml)'s. Uses `protocol::saml`, the store's and the register's ports, and the ids of `session`.

mod anomaly;
mod attributes;
mod checks;
mod consume;
mod logout;
mod proof;
mod providers;
mod settings;
mod start;

use std::sync::Arc;

use crate::crypto::{PublicKey, Random};
use crate::login::saml::{Exchange, LoginRefusal, PENDING_LIFE, SamlPorts};
use crate::protocol::saml::outgoing::SamlKey;
use crate::protocol::saml::service_metadata::ServiceMetadata;
use crate::protocol::xml::{SignError, SignaturePlace};
use crate::store::Shelf;

pub use anomaly::Anomaly;
pub use consume::SpidLogin;
pub use logout::{LogoutFailure, LogoutOutcome, NextLogout, RequestedLogout};
pub use providers::{
    CatalogueError, DEFAULT_PROVIDERS, MetadataFileError, NotOffered, Provider, ProviderCatalogue,
    Providers, load_metadata,
};
pub use settings::{
    EIDAS_FULL, EIDAS_MINIMUM, FULL, MINIMAL, PROFESSIONAL, SpidSettings, standard_attribute_sets,
};
pub use start::{StartLogin, StartRefusal};

use logout::PendingLogout;

/// Why a response was not accepted.
pub type SpidRefusal = LoginRefusal<Anomaly>;

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
    key: SamlKey,
    providers: Providers,
    metadata: String,
    exchange: Exchange,
    logouts: Shelf<PendingLogout>,
}

impl SpidServiceProvider {
    /// Sets up the service provider and signs its metadata.
    ///
    /// # Errors
    /// [`SetupError`] when key, certificate or attribute sets cannot serve.
    pub fn new(
        settings: SpidSettings,
        key: SamlKey,
        providers: Providers,
        ports: SamlPorts,
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
            logouts: Shelf::new(Arc::clone(&ports.store), "spid-logout", PENDING_LIFE),
            settings,
            key,
            providers,
            metadata,
            exchange: Exchange::new(ports, "spid-request", "spid-assertion"),
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
        self.exchange.ports().random.as_ref()
    }
}

fn sign_metadata(
    settings: &SpidSettings,
    key: &SamlKey,
    random: &dyn Random,
) -> Result<String, SignError> {
    let id = random.xml_id();
    let xml = ServiceMetadata {
        id: &id,
        entity_id: &settings.entity_id,
        certificates: &key.published(),
        single_logout: &settings.single_logout,
        assertion_consumer: &settings.assertion_consumer,
        attribute_sets: &settings.attribute_sets,
        organization: &settings.organization,
        contact: &settings.contact,
    }
    .to_xml();
    key.sign(xml, &id, SignaturePlace::FirstChild)
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
