//! The ways in, as pages offer them.

use std::borrow::Cow;
use std::sync::Arc;

use super::state::Gateway;
use crate::crypto::Random;
use crate::identity::{AchievedAssurance, AssuranceLevel, AuthenticationMethod, RequiredAssurance};
use crate::login::openid::{Profile, TrustedProvider, Upstream};
use crate::session::WaysIn;

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

    /// The SPID provider that an application's hint names by its entity id, if it is one of the ways in that serve now:
    /// there are metadata of it, or the federation vouches for it.
    #[must_use]
    pub fn way_of(&self, hint: &str, ways: WaysIn) -> Option<Cow<'_, WayIn>> {
        let way = match self.way(hint) {
            Some(way) => Cow::Borrowed(way),
            None => {
                let trusted = self.openid()?.trusted(hint, self.now());
                let trusted = trusted.filter(|one| one.profile == Profile::Spid)?;
                Cow::Owned(WayIn::federated(&trusted))
            }
        };
        way.serves(ways).then_some(way)
    }

    /// Whether an application's hint names the login with CIE, or the Ministry in one of its protocols, and it is one of the
    /// ways in that serve.
    #[must_use]
    pub fn is_by_cie(&self, hint: &str, ways: WaysIn) -> bool {
        let is_offered = ways.methods.contains(AuthenticationMethod::Cie);
        let mut way = self.cie().filter(|_| is_offered).into_iter();
        way.any(|way| way.serves(hint, ways.level, self.now()))
    }

    /// Whether an application's hint names the login with a card, and it is one of the ways in that serve.
    #[must_use]
    pub fn is_by_card(&self, hint: &str, ways: WaysIn) -> bool {
        let card = AuthenticationMethod::Cns;
        self.cns().is_some() && hint == card.name() && ways.methods.contains(card)
    }

    /// The same of the login with a PIN.
    #[must_use]
    pub fn is_by_pin(&self, hint: &str, ways: WaysIn) -> bool {
        let pin = AuthenticationMethod::Pin;
        self.pin().is_some() && hint == pin.name() && ways.methods.contains(pin)
    }

    /// The ordinary provider that an application's hint names by its id or its issuer, if it is one of the ways in that serve.
    #[must_use]
    pub fn upstream_of(&self, hint: &str, ways: WaysIn) -> Option<&Upstream> {
        let serves = ways.methods.contains(AuthenticationMethod::OpenId);
        let named = self.upstreams().iter().map(Arc::as_ref).find(|upstream| {
            let settings = upstream.settings();
            settings.id == hint || settings.issuer == hint
        });
        named.filter(|upstream| serves && upstream.settings().highest() >= ways.level.0)
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
