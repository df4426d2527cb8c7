//! A page on which one thing is done: what there is to look at, and the forms.

use axum::response::Response;
use http::StatusCode;

use super::form::Form;
use super::rows::Row;
use super::{AtWork, Operator};
use crate::http::language::Language;
use crate::http::pages::{Action, Layout, PagePolicy, html};
use crate::identity::FiscalCode;

/// A page on which one thing is done in a case.
pub(in crate::http) struct TaskPage<'a> {
    /// Who does it.
    pub(in crate::http) at: AtWork<'a>,
    /// The key of the title.
    pub(in crate::http) title: &'static str,
    /// Whom it is about.
    pub(in crate::http) person: &'a FiscalCode,
    /// The address of their case.
    pub(in crate::http) back: String,
    /// What to know before, in words.
    pub(in crate::http) lead: Vec<String>,
    /// What to look at: lines, then pictures with what they show.
    pub(in crate::http) rows: Vec<Row>,
    /// Addresses of pictures.
    pub(in crate::http) pictures: Vec<Picture>,
    /// What there is to fill in or to press.
    pub(in crate::http) forms: Vec<Form>,
}

/// A picture to look at.
pub(in crate::http) struct Picture {
    /// Where it is.
    pub(in crate::http) address: String,
    /// What it is, in words.
    pub(in crate::http) text: String,
}

impl TaskPage<'_> {
    /// The page: 422 where something that was filled in is wrong.
    pub(in crate::http) fn show(self) -> Response {
        let texts = self.at.visit.language;
        let has_faults = self.forms.iter().any(Form::has_faults);
        let page = TaskTemplate {
            layout: Layout::new(self.at.visit, texts.say(self.title)),
            operator: Operator::new(self.at.on_duty, texts),
            fiscal_code: self.person.expose(),
            lead: self.lead,
            rows: self.rows,
            pictures: self.pictures,
            forms: self.forms,
            back: Action::new("desk-case-back", self.back),
        };
        let status = if has_faults {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        html(status, &page, PagePolicy::default())
    }
}

#[derive(askama::Template)]
#[template(path = "desk/task.html")]
struct TaskTemplate<'a> {
    layout: Layout<'a>,
    operator: Operator,
    fiscal_code: &'a str,
    lead: Vec<String>,
    rows: Vec<Row>,
    pictures: Vec<Picture>,
    forms: Vec<Form>,
    back: Action,
}

impl TaskTemplate<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
