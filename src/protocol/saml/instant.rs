//! Instants: `xs:dateTime` in UTC with `Z` and nothing else (SAML 2.0 core, 1.3.3).

use chrono::{DateTime, NaiveDate, Utc};

/// Reads an instant strictly: `YYYY-MM-DDThh:mm:ss`, none to nine digits of fraction, `Z`. `None` for anything else:
/// offsets, hour 24, second 60, years of more or fewer than four digits, white space.
#[must_use]
pub fn parse_instant(text: &str) -> Option<DateTime<Utc>> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.strip_prefix('T')?.split_at_checked(8)?;
    let fraction = match rest.strip_suffix('Z')? {
        "" => 0,
        rest => nanoseconds(rest.strip_prefix('.')?)?,
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let moment = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?
        .and_hms_nano_opt(hour, minute, second, fraction)?
        .and_utc();
    // Year 0000 does not exist in xs:dateTime (XML Schema 1.0).
    (year > 0).then_some(moment)
}

/// Writes an instant in whole seconds, as every SPID provider reads it.
#[must_use]
pub fn format_instant(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn numbers(text: &str, separator: char, lengths: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut out = [0; 3];
    for (length, number) in lengths.into_iter().zip(&mut out) {
        let part = parts.next()?;
        if part.len() != length || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

fn nanoseconds(digits: &str) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_instants_with_up_to_nine_digits_of_fraction_are_read() {
        let whole = parse_instant("2026-11-21T23:05:59Z").unwrap();
        assert_eq!(format_instant(whole), "2026-11-21T23:05:59Z");
        for (fraction, nanoseconds) in [
            (".1", 100_000_000),
            (".123", 123_000_000),
            (".123456", 123_456_000),
            (".000000001", 1),
        ] {
            let read = parse_instant(&format!("2026-11-21T23:05:59{fraction}Z")).unwrap();
            assert_eq!((read - whole).num_nanoseconds(), Some(nanoseconds));
        }
    }

    #[test]
    fn anything_but_a_utc_instant_is_refused() {
        for text in [
            "",
            "2018-09-04",
            "2018-09-06 16:00",
            "2018.09.18",
            "2018/09/10",
            "10-09-2018",
            "2026-11-21T23:05:59",
            "2026-11-21T23:05:59+00:00",
            "2026-11-21T23:05:59z",
            "2026-11-21t23:05:59Z",
            " 2026-11-21T23:05:59Z",
            "2026-11-21T23:05:59Z ",
            "2026-11-21T23:05:59.Z",
            "2026-11-21T23:05:59.1234567890Z",
            "2026-11-21T23:05:59,5Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T23:60:00Z",
            "2026-11-21T23:05:60Z",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "-2026-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2026-1-021T00:00:00Z",
            "２０２６-11-21T23:05:59Z",
            "2026-11-21T23:05:+9Z",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_instant_of_four_digit_years_reads_back(seconds in -62_135_596_800i64..253_402_300_800) {
            let moment = DateTime::from_timestamp(seconds, 0).unwrap();
            proptest::prop_assert_eq!(parse_instant(&format_instant(moment)), Some(moment));
        }

        #[test]
        fn whatever_is_read_was_written_in_utc_and_four_digit_years(text in "[0-9TZ:.+ -]{0,32}") {
            if let Some(moment) = parse_instant(&text) {
                proptest::prop_assert!(text.starts_with(&moment.format("%Y-%m-%dT%H:%M:%S").to_string()));
                proptest::prop_assert!(text.ends_with('Z'));
            }
        }
    }
}
