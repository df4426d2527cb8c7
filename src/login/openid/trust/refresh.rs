//! Resolving again what is due.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::alarms::Alarms;
use super::anchors::Anchors;
use super::courier::Courier;
use super::failure::Failure;
use super::live::{All, Known, Last};
use super::resolve::Resolved;
use super::round::Round;
use super::walk::Walk;
use super::{LiveProviders, TrustSettings, WantedProviders};
use crate::audit::AuthenticationRegister;
use crate::crypto::Random;
use crate::identity::{Clock, Timestamp};
use crate::login::openid::Profile;
use crate::protocol::federation::{EntityId, FederationRefusal};

/// How many providers are resolved at once.
const AT_ONCE: usize = 4;

/// How soon after a failure is tried again; twice as long after each further one.
const FIRST_RETRY: TimeDelta = TimeDelta::seconds(30);
const LONGEST_RETRY: TimeDelta = TimeDelta::minutes(10);

/// How often a provider is resolved at most, and at least, whatever its chain says.
const SHORTEST_WAIT: TimeDelta = TimeDelta::seconds(30);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(8);

/// How often an anchor's list of providers is read.
const LIST_WAIT: TimeDelta = TimeDelta::hours(1);

/// When something is asked for next.
#[derive(Debug, Clone, Copy)]
struct Due {
    at: Timestamp,
    failures: u32,
}

/// Resolves providers when they are due.
pub struct TrustRefresher {
    settings: Arc<TrustSettings>,
    live: LiveProviders,
    register: Arc<dyn AuthenticationRegister>,
    random: Arc<dyn Random>,
    clock: Arc<dyn Clock>,
    providers: BTreeMap<EntityId, (Profile, Due)>,
    /// The anchors whose lists are read.
    lists: Vec<(Profile, EntityId, Due)>,
    alarms: Alarms,
}

impl TrustRefresher {
    /// A refresher to which everything is due, and what it fills. The clock tells how late it is whenever somebody has
    /// answered: a round may take minutes.
    #[must_use]
    pub fn new(
        settings: TrustSettings,
        register: Arc<dyn AuthenticationRegister>,
        random: Arc<dyn Random>,
        clock: Arc<dyn Clock>,
    ) -> (Self, LiveProviders) {
        let due = Due {
            at: Timestamp::MIN_UTC,
            failures: 0,
        };
        let (mut providers, mut lists, mut all) = (BTreeMap::new(), Vec::new(), All::new());
        for wanted in &settings.wanted {
            match &wanted.providers {
                WantedProviders::ListedBy(anchor) => {
                    lists.push((wanted.profile, anchor.clone(), due));
                }
                WantedProviders::Named(names) => {
                    for name in names {
                        providers.insert(name.clone(), (wanted.profile, due));
                        all.insert(name.to_string(), unknown(wanted.profile));
                    }
                }
            }
        }
        let live = LiveProviders::new(all);
        let refresher = Self {
            settings: Arc::new(settings),
            live: live.clone(),
            register,
            random,
            clock,
            providers,
            lists,
            alarms: Alarms::default(),
        };
        (refresher, live)
    }

    /// What it fills.
    #[must_use]
    pub fn live(&self) -> &LiveProviders {
        &self.live
    }

    /// When something is due next.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        let providers = self.providers.values().map(|(_, due)| due.at);
        let lists = self.lists.iter().map(|(_, _, due)| due.at);
        providers.chain(lists).min()
    }

    /// Reads the lists and resolves the providers that are due. It takes as long as the slowest may; nobody waits for it.
    pub async fn refresh_due(&mut self, now: Timestamp) -> Round {
        let mut round = Round::default();
        if self.next().is_some_and(|next| next <= now) {
            self.refresh(&mut round, now).await;
        }
        // Those that were resolved again have another end now.
        self.alarms.see_ends(&self.live.current(), self.clock.now());
        round.changes = self.alarms.take();
        round
    }

    /// How many alarms stand: anchors and providers that are refused, chains that ended.
    #[must_use]
    pub fn alarms(&self) -> usize {
        self.alarms.standing()
    }

    async fn refresh(&mut self, round: &mut Round, now: Timestamp) {
        let courier = Arc::new(Courier::new(self.settings.rules.clone()));
        let anchors = Arc::new(Anchors::fetch(&self.settings, &courier, &*self.clock).await);
        for (anchor, fetched) in anchors.all() {
            if let Err(failure) = fetched {
                round.fail(anchor, failure.code());
            }
        }
        self.alarms.see_anchors(&anchors);
        self.read_lists(&courier, &anchors, round, now).await;
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut tasks = JoinSet::new();
        for (id, (profile, due)) in &self.providers {
            if due.at > now {
                continue;
            }
            let (id, profile) = (id.clone(), *profile);
            let (settings, places) = (Arc::clone(&self.settings), Arc::clone(&places));
            let (courier, anchors) = (Arc::clone(&courier), Arc::clone(&anchors));
            let clock = Arc::clone(&self.clock);
            tasks.spawn(async move {
                let _place = places.acquire().await;
                let mut walk = Walk::new(&settings, &courier, &anchors, &*clock);
                let resolved =
                    tokio::time::timeout(settings.limits.time, walk.provider(&id, profile)).await;
                (id, resolved.unwrap_or(Err(Failure::TooLong)))
            });
        }
        while let Some(done) = tasks.join_next().await {
            // A task that panicked names no provider: it is tried again in the next round.
            if let Ok((id, resolved)) = done {
                let then = self.clock.now();
                self.settle(&id, resolved, round, then).await;
            }
        }
    }

    async fn read_lists(
        &mut self,
        courier: &Courier,
        anchors: &Anchors,
        round: &mut Round,
        now: Timestamp,
    ) {
        let mut lists = std::mem::take(&mut self.lists);
        for (profile, anchor, due) in &mut lists {
            if due.at > now {
                continue;
            }
            match listed(anchor, courier, anchors).await {
                Ok(mut names) => {
                    names.truncate(self.settings.limits.listed);
                    self.take_list(*profile, &names, now);
                    *due = Due {
                        at: now + self.jittered(LIST_WAIT),
                        failures: 0,
                    };
                }
                Err(failure) => {
                    round.fail(anchor, failure.code());
                    *due = self.later(*due, now);
                }
            }
        }
        self.lists = lists;
    }

    /// Takes in who is on a list. Who is on it no more is not resolved any longer, and goes when their chain ends.
    fn take_list(&mut self, profile: Profile, names: &[EntityId], now: Timestamp) {
        let wanted = &self.settings.wanted;
        let is_named = |id: &EntityId| {
            wanted.iter().any(|wanted| match &wanted.providers {
                WantedProviders::Named(named) => named.contains(id),
                WantedProviders::ListedBy(_) => false,
            })
        };
        self.providers
            .retain(|id, (of, _)| *of != profile || names.contains(id) || is_named(id));
        for name in names {
            let due = Due {
                at: now,
                failures: 0,
            };
            self.providers.entry(name.clone()).or_insert((profile, due));
        }
        let kept = &self.providers;
        self.live.change(|all| {
            all.retain(|issuer, known| {
                let is_kept = kept.keys().any(|id| id.as_str() == issuer);
                let lives = known
                    .good
                    .as_ref()
                    .is_some_and(|(provider, _)| now < provider.expires);
                is_kept || lives
            });
            for (id, (profile, _)) in kept {
                all.entry(id.to_string())
                    .or_insert_with(|| unknown(*profile));
            }
        });
        self.alarms.keep_only(&self.live.current());
    }

    /// Notes what came of a provider, and when it is resolved next.
    async fn settle(
        &mut self,
        id: &EntityId,
        resolved: Result<Resolved, Failure>,
        round: &mut Round,
        now: Timestamp,
    ) {
        let Some((profile, due)) = self.providers.get(id).copied() else {
            return;
        };
        let kept = match resolved {
            Ok(resolved) => self.keep(resolved, now).await,
            Err(failure) => Err(failure),
        };
        let due = match kept {
            Ok(expires) => {
                tracing::info!(provider = %id, %expires, "federation-provider-resolved");
                round.refreshed.push(id.to_string());
                self.alarms.resolve(id.as_str());
                Due {
                    at: now + self.wait(expires, now),
                    failures: 0,
                }
            }
            Err(failure) => {
                let code = failure.code();
                tracing::warn!(provider = %id, code, failures = due.failures, "federation-provider-unresolved");
                round.fail(id, code);
                self.note_failure(id, &failure);
                self.later(due, now)
            }
        };
        self.providers.insert(id.clone(), (profile, due));
    }

    /// Keeps the evidence of a chain, and then puts it in force; gives when it ends.
    async fn keep(&self, resolved: Resolved, now: Timestamp) -> Result<Timestamp, Failure> {
        // What a login proves rests on it, so that no chain is used whose entry is not safe.
        let kept = self.register.record(resolved.entry(now), now).await;
        let evidence = kept.map_err(|_| Failure::NoEvidence)?;
        let Resolved {
            mut provider,
            chain,
            ..
        } = resolved;
        provider.evidence = Some(evidence);
        let (issuer, expires) = (provider.issuer.clone(), provider.expires);
        let known = Known {
            profile: provider.profile,
            good: Some((Arc::new(provider), Arc::new(chain))),
            last: Last::Good,
        };
        self.live.change(|all| {
            all.insert(issuer, known);
        });
        Ok(expires)
    }

    /// The last good chain stays, but not under a mark that was revoked: the federation has taken its word back.
    fn note_failure(&mut self, id: &EntityId, failure: &Failure) {
        let last = match failure {
            failure if failure.is_refusal() => Last::Refused(failure.code()),
            _ => Last::NoAnswer,
        };
        let mut until = None;
        self.live.change(|all| {
            if let Some(known) = all.get_mut(id.as_str()) {
                known.last = last;
                if *failure == Failure::Refused(FederationRefusal::MarkRevoked) {
                    known.good = None;
                }
                until = known.ends();
            }
        });
        if let Last::Refused(code) = last {
            self.alarms.refuse(id.as_str(), code, until);
        }
    }

    /// Two thirds of the life that is left.
    fn wait(&self, expires: Timestamp, now: Timestamp) -> TimeDelta {
        let wait = (expires - now) * 2 / 3;
        self.jittered(wait.clamp(SHORTEST_WAIT, LONGEST_WAIT))
    }

    fn later(&self, due: Due, now: Timestamp) -> Due {
        let doubled = FIRST_RETRY * (1 << due.failures.min(10));
        Due {
            at: now + self.jittered(doubled.min(LONGEST_RETRY)),
            failures: due.failures + 1,
        }
    }

    /// Up to a tenth less, so that not all nodes of all institutes come at the same second.
    fn jittered(&self, wait: TimeDelta) -> TimeDelta {
        let mut byte = [0];
        self.random.fill(&mut byte);
        let [byte] = byte;
        wait - wait / 10 * i32::from(byte) / 255
    }
}

fn unknown(profile: Profile) -> Known {
    Known {
        profile,
        good: None,
        last: Last::None,
    }
}

async fn listed(
    anchor: &EntityId,
    courier: &Courier,
    anchors: &Anchors,
) -> Result<Vec<EntityId>, Failure> {
    let fetched = anchors.get(anchor).ok_or(FederationRefusal::Anchor)??;
    let configuration = fetched.configuration.configuration();
    courier
        .providers(configuration.endpoint("federation_list_endpoint"))
        .await
}
