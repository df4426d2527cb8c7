//! Security headers, on every response.

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

use crate::http::pages::PagePolicy;
use crate::http::state::Gateway;

/// Headers that are the same on every response.
const FIXED: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Other sites learn nothing. Within the gateway the referrer stays: with `no-referrer` browsers would hide the
    // `Origin` of our own forms as well, and older ones have nothing else to tell them from a stranger's.
    (header::REFERRER_POLICY, "same-origin"),
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("x-permitted-cross-domain-policies"),
        "none",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Two years, as browsers' preload lists ask at least one.
const STRICT_TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// Sets the security headers. A response without `Cache-Control` is not to be stored: pages are personal.
pub(super) fn secure(gateway: &Gateway, mut response: Response) -> Response {
    let policy = response.extensions_mut().remove::<PagePolicy>();
    let policy = content_security_policy(&policy.unwrap_or_default());
    let headers = response.headers_mut();
    headers.reserve(FIXED.len() + 3);
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if gateway.settings().is_https() {
        let strict = HeaderValue::from_static(STRICT_TRANSPORT);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, strict);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Nothing but our own styles, fonts and images; the design system embeds some icons as `data:` images and one font.
fn content_security_policy(page: &PagePolicy) -> HeaderValue {
    const BASE: &str = "default-src 'none'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; \
                        base-uri 'none'; frame-ancestors 'none'";
    let mut policy = format!("{BASE}; form-action 'self'");
    for target in &page.form_targets {
        policy.push(' ');
        policy.push_str(target);
    }
    if let Some(nonce) = &page.script_nonce {
        policy.push_str("; script-src 'nonce-");
        policy.push_str(nonce);
        policy.push('\'');
    }
    // A target that is no header text is none of ours: the page then may not post anywhere else.
    let strictest = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    HeaderValue::try_from(policy).unwrap_or(strictest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_runs_no_script_and_posts_nowhere_else_unless_it_says_so() {
        let policy = content_security_policy(&PagePolicy::default());
        assert_eq!(
            policy,
            "default-src 'none'; style-src 'self'; font-src 'self' data:; img-src 'self' data:; \
             base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
        );
    }

    #[test]
    fn a_posting_page_names_its_target_and_its_one_script() {
        let policy = content_security_policy(&PagePolicy {
            script_nonce: Some("abc".to_owned()),
            form_targets: vec!["https://idp.example".to_owned()],
        });
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("form-action 'self' https://idp.example;"));
        assert!(policy.ends_with("script-src 'nonce-abc'"));
    }
}
