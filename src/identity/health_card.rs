//! The number of a *tessera sanitaria*.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number on the back of a *tessera sanitaria*, which is the European health insurance card: twenty digits that begin with
/// those of the sector and of Italy (decision S2 of the Administrative Commission, field 8). `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HealthCardNumber(String);

/// The text is not the number of a *tessera sanitaria*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the number of a tessera sanitaria is 20 digits that begin with {PREFIX}")]
pub struct HealthCardNumberError;

/// Health (80) in Italy (380).
const PREFIX: &str = "80380";
const LENGTH: usize = 20;

impl HealthCardNumber {
    /// Reads a number; the spaces that divide it are forgiven.
    ///
    /// # Errors
    /// [`HealthCardNumberError`] for another text.
    pub fn parse(text: &str) -> Result<Self, HealthCardNumberError> {
        let digits: String = text.chars().filter(|char| *char != ' ').collect();
        let is_number = digits.len() == LENGTH
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && digits.starts_with(PREFIX);
        is_number
            .then_some(Self(digits))
            .ok_or(HealthCardNumberError)
    }

    /// The digits, for whoever compares them.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HealthCardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HealthCardNumber([redacted])")
    }
}

impl TryFrom<String> for HealthCardNumber {
    type Error = HealthCardNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<HealthCardNumber> for String {
    fn from(number: HealthCardNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_twenty_digits_of_health_in_italy() {
        let number = HealthCardNumber::parse("80380 00120 01234 56789").unwrap();
        assert_eq!(number.expose(), "80380001200123456789");
        assert_eq!(format!("{number:?}"), "HealthCardNumber([redacted])");
        for text in [
            "",
            "8038000120012345678",
            "803800012001234567890",
            "80276001200123456789",
            "8038000120012345678A",
        ] {
            let refused = HealthCardNumber::parse(text);
            assert_eq!(refused, Err(HealthCardNumberError), "{text}");
        }
    }
}
