//! A page that a proxy shows on an application's site: it stands alone, since our styles are on another host.

use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{PagePolicy, html};
use crate::http::language::Language;

#[derive(askama::Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="{{ texts.code() }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title></head>
<body><main><h1>{{ title }}</h1><p>{{ happened }}</p><p>{{ next }}</p>
{%- if let Some(href) = on %}<p><a href="{{ href }}">{{ texts.say("elsewhere-on") }}</a></p>{% endif %}</main></body></html>
"#
)]
struct ElsewherePage<'a> {
    texts: Language,
    title: String,
    happened: String,
    next: String,
    on: Option<&'a str>,
}

/// What a browser may do with such a page: nothing but show it.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

/// A page with the texts of `code`, and a link to where the person goes on.
pub(in crate::http) fn elsewhere(
    status: StatusCode,
    texts: Language,
    code: &str,
    on: Option<&str>,
) -> Response {
    let say = |part: &str| texts.say(&format!("{code}-{part}"));
    let page = ElsewherePage {
        texts,
        title: say("title"),
        happened: say("happened"),
        next: say("next"),
        on,
    };
    let mut response = html(status, &page, PagePolicy::default());
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
