//! Our resolve endpoint, which every entity of the Italian federation has (OpenID Federation 1.0, section 8.3; rules on CIE,
//! B0 and B2). It answers from what is known: whoever asks makes nobody fetch anything.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use serde_json::{Value, json};

use super::{EntityKeys, OwnEntity};
use crate::identity::Timestamp;

/// A chain that was resolved and is in force.
#[derive(Debug, Clone)]
pub struct KnownChain {
    /// The statements, from the subject's configuration to the anchor's.
    pub statements: Vec<String>,
    /// The anchor's entity id.
    pub anchor: String,
    /// The subject's metadata, by entity type, as all above it allow them.
    pub metadata: Value,
    /// Its end, or that of the trust mark for which the subject was believed, if that is earlier.
    pub expires: Timestamp,
}

/// Who knows chains, from memory.
pub trait KnownChains: Send + Sync {
    /// The chain of an entity, if one is in force at `now`.
    fn chain(&self, subject: &str, now: Timestamp) -> Option<KnownChain>;
}

/// What a resolve endpoint is asked.
#[derive(Debug, Clone, Default)]
pub struct ResolveQuestion {
    /// About whom.
    pub subject: Option<String>,
    /// Up to which anchor: any of these. The older name is `anchor`, today's `trust_anchor`, which may come more than once.
    pub anchors: Vec<String>,
    /// Which metadata are wanted (`type`, today `entity_type`); all when none is named.
    pub types: Vec<String>,
}

/// Why a federation endpoint of ours does not answer (OpenID Federation 1.0, section 8.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FederationError {
    /// A parameter is missing, or comes twice.
    #[error("the request lacks `{0}`, or has it twice")]
    InvalidRequest(&'static str),
    /// We do not end chains at this anchor.
    #[error("no chain of ours ends at this trust anchor")]
    InvalidTrustAnchor,
    /// Nothing is known of the entity.
    #[error("nothing is known of this entity now")]
    NotFound,
    /// The answer could not be signed.
    #[error("the answer could not be made")]
    ServerError,
}

impl FederationError {
    /// The code of the answer.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidTrustAnchor => "invalid_trust_anchor",
            Self::NotFound => "not_found",
            Self::ServerError => "server_error",
        }
    }
}

/// The types that an answer can be narrowed to: those of OpenID Federation 1.0 (section 5.1). What an entity says of itself
/// under others is in whole answers alone: a choice among types that it made up would be a new answer each.
const TYPES: [&str; 6] = [
    "federation_entity",
    "openid_provider",
    "openid_relying_party",
    "oauth_authorization_server",
    "oauth_client",
    "oauth_resource",
];

/// Answers that were signed, by subject and types. There is one for each chain that is known and choice among [`TYPES`], so
/// that strangers can neither fill it nor make us sign again.
pub(super) type Answers = BTreeMap<(String, Vec<String>), Answered>;

/// An answer that was signed.
pub(super) struct Answered {
    token: Arc<str>,
    /// The chain that it was made of, and its end.
    statements: Vec<String>,
    expires: Timestamp,
    /// What it was signed with.
    keys: Arc<EntityKeys>,
}

impl OwnEntity {
    /// The signed answer to a question. It is valid no longer than the chain.
    ///
    /// # Errors
    /// [`FederationError`] when there is nothing to answer with.
    pub fn resolve(
        &self,
        question: &ResolveQuestion,
        now: Timestamp,
    ) -> Result<Arc<str>, FederationError> {
        let subject = question.subject.as_deref();
        let subject = subject.ok_or(FederationError::InvalidRequest("sub"))?;
        if question.anchors.is_empty() {
            return Err(FederationError::InvalidRequest("trust_anchor"));
        }
        let known = self.chains.as_ref();
        let chain = known
            .and_then(|known| known.chain(subject, now))
            .filter(|chain| now < chain.expires)
            .ok_or(FederationError::NotFound)?;
        if !question.anchors.contains(&chain.anchor) {
            return Err(FederationError::InvalidTrustAnchor);
        }
        let mut metadata = chain.metadata;
        if let (Some(types), false) = (metadata.as_object_mut(), question.types.is_empty()) {
            let is_one = |name: &str| TYPES.contains(&name);
            types.retain(|name, _| is_one(name) && question.types.contains(name));
        }
        let types = metadata.as_object().map(|types| types.keys().cloned());
        let key = (subject.to_owned(), types.into_iter().flatten().collect());

        let keys = self.keys();
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answered) = answers.get(&key)
            && (&answered.statements, answered.expires) == (&chain.statements, chain.expires)
            && Arc::ptr_eq(&answered.keys, &keys)
        {
            return Ok(Arc::clone(&answered.token));
        }
        let claims = json!({
            "iss": self.facts.entity_id,
            "sub": subject,
            "iat": now.timestamp(),
            "exp": chain.expires.timestamp(),
            "metadata": metadata,
            "trust_chain": chain.statements,
        });
        let token = keys.federation.sign("resolve-response+jwt", &claims);
        let token: Arc<str> = token.map_err(|_| FederationError::ServerError)?.into();
        let answered = Answered {
            token: Arc::clone(&token),
            statements: chain.statements,
            expires: chain.expires,
            keys,
        };
        // Whoever is known no more is asked about no more.
        answers.retain(|_, answered| now < answered.expires);
        answers.insert(key, answered);
        Ok(token)
    }
}
