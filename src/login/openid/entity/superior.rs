//! What a superior keeps of us: the keys that everybody who resolves us uses, whatever we publish (rules on CIE, B2).

use serde_json::{Map, Value};

use super::KeyUse;
use crate::protocol::federation::{ChainRules, EntityId, FederationRefusal, SubordinateStatement};
use crate::protocol::jose::{
    EncryptionJwk, Jwk, JwkRules, JwkSet, JwtProfile, UnverifiedJwt, thumbprint,
};

/// The keys that a superior's statement about us shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptKeys {
    federation: Vec<String>,
    /// `None` when the superior leaves the core keys to our entity configuration.
    core: Option<Vec<String>>,
}

impl KeptKeys {
    /// Verifies a superior's statement about us with the superior's keys, and reads what it keeps.
    ///
    /// # Errors
    /// [`FederationRefusal`] when it is not the superior's, not about us, or not in force; and when the core keys that it
    /// names are no key set.
    pub fn read(
        statement: &str,
        superior: (&EntityId, &JwkSet),
        us: &EntityId,
        now: i64,
    ) -> Result<Self, FederationRefusal> {
        let rules = ChainRules::default();
        let verified = SubordinateStatement::verify(statement, superior, us, rules, now)?;
        let again = UnverifiedJwt::parse(statement, JwtProfile::ENTITY_STATEMENT.max_bytes)?;
        let core = match pinned(again.unverified_claims()) {
            None => None,
            Some(set) => Some(JwkSet::read(JwkRules::Published, set)?),
        };
        Ok(Self {
            federation: thumbprints(verified.keys()),
            core: core.as_ref().map(thumbprints),
        })
    }

    /// Whether whoever resolves us by this superior will know the key.
    #[must_use]
    pub fn shows(&self, key_use: KeyUse, kid: &str) -> bool {
        let kept = match key_use {
            KeyUse::Federation => Some(&self.federation),
            KeyUse::Signing | KeyUse::Encryption => self.core.as_ref(),
        };
        kept.is_none_or(|kept| kept.iter().any(|one| one == kid))
    }

    /// The keys that are kept and that we do not know.
    pub fn strange<'a>(&'a self, ours: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let all = self.federation.iter().chain(self.core.iter().flatten());
        all.map(String::as_str).filter(|kid| !ours.contains(kid))
    }
}

/// The core keys that a superior puts in the place of ours: by policy, as the Italian federation does, or directly.
fn pinned(claims: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let party = |claim: &str| claims.get(claim)?.get("openid_relying_party")?.get("jwks");
    let by_policy = party("metadata_policy").and_then(|policy| policy.get("value"));
    by_policy.or_else(|| party("metadata"))?.as_object()
}

fn thumbprints(set: &JwkSet) -> Vec<String> {
    let signing = set.keys().iter().map(Jwk::key);
    let encryption = set.encryption_keys().iter().map(EncryptionJwk::key);
    signing.chain(encryption).map(thumbprint).collect()
}
