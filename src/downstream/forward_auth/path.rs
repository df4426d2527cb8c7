//! Paths that every reader understands alike.
//!
//! Three programs read the path of a request: the proxy, the gateway and the application. What one of them would read
//! differently (RFC 3986, 6.2) could pass as a page that needs less than the one the application then serves. Such a path is
//! refused rather than made plain, since nobody can know which reading the application takes.

/// The longest path with its query, in bytes.
pub(super) const LONGEST_TARGET: usize = 4096;

/// Splits the target of a request into path and query; `None` when it is not one, is too long, or when its path could be
/// read in two ways.
pub(super) fn split_target(target: &str) -> Option<(&str, Option<&str>)> {
    if target.len() > LONGEST_TARGET || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let sound = is_unambiguous(path) && !query.is_some_and(|query| query.contains('#'));
    sound.then_some((path, query))
}

/// Whether a path has one reading.
pub(super) fn is_unambiguous(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else {
        return false;
    };
    let segments = rest.split('/');
    // An empty segment at the end is a slash at the end; anywhere else some readers drop it.
    let inner = rest.strip_suffix('/').unwrap_or(rest);
    let no_empty = inner.is_empty() && rest.is_empty()
        || !inner.is_empty() && !inner.split('/').any(str::is_empty);
    no_empty
        && !segments
            .into_iter()
            .any(|segment| matches!(segment, "." | ".."))
        && rest.bytes().all(is_plain)
        && escapes_are_plain(rest)
}

/// The characters that may stand for themselves: those of RFC 3986, 3.3, and the few more that browsers send as they are.
/// Not `;`, after which some servers drop the rest of a segment, nor the backslash, which some take for a slash.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,=:@/%|[]^".contains(&byte)
}

/// Whether every escape is whole and of a character that could not have stood for itself: not `%61` for `a`, not `%2e` for
/// a dot, not `%2f` for a slash, not `%25` for what another reader decodes once more.
fn escapes_are_plain(path: &str) -> bool {
    if !path.contains('%') {
        return true;
    }
    let mut decoded = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return false;
        };
        let Ok(byte) = u8::try_from(high * 16 + low) else {
            return false;
        };
        let special = byte.is_ascii_control() || b"/\\%;?#".contains(&byte);
        let needless = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if special || needless {
            return false;
        }
        decoded.push(byte);
    }
    // Overlong spellings of a slash or a dot are no UTF-8.
    std::str::from_utf8(&decoded).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in [
            "/",
            "/a",
            "/a/",
            "/a/b.html",
            "/a/.well-known/x",
            "/a/...",
            "/citt%C3%A0/perch%c3%a9",
            "/a%20b",
            "/a+b/c@d:e,f=g&h!$'()*~_-",
            "/a|b/[c]^",
            "/%40/%2B",
        ] {
            assert!(is_unambiguous(path), "{path}");
        }
    }

    #[test]
    fn a_path_with_two_readings_is_refused() {
        for path in [
            "",
            "a",
            "*",
            "//",
            "//a",
            "/a//b",
            "/a//",
            "/.",
            "/..",
            "/a/../b",
            "/a/./b",
            "/a/%2e%2e/b",
            "/a/.%2E/b",
            "/%61",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a%252fb",
            "/a%25",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%+1",
            "/a;b",
            "/..;/a",
            "/a%3bb",
            "/a%00",
            "/a%0a",
            "/a%7f",
            "/%c0%af",
            "/%e0%80%af",
            "/%ff",
            "/a%3fb",
            "/a%23b",
            "/a\"b",
            "/a<b",
            "/a b",
            "/è",
        ] {
            assert!(!is_unambiguous(path), "{path}");
        }
    }

    #[test]
    fn a_target_is_a_path_and_perhaps_a_query() {
        assert_eq!(split_target("/a"), Some(("/a", None)));
        assert_eq!(
            split_target("/a?b=//..%2f;&c?d"),
            Some(("/a", Some("b=//..%2f;&c?d")))
        );
        assert_eq!(split_target("/a?"), Some(("/a", Some(""))));
        for bad in [
            "",
            "?",
            "/a#b",
            "/a?b#c",
            "/a?b c",
            "/a?è",
            "/a?\n",
            "https://x/",
        ] {
            assert_eq!(split_target(bad), None, "{bad}");
        }
        let long = |length: usize| format!("/{}", "a".repeat(length - 1));
        assert!(split_target(&long(LONGEST_TARGET)).is_some());
        assert!(split_target(&long(LONGEST_TARGET + 1)).is_none());
    }
}
