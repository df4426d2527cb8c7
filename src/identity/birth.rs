//! What a person is born with: a sex as registers write it, and a place.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The sex that a civil register has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Sex {
    /// `F`.
    #[serde(rename = "F")]
    Female,
    /// `M`.
    #[serde(rename = "M")]
    Male,
}

impl Sex {
    /// Reads `F` or `M`.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "F" => Some(Self::Female),
            "M" => Some(Self::Male),
            _ => None,
        }
    }

    /// `F` or `M`.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Self::Female => "F",
            Self::Male => "M",
        }
    }
}

/// A place of birth as fiscal codes write it, by its *codice catastale* or "Belfiore code": a letter and three digits, one
/// code a municipality; `Z` and three digits for a foreign country (D.M. 23 December 1976, article 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaceCode([u8; 4]);

/// The text is not the code of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code of a place is a letter and three digits")]
pub struct PlaceCodeError;

impl PlaceCode {
    /// Reads a code; lower case is forgiven.
    ///
    /// # Errors
    /// [`PlaceCodeError`] when it is not a letter and three digits.
    pub fn parse(text: &str) -> Result<Self, PlaceCodeError> {
        let bytes: [u8; 4] = text.as_bytes().try_into().map_err(|_| PlaceCodeError)?;
        let code = bytes.map(|byte| byte.to_ascii_uppercase());
        let [letter, digits @ ..] = code;
        let is_code = letter.is_ascii_uppercase() && digits.iter().all(u8::is_ascii_digit);
        is_code.then_some(Self(code)).ok_or(PlaceCodeError)
    }

    /// The code as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Four ASCII characters by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether it is a foreign country.
    #[must_use]
    pub fn is_abroad(self) -> bool {
        self.0.starts_with(b"Z")
    }
}

impl fmt::Display for PlaceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for PlaceCode {
    type Error = PlaceCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PlaceCode> for String {
    fn from(code: PlaceCode) -> Self {
        code.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_code_is_a_letter_and_three_digits() {
        let rome = PlaceCode::parse("h501").unwrap();
        assert_eq!(rome.as_str(), "H501");
        assert!(!rome.is_abroad());
        assert!(PlaceCode::parse("Z404").unwrap().is_abroad());
        for text in ["", "H50", "H5011", "5501", "H5O1", "H5 1", "È51", "ZZ04"] {
            assert_eq!(PlaceCode::parse(text), Err(PlaceCodeError), "{text}");
        }
    }

    #[test]
    fn a_sex_is_one_letter_of_two() {
        for sex in [Sex::Female, Sex::Male] {
            assert_eq!(Sex::from_letter(sex.letter()), Some(sex));
            let json = serde_json::to_value(sex).unwrap();
            assert_eq!(json, sex.letter());
        }
        for text in ["", "f", "X", "FM"] {
            assert_eq!(Sex::from_letter(text), None);
        }
    }
}
