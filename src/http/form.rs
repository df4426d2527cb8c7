//! Forms that change something: proof that the person pressed the button on a page of ours.
//!
//! Two independent checks (OWASP ASVS 5.0, 3.5.1): the browser says that the request comes from this origin, and the
//! form carries a token that only a page rendered for this very session can have.

use http::{HeaderMap, StatusCode, header};

use super::pages::Refusal;
use super::state::Gateway;
use crate::crypto::encoding::base64url;
use crate::crypto::{constant_time_eq, hmac_sha256};
use crate::session::SessionId;

/// The name of the field that carries the token.
pub const TOKEN_FIELD: &str = "token";

/// The token of a session's forms: a keyed hash of the cookie, so that the page does not carry the cookie itself.
#[must_use]
pub fn token(session: &SessionId) -> String {
    base64url(&hmac_sha256(
        session.cookie_value().as_bytes(),
        b"varco form",
    ))
}

/// Takes a posted form only if it comes from a page of this gateway: for forms that carry a secret of their own.
///
/// # Errors
/// The refusal "forged" for any other.
pub fn check_origin(gateway: &Gateway, headers: &HeaderMap) -> Result<(), Refusal> {
    if is_same_origin(&gateway.settings().origin(), headers) {
        Ok(())
    } else {
        Err(forged())
    }
}

fn forged() -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, "forged")
}

/// Takes a posted form only if it was filled on a page of this gateway, in this session.
///
/// # Errors
/// The refusal "forged" for any other.
pub fn check(
    gateway: &Gateway,
    headers: &HeaderMap,
    session: &SessionId,
    sent: Option<&str>,
) -> Result<(), Refusal> {
    let right = token(session);
    let is_genuine = is_same_origin(&gateway.settings().origin(), headers)
        && sent.is_some_and(|sent| constant_time_eq(sent.as_bytes(), right.as_bytes()));
    if is_genuine { Ok(()) } else { Err(forged()) }
}

/// What the browser says of where the request comes from. `Sec-Fetch-Site` cannot be set by a page and counts where it
/// is there; beside it an `Origin` may be `null`, since some browsers hide it. Without it the `Origin` must be ours. A
/// request that says nothing at all gets nothing.
fn is_same_origin(origin: &str, headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (said("sec-fetch-site"), said(header::ORIGIN.as_str())) {
        (Some(site), Some(from)) => site == "same-origin" && [origin, "null"].contains(&from),
        (Some(site), None) => site == "same-origin",
        (None, Some(from)) => from == origin,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    const HERE: &str = "https://login.example";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_form_from_another_origin_is_refused() {
        for right in [
            headers(&[("sec-fetch-site", "same-origin")]),
            headers(&[("origin", HERE)]),
            headers(&[("sec-fetch-site", "same-origin"), ("origin", HERE)]),
            headers(&[("sec-fetch-site", "same-origin"), ("origin", "null")]),
        ] {
            assert!(is_same_origin(HERE, &right), "{right:?}");
        }
        for wrong in [
            headers(&[]),
            headers(&[("sec-fetch-site", "cross-site")]),
            headers(&[("sec-fetch-site", "same-site")]),
            headers(&[("origin", "null")]),
            headers(&[("origin", "https://login.example.evil")]),
            headers(&[("origin", "http://login.example")]),
            headers(&[("sec-fetch-site", "cross-site"), ("origin", HERE)]),
            headers(&[("sec-fetch-site", "cross-site"), ("origin", "null")]),
            headers(&[
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://evil.example"),
            ]),
        ] {
            assert!(!is_same_origin(HERE, &wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_form_without_the_token_of_its_session_is_refused() {
        let gateway = crate::http::state::tests::gateway(HERE);
        let half = |letter: &str| letter.repeat(42) + "A";
        let session =
            |letter| SessionId::parse(&format!("{}.{}", half("a"), half(letter))).unwrap();
        let (mine, others) = (session("b"), session("c"));
        let headers = headers(&[("origin", HERE)]);
        let genuine = |sent: Option<&str>| check(&gateway, &headers, &mine, sent).is_ok();
        assert!(genuine(Some(&token(&mine))));
        assert!(!genuine(Some(&token(&others))));
        assert!(!genuine(Some("")));
        assert!(!genuine(None));
    }
}
