//! Logging out: the question and the answer.

use axum::response::Response;
use http::StatusCode;
use url::Url;

use super::{Action, Layout, PagePolicy, html};
use crate::http::cie;
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

/// What the question's form carries, and who has it asked.
pub struct LogoutQuestion<'a> {
    /// The token of the session's forms.
    pub token: &'a str,
    /// The application that began the logout, if one did.
    pub client: Option<&'a str>,
    /// What the application sent along.
    pub fields: &'a [(&'static str, String)],
    /// Where a yes leads: the application's registered address.
    pub then: Option<&'a str>,
}

/// The field that says where to log out: here, or at the providers too.
pub(in crate::http) const WHERE_FIELD: &str = "where";
/// Its value for a logout that leaves the providers' sessions alone.
pub(in crate::http) const HERE: &str = "here";

/// Asks a person whether to log out, and where: a provider that keeps a session may keep it (SPID technical rules, Single
/// Logout).
#[must_use]
pub fn ask_logout(visit: &Visit, session: &Session, question: &LogoutQuestion<'_>) -> Response {
    let providers = session.all_events().filter_map(|event| {
        let saml = event
            .saml
            .as_ref()
            .filter(|saml| saml.session_index.is_some())?;
        visit
            .gateway
            .way(&saml.identity_provider)
            .map(|way| way.name.as_str())
    });
    let mut at_providers: Vec<&str> = providers.collect();
    let ministry = visit.language.say("ministry-name");
    if cie::ministry_logout(&visit.gateway, session).is_some() {
        at_providers.push(&ministry);
    }
    at_providers.sort_unstable();
    at_providers.dedup();
    let page = AskPage {
        layout: Layout::new(visit, visit.language.say("logout-title")),
        name: session.person().display_name(),
        token_field: TOKEN_FIELD,
        question,
        where_field: WHERE_FIELD,
        at_providers: at_providers.join(", "),
    };
    let form_targets = logout_targets(visit, session, question.then);
    let policy = PagePolicy {
        form_targets,
        ..PagePolicy::default()
    };
    html(StatusCode::OK, &page, policy)
}

/// Where a form that logs out may lead. Browsers hold its redirects to `form-action` too: those to the providers, and to
/// the application after them.
pub(super) fn logout_targets(visit: &Visit, session: &Session, then: Option<&str>) -> Vec<String> {
    let providers = session
        .all_events()
        .filter_map(|event| visit.gateway.spid().providers().find(&event.provider))
        .filter_map(|provider| provider.metadata.as_ref())
        .flat_map(|metadata| &metadata.single_logout)
        .map(|endpoint| endpoint.location.as_str());
    let ministry = cie::ministry_logout(&visit.gateway, session);
    let mut targets = vec!["https:".to_owned()];
    for address in then.into_iter().chain(providers).chain(ministry) {
        let origin = Url::parse(address).map(|url| url.origin().ascii_serialization());
        targets.extend(origin.ok().filter(|origin| !targets.contains(origin)));
    }
    targets
}

#[derive(askama::Template)]
#[template(path = "logout.html")]
struct AskPage<'a> {
    layout: Layout<'a>,
    name: Option<String>,
    token_field: &'a str,
    question: &'a LogoutQuestion<'a>,
    where_field: &'a str,
    /// Names of the providers that keep a session of this person; empty when none does.
    at_providers: String,
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
        ways: vec![Action::new("action-start", "/")],
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

/// Tells a person whom an application expects back that the Ministry still keeps its session, and how to end it: its page
/// leads nowhere, so it cannot stand in between (CIE SAML manual, Logout).
#[must_use]
pub(in crate::http) fn ministry_left(visit: &Visit, ministry: &str, then: &str) -> Response {
    let page = LoggedOutPage {
        layout: Layout::new(visit, visit.language.say("logged-out-title")),
        text: visit.language.say("ministry-left"),
        is_partial: false,
        ways: vec![
            Action::new("action-go-on", then),
            Action::new("action-ministry-logout", ministry),
        ],
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "logged_out.html")]
struct LoggedOutPage<'a> {
    layout: Layout<'a>,
    text: String,
    is_partial: bool,
    /// The first is the one to take.
    ways: Vec<Action>,
}

impl LoggedOutPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
