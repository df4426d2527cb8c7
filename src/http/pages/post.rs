//! A form that goes on by itself to another site: how SAML's POST binding sends a message.

use axum::response::Response;
use http::StatusCode;
use url::{Origin, Url};

use super::{Layout, PagePolicy, html};
use crate::http::language::Language;
use crate::http::visit::Visit;

/// A page whose form posts `fields` to `action` at once, by a script of one line under a nonce; without JavaScript a
/// button does (SAML 2.0 bindings, 3.5.4).
#[must_use]
pub fn auto_post<N: AsRef<str>>(visit: &Visit, action: &str, fields: &[(N, String)]) -> Response {
    let fields = fields
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_str()));
    page(visit, action, fields.collect(), &[])
}

/// A page whose form posts to `path` of this gateway what another site's page has posted. The second post comes from
/// here, so that the session cookie comes along, and what is posted never stands in an address. `onward` are the
/// addresses that the answer may lead to.
#[must_use]
pub fn post_again(
    visit: &Visit,
    path: &str,
    fields: Vec<(&str, &str)>,
    onward: &[&str],
) -> Response {
    let origin = visit.gateway.settings().origin();
    page(visit, &format!("{origin}{path}"), fields, onward)
}

fn page(visit: &Visit, action: &str, fields: Vec<(&str, &str)>, onward: &[&str]) -> Response {
    let nonce = visit.gateway.random().token();
    let target = Url::parse(action).ok();
    let host = target.as_ref().and_then(Url::host_str).unwrap_or_default();
    let template = PostPage {
        layout: Layout::new(visit, visit.language.say("post-title")),
        action,
        host,
        fields,
        nonce: &nonce,
    };
    // Browsers apply `form-action` to the redirects after a post as well, and providers do redirect between their own
    // hosts: any https target is allowed here, on a page where the only form is ours.
    let mut form_targets = vec!["https:".to_owned()];
    let onward = onward.iter().filter_map(|address| Url::parse(address).ok());
    for source in onward.chain(target.clone()).map(|url| source(&url)) {
        if !form_targets.contains(&source) {
            form_targets.push(source);
        }
    }
    let policy = PagePolicy {
        script_nonce: Some(nonce.clone()),
        form_targets,
    };
    html(StatusCode::OK, &template, policy)
}

/// What stands for an address in a policy: its origin, or its scheme where it has none, as an application's own has.
fn source(url: &Url) -> String {
    match url.origin() {
        origin @ Origin::Tuple(..) => origin.ascii_serialization(),
        Origin::Opaque(_) => format!("{}:", url.scheme()),
    }
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
