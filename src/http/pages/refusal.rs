//! What a person sees when something cannot be done.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::{Explained, Layout, PagePolicy, empty, html};
use crate::http::flow::choose_address;
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::session::FlowId;

/// Why a request is not served. As a response it becomes a page that says what happened, what to do next, and a
/// reference for support, in the person's language; the log gets the code and the reference, and nothing else.
///
/// Each code has three texts: `CODE-title`, `CODE-happened` and `CODE-next`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    reason: Option<Cow<'static, str>>,
    arguments: Vec<(&'static str, String)>,
    actions: Vec<Action>,
    explained: Option<Box<Explained>>,
    is_our_fault: bool,
    retry_after: Option<u64>,
}

/// A way on from a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The key of the text on the button.
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
}

impl Action {
    /// A button with the text of `label` that leads to `href`.
    #[must_use]
    pub fn new(label: &'static str, href: impl Into<String>) -> Self {
        Self {
            label,
            href: href.into(),
        }
    }

    /// To all ways in: of a flow, or for the portal.
    #[must_use]
    pub fn log_in_again(flow: Option<&FlowId>) -> Self {
        Self::new("action-login-again", choose_address(flow))
    }
}

impl Refusal {
    /// A refusal with the texts of `code`.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            status,
            code,
            reason: None,
            arguments: Vec::new(),
            actions: Vec::new(),
            explained: None,
            is_our_fault: status.is_server_error(),
            retry_after: None,
        }
    }

    /// The seconds after which it is worth asking again (`Retry-After`).
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Marks a refusal that operators must hear of, whatever its status.
    #[must_use]
    pub fn alarming(mut self) -> Self {
        self.is_our_fault = true;
        self
    }

    /// Whether we are to blame, and not whoever asked.
    #[must_use]
    pub fn is_our_fault(&self) -> bool {
        self.is_our_fault
    }

    /// The exact reason for the log, where one page serves several: a word of a closed set, never anything that was sent.
    #[must_use]
    pub fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// A value for the texts.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    /// A way on; the first is the one to take. Without any, the page leads to the start.
    #[must_use]
    pub fn offering(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// The decision that it comes from.
    #[must_use]
    pub fn explained(mut self, explained: Explained) -> Self {
        self.explained = Some(Box::new(explained));
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What the log calls it.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or(self.code)
    }

    /// The page.
    pub(in crate::http) fn page(&self, visit: &Visit) -> Response {
        let visit = &visit.refused();
        let texts = visit.language;
        let mut arguments: Vec<(&str, &str)> = vec![("organization", organization(visit))];
        arguments.extend(
            self.arguments
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        let text = |part: &str| texts.say_all(&format!("{}-{part}", self.code), &arguments);
        let actions = if self.actions.is_empty() {
            vec![Action::new("action-start", "/")]
        } else {
            self.actions.clone()
        };
        let template = RefusalPage {
            layout: Layout::new(visit, text("title")),
            happened: text("happened"),
            next: text("next"),
            reference: visit.reference.as_str(),
            actions,
            explained: self.explained.as_deref(),
        };
        html(self.status, &template, PagePolicy::default())
    }
}

fn organization(visit: &Visit) -> &str {
    &visit.gateway.settings().organization().name
}

impl IntoResponse for Refusal {
    /// An empty answer that carries the refusal; the middleware renders it, since it knows the language.
    fn into_response(self) -> Response {
        let mut response = empty(self.status);
        if let Some(seconds) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(askama::Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    layout: Layout<'a>,
    happened: String,
    next: String,
    reference: &'a str,
    actions: Vec<Action>,
    explained: Option<&'a Explained>,
}

impl RefusalPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
