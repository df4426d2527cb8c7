//! Forms that carry a file: `multipart/form-data` (RFC 7578), read from a body that is in memory already.
//!
//! Narrow on purpose. What a browser writes is taken: parts with a name each, none twice. The name and the type that a file is
//! said to have are passed over: what it is, its content tells.

use http::{HeaderMap, header};
use memchr::memmem;

/// The longest boundary (RFC 2046, 5.1.1).
const LONGEST_BOUNDARY: usize = 70;
/// The most parts of a form, and the longest block of headers of one, in bytes.
const MOST_PARTS: usize = 8;
/// See [`MOST_PARTS`].
const LONGEST_HEAD: usize = 4096;

/// A form, taken apart.
#[derive(Debug)]
pub struct Multipart<'b>(Vec<(String, &'b [u8])>);

impl<'b> Multipart<'b> {
    /// Takes a form apart; `None` when it is none.
    #[must_use]
    pub fn parse(headers: &HeaderMap, body: &'b [u8]) -> Option<Self> {
        let boundary = boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?)?;
        let separator = format!("\r\n--{boundary}");
        // The first separator needs no line before it.
        let first = separator.strip_prefix("\r\n")?;
        let mut rest = body.strip_prefix(first.as_bytes())?;
        let mut parts: Vec<(String, &[u8])> = Vec::new();
        loop {
            if rest.starts_with(b"--") {
                return Some(Self(parts));
            }
            rest = rest.strip_prefix(b"\r\n")?;
            if parts.len() == MOST_PARTS {
                return None;
            }
            let head = memmem::find(rest.get(..LONGEST_HEAD).unwrap_or(rest), b"\r\n\r\n")?;
            let name = name(std::str::from_utf8(rest.get(..head)?).ok()?)?;
            rest = rest.get(head + 4..)?;
            let end = memmem::find(rest, separator.as_bytes())?;
            if parts.iter().any(|(other, _)| *other == name) {
                return None;
            }
            parts.push((name, rest.get(..end)?));
            rest = rest.get(end + separator.len()..)?;
        }
    }

    /// The content of a part.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&'b [u8]> {
        let part = self.0.iter().find(|(other, _)| other == name);
        part.map(|(_, content)| *content)
    }

    /// The content of a part as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'b str> {
        std::str::from_utf8(self.bytes(name)?).ok()
    }
}

/// The boundary that a content type names.
fn boundary(kind: &str) -> Option<&str> {
    let (essence, parameters) = kind.split_once(';')?;
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameter(parameters, "boundary")?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    ((1..=LONGEST_BOUNDARY).contains(&value.len()) && value.bytes().all(legal)).then_some(value)
}

/// The name of a part, by its headers.
fn name(head: &str) -> Option<String> {
    let mut dispositions = head.split("\r\n").filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then(|| value.trim())
    });
    let (kind, parameters) = dispositions.next()?.split_once(';')?;
    let name = parameter(parameters, "name")?;
    let is_form = kind.trim().eq_ignore_ascii_case("form-data") && dispositions.next().is_none();
    is_form.then(|| name.to_owned())
}

/// A parameter, in quotes or not. Browsers write `%22` for a quote within (RFC 7578, 2), so the next one is the end.
fn parameter<'a>(mut parameters: &'a str, wanted: &str) -> Option<&'a str> {
    loop {
        let (name, after) = parameters.split_once('=')?;
        let (value, rest) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value.trim());
        }
        parameters = rest.trim_start().strip_prefix(';')?;
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const FORM: &str = "--xyz\r\n\
        Content-Disposition: form-data; name=\"token\"\r\n\r\n\
        abc\r\n\
        --xyz\r\n\
        Content-Disposition: form-data; filename=\"name=x; a.pdf\"; name=\"file\"\r\n\
        Content-Type: application/pdf\r\n\r\n\
        %PDF\r\n--xy\r\n\r\n\
        --xyz--\r\n";

    fn headers(kind: &str) -> HeaderMap {
        let kind = HeaderValue::try_from(kind).unwrap();
        [(header::CONTENT_TYPE, kind)].into_iter().collect()
    }

    fn parse(body: &str) -> Option<Multipart<'_>> {
        Multipart::parse(
            &headers("multipart/form-data; boundary=xyz"),
            body.as_bytes(),
        )
    }

    #[test]
    fn parts_are_found_by_their_names() {
        let form = parse(FORM).unwrap();
        assert_eq!(form.text("token"), Some("abc"));
        assert_eq!(form.bytes("file"), Some(&b"%PDF\r\n--xy\r\n"[..]));
        assert_eq!(form.bytes("other"), None);
        let quoted = headers("Multipart/Form-Data; charset=utf-8; boundary=\"xyz\"");
        assert!(Multipart::parse(&quoted, FORM.as_bytes()).is_some());
    }

    #[test]
    fn what_is_no_such_form_is_refused() {
        for kind in [
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"x y\"",
            "multipart/mixed; boundary=xyz",
        ] {
            assert!(
                Multipart::parse(&headers(kind), FORM.as_bytes()).is_none(),
                "{kind}"
            );
        }
        assert!(Multipart::parse(&HeaderMap::new(), FORM.as_bytes()).is_none());
        for body in [
            String::new(),
            format!("preamble\r\n{FORM}"),
            FORM.replace("--xyz--", ""),
            FORM.replace("name=\"token\"", "title=\"token\""),
            FORM.replace("form-data; name=\"token\"", "attachment; name=\"token\""),
            // Two readers could take different ones.
            FORM.replace("name=\"token\"", "name=\"file\""),
            FORM.replace(
                "Content-Type: application/pdf",
                "Content-Disposition: form-data; name=\"other\"",
            ),
            FORM.replace("Content-Type: application/pdf", &"x".repeat(LONGEST_HEAD)),
        ] {
            assert!(parse(&body).is_none(), "{body}");
        }
        let part =
            |number| format!("--xyz\r\nContent-Disposition: form-data; name=a{number}\r\n\r\n\r\n");
        let many: String = (0..=MOST_PARTS).map(part).collect();
        assert!(parse(&format!("{many}--xyz--")).is_none());
        let most: String = (0..MOST_PARTS).map(part).collect();
        assert!(parse(&format!("{most}--xyz--")).is_some());
    }
}
