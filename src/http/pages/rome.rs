//! The time of day as people in Italy read it.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveDateTime, Timelike as _};

use crate::http::language::Language;
use crate::identity::Timestamp;

/// A moment in Italian time, in words of a language: `21 novembre 2026, 23:07`.
#[must_use]
pub(super) fn in_words(at: Timestamp, language: Language) -> String {
    let local = in_italy(at);
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    language.say_all(
        "moment",
        &[
            ("day", &local.day().to_string()),
            ("month", &format!("m{}", local.month())),
            ("year", &local.year().to_string()),
            ("time", &time),
        ],
    )
}

/// Italian wall-clock time. One rule serves (directive 2000/84/EC): an hour ahead of UTC, two from 01:00 UTC on the last
/// Sunday of March to 01:00 UTC on the last Sunday of October.
fn in_italy(at: Timestamp) -> NaiveDateTime {
    let change = |month| last_sunday(at.year(), month);
    let is_summer = change(3)
        .zip(change(10))
        .is_some_and(|(from, to)| from <= at && at < to);
    at.naive_utc() + Duration::hours(if is_summer { 2 } else { 1 })
}

/// 01:00 UTC on the last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: u32) -> Option<Timestamp> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    let back = Duration::days(i64::from(last.weekday().num_days_from_sunday()));
    let naive = last.checked_sub_signed(back)?.and_hms_opt(1, 0, 0)?;
    Some(DateTime::from_naive_utc_and_offset(naive, chrono::Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let at: Timestamp = text.parse().unwrap();
        in_italy(at).format("%d %H:%M").to_string()
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
    fn a_moment_reads_as_people_write_it() {
        let at: Timestamp = "2026-11-21T22:07:00Z".parse().unwrap();
        let say = |code| in_words(at, Language::from_code(code).unwrap());
        assert_eq!(say("it"), "21 novembre 2026, ore 23:07");
        assert_eq!(say("en"), "21 November 2026, 23:07");
    }
}
