//! What a superior allows below it (OpenID Federation 1.0, section 6.2), wherever it says so: in its statements, and in the
//! Italian profile in the anchor's own configuration too.

use std::net::IpAddr;

use serde_json::{Map, Value};

use super::claims::list_of_texts;
use super::{EntityId, FederationRefusal, Metadata};
use crate::protocol::jose::parse_object;

const BAD: FederationRefusal = FederationRefusal::Form("constraints");

/// The type that every entity may have (6.2.3).
const FEDERATION_ENTITY: &str = "federation_entity";

/// The constraints of one statement; those that it does not have allow everything, those that nobody knows say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Constraints {
    max_path_length: Option<u64>,
    permitted: Option<Vec<String>>,
    excluded: Vec<String>,
    /// Both spellings; an entity's types must be in each that is there.
    allowed_types: Vec<Vec<String>>,
}

impl Constraints {
    /// Reads the claim `constraints`. An intermediate of the Italian federation writes it as the text `"{}"`: an empty object
    /// in a text constrains nothing and is let pass, any other text is refused.
    pub(super) fn read(claims: &Map<String, Value>) -> Result<Self, FederationRefusal> {
        let constraints = match claims.get("constraints") {
            None => return Ok(Self::default()),
            Some(Value::Object(constraints)) => constraints,
            Some(Value::String(text)) => {
                let object = parse_object(text.as_bytes()).map_err(|_| BAD)?;
                return if object.is_empty() {
                    Ok(Self::default())
                } else {
                    Err(BAD)
                };
            }
            Some(_) => return Err(BAD),
        };
        let max_path_length = match constraints.get("max_path_length") {
            None => None,
            Some(length) => Some(length.as_u64().ok_or(BAD)?),
        };
        let naming = match constraints.get("naming_constraints") {
            None => None,
            Some(naming) => Some(naming.as_object().ok_or(BAD)?),
        };
        let names = |kind: &str| -> Result<Option<Vec<String>>, FederationRefusal> {
            let names = naming.and_then(|naming| naming.get(kind));
            names
                .map(|names| list_of_texts(names).ok_or(BAD))
                .transpose()
        };
        let mut allowed_types = Vec::new();
        // The first is today's spelling, the second the Italian profile's.
        for spelling in ["allowed_entity_types", "allowed_leaf_entity_types"] {
            if let Some(types) = constraints.get(spelling) {
                allowed_types.push(list_of_texts(types).ok_or(BAD)?);
            }
        }
        Ok(Self {
            max_path_length,
            permitted: names("permitted")?,
            excluded: names("excluded")?.unwrap_or_default(),
            allowed_types,
        })
    }

    /// Checks what they say of those below: how many intermediates there are down to the subject of the chain, and the names
    /// of all.
    pub(super) fn check(
        &self,
        intermediates: usize,
        below: &[&EntityId],
    ) -> Result<(), FederationRefusal> {
        let length = u64::try_from(intermediates).unwrap_or(u64::MAX);
        if self.max_path_length.is_some_and(|most| length > most) {
            return Err(FederationRefusal::PathLength);
        }
        for id in below {
            let host = id.host();
            // Neither can be told of an address (RFC 5280, 4.2.1.10): where names are constrained it has no place.
            if self.has_names() && is_address(&host) {
                return Err(FederationRefusal::Naming);
            }
            let is_permitted = self
                .permitted
                .as_ref()
                .is_none_or(|trees| trees.iter().any(|tree| is_in_tree(&host, tree)));
            if !is_permitted || self.excluded.iter().any(|tree| is_in_tree(&host, tree)) {
                return Err(FederationRefusal::Naming);
            }
        }
        Ok(())
    }

    fn has_names(&self) -> bool {
        self.permitted.is_some() || !self.excluded.is_empty()
    }

    /// Drops the metadata of types that are not allowed, before any policy (Italian profile; 6.2.3).
    pub(super) fn drop_other_types(&self, metadata: &mut Metadata) {
        for allowed in &self.allowed_types {
            metadata.retain_types(|entity_type| {
                entity_type == FEDERATION_ENTITY || allowed.iter().any(|one| one == entity_type)
            });
        }
    }
}

fn is_address(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().is_ok()
}

/// Whether a host is in a name tree (RFC 5280, 4.2.1.10, URI): the host itself, or with a leading dot every host below it.
fn is_in_tree(host: &str, tree: &str) -> bool {
    let tree = tree.to_ascii_lowercase();
    match tree.strip_prefix('.') {
        Some(parent) => host
            .strip_suffix(parent)
            .is_some_and(|below| below.len() > 1 && below.ends_with('.')),
        None => host == tree,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(naming: &Value, id: &str) -> Result<(), FederationRefusal> {
        let claims = json!({ "constraints": { "naming_constraints": naming } });
        let constraints = Constraints::read(claims.as_object().unwrap()).unwrap();
        constraints.check(0, &[&EntityId::parse(id).unwrap()])
    }

    #[test]
    fn a_name_is_in_the_trees_that_are_permitted_and_in_none_that_is_excluded() {
        let naming =
            json!({ "permitted": [".example.it", "x.it"], "excluded": [".bad.example.it"] });
        for id in [
            "https://a.example.it",
            "https://A.B.EXAMPLE.it/c",
            "https://x.it:8443",
        ] {
            assert_eq!(judged(&naming, id), Ok(()), "{id}");
        }
        for id in [
            "https://example.it",
            "https://aexample.it",
            "https://y.x.it",
            "https://a.bad.example.it",
        ] {
            assert_eq!(judged(&naming, id), Err(FederationRefusal::Naming), "{id}");
        }
    }

    /// RFC 5280, 4.2.1.10: whatever is constrained, an address has no name that could be looked at.
    #[test]
    fn an_address_passes_no_constraint_of_names() {
        for naming in [
            json!({ "permitted": [".example.it", "203.0.113.7"] }),
            json!({ "excluded": [".example.it"] }),
            json!({ "excluded": ["203.0.113.7"] }),
        ] {
            for id in [
                "https://203.0.113.7",
                "https://[2001:db8::7]:8443",
                "https://0xcb.0.113.7",
            ] {
                assert_eq!(judged(&naming, id), Err(FederationRefusal::Naming), "{id}");
            }
        }
        assert_eq!(judged(&json!({}), "https://203.0.113.7"), Ok(()));
    }
}
