//! Time as clocks in Italy show it. One rule serves (directive 2000/84/EC): an hour ahead of UTC, two from 01:00 UTC on
//! the last Sunday of March to 01:00 UTC on the last Sunday of October.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::Timestamp;

/// Italian wall-clock time.
#[must_use]
pub fn time_in_italy(at: Timestamp) -> NaiveDateTime {
    at.naive_utc() + offset(at)
}

/// The moment at which a day begins in Italy. Clocks never change at midnight, so there is exactly one.
#[must_use]
pub fn midnight_in_italy(day: NaiveDate) -> Timestamp {
    let naive = day.and_time(NaiveTime::MIN);
    let midnight = DateTime::from_naive_utc_and_offset(naive, Utc);
    let in_summer = midnight - Duration::hours(2);
    if offset(in_summer) == Duration::hours(2) {
        in_summer
    } else {
        midnight - Duration::hours(1)
    }
}

fn offset(at: Timestamp) -> Duration {
    let change = |month| last_sunday(at.year(), month);
    let is_summer = change(3)
        .zip(change(10))
        .is_some_and(|(from, to)| from <= at && at < to);
    Duration::hours(if is_summer { 2 } else { 1 })
}

/// 01:00 UTC on the last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: u32) -> Option<Timestamp> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    let back = Duration::days(i64::from(last.weekday().num_days_from_sunday()));
    let naive = last.checked_sub_signed(back)?.and_hms_opt(1, 0, 0)?;
    Some(DateTime::from_naive_utc_and_offset(naive, Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let at: Timestamp = text.parse().unwrap();
        time_in_italy(at).format("%d %H:%M").to_string()
    }

    #[test]
    fn summer_begins_and_ends_at_one_utc_on_the_last_sundays() {
        assert_eq!(shown("2026-03-29T00:59:59Z"), "29 01:59");
        assert_eq!(shown("2026-03-29T01:00:00Z"), "29 03:00");
        assert_eq!(shown("2026-10-25T00:59:59Z"), "25 02:59");
        assert_eq!(shown("2026-10-25T01:00:00Z"), "25 02:00");
        assert_eq!(shown("2026-12-31T23:30:00Z"), "01 00:30");
    }

    #[test]
    fn a_day_begins_at_its_own_midnight_whatever_the_season() {
        for (day, begins) in [
            ("2026-01-01", "2025-12-31T23:00:00Z"),
            ("2026-03-29", "2026-03-28T23:00:00Z"),
            ("2026-03-30", "2026-03-29T22:00:00Z"),
            ("2026-10-25", "2026-10-24T22:00:00Z"),
            ("2026-10-26", "2026-10-25T23:00:00Z"),
        ] {
            let expected: Timestamp = begins.parse().unwrap();
            let begins = midnight_in_italy(day.parse().unwrap());
            assert_eq!(begins, expected, "{day}");
            assert_eq!(time_in_italy(begins).time(), NaiveTime::MIN, "{day}");
        }
    }
}
