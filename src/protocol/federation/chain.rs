//! Trust chains (OpenID Federation 1.0, section 10.2): from what an entity says of itself, statement by statement, to an
//! anchor whose keys are pinned.

use super::anchor::{AnchorConfiguration, TrustAnchor};
use super::claims::entity;
use super::statement::{ChainRules, EntityConfiguration, SubordinateStatement};
use super::{EntityId, FederationRefusal, Metadata, MetadataPolicy};
use crate::protocol::jose::{JwkSet, JwtProfile, UnverifiedJwt};

/// A chain that was verified, and what it makes of its subject. Only [`TrustChain::verify`] makes one.
#[derive(Debug, Clone)]
pub struct TrustChain {
    statements: Vec<String>,
    subject: EntityConfiguration,
    superiors: Vec<SubordinateStatement>,
    anchor: AnchorConfiguration,
    metadata: Metadata,
    expires: i64,
}

impl TrustChain {
    /// Verifies a chain: the subject's configuration, the statements of each superior about the one below, the anchor's
    /// configuration; each as it was received. It begins at the anchor, which must be one of `anchors`, and goes down, so that
    /// the keys of every signature are vouched for before they are used. Then come the constraints of all, what the immediate
    /// superior says of the subject's metadata, and the policies of all, merged.
    ///
    /// # Errors
    /// [`FederationRefusal`] names the first rule that the chain breaks.
    pub fn verify(
        statements: &[String],
        anchors: &[TrustAnchor],
        rules: ChainRules,
        now: i64,
    ) -> Result<Self, FederationRefusal> {
        let [subject, between @ .., top] = statements else {
            return Err(FederationRefusal::Chain);
        };
        // One statement more than there are intermediates.
        match between.len() {
            0 => return Err(FederationRefusal::Chain),
            length if length - 1 > rules.most_intermediates => {
                return Err(FederationRefusal::TooLong);
            }
            _ => {}
        }
        let claimed = claimed(top, "sub")?;
        let anchor = anchors.iter().find(|anchor| anchor.id == claimed);
        let anchor = anchor.ok_or(FederationRefusal::Anchor)?;
        let anchor = anchor.verify(top, rules, now)?;
        let superiors = descend(&anchor, between, rules, now)?;
        let vouched = superiors.first().ok_or(FederationRefusal::Chain)?;
        let configuration = EntityConfiguration::verify(subject, vouched.subject(), rules, now)?;
        configuration.check_signed_by(vouched.keys().keys())?;
        if !configuration.authority_hints().contains(vouched.superior()) {
            return Err(FederationRefusal::Superior);
        }
        let mut chain = Self {
            statements: statements.to_vec(),
            metadata: configuration.metadata().clone(),
            expires: 0,
            subject: configuration,
            superiors,
            anchor,
        };
        chain.check_constraints()?;
        chain.resolve_metadata(rules)?;
        chain.expires = chain.earliest_end();
        Ok(chain)
    }

    /// The constraints of every superior, each upon all that are below it.
    fn check_constraints(&mut self) -> Result<(), FederationRefusal> {
        let mut below = Vec::with_capacity(self.superiors.len());
        let mut constraints = Vec::with_capacity(self.superiors.len() + 1);
        for (intermediates, statement) in self.superiors.iter().enumerate() {
            below.push(statement.subject());
            statement.constraints().check(intermediates, &below)?;
            constraints.push(statement.constraints());
        }
        let in_configuration = self.anchor.configuration().constraints();
        in_configuration.check(self.superiors.len().saturating_sub(1), &below)?;
        constraints.push(in_configuration);
        for constraints in constraints {
            constraints.drop_other_types(&mut self.metadata);
        }
        Ok(())
    }

    fn resolve_metadata(&mut self, rules: ChainRules) -> Result<(), FederationRefusal> {
        if let Some(immediate) = self.superiors.first() {
            self.metadata.override_with(immediate.metadata());
        }
        let mut critical = Vec::new();
        if !rules.danger_ignore_critical {
            for statement in &self.superiors {
                critical.extend(statement.critical_operators()?);
            }
        }
        let mut policy = MetadataPolicy::default();
        for claim in self.superiors.iter().rev().filter_map(|one| one.policy()) {
            policy = policy.merge(MetadataPolicy::read(claim, &critical)?)?;
        }
        Ok(policy.apply(&mut self.metadata)?)
    }

    fn earliest_end(&self) -> i64 {
        let superiors = self.superiors.iter().map(SubordinateStatement::expires);
        superiors
            .chain([
                self.subject.expires(),
                self.anchor.configuration().expires(),
            ])
            .min()
            .unwrap_or(0)
    }

    /// Whom it is about.
    #[must_use]
    pub fn subject(&self) -> &EntityConfiguration {
        &self.subject
    }

    /// The anchor that it ends at.
    #[must_use]
    pub fn anchor(&self) -> &AnchorConfiguration {
        &self.anchor
    }

    /// The metadata of the subject, as everybody above it allows them.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The keys that the subject signs with in the federation, as its immediate superior knows them.
    #[must_use]
    pub fn subject_keys(&self) -> Option<&JwkSet> {
        self.superiors.first().map(SubordinateStatement::keys)
    }

    /// The keys of an entity of the chain, as whoever is above it knows them.
    #[must_use]
    pub fn keys_of(&self, id: &EntityId) -> Option<&JwkSet> {
        let anchor = self.anchor.configuration();
        if anchor.id() == id {
            return Some(anchor.keys());
        }
        let mut vouched = self.superiors.iter();
        vouched
            .find(|one| one.subject() == id)
            .map(SubordinateStatement::keys)
    }

    /// The end of the first of its statements that ends, in seconds since 1970 UTC: it proves nothing afterwards.
    #[must_use]
    pub fn expires(&self) -> i64 {
        self.expires
    }

    /// When the last of its statements was issued, in seconds since 1970 UTC.
    #[must_use]
    pub fn issued(&self) -> i64 {
        let superiors = self.superiors.iter().map(SubordinateStatement::issued);
        superiors
            .chain([self.subject.issued()])
            .max()
            .unwrap_or_default()
    }

    /// The statements as they were received, from the subject's configuration to the anchor's: what is kept as evidence
    /// (Italian profile, log management) and handed on as `trust_chain`.
    #[must_use]
    pub fn statements(&self) -> &[String] {
        &self.statements
    }
}

/// The statements between, verified from the anchor downwards; given from the subject's immediate superior upwards.
fn descend(
    anchor: &AnchorConfiguration,
    between: &[String],
    rules: ChainRules,
    now: i64,
) -> Result<Vec<SubordinateStatement>, FederationRefusal> {
    let mut superior = anchor.configuration().id().clone();
    let mut keys = anchor.configuration().keys().clone();
    let mut seen = vec![superior.clone()];
    let mut verified = Vec::with_capacity(between.len());
    for token in between.iter().rev() {
        let subject = claimed(token, "sub")?;
        if seen.contains(&subject) {
            return Err(FederationRefusal::Loop);
        }
        let statement =
            SubordinateStatement::verify(token, (&superior, &keys), &subject, rules, now)?;
        keys = statement.keys().clone();
        seen.push(subject.clone());
        superior = subject;
        verified.push(statement);
    }
    verified.reverse();
    Ok(verified)
}

/// Whom a statement names, before it is verified: only to know which keys it must be verified with.
fn claimed(token: &str, name: &'static str) -> Result<EntityId, FederationRefusal> {
    let unverified = UnverifiedJwt::parse(token, JwtProfile::ENTITY_STATEMENT.max_bytes)?;
    entity(unverified.unverified_claims(), name)
}
