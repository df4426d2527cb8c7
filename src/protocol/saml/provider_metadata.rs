//! Reading metadata of identity providers: one `EntityDescriptor`, or an aggregate of them as the national registry
//! publishes (SAML 2.0 metadata, 2.3 and 2.4.3).

use chrono::{DateTime, Utc};

use super::binding::{Binding, Endpoint, is_location};
use super::instant::parse_instant;
use super::names;
use crate::crypto::PublicKey;
use crate::crypto::encoding::from_base64;
use crate::protocol::xml::{
    Document, Element, Limits, SignatureRefusal, XmlRefusal, verify_document,
};

/// An identity provider as its metadata describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProviderMetadata {
    /// `entityID`.
    pub entity_id: String,
    /// `OrganizationDisplayName`, in Italian where there is a choice.
    pub display_name: Option<String>,
    /// The keys that may sign what the provider says: one at least.
    pub keys: Vec<PublicKey>,
    /// Where AuthnRequests go: one address at least.
    pub single_sign_on: Vec<Endpoint>,
    /// Where logout messages go.
    pub single_logout: Vec<Endpoint>,
    /// `spid:SupportedPurposes`, as the provider lists them. The list is known to be incomplete at most providers.
    pub purposes: Vec<String>,
    /// The highest level of `spid:SupportedAuthnContextClassRefs`, 1 to 3, where the provider lists any.
    pub highest_level: Option<u8>,
}

impl IdentityProviderMetadata {
    /// Where AuthnRequests go by a binding.
    #[must_use]
    pub fn sso(&self, binding: Binding) -> Option<&Endpoint> {
        self.single_sign_on
            .iter()
            .find(|endpoint| endpoint.binding == binding)
    }

    /// Where logout messages go by a binding.
    #[must_use]
    pub fn slo(&self, binding: Binding) -> Option<&Endpoint> {
        self.single_logout
            .iter()
            .find(|endpoint| endpoint.binding == binding)
    }
}

/// Why metadata, or one provider in them, are not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataRefusal {
    /// Not acceptable XML.
    #[error("the metadata are not acceptable XML: {0}")]
    Xml(#[from] XmlRefusal),
    /// Neither an `EntityDescriptor` nor an `EntitiesDescriptor`.
    #[error("the file holds no SAML 2.0 metadata")]
    NotMetadata,
    /// The outer signature is not by the pinned certificate.
    #[error("the outer signature does not verify with the pinned certificate: {0}")]
    Signature(#[from] SignatureRefusal),
    /// `validUntil` has passed, or is not an instant.
    #[error("the metadata are not valid any more")]
    Expired,
    /// `entityID` is missing or empty.
    #[error("the entity has no entityID")]
    NoEntityId,
    /// No `IDPSSODescriptor` for SAML 2.0, or several.
    #[error("the entity is not one SAML 2.0 identity provider")]
    NotAProvider,
    /// No signing key that can be used: RSA of 2048 bits at least, P-256 or P-384.
    #[error("the provider has no signing key that can be used")]
    NoKey,
    /// No `SingleSignOnService` by POST or Redirect with a web address.
    #[error("the provider has no address for single sign-on by POST or Redirect")]
    NoSingleSignOn,
}

/// What a file of metadata holds.
#[derive(Debug, Default)]
pub struct MetadataFile {
    /// The providers that can be used, in the order of the file.
    pub providers: Vec<IdentityProviderMetadata>,
    /// Those that cannot: entity id and why. They do not keep the others of an aggregate from being used.
    pub refused: Vec<(String, MetadataRefusal)>,
}

/// Reads a file. Where `pinned` keys are given, the outer signature must verify with one of them; inner signatures are
/// not looked at (the registry's aggregate breaks at least one of them).
///
/// # Errors
/// [`MetadataRefusal`] when the file as a whole cannot be used.
pub fn read_metadata(
    bytes: &[u8],
    pinned: Option<&[PublicKey]>,
    now: DateTime<Utc>,
) -> Result<MetadataFile, MetadataRefusal> {
    let document = Document::from_bytes(bytes, &Limits::METADATA)?;
    let root = document.root();
    if let Some(keys) = pinned {
        verify_document(&document, keys)?;
    }
    let mut file = MetadataFile::default();
    if root.is(names::METADATA, "EntityDescriptor") {
        file.add(root, now);
    } else if root.is(names::METADATA, "EntitiesDescriptor") {
        still_valid(root, now)?;
        for entity in root.children_named(names::METADATA, "EntityDescriptor") {
            file.add(entity, now);
        }
    } else {
        return Err(MetadataRefusal::NotMetadata);
    }
    Ok(file)
}

impl MetadataFile {
    fn add(&mut self, entity: Element<'_>, now: DateTime<Utc>) {
        match read_provider(entity, now) {
            Ok(provider) => self.providers.push(provider),
            Err(refusal) => {
                let entity_id = entity.attribute("entityID").unwrap_or_default();
                self.refused.push((entity_id.to_owned(), refusal));
            }
        }
    }
}

fn read_provider(
    entity: Element<'_>,
    now: DateTime<Utc>,
) -> Result<IdentityProviderMetadata, MetadataRefusal> {
    let entity_id = entity
        .attribute("entityID")
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .ok_or(MetadataRefusal::NoEntityId)?;
    still_valid(entity, now)?;
    let mut descriptors = entity
        .children_named(names::METADATA, "IDPSSODescriptor")
        .filter(|descriptor| {
            descriptor
                .attribute("protocolSupportEnumeration")
                .is_some_and(|protocols| {
                    protocols
                        .split_ascii_whitespace()
                        .any(|protocol| protocol == names::PROTOCOL)
                })
        });
    let (Some(descriptor), None) = (descriptors.next(), descriptors.next()) else {
        return Err(MetadataRefusal::NotAProvider);
    };
    still_valid(descriptor, now)?;
    let keys = signing_keys(descriptor);
    if keys.is_empty() {
        return Err(MetadataRefusal::NoKey);
    }
    let single_sign_on = endpoints(descriptor, "SingleSignOnService");
    if single_sign_on.is_empty() {
        return Err(MetadataRefusal::NoSingleSignOn);
    }
    Ok(IdentityProviderMetadata {
        entity_id: entity_id.to_owned(),
        display_name: display_name(entity),
        keys,
        single_sign_on,
        single_logout: endpoints(descriptor, "SingleLogoutService"),
        purposes: extension(entity, "SupportedPurposes", "Purpose"),
        highest_level: extension(
            entity,
            "SupportedAuthnContextClassRefs",
            "AuthnContextClassRef",
        )
        .iter()
        .filter_map(|class_ref| names::spid_level(class_ref))
        .max(),
    })
}

/// Whether `validUntil`, where it stands, is still to come (SAML 2.0 metadata, 2.3).
fn still_valid(element: Element<'_>, now: DateTime<Utc>) -> Result<(), MetadataRefusal> {
    match element.attribute("validUntil") {
        None => Ok(()),
        Some(end) if parse_instant(end).is_some_and(|end| now < end) => Ok(()),
        Some(_) => Err(MetadataRefusal::Expired),
    }
}

/// The keys of every `KeyDescriptor` for signing. One without `use` serves every purpose (SAML 2.0 metadata, 2.4.1.1).
/// Keys that cannot be used are left out, and a provider none of whose keys can is refused: no key never means no check.
/// Certificates only carry keys here; that one has expired does not matter, the metadata decide what is current.
fn signing_keys(descriptor: Element<'_>) -> Vec<PublicKey> {
    let mut keys: Vec<PublicKey> = Vec::new();
    let certificates = descriptor
        .children_named(names::METADATA, "KeyDescriptor")
        .filter(|key| matches!(key.attribute("use"), None | Some("signing")))
        .flat_map(|key| key.children_named(names::DSIG, "KeyInfo"))
        .flat_map(|info| info.children_named(names::DSIG, "X509Data"))
        .flat_map(|data| data.children_named(names::DSIG, "X509Certificate"));
    for certificate in certificates {
        let key = certificate
            .text()
            .and_then(|text| {
                let text: String = text.split_ascii_whitespace().collect();
                from_base64(&text)
            })
            .and_then(|der| PublicKey::from_certificate(&der).ok());
        if let Some(key) = key
            && !keys.contains(&key)
        {
            keys.push(key);
        }
    }
    keys
}

/// The addresses of a service by the bindings that SPID uses; other bindings are left out, and so is what is no address
/// for a browser.
fn endpoints(descriptor: Element<'_>, service: &str) -> Vec<Endpoint> {
    descriptor
        .children_named(names::METADATA, service)
        .filter_map(|element| {
            let location = |name| {
                element
                    .attribute(name)
                    .map(str::trim)
                    .filter(|text| is_location(text))
                    .map(str::to_owned)
            };
            Some(Endpoint {
                binding: Binding::from_urn(element.attribute("Binding")?)?,
                location: location("Location")?,
                response_location: location("ResponseLocation"),
            })
        })
        .collect()
}

fn display_name(entity: Element<'_>) -> Option<String> {
    let names: Vec<Element<'_>> = entity
        .children_named(names::METADATA, "Organization")
        .flat_map(|organization| {
            organization.children_named(names::METADATA, "OrganizationDisplayName")
        })
        .collect();
    let italian = names
        .iter()
        .find(|name| name.attribute_ns(names::XML, "lang") == Some("it"));
    let text = italian.or_else(|| names.first())?.text()?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// The texts of a list in SPID's extensions. Its items stand in the registry without a namespace.
fn extension(entity: Element<'_>, list: &str, item: &str) -> Vec<String> {
    entity
        .children_named(names::METADATA, "Extensions")
        .flat_map(|extensions| extensions.children_named(names::SPID, list))
        .flat_map(Element::elements)
        .filter(|element| element.local_name() == item)
        .filter_map(Element::text)
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

#[cfg(test)]
mod tests;
