//! The trust marks that others gave us, which we show as we got them.

use serde_json::{Value, json};

use crate::identity::Timestamp;
use crate::protocol::jose::{JwtProfile, UnverifiedJwt};

/// A trust mark of ours. Whoever reads it verifies it: we only see that it is about us, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnMark {
    kind: String,
    expires: Option<Timestamp>,
    token: String,
}

/// Why a text is no trust mark of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMark {
    /// Not a signed token.
    #[error("is not a signed token")]
    Form,
    /// It has no kind (`trust_mark_type`, `trust_mark_id` or `id`), or two that differ.
    #[error("does not say which trust mark it is")]
    Kind,
    /// It is about somebody else.
    #[error("is not about our entity id")]
    Subject,
    /// Its end is no time.
    #[error("has an end that is no time")]
    End,
}

impl OwnMark {
    /// Reads a mark as its issuer sent it.
    ///
    /// # Errors
    /// [`BadMark`] says what is wrong.
    pub fn read(token: &str, entity_id: &str) -> Result<Self, BadMark> {
        let unverified = UnverifiedJwt::parse(token, JwtProfile::TRUST_MARK.max_bytes)
            .map_err(|_| BadMark::Form)?;
        let claims = unverified.unverified_claims();
        let mut kinds: Vec<&str> = ["trust_mark_type", "trust_mark_id", "id"]
            .iter()
            .filter_map(|name| claims.get(*name)?.as_str())
            .collect();
        kinds.dedup();
        let &[kind] = kinds.as_slice() else {
            return Err(BadMark::Kind);
        };
        if claims.get("sub").and_then(Value::as_str) != Some(entity_id) {
            return Err(BadMark::Subject);
        }
        let end = |value: &Value| Timestamp::from_timestamp(value.as_i64()?, 0);
        let expires = match claims.get("exp") {
            None => None,
            Some(value) => Some(end(value).ok_or(BadMark::End)?),
        };
        Ok(Self {
            kind: kind.to_owned(),
            expires,
            token: token.to_owned(),
        })
    }

    /// Which mark it is.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its end, if it has one.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// Whether it has not ended.
    #[must_use]
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| now < end)
    }

    /// As entity configurations have it: under the older name of its kind and today's (rules on CIE, B0).
    pub(super) fn to_json(&self) -> Value {
        json!({"id": self.kind, "trust_mark_type": self.kind, "trust_mark": self.token})
    }
}
