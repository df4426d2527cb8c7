//! Lines of text: where to break them.

use crate::document::fonts::Letters;

/// Breaks a text into lines no wider than `width` points: at white space, and within a word only if the word alone is
/// wider. Every line but the last of a paragraph ends with a space, which shows nothing and keeps words apart for whoever
/// reads the file rather than the page.
pub(super) fn wrap(letters: &Letters, size: f32, text: &str, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let from = lines.len();
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            for word in fitting(letters, size, word, width) {
                if line.is_empty() {
                    line = word;
                    continue;
                }
                let longer = format!("{line} {word}");
                if letters.width(&longer, size) <= width {
                    line = longer;
                } else {
                    lines.push(std::mem::replace(&mut line, word));
                }
            }
        }
        lines.push(line);
        let last = lines.len() - 1;
        for line in lines.iter_mut().take(last).skip(from) {
            line.push(' ');
        }
    }
    lines
}

/// A word in as many pieces as it takes for each to fit.
fn fitting(letters: &Letters, size: f32, word: &str, width: f32) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut taken = 0.0;
    for char in word.chars() {
        let wide = letters.width(char.encode_utf8(&mut [0; 4]), size);
        if taken > 0.0 && taken + wide > width {
            pieces.push(String::new());
            taken = 0.0;
        }
        taken += wide;
        if let Some(piece) = pieces.last_mut() {
            piece.push(char);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::fonts::{Face, Fonts};

    fn wrapped(text: &str, width: f32) -> Vec<String> {
        wrap(Fonts::open().unwrap().of(Face::Text), 10.0, text, width)
    }

    #[test]
    fn no_line_is_wider_than_its_column_and_no_word_is_lost() {
        let text = "La prima metà del PIN è arrivata con un SMS; la seconda è in questa lettera.";
        let fonts = Fonts::open().unwrap();
        let lines = wrapped(text, 90.0);
        assert!(lines.len() > 3, "{lines:?}");
        for line in &lines {
            let wide = fonts.of(Face::Text).width(line.trim_end(), 10.0);
            assert!(wide <= 90.0, "{line}");
        }
        assert_eq!(lines.concat(), text);
    }

    #[test]
    fn a_word_that_is_too_wide_is_broken_and_lines_of_the_text_stay() {
        let lines = wrapped(&format!("a {}\n\nb", "W".repeat(40)), 60.0);
        assert!(lines.len() > 6);
        assert_eq!(lines.concat().replace(' ', "").len(), 42);
        assert_eq!(&lines[lines.len() - 2..], ["", "b"]);
    }
}
