//! Telephone numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A telephone number in the international form: `+`, then 8 to 15 digits of which the first is not zero (ITU-T E.164).
/// `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// The text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number is `+`, the country's code and the number: 8 to 15 digits")]
pub struct PhoneNumberError;

/// The code of Italy, for numbers that are written as one dials them there.
const ITALY: &str = "+39";

impl PhoneNumber {
    /// Reads a number. `00` counts as `+`, an Italian number needs no code of its country, and the spaces, dots, hyphens and
    /// slashes by which people divide digits are forgiven.
    ///
    /// # Errors
    /// [`PhoneNumberError`] when that leaves no number.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let dialled: String = text
            .trim()
            .chars()
            .filter(|char| !" .-/".contains(*char))
            .collect();
        let number = if let Some(rest) = dialled.strip_prefix("00") {
            format!("+{rest}")
        } else if is_dialled_in_italy(&dialled) {
            format!("{ITALY}{dialled}")
        } else {
            dialled
        };
        let digits = number.strip_prefix('+').ok_or(PhoneNumberError)?;
        let is_number = (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        is_number.then_some(Self(number)).ok_or(PhoneNumberError)
    }

    /// Whether a text message may reach it: of Italian numbers, mobile ones alone begin with 3; of others it cannot be told.
    #[must_use]
    pub fn takes_texts(&self) -> bool {
        let italian = self.0.strip_prefix(ITALY);
        italian.is_none_or(|number| number.starts_with('3'))
    }

    /// The number, for whoever sends something to it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last two digits, by which its owner knows it and a stranger does not.
    #[must_use]
    pub fn ending(&self) -> &str {
        let from = self.0.len().saturating_sub(2);
        self.0.get(from..).unwrap_or_default()
    }
}

/// Whether it is a number as one dials it in Italy: a mobile one begins with 3, any other with 0.
fn is_dialled_in_italy(digits: &str) -> bool {
    match digits.as_bytes().first() {
        Some(b'3') => matches!(digits.len(), 9 | 10),
        Some(b'0') => matches!(digits.len(), 6..=11),
        _ => false,
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber([redacted])")
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for (written, number) in [
            ("+393331234567", "+393331234567"),
            ("333 123 45 67", "+393331234567"),
            ("333-1234567", "+393331234567"),
            ("0039 333 1234567", "+393331234567"),
            ("+41 79 123 45 67", "+41791234567"),
            ("+39 06/1234567", "+39061234567"),
            ("06 1234567", "+39061234567"),
            ("0471-123456", "+390471123456"),
        ] {
            assert_eq!(PhoneNumber::parse(written).unwrap().expose(), number);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "+",
            "12345678",
            "+1234567",
            "+1234567890123456",
            "+039333123456",
            "+39333123456a",
            "+39333１234567",
            "333 123 45 67 89",
            "tel:+393331234567",
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(PhoneNumberError), "{text}");
        }
    }

    #[test]
    fn a_telephone_that_stands_on_a_desk_in_italy_takes_no_texts() {
        for (number, takes) in [
            ("333 1234567", true),
            ("06 1234567", false),
            ("+41 44 123 45 67", true),
        ] {
            let number = PhoneNumber::parse(number).unwrap();
            assert_eq!(number.takes_texts(), takes, "{number:?}");
        }
    }

    #[test]
    fn debug_does_not_show_it_and_its_ending_gives_little_away() {
        let number = PhoneNumber::parse("+393331234567").unwrap();
        assert_eq!(format!("{number:?}"), "PhoneNumber([redacted])");
        assert_eq!(number.ending(), "67");
    }
}
