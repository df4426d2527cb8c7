//! What an entity says of itself, by entity type (OpenID Federation 1.0, section 5).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::FederationRefusal;

/// The metadata of an entity: for each entity type (`openid_provider`, `federation_entity`...) its parameters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata(BTreeMap<String, Map<String, Value>>);

impl Metadata {
    /// Reads a `metadata` claim. A parameter that is `null` is as one that is not there: metadata have no `null` (section
    /// 5), and whoever writes one says nothing by it.
    ///
    /// # Errors
    /// [`FederationRefusal::Form`] when it is not an object of objects.
    pub fn read(claim: &Value) -> Result<Self, FederationRefusal> {
        let types = claim
            .as_object()
            .ok_or(FederationRefusal::Form("metadata"))?;
        let read = types.iter().map(|(entity_type, parameters)| {
            let mut parameters = parameters
                .as_object()
                .ok_or(FederationRefusal::Form("metadata"))?
                .clone();
            parameters.retain(|_, value| !value.is_null());
            Ok((entity_type.clone(), parameters))
        });
        read.collect::<Result<_, _>>().map(Self)
    }

    /// The parameters of an entity type; `None` when the entity is not of this type.
    #[must_use]
    pub fn of(&self, entity_type: &str) -> Option<&Map<String, Value>> {
        self.0.get(entity_type)
    }

    /// The entity types, in alphabetical order.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What the immediate superior says of the entity, over what it says itself (section 3.1.3, `metadata`; 6.1.4.2):
    /// parameter by parameter, and only for the types that the entity has.
    pub(super) fn override_with(&mut self, superior: &Self) {
        for (entity_type, said) in &superior.0 {
            if let Some(own) = self.0.get_mut(entity_type) {
                own.extend(said.clone());
            }
        }
    }

    /// Keeps the types for which this holds.
    pub(super) fn retain_types(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|entity_type, _| keep(entity_type));
    }

    /// The parameters of every type, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Map<String, Value>)> {
        self.0
            .iter_mut()
            .map(|(entity_type, parameters)| (entity_type.as_str(), parameters))
    }

    /// As a `metadata` claim.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let types = self.0.iter();
        Value::Object(
            types
                .map(|(entity_type, parameters)| {
                    (entity_type.clone(), Value::Object(parameters.clone()))
                })
                .collect(),
        )
    }
}
