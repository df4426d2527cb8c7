//! A form that goes on by itself to another site: how SAML's POST binding sends a message.

use axum::response::Response;
use http::StatusCode;
use url::Url;

use super::{Layout, PagePolicy, html};
use crate::http::language::Language;
use crate::http::visit::Visit;

/// A page whose form posts `fields` to `action` at once, by a script of one line under a nonce; without JavaScript a
/// button does (SAML 2.0 bindings, 3.5.4).
#[must_use]
pub fn auto_post<N: AsRef<str>>(visit: &Visit, action: &str, fields: &[(N, String)]) -> Response {
    let nonce = visit.gateway.random().token();
    let target = Url::parse(action).ok();
    let host = target.as_ref().and_then(Url::host_str).unwrap_or_default();
    let template = PostPage {
        layout: Layout::new(visit, visit.language.say("post-title")),
        action,
        host,
        fields: fields
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_str()))
            .collect(),
        nonce: &nonce,
    };
    // Browsers apply `form-action` to the redirects after a post as well, and providers do redirect between their own
    // hosts: any https target is allowed here, on a page where the only form is ours.
    let mut form_targets = vec!["https:".to_owned()];
    form_targets.extend(
        target
            .as_ref()
            .map(|url| url.origin().ascii_serialization()),
    );
    let policy = PagePolicy {
        script_nonce: Some(nonce.clone()),
        form_targets,
    };
    html(StatusCode::OK, &template, policy)
}

#[derive(askama::Template)]
#[template(path = "post.html")]
struct PostPage<'a> {
    layout: Layout<'a>,
    action: &'a str,
    host: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    nonce: &'a str,
}

impl PostPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
