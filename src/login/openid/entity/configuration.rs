//! Our entity configuration (OpenID Federation 1.0, section 9; rules on CIE, B2).

use std::sync::{Arc, PoisonError};

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{EntityKeys, OwnEntity, OwnMark, Shown, Signed};
use crate::crypto::signer::CannotSign;
use crate::identity::Timestamp;
use crate::protocol::jose::{JwkSet, JwsAlgorithm};

/// After what part of its life a configuration is signed anew, so that whoever asks gets one that is good for a while; and
/// strangers cannot make us sign more often.
const SIGNED_ANEW_AFTER: i32 = 4;

impl OwnEntity {
    /// The signed configuration: the same until a quarter of its life is over.
    ///
    /// # Errors
    /// [`CannotSign`] when the holder of the key fails.
    pub fn configuration(&self, now: Timestamp) -> Result<Arc<str>, CannotSign> {
        let keys = self.keys();
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let Shown { marks, signed } = &mut *shown;
        let fresh = self.life() / SIGNED_ANEW_AFTER;
        let still_good = |one: &&Signed| {
            let until = one.at + fresh;
            // A mark that has expired since is not to be shown any more.
            let mut ends = marks.iter().filter_map(OwnMark::expires);
            let no_mark_ended = ends.all(|end| end <= one.at || now < end);
            one.at <= now && now < until && no_mark_ended && Arc::ptr_eq(&one.keys, &keys)
        };
        if let Some(one) = signed.as_ref().filter(still_good) {
            return Ok(Arc::clone(&one.token));
        }
        let claims = self.claims_with(&keys, marks, now);
        let token = keys.federation.sign("entity-statement+jwt", &claims)?;
        let token: Arc<str> = token.into();
        *signed = Some(Signed {
            token: Arc::clone(&token),
            at: now,
            keys,
        });
        Ok(token)
    }

    /// What the configuration says.
    #[must_use]
    pub fn claims(&self, now: Timestamp) -> Value {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        self.claims_with(&self.keys(), &shown.marks, now)
    }

    fn claims_with(&self, keys: &EntityKeys, marks: &[OwnMark], now: Timestamp) -> Value {
        let facts = &self.facts;
        let marks = marks.iter().filter(|mark| mark.is_in_force(now));
        json!({
            "iss": facts.entity_id,
            "sub": facts.entity_id,
            "iat": now.timestamp(),
            "exp": (now + self.life()).timestamp(),
            "jwks": keys.federation_set.to_json(),
            "authority_hints": facts.authority_hints,
            "trust_marks": marks.map(OwnMark::to_json).collect::<Vec<_>>(),
            "metadata": {
                "federation_entity": self.federation_entity(),
                "openid_relying_party": self.relying_party(&keys.core_set),
            },
        })
    }

    fn life(&self) -> TimeDelta {
        // Bounded where it is read.
        TimeDelta::from_std(self.facts.lifetime).unwrap_or(TimeDelta::hours(24))
    }

    fn federation_entity(&self) -> Value {
        let facts = &self.facts;
        json!({
            "organization_name": facts.organization_name,
            // The older name and today's.
            "homepage_uri": facts.homepage.as_str(),
            "organization_uri": facts.homepage.as_str(),
            "policy_uri": facts.policy.as_str(),
            "logo_uri": facts.logo.as_str(),
            "contacts": facts.contacts,
            "federation_resolve_endpoint": format!("{}/resolve", facts.origin),
        })
    }

    fn relying_party(&self, keys: &JwkSet) -> Value {
        let facts = &self.facts;
        let signed = JwsAlgorithm::Rs256.name();
        let (management, content) = facts.userinfo_encryption;
        // As the key is published for it: to one on a curve nothing comes by RSA.
        let key = keys.encryption_keys().first();
        let management = key.and_then(|key| key.algorithm()).unwrap_or(management);
        let mut metadata = json!({
            "application_type": "web",
            "client_id": facts.entity_id,
            "client_name": facts.client_name,
            "organization_name": facts.organization_name,
            "contacts": facts.contacts,
            "client_registration_types": ["automatic"],
            "redirect_uris": facts.redirect_uris,
            "response_types": ["code"],
            "grant_types": ["authorization_code", "refresh_token"],
            "subject_type": "pairwise",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": keys.to_json(),
            // What every provider must have; what it signs with is read by its own key.
            "id_token_signed_response_alg": signed,
            "userinfo_signed_response_alg": signed,
            "userinfo_encrypted_response_alg": management.name(),
            "userinfo_encrypted_response_enc": content.name(),
        });
        if facts.encrypted_id_token
            && let Some(members) = metadata.as_object_mut()
        {
            let encrypted = [
                ("id_token_encrypted_response_alg", management.name()),
                ("id_token_encrypted_response_enc", content.name()),
            ];
            members.extend(encrypted.map(|(name, value)| (name.to_owned(), json!(value))));
        }
        metadata
    }
}
