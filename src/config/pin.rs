//! `[pin]`: the institute's own PIN, a legacy. May be left out: then nobody has one.
//!
//! Until when it opens anything, and to whom, is in the catalogue of services with the dates of the other ways in.

mod care;
mod peppers;
mod registers;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::Fault;
use super::outgoing::RawOutgoing;
use super::reader::Reader;
use crate::crypto::{PinHashCost, PinHasher, Random};
use crate::http::pin::PinWay;
use crate::identity::{Categories, Category};
use crate::login::pin::{HashPool, PinLogins, PinPorts};
use crate::pin::{PinRules, PinStore};
use crate::store::ExpiringStore;

use peppers::{Peppers, RawPepper};
use registers::RegistersSection;

/// The least and the most memory of a hash, in MiB. Less than 7 is fewer than anybody advises, with however many passes.
const MEMORY: std::ops::RangeInclusive<u64> = 7..=1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    peppers: Spanned<Vec<RawPepper>>,
    hash_memory_mib: Option<Spanned<u64>>,
    hash_passes: Option<Spanned<u64>>,
    hash_threads: Option<Spanned<u64>>,
    hash_waiting: Option<Spanned<u64>>,
    answer_ms: Option<Spanned<u64>>,
    registers: Option<Spanned<PathBuf>>,
    residence_register: Option<RawOutgoing>,
    health_card_register: Option<RawOutgoing>,
    #[serde(default)]
    rules: RawRules,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRules {
    issuance_ends: Option<Spanned<Datetime>>,
    expires: Option<bool>,
    expiry_months: Option<Spanned<u64>>,
    short_lived: Option<Vec<Category>>,
    short_expiry_months: Option<Spanned<u64>>,
    unused_months: Option<Spanned<u64>>,
    pair_days: Option<Spanned<u64>>,
    pair_tries: Option<Spanned<u64>>,
    half_resends: Option<Spanned<u64>>,
    most_letters: Option<Spanned<u64>>,
    letter_days: Option<Spanned<u64>>,
    letter_hours: Option<Spanned<u64>>,
    most_failures: Option<Spanned<u64>>,
    wait_from_failure: Option<Spanned<u64>>,
    shortest_wait_seconds: Option<Spanned<u64>>,
    longest_wait_seconds: Option<Spanned<u64>>,
    source_wait_from_failure: Option<Spanned<u64>>,
    source_forgiven_minutes: Option<Spanned<u64>>,
    alarm_people: Option<Spanned<u64>>,
    link_hours: Option<Spanned<u64>>,
    warning_days: Option<Spanned<Vec<u32>>>,
    claim_minutes: Option<Spanned<u64>>,
    form_days: Option<Spanned<u64>>,
    telephone_tries: Option<Spanned<u64>>,
    age_of_majority: Option<Spanned<u64>>,
}

/// `[pin]`.
#[derive(Debug, Clone)]
pub struct PinSection {
    /// The rules in force.
    pub rules: PinRules,
    /// What a hash costs.
    pub cost: PinHashCost,
    /// How many PINs are hashed at once, on threads of their own.
    pub threads: NonZeroUsize,
    /// How many more may wait for their turn; who comes after is told so at once.
    pub waiting: usize,
    /// Wrong PINs are answered at the end of a span of so long, or of several.
    pub answer: Duration,
    /// The keys that PINs are hashed with.
    peppers: Peppers,
    /// Who confirms where somebody lives, and that a *tessera sanitaria* is theirs.
    registers: RegistersSection,
}

impl PinSection {
    /// Reads the peppers. Nothing is hashed yet.
    ///
    /// # Errors
    /// [`Fault`] names the file that cannot be used.
    pub fn hasher(&self) -> Result<PinHasher, Fault> {
        self.peppers.hasher(self.cost)
    }

    /// Logins with a PIN, whose dossiers are these. Devices are marked by the secret.
    ///
    /// # Errors
    /// [`Fault`] when the system gives no thread to hash on.
    pub fn way(
        &self,
        hasher: PinHasher,
        pins: Arc<dyn PinStore>,
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
        secret: [u8; 32],
    ) -> Result<PinWay, Fault> {
        let pool = HashPool::start(self.threads, self.waiting).map_err(|error| {
            let message = format!("no thread to hash PINs on: {error}");
            Fault::of_file(&PathBuf::new(), message)
        })?;
        let logins = PinLogins::new(PinPorts {
            pins,
            hasher: Arc::new(hasher),
            pool,
            rules: Arc::new(self.rules.clone()),
            store: Arc::clone(store),
            random,
            secret,
        });
        Ok(PinWay::new(Arc::new(logins), self.answer))
    }
}

/// Nothing where the section is left out; `None` where something is wrong in it.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Option<PinSection>> {
    let raw: Option<Raw> = reader.optional("pin")?;
    let Some(raw) = raw else {
        return Some(None);
    };
    let peppers = Peppers::read(raw.peppers, reader);
    let servers = (raw.residence_register, raw.health_card_register);
    let registers = RegistersSection::read(raw.registers, servers, reader);
    let mut numbers = Numbers::new(reader);
    let default = PinHashCost::default();
    let memory_mib = default.memory_kib / 1024;
    let memory_mib = numbers.within("hash_memory_mib", raw.hash_memory_mib, memory_mib, MEMORY);
    let passes = numbers.within("hash_passes", raw.hash_passes, default.passes, 1..=20);
    let threads = numbers.within("hash_threads", raw.hash_threads, 1, 1..=64);
    let waiting = numbers.within("hash_waiting", raw.hash_waiting, 50, 1..=10_000);
    let answer = numbers.within("answer_ms", raw.answer_ms, 500_u64, 50..=10_000);
    let rules = numbers.rules(raw.rules);
    numbers.are_valid.then_some(())?;
    Some(Some(PinSection {
        rules: rules?,
        cost: PinHashCost {
            memory_kib: memory_mib * 1024,
            passes,
        },
        threads: NonZeroUsize::new(threads)?,
        waiting,
        answer: Duration::from_millis(answer),
        peppers: peppers?,
        registers: registers?,
    }))
}

/// Reads numbers, and notes those that are out of their bounds.
struct Numbers<'r, 'a> {
    reader: &'r mut Reader<'a>,
    are_valid: bool,
}

impl<'r, 'a> Numbers<'r, 'a> {
    fn new(reader: &'r mut Reader<'a>) -> Self {
        Self {
            reader,
            are_valid: true,
        }
    }

    /// A number within its bounds, or what holds where none is given.
    fn within<T: TryFrom<u64> + Copy>(
        &mut self,
        key: &str,
        given: Option<Spanned<u64>>,
        otherwise: T,
        bounds: std::ops::RangeInclusive<u64>,
    ) -> T {
        let Some(given) = given else {
            return otherwise;
        };
        let number = *given.get_ref();
        match T::try_from(number) {
            Ok(fitting) if bounds.contains(&number) => fitting,
            _ => {
                let (least, most) = bounds.into_inner();
                self.fault(given.span(), format!("`{key}` is from {least} to {most}"));
                otherwise
            }
        }
    }

    fn fault(&mut self, span: std::ops::Range<usize>, message: impl Into<String>) {
        self.reader.fault(span, message);
        self.are_valid = false;
    }

    fn rules(&mut self, raw: RawRules) -> Option<PinRules> {
        let usual = PinRules::default();
        let (shortest, longest) = (usual.shortest_wait.as_secs(), usual.longest_wait.as_secs());
        let longest_span = raw.longest_wait_seconds.as_ref().map(Spanned::span);
        let months = 1..=120;
        let days = 1..=365;
        let tries = 1..=1000;
        let forgiven = usual.source_forgiven.as_secs() / 60;
        let rules = PinRules {
            issuance_ends: self.day(raw.issuance_ends, usual.issuance_ends),
            expires: raw.expires.unwrap_or(usual.expires),
            expiry_months: self.within(
                "expiry_months",
                raw.expiry_months,
                usual.expiry_months,
                months.clone(),
            ),
            short_lived: raw
                .short_lived
                .map_or(usual.short_lived, Categories::from_iter),
            short_expiry_months: self.within(
                "short_expiry_months",
                raw.short_expiry_months,
                usual.short_expiry_months,
                months.clone(),
            ),
            unused_months: self.within(
                "unused_months",
                raw.unused_months,
                usual.unused_months,
                months,
            ),
            pair_days: self.within("pair_days", raw.pair_days, usual.pair_days, days.clone()),
            pair_tries: self.within("pair_tries", raw.pair_tries, usual.pair_tries, 1..=20),
            half_resends: self.within("half_resends", raw.half_resends, usual.half_resends, 0..=50),
            most_letters: self.within("most_letters", raw.most_letters, usual.most_letters, 1..=50),
            letter_days: self.within(
                "letter_days",
                raw.letter_days,
                usual.letter_days,
                days.clone(),
            ),
            letter_hours: self.within(
                "letter_hours",
                raw.letter_hours,
                usual.letter_hours,
                0..=24 * 30,
            ),
            most_failures: self.within(
                "most_failures",
                raw.most_failures,
                usual.most_failures,
                // NIST SP 800-63B-4, 3.2.2: no more than a hundred.
                1..=100,
            ),
            wait_from_failure: self.within(
                "wait_from_failure",
                raw.wait_from_failure,
                usual.wait_from_failure,
                tries.clone(),
            ),
            shortest_wait: Duration::from_secs(self.within(
                "shortest_wait_seconds",
                raw.shortest_wait_seconds,
                shortest,
                1..=3600,
            )),
            longest_wait: Duration::from_secs(self.within(
                "longest_wait_seconds",
                raw.longest_wait_seconds,
                longest,
                1..=24 * 3600,
            )),
            source_wait_from_failure: self.within(
                "source_wait_from_failure",
                raw.source_wait_from_failure,
                usual.source_wait_from_failure,
                tries.clone(),
            ),
            source_forgiven: Duration::from_mins(self.within(
                "source_forgiven_minutes",
                raw.source_forgiven_minutes,
                forgiven,
                1..=24 * 60,
            )),
            alarm_people: self.within("alarm_people", raw.alarm_people, usual.alarm_people, tries),
            link_hours: self.within("link_hours", raw.link_hours, usual.link_hours, 1..=24),
            warning_days: self.warnings(raw.warning_days, usual.warning_days),
            claim_minutes: self.within(
                "claim_minutes",
                raw.claim_minutes,
                usual.claim_minutes,
                1..=24 * 60,
            ),
            form_days: self.within("form_days", raw.form_days, usual.form_days, days),
            telephone_tries: self.within(
                "telephone_tries",
                raw.telephone_tries,
                usual.telephone_tries,
                1..=20,
            ),
            age_of_majority: self.within(
                "age_of_majority",
                raw.age_of_majority,
                usual.age_of_majority,
                1..=30,
            ),
        };
        if rules.longest_wait < rules.shortest_wait {
            let message = "`longest_wait_seconds` is shorter than `shortest_wait_seconds`";
            self.fault(longest_span.unwrap_or(0..0), message);
        }
        self.are_valid.then_some(rules)
    }

    fn day(&mut self, given: Option<Spanned<Datetime>>, otherwise: NaiveDate) -> NaiveDate {
        let Some(given) = given else {
            return otherwise;
        };
        let value = given.get_ref();
        let day = match (value.date, value.time, value.offset) {
            (Some(date), None, None) => NaiveDate::from_ymd_opt(
                i32::from(date.year),
                u32::from(date.month),
                u32::from(date.day),
            ),
            _ => None,
        };
        day.unwrap_or_else(|| {
            self.fault(
                given.span(),
                "write a day of the calendar, as in 2020-10-01",
            );
            otherwise
        })
    }

    fn warnings(&mut self, given: Option<Spanned<Vec<u32>>>, otherwise: Vec<u32>) -> Vec<u32> {
        let Some(given) = given else {
            return otherwise;
        };
        let days = given.get_ref();
        let falls = days.is_sorted_by(|one, next| one > next);
        if !falls || days.iter().any(|days| !(1..=90).contains(days)) {
            let message = "`warning_days` are from 90 to 1, each less than the one before";
            self.fault(given.span(), message);
        }
        given.into_inner()
    }
}
