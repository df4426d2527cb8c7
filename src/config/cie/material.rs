//! What `[cie.saml]` names in files: the key, its certificates, and the Ministry's metadata.

use std::sync::Arc;

use super::super::{ConfigErrors, Fault, OrganizationSection, files};
use super::CieSamlSection;
use crate::http::settings::Settings;
use crate::identity::Timestamp;
use crate::login::cie::{CieKeys, CieServiceProvider, CieSettings, Ministry};
use crate::login::saml::SamlPorts;
use crate::protocol::saml::outgoing::SamlKey;

impl CieSamlSection {
    /// Reads the key that signs and its certificates.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn signing(&self) -> Result<SamlKey, ConfigErrors> {
        files::saml_key(&self.key, &self.certificate, &self.also_published)
            .map_err(ConfigErrors::from_faults)
    }

    /// Reads all keys and certificates.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn keys(&self) -> Result<CieKeys, ConfigErrors> {
        let mut faults = Vec::new();
        let signing = self
            .signing()
            .map_err(|errors| faults.extend_from_slice(errors.faults()))
            .ok();
        let mut decryption = Vec::new();
        let mut encryption_certificate = None;
        if let Some(encryption) = &self.encryption {
            for path in [&encryption.key].into_iter().chain(&encryption.previous) {
                match files::decryption_key(path) {
                    Ok(key) => decryption.push(key),
                    Err(fault) => faults.push(fault),
                }
            }
            encryption_certificate = files::certificate(&encryption.certificate)
                .map_err(|fault| faults.push(fault))
                .ok();
        }
        match signing {
            Some(signing) if faults.is_empty() => Ok(CieKeys {
                signing,
                encryption_certificate,
                decryption,
            }),
            _ => Err(ConfigErrors::from_faults(faults)),
        }
    }

    /// Reads the Ministry's metadata, which must be a file that is pinned.
    ///
    /// # Errors
    /// [`Fault`] when they are another, or cannot be used.
    pub fn ministry(&self, now: Timestamp) -> Result<Ministry, Fault> {
        let bytes = files::bytes(&self.metadata)?;
        Ministry::read(&bytes, &self.fingerprints, now)
            .map_err(|refusal| Fault::of_file(&self.metadata, refusal.to_string()))
    }

    /// How the service provider presents itself, with the body's names and the gateway's addresses.
    #[must_use]
    pub fn settings(&self, organization: &OrganizationSection, edge: &Settings) -> CieSettings {
        CieSettings {
            entity_id: self.entity_id.clone(),
            assertion_consumer: format!("{}/cie/acs", edge.origin()),
            single_logout: format!("{}/logout", edge.origin()),
            organization: organization.for_metadata(),
            administrative: self.administrative.clone(),
            technical: self.technical.clone(),
            trusted_level_cap: self.trusted_level_cap,
        }
    }

    /// The service provider.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn service_provider(
        &self,
        (organization, edge): (&OrganizationSection, &Settings),
        ports: SamlPorts,
        now: Timestamp,
    ) -> Result<Arc<CieServiceProvider>, ConfigErrors> {
        let settings = self.settings(organization, edge);
        match (self.keys(), self.ministry(now)) {
            (Ok(keys), Ok(ministry)) => CieServiceProvider::new(settings, keys, ministry, ports)
                .map(Arc::new)
                .map_err(|error| {
                    ConfigErrors::one(Fault::of_file(&self.certificate, error.to_string()))
                }),
            (keys, ministry) => {
                let of_key = keys.err();
                let of_key = of_key.iter().flat_map(|errors| errors.faults().to_vec());
                Err(ConfigErrors::from_faults(
                    of_key.chain(ministry.err()).collect(),
                ))
            }
        }
    }
}
