//! How long a login counts, and as what: it loses its level step by step as it grows old.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Timestamp,
};

/// How far a provider's clock may run behind ours (SPID technical rules leave it to the parties; common practice is 60 to
/// 180 seconds).
const CLOCK_SKEW: Duration = Duration::from_secs(180);

/// How long before `now` something happened; zero for the future.
pub(super) fn age(at: Timestamp, now: Timestamp) -> Duration {
    (now - at).to_std().unwrap_or_default()
}

/// What whoever asks wants of the logins, beyond what [`LoginAges`] says of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freshness {
    /// The greatest age (OpenID Connect Core, 3.1.2.1, `max_age`); `None` for any.
    pub max_age: Option<Duration>,
    /// A login from then on counts whatever its age, and as what it proved: it was made for the very request that asks.
    pub since: Option<Timestamp>,
}

impl Freshness {
    /// Whether a login was made for the request that asks, however long its pages took.
    pub(super) fn is_own(&self, at: Timestamp) -> bool {
        self.since.is_some_and(|since| age(at, since) <= CLOCK_SKEW)
    }

    /// How old a login at `at` is at `now`: not at all when it was made for the request that asks.
    pub(super) fn age(&self, at: Timestamp, now: Timestamp) -> Duration {
        if self.is_own(at) {
            Duration::ZERO
        } else {
            age(at, now)
        }
    }

    /// Whether a login at `at` still counts at `now`. One from the future (a provider's clock runs ahead) counts as of now.
    fn admits(&self, at: Timestamp, now: Timestamp) -> bool {
        self.max_age.is_none_or(|max| age(at, now) <= max)
    }
}

/// How old a login may be and still count at each level. A login that is too old for one counts at the next lower one,
/// so no level may last longer than a lower one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelAges {
    low: Duration,
    substantial: Duration,
    high: Duration,
}

/// A level would last longer than a lower one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a login would count as {higher} longer than as {lower}")]
pub struct LastsTooLong {
    /// The level that lasts too long.
    pub higher: AssuranceLevel,
    /// The lower one.
    pub lower: AssuranceLevel,
}

impl LevelAges {
    /// Ages by level.
    ///
    /// # Errors
    /// [`LastsTooLong`] when a level lasts longer than a lower one.
    pub fn new(of: impl Fn(AssuranceLevel) -> Duration) -> Result<Self, LastsTooLong> {
        let [low, substantial, high] = AssuranceLevel::ALL.map(of);
        let refuse = |higher, lower| Err(LastsTooLong { higher, lower });
        if high > substantial {
            return refuse(AssuranceLevel::High, AssuranceLevel::Substantial);
        }
        if substantial > low {
            return refuse(AssuranceLevel::Substantial, AssuranceLevel::Low);
        }
        Ok(Self {
            low,
            substantial,
            high,
        })
    }

    /// The greatest age at which a login counts at a level.
    #[must_use]
    pub fn of(&self, level: AssuranceLevel) -> Duration {
        match level {
            AssuranceLevel::Low => self.low,
            // It counts for the request that it was made for, and for none after it.
            AssuranceLevel::BelowLow => Duration::ZERO,
            AssuranceLevel::Substantial => self.substantial,
            AssuranceLevel::High => self.high,
        }
    }
}

impl Default for LevelAges {
    /// High for 15 minutes, the rest as long as a session may last by default.
    fn default() -> Self {
        Self {
            low: Duration::from_secs(12 * 60 * 60),
            substantial: Duration::from_secs(12 * 60 * 60),
            high: Duration::from_secs(15 * 60),
        }
    }
}

/// How long a login counts, by the way in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoginAges {
    usual: LevelAges,
    by_method: BTreeMap<AuthenticationMethod, LevelAges>,
}

impl LoginAges {
    /// The same ages for every way in.
    #[must_use]
    pub fn new(usual: LevelAges) -> Self {
        Self {
            usual,
            by_method: BTreeMap::new(),
        }
    }

    /// The same, with other ages for one way in.
    #[must_use]
    pub fn with(mut self, method: AuthenticationMethod, ages: LevelAges) -> Self {
        self.by_method.insert(method, ages);
        self
    }

    /// The ages for a way in.
    #[must_use]
    pub fn of(&self, method: AuthenticationMethod) -> &LevelAges {
        self.by_method.get(&method).unwrap_or(&self.usual)
    }

    /// What a login is worth at `now`: the highest level, up to the one it proved, that it is not too old for.
    pub(super) fn worth(
        &self,
        event: &AuthenticationEvent,
        freshness: Freshness,
        now: Timestamp,
    ) -> Option<AchievedAssurance> {
        if freshness.is_own(event.at) {
            return Some(event.level);
        }
        if !freshness.admits(event.at, now) {
            return None;
        }
        let (ages, age) = (self.of(event.method), age(event.at, now));
        AssuranceLevel::ALL
            .into_iter()
            .rev()
            .find(|level| *level <= event.level.0 && age <= ages.of(*level))
            .map(AchievedAssurance)
    }

    /// Until when a login counts at each level up to the one it proved, highest first. Moments that are past are there
    /// too; of levels that end together only the highest is.
    pub(super) fn ends(
        &self,
        event: &AuthenticationEvent,
    ) -> impl Iterator<Item = (AchievedAssurance, Timestamp)> {
        let ages = *self.of(event.method);
        let (proved, at) = (event.level, event.at);
        let mut latest = None;
        AssuranceLevel::ALL
            .into_iter()
            .rev()
            .filter(move |level| *level <= proved.0)
            .filter_map(move |level| {
                let life = ages.of(level);
                if latest.replace(life) == Some(life) {
                    return None;
                }
                let life = chrono::Duration::from_std(life).ok();
                let end = life.and_then(|life| at.checked_add_signed(life));
                Some((AchievedAssurance(level), end.unwrap_or(Timestamp::MAX_UTC)))
            })
    }
}

#[cfg(test)]
mod tests {
    use AssuranceLevel::{High, Low, Substantial};

    use super::*;
    use crate::identity::EvidenceId;

    fn login(level: AssuranceLevel) -> AuthenticationEvent {
        AuthenticationEvent {
            method: AuthenticationMethod::Spid,
            provider: "https://idp.example".to_owned(),
            level: AchievedAssurance(level),
            at: "2026-11-22T10:00:00Z".parse().unwrap(),
            evidence: EvidenceId("1".to_owned()),
            saml: None,
            card: None,
        }
    }

    fn minutes(count: u64) -> Duration {
        Duration::from_secs(count * 60)
    }

    fn ages(low: u64, substantial: u64, high: u64) -> Result<LevelAges, LastsTooLong> {
        LevelAges::new(|level| {
            minutes(match level {
                Low => low,
                Substantial => substantial,
                High => high,
                other => panic!("{other} has no age"),
            })
        })
    }

    fn worth(ages: &LoginAges, level: AssuranceLevel, seconds: u64) -> Option<AssuranceLevel> {
        let login = login(level);
        let now = login.at + Duration::from_secs(seconds);
        let worth = ages.worth(&login, Freshness::default(), now);
        worth.map(|worth| worth.0)
    }

    #[test]
    fn a_login_loses_its_level_step_by_step() {
        let ages = LoginAges::new(ages(60, 30, 15).unwrap());
        for (level, seconds, counts) in [
            (High, 0, Some(High)),
            (High, 15 * 60, Some(High)),
            (High, 15 * 60 + 1, Some(Substantial)),
            (High, 30 * 60 + 1, Some(Low)),
            (High, 60 * 60 + 1, None),
            // It never counts as more than it proved, however fresh.
            (Substantial, 0, Some(Substantial)),
            (Substantial, 30 * 60 + 1, Some(Low)),
            (Low, 0, Some(Low)),
        ] {
            assert_eq!(worth(&ages, level, seconds), counts, "{level} {seconds}");
        }
    }

    #[test]
    fn a_way_in_may_have_ages_of_its_own() {
        let long = LoginAges::new(ages(60, 60, 60).unwrap());
        let short = long
            .clone()
            .with(AuthenticationMethod::Spid, ages(60, 60, 5).unwrap());
        assert_eq!(worth(&long, High, 6 * 60), Some(High));
        assert_eq!(worth(&short, High, 6 * 60), Some(Substantial));
    }

    #[test]
    fn a_login_made_for_the_request_counts_as_what_it_proved_and_max_age_spares_it() {
        let ages = LoginAges::default();
        let login = login(High);
        let now = login.at + minutes(20);
        let own = Freshness {
            max_age: Some(minutes(1)),
            since: Some(login.at),
        };
        assert_eq!(ages.worth(&login, own, now), Some(login.level));
        let others = Freshness { since: None, ..own };
        assert_eq!(ages.worth(&login, others, now), None);
    }

    #[test]
    fn no_level_lasts_longer_than_a_lower_one() {
        let refused = |low, substantial, high| {
            let error = ages(low, substantial, high).unwrap_err();
            (error.higher, error.lower)
        };
        assert_eq!(refused(60, 30, 31), (High, Substantial));
        assert_eq!(refused(29, 30, 15), (Substantial, Low));
        assert!(ages(30, 30, 30).is_ok());
    }

    #[test]
    fn the_ends_of_a_login_are_told_once_each() {
        let ends = |level| -> Vec<_> {
            let ages = LoginAges::default();
            let login = login(level);
            let ends = ages.ends(&login);
            ends.map(|(level, end)| (level.0, end.to_rfc3339()))
                .collect()
        };
        let quarter = (High, "2026-11-22T10:15:00+00:00".to_owned());
        let night = |level| (level, "2026-11-22T22:00:00+00:00".to_owned());
        assert_eq!(ends(High), [quarter, night(Substantial)]);
        assert_eq!(ends(Low), [night(Low)]);
    }
}
