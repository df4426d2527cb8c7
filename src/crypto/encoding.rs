//! Base64 in its two alphabets, so that one crate and one strictness serve everywhere; hexadecimal; values of DER.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Base64 with the standard alphabet and padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads strict standard base64: padded, no white space. `None` for anything else.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Base64 with the URL alphabet and no padding (RFC 7515, section 2).
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads strict URL base64 without padding. `None` for anything else.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
    let mut digits = vec![0; bytes.len() * 2];
    let (pairs, _) = digits.as_chunks_mut();
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    String::from_utf8(digits).unwrap_or_default()
}

/// Reads hexadecimal of either case, two digits a byte. `None` for anything else.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let bytes = pairs.iter().map(|[high, low]| {
        let byte = digit(*high)? << 4 | digit(*low)?;
        u8::try_from(byte).ok()
    });
    rest.is_empty().then(|| bytes.collect()).flatten()
}

/// One value in DER (X.690, 10.1): its tag, its length in the shortest form, and the parts that it is made of.
#[must_use]
pub fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = body.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let length = length.get(zeros..).unwrap_or_default();
    let mut value = vec![tag];
    match length {
        [] => value.push(0),
        [short] if *short < 0x80 => value.push(*short),
        long => {
            // At most eight bytes of length.
            value.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            value.extend(long);
        }
    }
    value.extend(body);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_their_shortest_form() {
        let head = |length: usize| der(4, &[&vec![0; length]])[..4.min(length + 2)].to_vec();
        assert_eq!(head(0), [4, 0]);
        assert_eq!(head(2), [4, 2, 0, 0]);
        assert_eq!(head(0x7f)[..2], [4, 0x7f]);
        assert_eq!(head(0x80)[..3], [4, 0x81, 0x80]);
        assert_eq!(head(0x100), [4, 0x82, 1, 0]);
    }

    #[test]
    fn hexadecimal_reads_back_and_nothing_else_is_read() {
        assert_eq!(from_hex(&hex(&[0, 0x7f, 0xff])), Some(vec![0, 0x7f, 0xff]));
        assert_eq!(from_hex("aBCd"), Some(vec![0xab, 0xcd]));
        assert_eq!(from_hex(""), Some(Vec::new()));
        for text in ["a", "0g", "+1", " 1", "\u{e8}"] {
            assert_eq!(from_hex(text), None, "{text}");
        }
    }
}
