//! Entity statements: what an entity says of itself, and what a superior says of it (OpenID Federation 1.0, section 3).

use serde_json::{Map, Value};

use super::claims::{entity, expires, issued, texts};
use super::constraints::Constraints;
use super::{EntityId, FederationRefusal, Metadata};
use crate::protocol::jose::{Jwk, JwkRules, JwkSet, JwtProfile, UnverifiedJwt};

/// What may differ from one federation to another in reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainRules {
    /// The most intermediates between an entity and its anchor, whatever the anchor allows.
    pub most_intermediates: usize,
    /// Passes over critical claims and operators that are not understood, as the Italian profile says ("simply ignored"). By
    /// default they end the chain, as OpenID Federation 1.0 has it.
    pub danger_ignore_critical: bool,
}

impl Default for ChainRules {
    fn default() -> Self {
        Self {
            most_intermediates: 2,
            danger_ignore_critical: false,
        }
    }
}

/// What every statement has, once its signature was verified.
#[derive(Debug, Clone)]
struct Statement {
    token: String,
    issuer: EntityId,
    subject: EntityId,
    issued: i64,
    expires: i64,
    keys: JwkSet,
    claims: Map<String, Value>,
}

impl Statement {
    /// Verifies a statement with the keys of its issuer, which are its own where it signs for itself.
    fn verify(
        token: &str,
        (issuer, subject): (&EntityId, &EntityId),
        signers: Option<&[Jwk]>,
        rules: ChainRules,
        now: i64,
    ) -> Result<Self, FederationRefusal> {
        let unverified = UnverifiedJwt::parse(token, JwtProfile::ENTITY_STATEMENT.max_bytes)?;
        let keys = keys_in(unverified.unverified_claims())?;
        let jwt = unverified.verify(
            &JwtProfile::ENTITY_STATEMENT,
            signers.unwrap_or_else(|| keys.keys()),
        )?;
        let claims = jwt.claims();
        let statement = Self {
            token: token.to_owned(),
            issuer: entity(claims, "iss")?,
            subject: entity(claims, "sub")?,
            issued: issued(jwt.time("iat"), now)?,
            expires: expires(jwt.time("exp").ok_or(FederationRefusal::Form("exp"))?, now)?,
            keys,
            claims: claims.clone(),
        };
        if statement.issuer != *issuer {
            return Err(FederationRefusal::Issuer);
        }
        if statement.subject != *subject {
            return Err(FederationRefusal::Subject);
        }
        let critical = texts(claims, "crit")?.unwrap_or_default();
        if !critical.is_empty() && !rules.danger_ignore_critical {
            return Err(FederationRefusal::Critical);
        }
        Ok(statement)
    }
}

fn keys_in(claims: &Map<String, Value>) -> Result<JwkSet, FederationRefusal> {
    let set = claims.get("jwks").and_then(Value::as_object);
    let set = set.ok_or(FederationRefusal::Form("jwks"))?;
    Ok(JwkSet::read(JwkRules::Federation, set)?)
}

/// What an entity says of itself, under its own signature: who says it is sure, whether it may say so is not.
#[derive(Debug, Clone)]
pub struct EntityConfiguration {
    statement: Statement,
    metadata: Metadata,
    constraints: Constraints,
    authority_hints: Vec<EntityId>,
}

impl EntityConfiguration {
    /// Verifies the configuration of an entity with the keys that it shows itself.
    ///
    /// # Errors
    /// [`FederationRefusal`] names the first rule that it breaks.
    pub fn verify(
        token: &str,
        id: &EntityId,
        rules: ChainRules,
        now: i64,
    ) -> Result<Self, FederationRefusal> {
        let statement = Statement::verify(token, (id, id), None, rules, now)?;
        let metadata = match statement.claims.get("metadata") {
            None => Metadata::default(),
            Some(claim) => Metadata::read(claim)?,
        };
        let hints = texts(&statement.claims, "authority_hints")?.unwrap_or_default();
        let hints = hints.iter().map(|hint| EntityId::parse(hint));
        Ok(Self {
            metadata,
            constraints: Constraints::read(&statement.claims)?,
            authority_hints: hints.collect::<Result<_, _>>()?,
            statement,
        })
    }

    /// Whose it is.
    #[must_use]
    pub fn id(&self) -> &EntityId {
        &self.statement.subject
    }

    /// The keys that it signs with in the federation.
    #[must_use]
    pub fn keys(&self) -> &JwkSet {
        &self.statement.keys
    }

    /// What it says of itself, before any policy: good to find its endpoints, not to be trusted.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Whom it names as its superiors.
    #[must_use]
    pub fn authority_hints(&self) -> &[EntityId] {
        &self.authority_hints
    }

    /// A federation endpoint that it names (`federation_fetch_endpoint`...).
    #[must_use]
    pub fn endpoint(&self, name: &str) -> Option<&str> {
        self.metadata.of("federation_entity")?.get(name)?.as_str()
    }

    /// When it ends, in seconds since 1970 UTC.
    #[must_use]
    pub fn expires(&self) -> i64 {
        self.statement.expires
    }

    /// When it was issued, in seconds since 1970 UTC.
    #[must_use]
    pub fn issued(&self) -> i64 {
        self.statement.issued
    }

    pub(super) fn claims(&self) -> &Map<String, Value> {
        &self.statement.claims
    }

    pub(super) fn constraints(&self) -> &Constraints {
        &self.constraints
    }

    /// Checks that keys which somebody else vouches for have signed it too.
    pub(super) fn check_signed_by(&self, keys: &[Jwk]) -> Result<(), FederationRefusal> {
        let token = &self.statement.token;
        let unverified = UnverifiedJwt::parse(token, JwtProfile::ENTITY_STATEMENT.max_bytes)?;
        unverified.verify(&JwtProfile::ENTITY_STATEMENT, keys)?;
        Ok(())
    }
}

/// What a superior says of an entity. `trust_marks` and `authority_hints` in it, which the Italian federation writes there,
/// say nothing.
#[derive(Debug, Clone)]
pub struct SubordinateStatement {
    statement: Statement,
    metadata: Metadata,
    constraints: Constraints,
}

impl SubordinateStatement {
    /// Verifies the statement of a superior about a subject with the superior's keys, as whoever is above it knows them.
    ///
    /// # Errors
    /// [`FederationRefusal`] names the first rule that it breaks.
    pub fn verify(
        token: &str,
        (superior, keys): (&EntityId, &JwkSet),
        subject: &EntityId,
        rules: ChainRules,
        now: i64,
    ) -> Result<Self, FederationRefusal> {
        let parties = (superior, subject);
        let statement = Statement::verify(token, parties, Some(keys.keys()), rules, now)?;
        let metadata = match statement.claims.get("metadata") {
            None => Metadata::default(),
            Some(claim) => Metadata::read(claim)?,
        };
        Ok(Self {
            metadata,
            constraints: Constraints::read(&statement.claims)?,
            statement,
        })
    }

    /// Who says it.
    #[must_use]
    pub fn superior(&self) -> &EntityId {
        &self.statement.issuer
    }

    /// About whom.
    #[must_use]
    pub fn subject(&self) -> &EntityId {
        &self.statement.subject
    }

    /// The keys that the superior vouches for.
    #[must_use]
    pub fn keys(&self) -> &JwkSet {
        &self.statement.keys
    }

    /// When it ends, in seconds since 1970 UTC.
    #[must_use]
    pub fn expires(&self) -> i64 {
        self.statement.expires
    }

    /// When it was issued, in seconds since 1970 UTC.
    #[must_use]
    pub fn issued(&self) -> i64 {
        self.statement.issued
    }

    pub(super) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    pub(super) fn constraints(&self) -> &Constraints {
        &self.constraints
    }

    pub(super) fn policy(&self) -> Option<&Value> {
        self.statement.claims.get("metadata_policy")
    }

    /// The operators that everybody must understand (`metadata_policy_crit`).
    pub(super) fn critical_operators(&self) -> Result<Vec<String>, FederationRefusal> {
        Ok(texts(&self.statement.claims, "metadata_policy_crit")?.unwrap_or_default())
    }
}
