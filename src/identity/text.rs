//! Short texts that people write about themselves.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text of one line with something in it, no longer than its kind allows, in which no character is one that is not
/// seen: it goes into letters, forms and pages as it is. White space is one space between words. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const LONGEST: usize>(String);

/// The text is empty, too long, or has characters that nobody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has to be one line that is not empty and not too long")]
pub struct LineError;

/// The name or the family name of a person.
pub type PersonalName = Line<80>;

impl<const LONGEST: usize> Line<LONGEST> {
    /// Reads a text of up to `LONGEST` characters.
    ///
    /// # Errors
    /// [`LineError`] for another.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        // Bounded before it is looked at: nobody's white space is longer than what they wrote.
        if text.len() > LONGEST * 8 {
            return Err(LineError);
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = (1..=LONGEST).contains(&text.chars().count());
        (fits && !text.chars().any(is_unseen))
            .then_some(Self(text))
            .ok_or(LineError)
    }

    /// The text, for a place that is allowed to show it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Control characters, and those that change the direction of writing or join what is beside them: with them a text shows
/// as another than it is.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{61c}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

impl<const LONGEST: usize> fmt::Debug for Line<LONGEST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<const LONGEST: usize> TryFrom<String> for Line<LONGEST> {
    type Error = LineError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl<const LONGEST: usize> From<Line<LONGEST>> for String {
    fn from(line: Line<LONGEST>) -> Self {
        line.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_letters_and_one_space_between_words() {
        let name = PersonalName::parse("  Maria \t Teresa D’Angiò ").unwrap();
        assert_eq!(name.expose(), "Maria Teresa D’Angiò");
        assert_eq!(format!("{name:?}"), "[redacted]");
    }

    #[test]
    fn what_is_empty_too_long_or_unseen_is_refused() {
        let long = "è".repeat(81);
        for text in ["", "  ", "a\u{0}b", "a\u{202e}b", "a\u{200b}b", &long] {
            assert_eq!(PersonalName::parse(text), Err(LineError), "{text:?}");
        }
        assert!(PersonalName::parse(&"è".repeat(80)).is_ok());
    }
}
