//! The ways in, as pages offer them.

use std::borrow::Cow;
use std::sync::Arc;

use super::state::Gateway;
use super::{cns, flow, openid, pages};
use crate::crypto::Random;
use crate::identity::{AchievedAssurance, AssuranceLevel, AuthenticationMethod, RequiredAssurance};
use crate::login::openid::{Profile, TrustedProvider, Upstream};
use crate::session::{LoginFlow, WaysIn};

/// A SPID provider that a person may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayIn {
    /// The name that the provider publishes.
    pub name: String,
    /// Its entity id.
    pub entity_id: String,
    /// The highest level it can reach.
    pub highest: AssuranceLevel,
}

impl WayIn {
    /// A provider that the federation vouches for.
    fn federated(provider: &TrustedProvider) -> Self {
        Self {
            name: provider.name.clone(),
            entity_id: provider.issuer.clone(),
            highest: provider.highest,
        }
    }

    /// Whether it is one of the ways in that serve.
    #[must_use]
    pub fn serves(&self, ways: WaysIn) -> bool {
        ways.methods.contains(AuthenticationMethod::Spid) && self.reaches(ways.level)
    }

    /// Whether it can reach what is asked for.
    #[must_use]
    pub fn reaches(&self, level: RequiredAssurance) -> bool {
        AchievedAssurance(self.highest).satisfies(level)
    }
}

impl Gateway {
    /// Every way in that reaches a level.
    #[must_use]
    pub fn ways_to(&self, level: RequiredAssurance) -> WaysIn {
        let offered = self.catalogue().offered();
        let reaches = |method: &AuthenticationMethod| method.highest_level() >= level.0;
        WaysIn {
            level,
            methods: offered.iter().filter(reaches).collect(),
        }
    }

    /// Every SPID provider that people may choose now: those of the metadata, and those that the federation vouches for.
    #[must_use]
    pub fn spid_ways(&self) -> Cow<'_, [WayIn]> {
        let Some(party) = self.openid() else {
            return Cow::Borrowed(self.ways());
        };
        let trusted = party.trusted_of(Profile::Spid, self.now());
        let by_openid = trusted.iter().filter(|one| self.way(&one.issuer).is_none());
        let by_openid = by_openid.map(|one| WayIn::federated(one.as_ref()));
        self.ways().iter().cloned().chain(by_openid).collect()
    }

    /// Where the login of a flow starts that an application's hint names: a provider by its entity id, a method by its name, an
    /// ordinary provider by its id or its issuer. `None` when that is none of the ways in that serve now.
    #[must_use]
    pub(super) fn hinted_address(
        &self,
        flow: &LoginFlow,
        hint: &str,
        ways: WaysIn,
    ) -> Option<String> {
        let offers = |method: AuthenticationMethod| ways.methods.contains(method);
        let names = |method: AuthenticationMethod| hint == method.name() && offers(method);
        if let Some(provider) = self.spid_way(hint).filter(|way| way.serves(ways)) {
            let entity_id = &provider.entity_id;
            return Some(flow::start_address(Some(flow), entity_id, ways.level));
        }
        let cie = self.cie().filter(|_| offers(AuthenticationMethod::Cie));
        let cie = cie.and_then(|way| way.hinted_address(flow, hint, ways.level, self.now()));
        if cie.is_some() {
            return cie;
        }
        if self.cns().is_some() && names(AuthenticationMethod::Cns) {
            return Some(cns::start_address(Some(&flow.id), false));
        }
        if self.pin().is_some() && names(AuthenticationMethod::Pin) {
            return Some(pages::pin_address(Some(&flow.id)));
        }
        let mut upstreams = self.upstreams().iter();
        let named = upstreams.find(|upstream| {
            let settings = upstream.settings();
            settings.id == hint || settings.issuer == hint
        });
        let serves = |upstream: &&Arc<Upstream>| {
            offers(AuthenticationMethod::OpenId) && upstream.settings().highest() >= ways.level.0
        };
        let upstream = named.filter(serves)?;
        Some(openid::upstream_address(upstream, Some(flow), ways.level))
    }

    /// The SPID provider with an entity id: there are metadata of it, or the federation vouches for it.
    fn spid_way(&self, entity_id: &str) -> Option<Cow<'_, WayIn>> {
        if let Some(way) = self.way(entity_id) {
            return Some(Cow::Borrowed(way));
        }
        let trusted = self.openid()?.trusted(entity_id, self.now())?;
        let is_of_spid = trusted.profile == Profile::Spid;
        is_of_spid.then(|| Cow::Owned(WayIn::federated(&trusted)))
    }
}

/// The providers that can reach `level`, and those that cannot; each in a new random order, so that none is always the
/// first (rules of the SPID button).
#[must_use]
pub fn offer<'a>(
    ways: &'a [WayIn],
    level: RequiredAssurance,
    random: &dyn Random,
) -> (Vec<&'a WayIn>, Vec<&'a WayIn>) {
    let mut shuffled: Vec<&WayIn> = ways.iter().collect();
    shuffle(&mut shuffled, random);
    shuffled.into_iter().partition(|way| way.reaches(level))
}

/// Fisher and Yates. Each index comes from 64 random bits: for lists of this size the bias is beyond measure.
fn shuffle<T>(items: &mut [T], random: &dyn Random) {
    for last in (1..items.len()).rev() {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        let places = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let chosen = u64::from_le_bytes(bytes) % places;
        items.swap(last, usize::try_from(chosen).unwrap_or(last));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::crypto::SystemRandom;

    fn way(name: &str, highest: AssuranceLevel) -> WayIn {
        WayIn {
            name: name.to_owned(),
            entity_id: format!("https://{name}.example"),
            highest,
        }
    }

    #[test]
    fn a_provider_that_cannot_reach_the_level_is_not_offered() {
        let ways = [
            way("two", AssuranceLevel::Substantial),
            way("three", AssuranceLevel::High),
        ];
        let high = RequiredAssurance(AssuranceLevel::High);
        let (offered, others) = offer(&ways, high, &SystemRandom);
        assert_eq!(offered, [&ways[1]]);
        assert_eq!(others, [&ways[0]]);
        let substantial = RequiredAssurance(AssuranceLevel::Substantial);
        assert_eq!(offer(&ways, substantial, &SystemRandom).0.len(), 2);
    }

    #[test]
    fn every_provider_comes_first_sometimes() {
        let ways: Vec<WayIn> = ["a", "b", "c", "d"]
            .iter()
            .map(|name| way(name, AssuranceLevel::High))
            .collect();
        let low = RequiredAssurance(AssuranceLevel::Low);
        // The chance that one of four is never the first in 200 loads is below 1 in 10^24.
        let firsts: BTreeSet<String> = (0..200)
            .map(|_| offer(&ways, low, &SystemRandom).0[0].name.clone())
            .collect();
        assert_eq!(firsts.len(), 4);
    }
}
