//! Finding an entity's chain: from its configuration upwards, along the superiors that each names, to an anchor.

use std::collections::VecDeque;

use super::TrustSettings;
use super::anchors::{Anchors, FetchedAnchor};
use super::courier::Courier;
use super::failure::Failure;
use crate::identity::Clock;
use crate::protocol::federation::{EntityConfiguration, EntityId, FederationRefusal, TrustChain};

/// The requests for one provider, counted.
pub(super) struct Walk<'w> {
    pub(super) settings: &'w TrustSettings,
    pub(super) courier: &'w Courier,
    pub(super) anchors: &'w Anchors,
    clock: &'w dyn Clock,
    left: usize,
}

/// A way upwards that has not reached an anchor yet.
struct Way {
    statements: Vec<String>,
    passed: Vec<EntityId>,
    top: EntityConfiguration,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        settings: &'w TrustSettings,
        courier: &'w Courier,
        anchors: &'w Anchors,
        clock: &'w dyn Clock,
    ) -> Self {
        Self {
            settings,
            courier,
            anchors,
            clock,
            left: settings.limits.requests,
        }
    }

    /// The present moment, in seconds since 1970 UTC: a walk takes its time, and whoever answers late signs late.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    /// One request more, if it may still be made.
    pub(super) fn spend(&mut self) -> Result<(), Failure> {
        self.left = self.left.checked_sub(1).ok_or(Failure::TooManyRequests)?;
        Ok(())
    }

    /// The shortest good chain of an entity. When there is none: what was wrong with the first way that was tried.
    pub(super) async fn chain_of(&mut self, id: &EntityId) -> Result<TrustChain, Failure> {
        let (token, top) = self.configuration(id).await?;
        let mut ways = VecDeque::from([Way {
            statements: vec![token],
            passed: vec![id.clone()],
            top,
        }]);
        let mut first = None;
        while let Some(way) = ways.pop_front() {
            for superior in self.superiors(&way.top) {
                let step = match self.anchors.get(&superior) {
                    Some(anchor) => match self.end(&way, anchor).await {
                        Ok(chain) => return Ok(chain),
                        Err(failure) => Err(failure),
                    },
                    None => self.climb(&way, &superior).await,
                };
                match step {
                    Ok(higher) => ways.push_back(higher),
                    Err(Failure::TooManyRequests) => return Err(Failure::TooManyRequests),
                    Err(failure) => first = first.or(Some(failure)),
                }
            }
        }
        Err(first.unwrap_or(Failure::Refused(FederationRefusal::Superior)))
    }

    async fn configuration(
        &mut self,
        id: &EntityId,
    ) -> Result<(String, EntityConfiguration), Failure> {
        self.spend()?;
        let token = self.courier.configuration(id).await?;
        let read = EntityConfiguration::verify(&token, id, self.settings.chain, self.now())?;
        Ok((token, read))
    }

    /// The superiors to try: anchors first, and not more than may be.
    fn superiors(&self, entity: &EntityConfiguration) -> Vec<EntityId> {
        let mut superiors = entity.authority_hints().to_vec();
        superiors.sort_by_key(|superior| self.anchors.get(superior).is_none());
        superiors.truncate(self.settings.limits.superiors);
        superiors
    }

    /// The last step: an anchor that the top names.
    async fn end(
        &mut self,
        way: &Way,
        anchor: Result<&FetchedAnchor, Failure>,
    ) -> Result<TrustChain, Failure> {
        let anchor = anchor?;
        let superior = anchor.configuration.configuration();
        let mut statements = way.statements.clone();
        statements.push(self.about(superior, way.top.id()).await?);
        statements.push(anchor.token.clone());
        let anchors = &self.settings.anchors;
        Ok(TrustChain::verify(
            &statements,
            anchors,
            self.settings.chain,
            self.now(),
        )?)
    }

    /// A step to an intermediate that the top names.
    async fn climb(&mut self, way: &Way, superior: &EntityId) -> Result<Way, Failure> {
        if way.passed.contains(superior) {
            return Err(FederationRefusal::Loop.into());
        }
        if way.passed.len() > self.settings.chain.most_intermediates {
            return Err(FederationRefusal::TooLong.into());
        }
        let (_, top) = self.configuration(superior).await?;
        let mut statements = way.statements.clone();
        statements.push(self.about(&top, way.top.id()).await?);
        let mut passed = way.passed.clone();
        passed.push(superior.clone());
        Ok(Way {
            statements,
            passed,
            top,
        })
    }

    async fn about(
        &mut self,
        superior: &EntityConfiguration,
        subject: &EntityId,
    ) -> Result<String, Failure> {
        self.spend()?;
        let endpoint = superior.endpoint("federation_fetch_endpoint");
        self.courier.about(endpoint, subject).await
    }
}
