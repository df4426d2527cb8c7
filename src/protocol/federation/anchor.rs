//! Trust anchors: where every chain ends.

use super::statement::{ChainRules, EntityConfiguration};
use super::{EntityId, FederationRefusal};
use crate::protocol::jose::{JwkSet, JwtProfile, JwtRefusal, UnverifiedJwt, thumbprint};

/// An anchor and the keys that our operator pinned for it, out of hand (OpenID Federation 1.0, "Redundant Retrieval of Trust
/// Anchor Keys").
#[derive(Debug, Clone)]
pub struct TrustAnchor {
    /// Its name.
    pub id: EntityId,
    /// Its keys.
    pub keys: JwkSet,
}

/// An anchor's configuration, under a signature of a pinned key.
#[derive(Debug, Clone)]
pub struct AnchorConfiguration {
    configuration: EntityConfiguration,
    /// The thumbprints of its keys, where they are not those that are pinned.
    other_keys: Option<Vec<String>>,
}

impl TrustAnchor {
    /// Verifies the anchor's configuration. A pinned key must have signed it: then the other keys in it, of a rotation under
    /// way, are as good for what the anchor says of others, and [`AnchorConfiguration::other_keys`] tells that the pinned ones
    /// want to be looked at.
    ///
    /// # Errors
    /// [`FederationRefusal::AnchorKeys`] when no pinned key has signed it; otherwise the first rule that it breaks.
    pub fn verify(
        &self,
        token: &str,
        rules: ChainRules,
        now: i64,
    ) -> Result<AnchorConfiguration, FederationRefusal> {
        let unverified = UnverifiedJwt::parse(token, JwtProfile::ENTITY_STATEMENT.max_bytes)?;
        match unverified.verify(&JwtProfile::ENTITY_STATEMENT, self.keys.keys()) {
            Ok(_) => {}
            Err(JwtRefusal::NoKey | JwtRefusal::Signature) => {
                return Err(FederationRefusal::AnchorKeys);
            }
            Err(refusal) => return Err(refusal.into()),
        }
        let configuration = EntityConfiguration::verify(token, &self.id, rules, now)?;
        let shown = thumbprints(configuration.keys());
        Ok(AnchorConfiguration {
            other_keys: (shown != thumbprints(&self.keys)).then_some(shown),
            configuration,
        })
    }
}

fn thumbprints(keys: &JwkSet) -> Vec<String> {
    let mut all: Vec<String> = keys
        .keys()
        .iter()
        .map(|key| thumbprint(key.key()))
        .collect();
    all.sort_unstable();
    all
}

impl AnchorConfiguration {
    /// What it says of itself.
    #[must_use]
    pub fn configuration(&self) -> &EntityConfiguration {
        &self.configuration
    }

    /// The thumbprints of the keys for signatures that it shows, in order, where they are others than those that are pinned, or
    /// more, or fewer.
    #[must_use]
    pub fn other_keys(&self) -> Option<&[String]> {
        self.other_keys.as_deref()
    }
}
