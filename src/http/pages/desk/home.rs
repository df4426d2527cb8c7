//! Where operators begin: the search, and the queues.

use axum::response::Response;

use super::form::{Form, NOT_KEPT};
use super::{AtWork, Operator, status};
use crate::http::desk::Line;
use crate::http::language::Language;
use crate::http::pages::{Asks, Fault, Field, How};
use crate::http::pages::{Layout, PagePolicy, html};

/// The field of the fiscal code to look for.
pub(in crate::http) static FISCAL_CODE: Asks = Asks {
    name: "fiscal_code",
    label: "desk-field-fiscal-code",
    hint: None,
    how: How::Line(16),
    autocomplete: NOT_KEPT,
    required: true,
};

/// What was typed into the search, and what is wrong with it.
#[derive(Default)]
pub(in crate::http) struct Search<'a> {
    /// The fiscal code.
    pub(in crate::http) fiscal_code: &'a str,
    /// Why the operator looks.
    pub(in crate::http) reason: &'a str,
    /// What is wrong.
    pub(in crate::http) faults: Vec<Fault>,
}

/// A queue of this operator, and how many wait in it.
struct Entry {
    title: String,
    address: &'static str,
    waiting: u64,
}

/// The page.
#[must_use]
pub(in crate::http) fn home(
    at: AtWork<'_>,
    token: String,
    search: &Search<'_>,
    queues: &[(&'static Line, u64)],
) -> Response {
    let texts = at.visit.language;
    let fiscal_code = Field::new(&FISCAL_CODE, search.fiscal_code, &search.faults, texts);
    let page = HomePage {
        layout: Layout::new(at.visit, texts.say("desk-title")),
        operator: Operator::new(at.on_duty, texts),
        queues: queues
            .iter()
            .map(|(line, waiting)| Entry {
                title: texts.say(line.title),
                address: line.address,
                waiting: *waiting,
            })
            .collect(),
        search: Form::new("/desk/search", token, texts)
            .with([fiscal_code])
            .reason(search.reason, &search.faults)
            .button("desk-search-button"),
    };
    html(status(&search.faults), &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "desk/home.html")]
struct HomePage<'a> {
    layout: Layout<'a>,
    operator: Operator,
    queues: Vec<Entry>,
    search: Form,
}

impl HomePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
