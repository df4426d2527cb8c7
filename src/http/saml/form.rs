//! The form fields of the HTTP-POST binding (SAML 2.0 bindings, 3.5.4).

use http::{HeaderMap, header};
use memchr::{memchr, memchr2};

/// A posted form. A field that comes twice, or a body of another kind, is no form of the binding.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct SamlForm {
    /// `SAMLRequest`.
    pub(in crate::http) request: Option<String>,
    /// `SAMLResponse`.
    pub(in crate::http) response: Option<String>,
    /// `RelayState`.
    pub(in crate::http) relay_state: Option<String>,
}

impl SamlForm {
    /// Reads a body; `None` when it is no form of the binding. Other fields are left alone.
    pub(in crate::http) fn read(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return None;
        }
        let mut form = Self::default();
        let mut rest = Some(body);
        while let Some(pairs) = rest {
            let (pair, after) = cut(pairs, b'&');
            rest = after;
            let (name, value) = cut(pair, b'=');
            let field = match decode(name).as_str() {
                "SAMLRequest" => &mut form.request,
                "SAMLResponse" => &mut form.response,
                "RelayState" => &mut form.relay_state,
                _ => continue,
            };
            if field.replace(decode(value.unwrap_or_default())).is_some() {
                return None;
            }
        }
        Some(form)
    }
}

/// What stands before the first of a byte, and what stands after it, if it is there.
fn cut(bytes: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    let halves = memchr(at, bytes).and_then(|place| bytes.split_at_checked(place));
    match halves {
        Some((before, after)) => (before, after.get(1..)),
        None => (bytes, None),
    }
}

/// Decodes a name or value as browsers encode it (URL Standard, application/x-www-form-urlencoded parsing). A message is
/// long and has few escapes: what lies between two is copied whole.
fn decode(encoded: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((plain, special)) =
        memchr2(b'%', b'+', rest).and_then(|place| rest.split_at_checked(place))
    {
        decoded.extend_from_slice(plain);
        let escaped = match special {
            [b'%', high, low, ..] => hex(*high).zip(hex(*low)),
            _ => None,
        };
        let (byte, length) = match (escaped, special.first()) {
            (Some((high, low)), _) => (high << 4 | low, 3),
            (None, Some(b'+')) => (b' ', 1),
            (None, _) => (b'%', 1),
        };
        decoded.push(byte);
        rest = special.get(length..).unwrap_or_default();
    }
    decoded.extend_from_slice(rest);
    String::from_utf8(decoded)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    let digit = char::from(digit).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(kind: &'static str, body: &str) -> Option<SamlForm> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        SamlForm::read(&headers, body.as_bytes())
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn the_fields_of_the_binding_are_read_and_others_left_alone() {
        let form = read(FORM, "SAMLResponse=PGE%2B&RelayState=r%20s&other=1").unwrap();
        assert_eq!(form.response.as_deref(), Some("PGE+"));
        assert_eq!(form.relay_state.as_deref(), Some("r s"));
        assert_eq!(form.request, None);
        assert!(read("application/x-www-form-urlencoded; charset=UTF-8", "").is_some());
    }

    #[test]
    fn values_decode_as_the_url_standard_says() {
        for encoded in [
            "",
            "a",
            "a+b",
            "%2B",
            "%2b+%2B",
            "%",
            "%2",
            "%zz",
            "a%",
            "a%4",
            "%%41",
            "%4%41",
            "%C3%A8",
            "%FF",
            "\u{e8}+%41%",
            "%+1",
        ] {
            let pair = format!("a={encoded}");
            let standard = form_urlencoded::parse(pair.as_bytes()).next().unwrap().1;
            assert_eq!(decode(encoded.as_bytes()), standard, "{encoded}");
        }
    }

    #[test]
    fn a_doubled_field_and_another_kind_of_body_are_refused() {
        for body in [
            "SAMLResponse=a&SAMLResponse=b",
            "SAMLResponse=a&RelayState=b&RelayState=b",
            "SAMLResponse=a&SAML%52esponse=b",
        ] {
            assert_eq!(read(FORM, body), None, "{body}");
        }
        for kind in [
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded2",
        ] {
            assert_eq!(read(kind, "SAMLResponse=a"), None, "{kind}");
        }
        assert_eq!(SamlForm::read(&HeaderMap::new(), b"SAMLResponse=a"), None);
    }
}
