//! Spans of time as people write them.

use std::fmt;
use std::time::Duration;

/// How old something is or may be: read and written as `40s`, `15m` or `8h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(pub Duration);

impl Age {
    /// Reads a whole number of seconds, minutes or hours: `40s`, `15m`, `8h`. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = [('s', 1), ('m', 60), ('h', 60 * 60)]
            .into_iter()
            .find_map(|(letter, seconds)| Some((text.strip_suffix(letter)?, seconds)))?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let seconds = number.parse::<u64>().ok()?.checked_mul(unit)?;
        Some(Self(Duration::from_secs(seconds)))
    }
}

impl fmt::Display for Age {
    /// To the second below an hour and to the minute above: `40s`, `2m 5s`, `8h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (great, small, units) = if seconds < 3600 {
            (seconds / 60, seconds % 60, ("m", "s"))
        } else {
            (seconds / 3600, seconds % 3600 / 60, ("h", "m"))
        };
        match (great, small) {
            (0, small) => write!(f, "{small}{}", units.1),
            (great, 0) => write!(f, "{great}{}", units.0),
            (great, small) => write!(f, "{great}{} {small}{}", units.0, units.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_time_reads_as_people_write_it() {
        for (text, seconds) in [("40s", 40), ("15m", 900), ("8h", 8 * 3600), ("0m", 0)] {
            let age = Age::parse(text).unwrap();
            assert_eq!(age, Age(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "m",
            "15",
            "+5m",
            "-5m",
            "5 m",
            "1.5h",
            "99999999999999999999s",
            "9999999999999999999h",
        ] {
            assert_eq!(Age::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_span_of_time_is_written_as_people_write_it() {
        let shown = |seconds| Age(Duration::from_secs(seconds)).to_string();
        assert_eq!(shown(0), "0s");
        assert_eq!(shown(40), "40s");
        assert_eq!(shown(125), "2m 5s");
        assert_eq!(shown(900), "15m");
        assert_eq!(shown(8 * 3600), "8h");
        assert_eq!(shown(3600 + 5 * 60 + 59), "1h 5m");
    }
}
