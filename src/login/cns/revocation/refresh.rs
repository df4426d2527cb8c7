//! Brings lists in the background, so that no login waits for one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};
use url::Url;

use super::super::trust::LiveAnchors;
use super::addresses::Addresses;
use super::gather::{Gathered, Gatherer};
use super::keep::{Cache, Watch, read};
use super::lists::Lists;
use super::round::{Failure, Round, Wanting};
use super::seen::Seen;
use crate::crypto::{Random, sha256};
use crate::fetch::{Answer, Ask, Fetch, Rules};
use crate::identity::Timestamp;
use crate::protocol::x509::{Certificate, IssuerId};

/// What servers call a list. It is signed, so what they call it matters little; a page of theirs is none.
const KINDS: &[&str] = &[
    "application/pkix-crl",
    "application/x-pkcs7-crl",
    "application/x-x509-crl",
    "application/octet-stream",
    "binary/octet-stream",
    "text/plain",
];

/// How many lists are brought and read at once: each may take tens of megabytes meanwhile.
const AT_ONCE: usize = 3;

/// How soon after a failure is tried again; twice as long after each further one.
const FIRST_RETRY: TimeDelta = TimeDelta::minutes(1);

/// How often a list is asked for at most, however soon it ends.
const SHORTEST_WAIT: TimeDelta = TimeDelta::minutes(1);

/// The authorities that are trusted, as they are at the moment it is called.
pub type TrustedIssuers = Arc<dyn Fn() -> Vec<Arc<Certificate>> + Send + Sync>;

/// The authorities of cards of a set of anchors, whichever is in force. Those of electronic identity cards are left out:
/// nobody logs in here with one, and their lists are long.
#[must_use]
pub fn issuers_of(anchors: LiveAnchors) -> TrustedIssuers {
    Arc::new(move || {
        let anchors = anchors.current();
        let of_cards = anchors
            .iter()
            .filter(|anchor| !anchor.issues_identity_cards());
        of_cards
            .map(|anchor| Arc::new(anchor.certificate().clone()))
            .collect()
    })
}

/// How lists are brought.
#[derive(Clone)]
pub struct RefreshSettings {
    /// Addresses that are asked whatever certificates name.
    pub addresses: Vec<Url>,
    /// Which addresses of certificates are asked, and where.
    pub allowed: Addresses,
    /// How often a list is asked for. One that ends sooner is asked for sooner.
    pub every: Duration,
    /// Bounds of each request. Its origins are set for each round.
    pub rules: Rules,
    /// A folder of lists that an operator fills.
    pub folder: Option<PathBuf>,
    /// Where the last good lists are kept for the next start.
    pub kept: Option<PathBuf>,
}

/// An address and when it is asked next.
#[derive(Debug, Clone)]
struct Due {
    at: Timestamp,
    failures: u32,
    etag: Option<String>,
    modified: Option<String>,
    next_update: i64,
}

/// Brings lists: from files at once, from addresses when they are due.
pub struct Refresher {
    gatherer: Gatherer,
    seen: Seen,
    trusted: TrustedIssuers,
    settings: RefreshSettings,
    random: Arc<dyn Random>,
    due: BTreeMap<Url, Due>,
    watch: Option<Watch>,
    /// For whom the kept lists were read: others who are trusted now may have some too.
    restored_for: Option<[u8; 32]>,
}

impl Refresher {
    pub(super) fn new(
        lists: Lists,
        seen: Seen,
        trusted: TrustedIssuers,
        settings: RefreshSettings,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            gatherer: Gatherer::new(lists, settings.kept.clone().map(Cache::new)),
            seen,
            trusted,
            watch: settings.folder.clone().map(Watch::new),
            settings,
            random,
            due: BTreeMap::new(),
            restored_for: None,
        }
    }

    /// Everybody whose lists count, and a digest that changes when they do.
    fn trusted(&self) -> (Arc<[Arc<Certificate>]>, [u8; 32]) {
        let all = self.seen.below((self.trusted)());
        let ids: Vec<u8> = all
            .iter()
            .flat_map(|issuer| *IssuerId::of(issuer).bytes())
            .collect();
        (all.into(), sha256(&ids))
    }

    /// Takes in what is in files: the lists that were kept, and those of the operator's folder that changed. Asks nobody.
    pub async fn look(&mut self, now: Timestamp) -> Round {
        let (trusted, digest) = self.trusted();
        let ids: Vec<IssuerId> = trusted.iter().map(|issuer| IssuerId::of(issuer)).collect();
        self.gatherer.lists.keep_only(&ids);
        let mut files = Vec::new();
        if self.restored_for != Some(digest) {
            self.restored_for = Some(digest);
            // What was refused or let go before may be wanted now: everything is asked for whole again.
            for due in self.due.values_mut() {
                (due.etag, due.modified) = (None, None);
            }
            files.extend(self.gatherer.cache.iter().flat_map(Cache::files));
        }
        let kept = files.len();
        files.extend(
            self.watch
                .iter_mut()
                .flat_map(|watch| watch.changed(digest)),
        );
        let mut round = Round::default();
        for (number, path) in files.into_iter().enumerate() {
            let name = path.file_name().unwrap_or_default();
            let at = name.to_string_lossy().into_owned();
            let (gatherer, trusted) = (self.gatherer.clone(), Arc::clone(&trusted));
            let taken = spawn_blocking(move || gatherer.take(&read(&path)?, &trusted, now));
            match taken.await.unwrap_or(Err("broken")) {
                Ok(gathered) => round.add(gathered),
                // Of a list that was kept a later one may be held, or its authority be trusted no more.
                Err(_) if number < kept => {}
                Err(code) => {
                    tracing::warn!(file = at, code, "crl-file-refused");
                    round.failures.push(Failure { at, code });
                }
            }
        }
        round
    }

    /// Asks the addresses that are due.
    pub async fn fetch_due(&mut self, now: Timestamp) -> Round {
        let (trusted, _) = self.trusted();
        let addresses = self.addresses(&trusted);
        self.due.retain(|url, _| addresses.contains(url));
        let mut round = Round::default();
        let mut rules = self.settings.rules.clone();
        rules.origins = addresses
            .iter()
            .filter(|url| self.due.get(url).is_none_or(|due| due.at <= now))
            .cloned()
            .collect();
        if rules.origins.is_empty() {
            return round;
        }
        let asked = rules.origins.clone();
        let fetch = match Fetch::new(rules) {
            Ok(fetch) => Arc::new(fetch),
            Err(error) => {
                tracing::error!(%error, "crl-fetch-impossible");
                round.fail("", "no-authorities");
                return round;
            }
        };
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut tasks = JoinSet::new();
        for url in asked {
            let before = self.due.get(&url).cloned();
            let (gatherer, trusted) = (self.gatherer.clone(), Arc::clone(&trusted));
            let (fetch, places) = (Arc::clone(&fetch), Arc::clone(&places));
            tasks.spawn(async move {
                let _place = places.acquire().await;
                let came = bring(&fetch, &url, before, gatherer, trusted, now).await;
                (url, came)
            });
        }
        while let Some(done) = tasks.join_next().await {
            // A task that panicked names no address: it is asked again in the next round.
            let Ok((url, came)) = done else {
                round.fail("", "broken");
                continue;
            };
            self.settle(url, came, &mut round, now);
        }
        round
    }

    /// The trusted authorities of whom no list is in force, by name.
    #[must_use]
    pub fn wanting(&self, now: Timestamp) -> Vec<(String, Wanting)> {
        let held = self.gatherer.lists.held();
        let (trusted, _) = self.trusted();
        let wanting = trusted.iter().filter_map(|issuer| {
            let id = IssuerId::of(issuer);
            let own = held.iter().filter(|(other, _)| *other == id);
            let why = match own.map(|(_, crl)| crl.next_update()).max() {
                None => Wanting::NoList,
                Some(end) if end <= now.timestamp() => {
                    Wanting::Ended(Timestamp::from_timestamp(end, 0).unwrap_or_default())
                }
                Some(_) => return None,
            };
            Some((issuer.subject().display().to_owned(), why))
        });
        wanting.collect()
    }

    /// Every address that a list may be at.
    fn addresses(&self, trusted: &[Arc<Certificate>]) -> BTreeSet<Url> {
        let named = |issuers: &[Arc<Certificate>]| -> Vec<String> {
            let addresses = issuers.iter().flat_map(|issuer| issuer.crl_addresses());
            addresses.cloned().collect()
        };
        // Who is only below an anchor names addresses, and no further hosts.
        let allowed = self
            .settings
            .allowed
            .with_hosts_of(&named(&(self.trusted)()));
        named(trusted)
            .into_iter()
            .chain(self.seen.addresses(trusted))
            .filter_map(|address| allowed.resolve(&address))
            .chain(self.settings.addresses.iter().cloned())
            .collect()
    }

    /// Notes what came of an address, and when it is asked next.
    fn settle(&mut self, url: Url, came: Came, round: &mut Round, now: Timestamp) {
        let before = self.due.remove(&url);
        let failures = before.as_ref().map_or(0, |due| due.failures);
        let due = match came {
            Ok(Fresh::Same) => Due {
                at: now
                    + self
                        .jittered(self.wait(before.as_ref().map_or(0, |due| due.next_update), now)),
                failures: 0,
                ..before.unwrap_or_else(|| Due::at(now))
            },
            Ok(Fresh::List {
                gathered,
                etag,
                modified,
            }) => {
                let next_update = gathered.next_update;
                tracing::info!(
                    issuer = gathered.issuer.hex(),
                    newly = gathered.newly.len(),
                    "crl-refreshed"
                );
                round.add(gathered);
                Due {
                    at: now + self.jittered(self.wait(next_update, now)),
                    failures: 0,
                    etag,
                    modified,
                    next_update,
                }
            }
            Err(code) => {
                tracing::warn!(host = url.host_str(), code, failures, "crl-not-refreshed");
                round.fail(url.host_str().unwrap_or_default(), code);
                let doubled = FIRST_RETRY * (1 << failures.min(10));
                Due {
                    at: now + self.jittered(doubled.min(self.every())),
                    failures: failures + 1,
                    // Whole, the next time: what is there may have been cut.
                    etag: None,
                    modified: None,
                    ..before.unwrap_or_else(|| Due::at(now))
                }
            }
        };
        self.due.insert(url, due);
    }

    fn every(&self) -> TimeDelta {
        TimeDelta::from_std(self.settings.every).unwrap_or(TimeDelta::hours(1))
    }

    /// How long until a list that ends then is asked for again: half of the time it still has, if that is less than usual.
    fn wait(&self, next_update: i64, now: Timestamp) -> TimeDelta {
        let left = next_update.saturating_sub(now.timestamp()) / 2;
        let half = TimeDelta::try_seconds(left).unwrap_or(TimeDelta::MAX);
        half.min(self.every()).max(SHORTEST_WAIT)
    }

    /// A tenth more or less, so that not all nodes of all institutes come at the same second.
    fn jittered(&self, wait: TimeDelta) -> TimeDelta {
        let mut byte = [0];
        self.random.fill(&mut byte);
        let [byte] = byte;
        wait - wait / 10 + wait / 5 * i32::from(byte) / 255
    }
}

impl Due {
    fn at(at: Timestamp) -> Self {
        Self {
            at,
            failures: 0,
            etag: None,
            modified: None,
            next_update: 0,
        }
    }
}

/// What an address gave.
enum Fresh {
    /// It is as it was.
    Same,
    /// A good list, whether or not it is the one that was held.
    List {
        gathered: Gathered,
        etag: Option<String>,
        modified: Option<String>,
    },
}

/// That, or a reason code.
type Came = Result<Fresh, &'static str>;

async fn bring(
    fetch: &Fetch,
    url: &Url,
    before: Option<Due>,
    gatherer: Gatherer,
    trusted: Arc<[Arc<Certificate>]>,
    now: Timestamp,
) -> Came {
    let mut ask = Ask::get(url, KINDS);
    if let Some(before) = &before {
        if let Some(etag) = &before.etag {
            ask = ask.unless_still(etag);
        }
        if let Some(modified) = &before.modified {
            ask = ask.unless_unmodified_since(modified);
        }
    }
    match fetch.send(ask).await.map_err(|error| error.code())? {
        Answer::NotModified => Ok(Fresh::Same),
        Answer::Whole {
            body,
            etag,
            last_modified: modified,
        } => {
            let taken = spawn_blocking(move || gatherer.take(&body, &trusted, now));
            let gathered = taken.await.unwrap_or(Err("broken"))?;
            Ok(Fresh::List {
                gathered,
                etag,
                modified,
            })
        }
    }
}
