//! HTTP-POST binding (SAML 2.0 bindings, 3.5): base64 in a form field.

use crate::crypto::encoding::{base64, from_base64};

use super::redirect::MAX_MESSAGE;

/// Why a message cannot be taken out of its transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindingRefusal {
    /// Longer than [`MAX_MESSAGE`], before or after decoding.
    #[error("the message is too large")]
    TooLarge,
    /// Not base64.
    #[error("the message is not base64")]
    Base64,
    /// Not raw DEFLATE, or something follows it.
    #[error("the message is not DEFLATE")]
    Deflate,
    /// Not UTF-8.
    #[error("the message is not UTF-8")]
    Utf8,
    /// A parameter is missing, there twice, or not decodable.
    #[error("the parameters of the message are not those of the binding")]
    Parameters,
    /// `SigAlg` is not one of the algorithms that are accepted.
    #[error("the signature algorithm is not accepted")]
    Algorithm,
}

impl BindingRefusal {
    /// The reason code for logs, metrics and pages.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "message-too-large",
            Self::Base64 => "message-not-base64",
            Self::Deflate => "message-not-deflate",
            Self::Utf8 => "message-not-utf8",
            Self::Parameters => "message-parameters",
            Self::Algorithm => "message-signature-algorithm",
        }
    }
}

/// A message as the value of its form field.
#[must_use]
pub fn encode_post(xml: &str) -> String {
    base64(xml.as_bytes())
}

/// The message in a form field. Line breaks inside the base64 are forgiven (RFC 2045 writers), nothing else is.
///
/// # Errors
/// [`BindingRefusal`] when it is too large, not base64, or not UTF-8.
pub fn decode_post(field: &str) -> Result<String, BindingRefusal> {
    // Four characters carry three bytes; some room for line breaks.
    if field.len() > MAX_MESSAGE / 3 * 4 + MAX_MESSAGE / 16 {
        return Err(BindingRefusal::TooLarge);
    }
    let bytes = unbroken(field).ok_or(BindingRefusal::Base64)?;
    if bytes.len() > MAX_MESSAGE {
        return Err(BindingRefusal::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| BindingRefusal::Utf8)
}

/// Decodes base64 that may be broken into lines.
pub(super) fn unbroken(text: &str) -> Option<Vec<u8>> {
    // Asked for one by one, each is a fast search.
    if text.contains('\n') || text.contains('\r') {
        from_base64(&text.replace(['\r', '\n'], ""))
    } else {
        from_base64(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posted_message_reads_back_also_when_broken_into_lines() {
        let text = "è così <a/>".repeat(20);
        let field = encode_post(&text);
        assert_eq!(decode_post(&field).as_deref(), Ok(text.as_str()));
        let lines: Vec<&str> = field
            .as_bytes()
            .chunks(76)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        assert_eq!(decode_post(&lines.join("\r\n")), Ok(text));
    }

    #[test]
    fn a_posted_message_that_is_too_large_is_refused_before_and_after_decoding() {
        let large = encode_post(&"x".repeat(MAX_MESSAGE + 1));
        assert_eq!(decode_post(&large), Err(BindingRefusal::TooLarge));
        assert_eq!(
            decode_post(&"A".repeat(10 * MAX_MESSAGE)),
            Err(BindingRefusal::TooLarge)
        );
        assert!(decode_post(&encode_post(&"x".repeat(MAX_MESSAGE))).is_ok());
    }

    #[test]
    fn a_posted_message_that_is_not_base64_or_not_utf8_is_refused() {
        for field in ["<a/>", "PGEvPg", "PGEvPg= =", "PGEv Pg==", "PGEv%2BPg=="] {
            assert_eq!(decode_post(field), Err(BindingRefusal::Base64), "{field}");
        }
        assert_eq!(
            decode_post(&base64(&[0xff, 0xfe, b'<', 0])),
            Err(BindingRefusal::Utf8)
        );
    }
}
