//! Logging out: the question and the answer.

use axum::response::Response;
use http::StatusCode;

use super::{Layout, PagePolicy, html};
use crate::http::form::TOKEN_FIELD;
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::session::Session;

/// What became of a logout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutOutcome {
    /// Every session that was to end has ended.
    Complete,
    /// Ended here, but the provider or another service could not end theirs (SPID technical rules, PartialLogout).
    Partial,
}

/// Asks a person whether to log out.
#[must_use]
pub fn ask_logout(visit: &Visit, session: &Session, token: &str) -> Response {
    let page = AskPage {
        layout: Layout::new(visit, visit.language.say("logout-title")),
        name: session.person().display_name(),
        token_field: TOKEN_FIELD,
        token,
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "logout.html")]
struct AskPage<'a> {
    layout: Layout<'a>,
    name: Option<String>,
    token_field: &'a str,
    token: &'a str,
}

impl AskPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// Tells a person that they are logged out, and of what is left if something is.
#[must_use]
pub fn logged_out(visit: &Visit, outcome: LogoutOutcome) -> Response {
    let (title, text) = match outcome {
        LogoutOutcome::Complete => ("logged-out-title", "logged-out-text"),
        LogoutOutcome::Partial => ("partly-logged-out-title", "partly-logged-out-text"),
    };
    let page = LoggedOutPage {
        layout: Layout::new(visit, visit.language.say(title)),
        text: visit.language.say(text),
        is_partial: outcome == LogoutOutcome::Partial,
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "logged_out.html")]
struct LoggedOutPage<'a> {
    layout: Layout<'a>,
    text: String,
    is_partial: bool,
}

impl LoggedOutPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
