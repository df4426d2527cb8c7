//! Terms of days and months. They end with the last moment of their last day in Italy; the day on which they begin does not
//! count, and a month without that day ends with its last (Italian Civil Code, article 2963).

use chrono::{Days, Months};

use crate::identity::{Timestamp, midnight_in_italy, time_in_italy};

/// The first moment after a term of months that begins now.
pub(super) fn after_months(now: Timestamp, months: u32) -> Timestamp {
    let day = time_in_italy(now).date();
    let last = day.checked_add_months(Months::new(months)).unwrap_or(day);
    midnight_in_italy(last.succ_opt().unwrap_or(last))
}

/// The first moment after a term of days that begins now.
pub(super) fn after_days(now: Timestamp, days: u32) -> Timestamp {
    let day = time_in_italy(now).date();
    let last = day
        .checked_add_days(Days::new(u64::from(days)))
        .unwrap_or(day);
    midnight_in_italy(last.succ_opt().unwrap_or(last))
}

/// The month that it is in Italy, as `2020-07`.
pub(super) fn month(now: Timestamp) -> String {
    time_in_italy(now).format("%Y-%m").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_term_of_months_lasts_through_the_day_of_the_same_number() {
        let from = at("2019-01-15T10:00:00Z");
        assert_eq!(after_months(from, 6), at("2019-07-15T22:00:00Z"));
        assert_eq!(after_months(from, 3), at("2019-04-15T22:00:00Z"));
    }

    #[test]
    fn a_month_without_that_day_ends_with_its_last() {
        let from = at("2019-08-31T10:00:00Z");
        assert_eq!(after_months(from, 6), at("2020-02-29T23:00:00Z"));
    }

    #[test]
    fn the_day_is_that_of_italy() {
        // 00:30 on the 16th in Rome.
        let from = at("2019-01-15T23:30:00Z");
        assert_eq!(after_months(from, 6), at("2019-07-16T22:00:00Z"));
        assert_eq!(after_days(from, 30), at("2019-02-15T23:00:00Z"));
        assert_eq!(month(at("2019-12-31T23:30:00Z")), "2020-01");
    }
}
