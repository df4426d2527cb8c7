//! What the demo's own pages have in common. They are plain on purpose: nobody should take them for a real provider's.

use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// The style sheet of every page of the demo; in the page, under the policy's hash of nothing else.
pub(super) const STYLE: &str = "body{font:1rem/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#17324d}\
h1{font-size:1.5rem}label{display:block;margin:.6rem 0 .2rem;font-weight:600}input,select{font:inherit;padding:.3rem;max-width:100%}\
button,.button{font:inherit;display:inline-block;margin:1rem .5rem 0 0;padding:.5rem 1rem;border:2px solid #0066cc;\
background:#06c;color:#fff;text-decoration:none;cursor:pointer}.other{background:#fff;color:#06c}\
.note{background:#fff3cd;padding:.5rem 1rem}.bad{background:#f8d7da;padding:.5rem 1rem}\
table{border-collapse:collapse}td,th{border:1px solid #ccc;overflow-wrap:anywhere;padding:.3rem .6rem;text-align:left;vertical-align:top}";

/// Nothing from elsewhere, no script but the one that presses the button of a form that a person could press too. Forms
/// may lead anywhere: they carry messages to the gateway, which redirects on.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; \
script-src 'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='";

/// The script that sends a form on by itself. Its hash stands in the policy.
pub(super) const SEND: &str = "document.forms[0].submit()";

/// A page, or a line of text should it not render.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    let Ok(text) = template.render() else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "cannot show this page").into_response();
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A form that goes on by itself to another site.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title>
<style>{{ style|safe }}</style></head><body><main><h1>{{ title }}</h1>
<form method="post" action="{{ action }}">
{% for (name, value) in fields %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}<button>Continua</button></form><script>{{ send|safe }}</script></main></body></html>"#
)]
struct SendPage<'a> {
    title: &'a str,
    action: &'a str,
    fields: &'a [(&'a str, &'a str)],
    style: &'a str,
    send: &'a str,
}

/// A page whose form posts itself to `action`.
pub(super) fn send(title: &str, action: &str, fields: &[(&str, &str)]) -> Response {
    let template = SendPage {
        title,
        action,
        fields,
        style: STYLE,
        send: SEND,
    };
    page(StatusCode::OK, &template)
}

/// The value of a request's cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

/// Gives the browser a cookie; `life` of zero takes it away.
pub(super) fn set_cookie(
    response: &mut Response,
    (name, value): (&str, &str),
    (path, same_site): (&str, &str),
    life: Duration,
) {
    let age = life.as_secs();
    let cookie = format!(
        "{name}={value}; Path={path}; Max-Age={age}; Secure; HttpOnly; SameSite={same_site}"
    );
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A page that only says something.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title>
<style>{{ style|safe }}</style></head><body><main><h1>{{ title }}</h1><p>{{ text }}</p>
{% if let Some((address, name)) = link %}<p><a class="button" href="{{ address }}">{{ name }}</a></p>{% endif %}</main></body></html>"#
)]
struct NoticePage<'a> {
    title: &'a str,
    text: &'a str,
    link: Option<(&'a str, &'a str)>,
    style: &'a str,
}

/// A page with a title, a sentence, and perhaps a link (address and words).
pub(super) fn notice(
    status: StatusCode,
    title: &str,
    text: &str,
    link: Option<(&str, &str)>,
) -> Response {
    let template = NoticePage {
        title,
        text,
        link,
        style: STYLE,
    };
    page(status, &template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::encoding::base64;
    use crate::crypto::sha256;

    #[test]
    fn the_policy_allows_the_one_script_by_its_hash() {
        let hash = base64(&sha256(SEND.as_bytes()));
        assert!(POLICY.contains(&format!("'sha256-{hash}'")), "{hash}");
    }
}
