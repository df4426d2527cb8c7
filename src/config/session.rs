//! `[session]`: when sessions end, and how long a login counts. May be left out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use crate::identity::{AssuranceLevel, AuthenticationMethod};
use crate::session::{LevelAges, LoginAges, SessionLimits};

/// The longest a session may last: longer ones are what NIST SP 800-63B, section 7, advises against at this level.
const LONGEST: u64 = 24 * 60;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    idle_minutes: Option<Spanned<u64>>,
    absolute_minutes: Option<Spanned<u64>>,
    #[serde(default)]
    fresh_minutes: RawAges,
    #[serde(default)]
    fresh_minutes_by_method: BTreeMap<AuthenticationMethod, RawAges>,
}

/// For how many minutes a login counts at each level.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAges {
    high: Option<Spanned<u64>>,
    substantial: Option<Spanned<u64>>,
    low: Option<Spanned<u64>>,
}

impl RawAges {
    fn of(&self, level: AssuranceLevel) -> Option<&Spanned<u64>> {
        match level {
            AssuranceLevel::High => self.high.as_ref(),
            AssuranceLevel::Substantial => self.substantial.as_ref(),
            AssuranceLevel::Low => self.low.as_ref(),
            AssuranceLevel::BelowLow => None,
        }
    }

    fn given(&self) -> impl Iterator<Item = (AssuranceLevel, &Spanned<u64>)> {
        let levels = AssuranceLevel::ALL.into_iter();
        levels.filter_map(|level| Some((level, self.of(level)?)))
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<SessionLimits> {
    let raw: Raw = reader.optional("session")?;
    let mut limits = SessionLimits::default();
    let mut valid = true;
    for (key, given, limit) in [
        ("idle_minutes", &raw.idle_minutes, &mut limits.idle),
        (
            "absolute_minutes",
            &raw.absolute_minutes,
            &mut limits.absolute,
        ),
    ] {
        let Some(minutes) = given else { continue };
        if (2..=LONGEST).contains(minutes.get_ref()) {
            *limit = of_minutes(minutes);
        } else {
            reader.fault(
                minutes.span(),
                format!("`{key}` is from 2 to {LONGEST} minutes"),
            );
            valid = false;
        }
    }
    if valid && limits.idle > limits.absolute {
        reader.in_section(
            "session",
            "`idle_minutes` is longer than `absolute_minutes`",
        );
        valid = false;
    }
    let ages = ages(reader, &raw, limits.absolute)?;
    limits.ages = Arc::new(ages);
    valid.then_some(limits)
}

fn of_minutes(minutes: &Spanned<u64>) -> Duration {
    Duration::from_secs(minutes.get_ref() * 60)
}

/// How long a login counts. What is not said for a way in is as for all.
fn ages(reader: &mut Reader<'_>, raw: &Raw, absolute: Duration) -> Option<LoginAges> {
    let usual = level_ages(
        reader,
        None,
        &raw.fresh_minutes,
        &LevelAges::default(),
        absolute,
    );
    let usual_or_default = usual.unwrap_or_default();
    let mut ages = LoginAges::new(usual_or_default);
    let mut valid = usual.is_some();
    for (method, given) in &raw.fresh_minutes_by_method {
        match level_ages(reader, Some(*method), given, &usual_or_default, absolute) {
            Some(own) => ages = ages.with(*method, own),
            None => valid = false,
        }
    }
    valid.then_some(ages)
}

/// The ages of one table over those that hold otherwise.
fn level_ages(
    reader: &mut Reader<'_>,
    method: Option<AuthenticationMethod>,
    given: &RawAges,
    otherwise: &LevelAges,
    absolute: Duration,
) -> Option<LevelAges> {
    let mut faults: Vec<(Range<usize>, String)> = Vec::new();
    for (level, minutes) in given.given() {
        let mut fault = |message| faults.push((minutes.span(), message));
        if !(1..=LONGEST).contains(minutes.get_ref()) {
            fault(format!("`{level}` is from 1 to {LONGEST} minutes"));
        } else if of_minutes(minutes) > absolute {
            fault(format!(
                "`{level}` is longer than the session, which ends first"
            ));
        } else if let Some(method) = method.filter(|method| method.highest_level() < level) {
            fault(format!("`{level}` is never reached by `{method}`"));
        }
    }
    let valid = faults.is_empty();
    for (span, message) in faults {
        reader.fault(span, message);
    }
    let minutes_of = |level| given.of(level).map(of_minutes);
    let ages = LevelAges::new(|level| minutes_of(level).unwrap_or(otherwise.of(level)));
    match ages {
        Err(error) if valid => {
            let whom = method.map_or(String::new(), |method| format!(" by `{method}`"));
            reader.in_section("session", format!("{error}{whom}"));
            None
        }
        ages => ages.ok().filter(|_| valid),
    }
}
