//! The sessions of a person: where they are logged in, since when, and the buttons that end it.

use axum::response::Response;
use http::StatusCode;

use super::logout::logout_targets;
use super::proof::Proof;
use super::rome::in_words;
use super::{Layout, PagePolicy, html};
use crate::http::form::{TOKEN_FIELD, token};
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::session::{Device, Session, SessionId, System, WebBrowser};

/// The field that says which session to end: a session's handle, `others` or `all`.
pub(in crate::http) const END_FIELD: &str = "end";

/// How many sessions were just ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended(pub usize);

/// The page of a person's sessions, opened from the one that `here` names.
#[must_use]
pub fn sessions(
    visit: &Visit,
    here: &SessionId,
    sessions: &[Session],
    ended: Option<Ended>,
) -> Response {
    let texts = visit.language;
    let is_here = |session: &&Session| session.handle() == here.handle();
    // The one that the person looks from comes first.
    let this = sessions.iter().filter(is_here);
    let others = sessions.iter().filter(|session| !is_here(session));
    let page = SessionsPage {
        layout: Layout::new(visit, texts.say("sessions-title")),
        ended: ended.map(|Ended(count)| match count {
            0 => texts.say("sessions-ended-none"),
            1 => texts.say("sessions-ended-one"),
            many => texts.say_with("sessions-ended-many", "count", &many.to_string()),
        }),
        token_field: TOKEN_FIELD,
        token: token(here),
        end_field: END_FIELD,
        has_others: others.clone().next().is_some(),
        rows: this
            .clone()
            .chain(others)
            .map(|session| Row::new(visit, session, is_here(&session)))
            .collect(),
    };
    let policy = PagePolicy {
        form_targets: this
            .flat_map(|session| logout_targets(visit, session, None))
            .collect(),
        ..PagePolicy::default()
    };
    html(StatusCode::OK, &page, policy)
}

#[derive(askama::Template)]
#[template(path = "sessions.html")]
struct SessionsPage<'a> {
    layout: Layout<'a>,
    /// What was just done.
    ended: Option<String>,
    token_field: &'a str,
    token: String,
    end_field: &'a str,
    has_others: bool,
    rows: Vec<Row>,
}

impl SessionsPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// One session.
struct Row {
    handle: String,
    is_here: bool,
    device: String,
    place: String,
    started: String,
    last_seen: String,
    proofs: Vec<Proof>,
}

impl Row {
    fn new(visit: &Visit, session: &Session, is_here: bool) -> Self {
        let (texts, origin) = (visit.language, session.origin());
        let network = origin.network.as_ref();
        Self {
            handle: session.handle().to_string(),
            is_here,
            device: in_short(origin.device, texts),
            place: network.map_or_else(
                || texts.say("sessions-place-unknown"),
                |network| texts.say_with("sessions-network", "network", &network.to_string()),
            ),
            started: in_words(session.started(), texts),
            last_seen: in_words(session.last_seen(), texts),
            proofs: Proof::all(visit, session),
        }
    }
}

/// A device in a few words: `Firefox, Linux`.
fn in_short(device: Device, texts: Language) -> String {
    let names = [
        device.browser.map(WebBrowser::name),
        device.system.map(System::name),
    ];
    let known: Vec<&str> = names.into_iter().flatten().collect();
    if known.is_empty() {
        texts.say("sessions-device-unknown")
    } else {
        known.join(", ")
    }
}
