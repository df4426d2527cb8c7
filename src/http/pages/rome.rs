//! The time of day as people in Italy read it.

use chrono::{Datelike as _, Timelike as _};

use crate::http::language::Language;
use crate::identity::{Timestamp, time_in_italy};

/// A moment in Italian time, in words of a language: `21 novembre 2026, 23:07`.
#[must_use]
pub(in crate::http) fn in_words(at: Timestamp, language: Language) -> String {
    let local = time_in_italy(at);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_people_write_it() {
        let at: Timestamp = "2026-11-21T22:07:00Z".parse().unwrap();
        let say = |code| in_words(at, Language::from_code(code).unwrap());
        assert_eq!(say("it"), "21 novembre 2026, ore 23:07");
        assert_eq!(say("en"), "21 November 2026, 23:07");
    }
}
