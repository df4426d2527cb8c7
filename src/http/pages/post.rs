//! A form that goes on by itself to another site: how SAML's POST binding sends a message.

use askama::filters::MaybeSafe;
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
        fields: fields.into_iter().map(plain).collect(),
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
    fields: Vec<(&'a str, MaybeSafe<&'a str>)>,
    nonce: &'a str,
}

/// A field whose value is escaped if it holds anything to escape. Messages are long and base64: one look at the whole is
/// quicker than one at each character.
fn plain<'a>((name, value): (&'a str, &'a str)) -> (&'a str, MaybeSafe<&'a str>) {
    let is_plain = |byte: u8| !matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'');
    // Without stopping within a piece, the compiler looks at many bytes at once.
    let mut pieces = value.as_bytes().chunks(64);
    if pieces.all(|piece| {
        piece
            .iter()
            .fold(true, |plain, byte| plain & is_plain(*byte))
    }) {
        (name, MaybeSafe::Safe(value))
    } else {
        (name, MaybeSafe::NeedsEscaping(value))
    }
}

impl PostPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::http::state::tests::gateway;

    #[tokio::test]
    async fn a_value_that_is_markup_stays_a_value() {
        let gateway = gateway("https://login.example");
        let visit = Visit::new(gateway, Language::default(), None, None);
        let fields = [("a", "PD+/="), ("b", "\"><script>'&")];
        let fields = fields.map(|(name, value)| (name, value.to_owned()));
        let page = auto_post(&visit, "https://idp.example/sso", &fields);
        let page = page.into_body().collect().await.unwrap().to_bytes();
        let page = str::from_utf8(&page).unwrap();
        assert!(page.contains(r#"name="a" value="PD+/=""#));
        assert!(page.contains(r#"name="b" value="&#34;&#62;&#60;script&#62;&#39;&#38;""#));
    }
}
