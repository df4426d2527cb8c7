//! Metadata policies (OpenID Federation 1.0, section 6.1): what superiors demand of the metadata of those below them.
//!
//! In: the `metadata_policy` claims of a chain, from the anchor downwards. Out: one merged [`MetadataPolicy`], which
//! changes and checks metadata. Everything that does not fit ends the chain: a policy that is malformed, two that
//! contradict one another, metadata that do not comply.

mod operators;
mod refusal;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Metadata;

pub use operators::ParameterPolicy;
pub use refusal::PolicyRefusal;

/// What may be done with the metadata of every entity type, parameter by parameter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetadataPolicy(BTreeMap<String, BTreeMap<String, ParameterPolicy>>);

impl MetadataPolicy {
    /// Reads one `metadata_policy` claim. Operators that are not among the seven standard ones are passed over (6.1.3.2),
    /// unless `critical` names them: what `metadata_policy_crit` claims of the whole chain name must be understood.
    ///
    /// # Errors
    /// [`PolicyRefusal`] for a claim that is not of three levels, an operator whose value is not of its kind, or operators
    /// that must not stand together.
    pub fn read(claim: &Value, critical: &[String]) -> Result<Self, PolicyRefusal> {
        let mut types = BTreeMap::new();
        for (entity_type, parameters) in object(claim)? {
            let mut policies = BTreeMap::new();
            for (name, operators) in object(parameters)? {
                let policy = ParameterPolicy::read(name, object(operators)?, critical)?;
                policies.insert(name.clone(), policy);
            }
            types.insert(entity_type.clone(), policies);
        }
        Ok(Self(types))
    }

    /// This policy, narrowed by that of the next entity below (6.1.4.1).
    ///
    /// # Errors
    /// [`PolicyRefusal`] when the two contradict one another.
    pub fn merge(mut self, subordinate: Self) -> Result<Self, PolicyRefusal> {
        for (entity_type, parameters) in subordinate.0 {
            let merged = self.0.entry(entity_type).or_default();
            for (name, policy) in parameters {
                let policy = match merged.remove(&name) {
                    Some(superior) => superior.merge(&name, policy)?,
                    None => policy,
                };
                merged.insert(name, policy);
            }
        }
        Ok(self)
    }

    /// Applies the policy to metadata (6.1.4.2). Policies for types that the entity does not have say nothing of it.
    ///
    /// # Errors
    /// [`PolicyRefusal`] when the metadata do not comply.
    pub fn apply(&self, metadata: &mut Metadata) -> Result<(), PolicyRefusal> {
        for (entity_type, parameters) in metadata.iter_mut() {
            for (name, policy) in self.0.get(entity_type).into_iter().flatten() {
                let value = parameters.remove(name);
                if let Some(value) = policy.apply(name, value)? {
                    parameters.insert(name.clone(), value);
                }
            }
        }
        Ok(())
    }

    /// As a `metadata_policy` claim: what was merged, to be shown.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let types = self.0.iter().map(|(entity_type, parameters)| {
            let parameters = parameters.iter();
            let policies = parameters.map(|(name, policy)| (name.clone(), policy.to_json()));
            (entity_type.clone(), Value::Object(policies.collect()))
        });
        Value::Object(types.collect())
    }
}

fn object(value: &Value) -> Result<&Map<String, Value>, PolicyRefusal> {
    value.as_object().ok_or(PolicyRefusal::Form)
}

#[cfg(test)]
mod tests;
