//! Every number of the PIN rules that an institute may set otherwise.

use std::time::Duration;

use chrono::NaiveDate;

use crate::identity::{Categories, Category, Timestamp, midnight_in_italy};

/// The numbers, with the defaults of `rules/pin.md`. Until when a PIN opens anything, and to whom, is in the catalogue of
/// services (`[[method]]`), with the dates of every other way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinRules {
    /// The first day on which PINs are issued to the excepted groups alone.
    pub issuance_ends: NaiveDate,
    /// Whether a PIN expires at all (NIST SP 800-63B-4 discourages it).
    pub expires: bool,
    /// For how many months a working PIN is good.
    pub expiry_months: u32,
    /// Whose PIN is good for a shorter time.
    pub short_lived: Categories,
    /// For how many months theirs is.
    pub short_expiry_months: u32,
    /// After how many months without a use a PIN is switched off.
    pub unused_months: u32,
    /// For how many days a pair of halves is good.
    pub pair_days: u32,
    /// How many wrong tries kill a pair of halves.
    pub pair_tries: u32,
    /// How often the first half of one pair can be sent again.
    pub half_resends: u32,
    /// How many letters a person can have within [`letter_days`](Self::letter_days).
    pub most_letters: usize,
    /// The span in which letters are counted, in days.
    pub letter_days: u32,
    /// How many hours lie between two letters at least.
    pub letter_hours: u32,
    /// How many failures in a row close a PIN.
    pub most_failures: u32,
    /// The failure after which a person has to wait for the first time.
    pub wait_from_failure: u32,
    /// The first wait; each further failure doubles it.
    pub shortest_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// The failure after which a source has to wait for the first time. Many people share one: an office, or all the
    /// telephones of an operator in a town.
    pub source_wait_from_failure: u32,
    /// After how long a source is forgiven one failure.
    pub source_forgiven: Duration,
    /// On how many people one PIN is tried in vain before it is taken to be tried on everybody.
    pub alarm_people: usize,
    /// For how many hours the link to restore a PIN is good.
    pub link_hours: u32,
    /// How many days before its expiry the holder is warned, the longest first.
    pub warning_days: Vec<u32>,
    /// For how many minutes an operator may keep what they took from a queue.
    pub claim_minutes: u32,
    /// For how many days the form of a conversion waits for its signature.
    pub form_days: u32,
    /// How many wrong tries end a telephone PIN.
    pub telephone_tries: u32,
    /// Below what age a person is a minor.
    pub age_of_majority: u32,
}

impl Default for PinRules {
    fn default() -> Self {
        Self {
            issuance_ends: NaiveDate::from_ymd_opt(2020, 10, 1).unwrap_or(NaiveDate::MIN),
            expires: true,
            expiry_months: 6,
            short_lived: Categories::from_iter([Category::Intermediary]),
            short_expiry_months: 3,
            unused_months: 6,
            pair_days: 30,
            pair_tries: 5,
            half_resends: 5,
            most_letters: 4,
            letter_days: 30,
            letter_hours: 24,
            most_failures: 100,
            wait_from_failure: 3,
            shortest_wait: Duration::from_secs(30),
            longest_wait: Duration::from_hours(1),
            source_wait_from_failure: 10,
            source_forgiven: Duration::from_mins(10),
            alarm_people: 20,
            link_hours: 24,
            warning_days: vec![30, 7, 1],
            claim_minutes: 30,
            form_days: 30,
            telephone_tries: 5,
            age_of_majority: 18,
        }
    }
}

impl PinRules {
    /// Whether PINs are issued to everybody who asks.
    #[must_use]
    pub fn issues_to_everybody(&self, now: Timestamp) -> bool {
        now < midnight_in_italy(self.issuance_ends)
    }

    /// For how many months the PIN of somebody of these categories is good: the shortest that any of them has.
    #[must_use]
    pub fn months_of(&self, categories: Categories) -> u32 {
        if categories.intersects(self.short_lived) {
            self.short_expiry_months
        } else {
            self.expiry_months
        }
    }

    /// How long to wait after so many failures in a row; nothing before the third. It doubles up to the longest.
    #[must_use]
    pub fn wait_after(&self, failures: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(self.wait_from_failure) else {
            return Duration::ZERO;
        };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        let wait = self.shortest_wait.saturating_mul(factor);
        wait.min(self.longest_wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_the_third_failure_from_half_a_minute_to_an_hour() {
        let rules = PinRules::default();
        let waits: Vec<u64> = (1..=11).map(|n| rules.wait_after(n).as_secs()).collect();
        let expected = [0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600];
        assert_eq!(waits, expected);
        assert_eq!(rules.wait_after(100).as_secs(), 3600);
    }

    #[test]
    fn issuance_ends_at_midnight_in_italy() {
        let rules = PinRules::default();
        let at = |text: &str| rules.issues_to_everybody(text.parse().unwrap());
        assert!(at("2020-09-30T21:59:59Z"));
        assert!(!at("2020-09-30T22:00:00Z"));
    }

    #[test]
    fn an_intermediary_has_three_months_and_everybody_else_six() {
        let rules = PinRules::default();
        for category in Category::ALL {
            let months = rules.months_of(Categories::from_iter([category]));
            let expected = if category == Category::Intermediary {
                3
            } else {
                6
            };
            assert_eq!(months, expected, "{category}");
        }
        let both = Categories::from_iter([Category::Citizen, Category::Intermediary]);
        assert_eq!(rules.months_of(both), 3);
    }
}
