//! What `[spid]` names in files: the key, its certificates, the providers and their metadata.

use super::super::{ConfigErrors, Fault, OrganizationSection, files};
use super::{MetadataSource, SpidSection};
use crate::crypto::PublicKey;
use crate::http::settings::Settings;
use crate::identity::Timestamp;
use crate::login::spid::{
    DEFAULT_PROVIDERS, ProviderCatalogue, Providers, SpidSettings, load_metadata,
    standard_attribute_sets,
};
use crate::protocol::saml::outgoing::SamlKey;
use crate::protocol::saml::provider_metadata::IdentityProviderMetadata;
use crate::protocol::saml::service_metadata::Contact;

impl SpidSection {
    /// Reads the key that signs and its certificates.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn signing(&self) -> Result<SamlKey, ConfigErrors> {
        files::saml_key(&self.key, &self.certificate, &self.also_published)
            .map_err(ConfigErrors::from_faults)
    }

    /// Reads the list of providers and their metadata; tells also which providers of an aggregate cannot be used: the
    /// others are used all the same.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn identity_providers(
        &self,
        now: Timestamp,
    ) -> Result<(Providers, Vec<String>), ConfigErrors> {
        let mut faults = Vec::new();
        let catalogue = catalogue(self, &mut faults);
        let (metadata, notes) = metadata(self, now, &mut faults);
        match catalogue {
            Some(catalogue) if faults.is_empty() => {
                Ok((Providers::new(catalogue, metadata), notes))
            }
            _ => Err(ConfigErrors::from_faults(faults)),
        }
    }
}

fn catalogue(section: &SpidSection, faults: &mut Vec<Fault>) -> Option<ProviderCatalogue> {
    let Some(path) = &section.providers else {
        return ProviderCatalogue::parse(DEFAULT_PROVIDERS)
            .map_err(|error| faults.push(Fault::of_file(&section.certificate, error.to_string())))
            .ok();
    };
    files::text(path)
        .and_then(|text| {
            ProviderCatalogue::parse(&text).map_err(|error| Fault::of_file(path, error.to_string()))
        })
        .map_err(|fault| faults.push(fault))
        .ok()
}

fn metadata(
    section: &SpidSection,
    now: Timestamp,
    faults: &mut Vec<Fault>,
) -> (Vec<IdentityProviderMetadata>, Vec<String>) {
    let mut providers: Vec<IdentityProviderMetadata> = Vec::new();
    let mut notes = Vec::new();
    for source in &section.metadata {
        let pinned = match source.pinned() {
            Ok(pinned) => pinned,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        let pinned = pinned.as_deref();
        let loaded = match load_metadata(std::slice::from_ref(&source.path), pinned, now) {
            Ok(loaded) => loaded,
            Err(errors) => {
                let fault =
                    |error: &dyn std::error::Error| Fault::of_file(&source.path, error.to_string());
                faults.extend(errors.iter().map(|error| fault(error)));
                continue;
            }
        };
        for (file, entity_id, refusal) in loaded.refused {
            notes.push(format!(
                "{}: {entity_id} is not used: {refusal}",
                file.display()
            ));
        }
        for provider in loaded.providers {
            if providers
                .iter()
                .any(|other| other.entity_id == provider.entity_id)
            {
                let message = format!(
                    "{} is in another file already: it would be unclear whose keys count",
                    provider.entity_id
                );
                faults.push(Fault::of_file(&source.path, message));
            } else {
                providers.push(provider);
            }
        }
    }
    if providers.is_empty() && faults.is_empty() {
        faults.extend(section.metadata.first().map(|source| {
            Fault::of_file(
                &source.path,
                "holds no provider that can be used: nobody could log in",
            )
        }));
    }
    (providers, notes)
}

impl MetadataSource {
    /// Reads the keys one of which must have signed each file as a whole; `None` trusts the files as they are.
    ///
    /// # Errors
    /// [`Fault`] when the certificates cannot be read.
    pub fn pinned(&self) -> Result<Option<Vec<PublicKey>>, Fault> {
        self.signed_by.as_deref().map(pinned_keys).transpose()
    }
}

/// The keys that may have signed a file: the registry has changed its certificate without notice before, so the next one
/// can stand beside the present.
fn pinned_keys(path: &std::path::Path) -> Result<Vec<PublicKey>, Fault> {
    files::certificates(path)?
        .iter()
        .map(|certificate| {
            PublicKey::from_certificate(certificate)
                .map_err(|error| Fault::of_file(path, error.to_string()))
        })
        .collect()
}

impl SpidSection {
    /// How the service provider presents itself, with the body's names and the gateway's addresses.
    #[must_use]
    pub fn settings(&self, organization: &OrganizationSection, edge: &Settings) -> SpidSettings {
        let contact = &self.contact;
        SpidSettings {
            entity_id: self.entity_id.clone(),
            assertion_consumer: format!("{}/spid/acs", edge.origin()),
            single_logout: format!("{}/spid/slo", edge.origin()),
            organization: organization.for_metadata(),
            contact: Contact {
                ipa_code: contact.ipa_code.clone(),
                vat_number: contact.vat_number.clone(),
                fiscal_code: contact.fiscal_code.clone(),
                email: contact.email.clone(),
                telephone: contact.telephone.clone(),
            },
            attribute_sets: standard_attribute_sets(),
            minimum_level: self.minimum_level,
            comparison: self.comparison,
        }
    }
}
