//! The Italian fiscal code of a natural person (D.M. 23 December 1976 and D.M. 345/1998).

mod born;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use born::{Contradiction, Declared};

/// A well-formed fiscal code of a natural person: sixteen characters, upper case, with its check letter right.
/// Codes with *omocodia* (letters in place of digits) are codes of their own and are never turned back into digits.
/// `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FiscalCode(String);

/// Why a text is not a fiscal code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FiscalCodeError {
    /// Not sixteen characters.
    #[error("a fiscal code has sixteen characters")]
    Length,
    /// A letter, digit or month letter in the wrong place, or a day that no person is born on.
    #[error("not the form of a fiscal code")]
    Form,
    /// The last letter does not follow from the others.
    #[error("the check letter is wrong")]
    CheckLetter,
}

/// Digits 0-9 as *omocodia* writes them.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";
/// January to December.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
/// Values of 0-9 (and of A-J) in odd positions, counting from one.
const ODD_LOW: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
/// Values of K-Z in odd positions.
const ODD_HIGH: [u32; 16] = [2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

impl FiscalCode {
    /// Reads a fiscal code; lower case and surrounding white space are forgiven.
    ///
    /// # Errors
    /// [`FiscalCodeError`] says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, FiscalCodeError> {
        let code = text.trim().to_ascii_uppercase();
        let bytes: &[u8; 16] = code
            .as_bytes()
            .try_into()
            .map_err(|_| FiscalCodeError::Length)?;
        let [
            letters @ ..,
            y1,
            y2,
            month,
            d1,
            d2,
            place,
            p1,
            p2,
            p3,
            check,
        ] = bytes;
        let day = digit(*d1)
            .zip(digit(*d2))
            .map(|(tens, units)| tens * 10 + units);
        let well_formed = letters.iter().all(u8::is_ascii_uppercase)
            && [y1, y2, p1, p2, p3]
                .into_iter()
                .all(|byte| digit(*byte).is_some())
            && MONTHS.contains(month)
            && day.is_some_and(|day| matches!(day, 1..=31 | 41..=71))
            && place.is_ascii_uppercase()
            && check.is_ascii_uppercase();
        if !well_formed {
            return Err(FiscalCodeError::Form);
        }
        if check_letter(bytes) != Some(*check) {
            return Err(FiscalCodeError::CheckLetter);
        }
        Ok(Self(code))
    }

    /// The code itself, for a place that is allowed to show it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A digit, written plainly or as *omocodia* writes it.
fn digit(byte: u8) -> Option<u32> {
    if byte.is_ascii_digit() {
        return Some(u32::from(byte - b'0'));
    }
    OMOCODIA
        .iter()
        .position(|letter| *letter == byte)
        .and_then(|index| u32::try_from(index).ok())
}

/// The letter that the first fifteen characters call for.
fn check_letter(code: &[u8; 16]) -> Option<u8> {
    let mut sum = 0;
    for (index, byte) in code.iter().take(15).enumerate() {
        let rank = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A',
            _ => return None,
        };
        // Positions count from one: an even index is an odd position.
        sum += if index % 2 == 1 {
            u32::from(rank)
        } else if rank < 10 {
            *ODD_LOW.get(usize::from(rank))?
        } else {
            *ODD_HIGH.get(usize::from(rank) - 10)?
        };
    }
    u8::try_from(sum % 26).ok().map(|rank| b'A' + rank)
}

impl fmt::Debug for FiscalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FiscalCode([redacted])")
    }
}

impl TryFrom<String> for FiscalCode {
    type Error = FiscalCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<FiscalCode> for String {
    fn from(code: FiscalCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_codes_are_accepted_with_case_and_space_forgiven() {
        assert!(FiscalCode::parse("RSSMRA80A01H501U").is_ok());
        assert_eq!(
            FiscalCode::parse("rssmra80a01h501u"),
            FiscalCode::parse(" RSSMRA80A01H501U")
        );
    }

    #[test]
    fn omocodia_is_accepted_and_stays_a_code_of_its_own() {
        let letter = char::from(check_letter(b"RSSMRA80A01H50MX").unwrap());
        let code = format!("RSSMRA80A01H50M{letter}");
        assert_eq!(FiscalCode::parse(&code).unwrap().expose(), code);
    }

    #[test]
    fn each_broken_rule_is_named() {
        assert_eq!(FiscalCode::parse(""), Err(FiscalCodeError::Length));
        assert_eq!(
            FiscalCode::parse("12345678901"),
            Err(FiscalCodeError::Length)
        );
        assert_eq!(
            FiscalCode::parse("RSSMRA80F01H501U"),
            Err(FiscalCodeError::Form)
        );
        assert_eq!(
            FiscalCode::parse("RSSMRA80A32H501U"),
            Err(FiscalCodeError::Form)
        );
        assert_eq!(
            FiscalCode::parse("RSSMRA80A40H501U"),
            Err(FiscalCodeError::Form)
        );
        assert_eq!(
            FiscalCode::parse("RSSMRA80A01H501A"),
            Err(FiscalCodeError::CheckLetter)
        );
    }

    #[test]
    fn debug_does_not_show_the_code() {
        let code = FiscalCode::parse("RSSMRA80A01H501U").unwrap();
        assert!(!format!("{code:?}").contains("RSS"));
    }
}
