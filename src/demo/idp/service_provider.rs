//! What an identity provider knows of a service provider: its metadata, as AgID would have handed them over.

use crate::crypto::PublicKey;
use crate::crypto::encoding::from_base64;
use crate::protocol::saml::binding::{Binding, Endpoint};
use crate::protocol::saml::names;
use crate::protocol::xml::{Document, Element, Limits, verify_enveloped};

/// A service provider that the test providers serve.
#[derive(Debug, Clone)]
pub struct ServiceProvider {
    /// Its entity id.
    pub entity_id: String,
    /// The name that people are shown.
    pub name: String,
    /// Keys that its messages are verified with.
    pub keys: Vec<PublicKey>,
    /// The key that assertions are to be encrypted for, where there is one.
    pub encryption: Option<PublicKey>,
    /// Where responses go, by index; the default is first.
    pub consumers: Vec<(String, String)>,
    /// Where logout messages go.
    pub logout: Vec<Endpoint>,
    /// Attribute names by index of their set.
    pub attribute_sets: Vec<(String, Vec<String>)>,
}

/// The metadata are not those of a service provider, or their signature is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the metadata of the service provider: {0}")]
pub struct BadMetadata(String);

fn bad(what: impl ToString) -> BadMetadata {
    BadMetadata(what.to_string())
}

impl ServiceProvider {
    /// Reads signed metadata. The signature must have been made by one of the keys that the metadata publish.
    ///
    /// # Errors
    /// [`BadMetadata`] names what is wrong.
    pub fn parse(text: &str) -> Result<Self, BadMetadata> {
        let document = Document::parse(text, &Limits::METADATA).map_err(bad)?;
        let root = document.root();
        let entity_id = root.attribute("entityID").ok_or_else(|| bad("entityID"))?;
        let role = root.only(names::METADATA, "SPSSODescriptor").map_err(bad)?;
        let keys = published_keys(role, |usage| usage != Some("encryption"));
        let encryption = published_keys(role, |usage| usage == Some("encryption")).pop();
        verify_enveloped(root, &keys).map_err(bad)?;
        let mut consumers: Vec<(bool, String, String)> = role
            .children_named(names::METADATA, "AssertionConsumerService")
            .filter_map(|service| {
                let is_default = service.attribute("isDefault") == Some("true");
                let index = service.attribute("index")?;
                Some((
                    is_default,
                    index.to_owned(),
                    service.attribute("Location")?.to_owned(),
                ))
            })
            .collect();
        consumers.sort_by_key(|(is_default, ..)| !is_default);
        let logout = role
            .children_named(names::METADATA, "SingleLogoutService")
            .filter_map(|service| {
                Some(Endpoint {
                    binding: Binding::from_urn(service.attribute("Binding")?)?,
                    location: service.attribute("Location")?.to_owned(),
                    response_location: service.attribute("ResponseLocation").map(str::to_owned),
                })
            })
            .collect();
        let attribute_sets = role
            .children_named(names::METADATA, "AttributeConsumingService")
            .filter_map(|set| {
                let wanted = set
                    .children_named(names::METADATA, "RequestedAttribute")
                    .filter_map(|attribute| Some(attribute.attribute("Name")?.to_owned()));
                Some((set.attribute("index")?.to_owned(), wanted.collect()))
            })
            .collect();
        let name = root
            .children_named(names::METADATA, "Organization")
            .flat_map(|organization| {
                organization.children_named(names::METADATA, "OrganizationDisplayName")
            })
            .find_map(Element::text);
        Ok(Self {
            entity_id: entity_id.to_owned(),
            name: name.map_or_else(|| entity_id.to_owned(), |name| name.into_owned()),
            keys,
            encryption,
            consumers: consumers
                .into_iter()
                .map(|(_, index, location)| (index, location))
                .collect(),
            logout,
            attribute_sets,
        })
    }

    /// Where a response goes that nothing better is known for (SPID, anomaly 16).
    #[must_use]
    pub fn default_consumer(&self) -> Option<&str> {
        self.consumers
            .first()
            .map(|(_, location)| location.as_str())
    }
}

/// The keys of the descriptors whose use is wanted.
fn published_keys(role: Element<'_>, wanted: impl Fn(Option<&str>) -> bool) -> Vec<PublicKey> {
    role.children_named(names::METADATA, "KeyDescriptor")
        .filter(|key| wanted(key.attribute("use")))
        .flat_map(Element::descendants)
        .filter(|element| element.is(names::DSIG, "X509Certificate"))
        .filter_map(|certificate| {
            let text: String = certificate.text()?.split_whitespace().collect();
            PublicKey::from_certificate(&from_base64(&text)?).ok()
        })
        .collect()
}
