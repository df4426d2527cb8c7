//! Who is trusted now, from memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use crate::identity::Timestamp;
use crate::login::openid::{Profile, Providers, Standing, TrustedProvider};
use crate::protocol::federation::TrustChain;

/// How the last attempt to resolve a provider ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// There was none.
    None,
    /// Well.
    Good,
    /// The federation said no, with this code.
    Refused(&'static str),
    /// Nobody said anything.
    NoAnswer,
}

/// What is known of a provider.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) profile: Profile,
    pub(super) good: Option<(Arc<TrustedProvider>, Arc<TrustChain>)>,
    pub(super) last: Last,
}

impl Known {
    /// The end of the last good chain, past or to come.
    pub(super) fn ends(&self) -> Option<Timestamp> {
        self.good.as_ref().map(|(provider, _)| provider.expires)
    }

    fn usable(&self, now: Timestamp) -> Option<&(Arc<TrustedProvider>, Arc<TrustChain>)> {
        self.good
            .as_ref()
            .filter(|(provider, _)| now < provider.expires)
    }
}

pub(super) type All = BTreeMap<String, Known>;

/// The providers that are trusted, shared by all who ask; a [`TrustRefresher`](super::TrustRefresher) fills it.
#[derive(Debug, Clone)]
pub struct LiveProviders(Arc<watch::Sender<Arc<All>>>);

impl LiveProviders {
    pub(super) fn new(all: All) -> Self {
        Self(Arc::new(watch::Sender::new(Arc::new(all))))
    }

    /// What is known now; it stays as it is for whoever holds it.
    pub(super) fn current(&self) -> Arc<All> {
        Arc::clone(&self.0.borrow())
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut All)) {
        self.0.send_modify(|all| change(Arc::make_mut(all)));
    }

    /// The chain of a provider that can be used at `now`.
    #[must_use]
    pub fn chain(&self, issuer: &str, now: Timestamp) -> Option<Arc<TrustChain>> {
        self.usable(issuer, now).map(|(_, chain)| chain)
    }

    /// A provider that can be used at `now`, and its chain.
    pub(super) fn usable(
        &self,
        issuer: &str,
        now: Timestamp,
    ) -> Option<(Arc<TrustedProvider>, Arc<TrustChain>)> {
        self.current().get(issuer)?.usable(now).cloned()
    }

    /// Until when each provider is trusted that can be used at `now`.
    #[must_use]
    pub fn trusted_until(&self, now: Timestamp) -> Vec<(String, Timestamp)> {
        let all = self.current();
        let usable = all.values().filter_map(|known| known.usable(now));
        usable
            .map(|(provider, _)| (provider.issuer.clone(), provider.expires))
            .collect()
    }
}

impl Providers for LiveProviders {
    fn provider(&self, issuer: &str, now: Timestamp) -> Option<Arc<TrustedProvider>> {
        self.usable(issuer, now).map(|(provider, _)| provider)
    }

    fn of_profile(&self, profile: Profile, now: Timestamp) -> Vec<Arc<TrustedProvider>> {
        let all = self.current();
        let usable = all.values().filter(|known| known.profile == profile);
        let mut usable: Vec<_> = usable
            .filter_map(|known| known.usable(now))
            .map(|(provider, _)| Arc::clone(provider))
            .collect();
        usable.sort_by(|one, other| one.name.cmp(&other.name));
        usable
    }

    fn standing(&self, issuer: &str, now: Timestamp) -> Standing {
        let all = self.current();
        let Some(known) = all.get(issuer) else {
            return Standing::NotYet;
        };
        match known.last {
            _ if known.usable(now).is_some() => Standing::Ready,
            Last::Refused(code) => Standing::Refused(code),
            _ if known.good.is_some() => Standing::Unreachable,
            _ => Standing::NotYet,
        }
    }
}
