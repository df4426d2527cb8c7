//! Which namespace names are taken: absolute URIs in the plainest form.

/// Whether a namespace name, as written, is an absolute URI that every canonicaliser accepts: `urn:...`, or any scheme
/// with a host (Canonical XML 1.0, 1.3 makes relative ones an error). References are not resolved: a name that needs
/// one is refused.
pub(super) fn is_absolute(name: &str) -> bool {
    let Some((scheme, rest)) = name.split_once(':') else {
        return false;
    };
    let mut letters = scheme.bytes();
    let is_scheme = letters
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    if !is_scheme || !has_only_uri_characters(rest) {
        return false;
    }
    if scheme.eq_ignore_ascii_case("urn") {
        return !rest.is_empty() && !rest.starts_with(['/', '?', '#']);
    }
    let Some(rest) = rest.strip_prefix("//") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    !host.is_empty() && host.bytes().all(is_host) && port.parse::<u16>().is_ok()
}

/// The characters of RFC 3986, 2, except `&` and brackets, and with whole percent escapes and one fragment at most.
fn has_only_uri_characters(text: &str) -> bool {
    let escapes = |after: &str| {
        after
            .get(..2)
            .is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    text.split('%').skip(1).all(escapes)
        && text.bytes().filter(|byte| *byte == b'#').count() <= 1
        && text.bytes().all(is_uri_character)
}

fn is_uri_character(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'/'
        | b'?' | b'#' | b'@' | b'!' | b'$' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b'%')
}

#[cfg(test)]
mod tests {
    use super::is_absolute;

    #[test]
    fn absolute_namespaces_pass_and_others_do_not() {
        for name in [
            "urn:oasis:names:tc:SAML:2.0:assertion",
            "http://www.w3.org/2000/09/xmldsig#",
            "https://spid.gov.it/saml-extensions",
            "http://host:8080/a?b=c%20d",
            "URN:x",
        ] {
            assert!(is_absolute(name), "{name}");
        }
        for name in [
            "",
            "1",
            "relative",
            "./x",
            "//host",
            "/x",
            "#x",
            ":x",
            "1a:x",
            "http:",
            "http:x",
            "http://",
            "http:///x",
            "file:///x",
            "urn:",
            "urn:a b",
            "urn:a%2",
            "urn:a#b#c",
            "http://a b/",
            "http://h:p/",
            "http://[::1]/",
            "urn:\u{e8}",
            "urn:a&amp;b",
            "tag:x",
            "http://user@host/",
        ] {
            assert!(!is_absolute(name), "{name}");
        }
    }
}
