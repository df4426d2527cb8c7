//! Pages that are one form, and pages that say how it went.

use axum::response::Response;
use http::StatusCode;

use super::fields::Field;
use super::{Action, Layout, PagePolicy, html};
use crate::http::language::Language;
use crate::http::visit::Visit;

/// A page that is one form.
pub(in crate::http) struct FormPage {
    /// The key of its title.
    pub title: &'static str,
    /// Where the person is in several pages, in words.
    pub step: Option<String>,
    /// What it is for, in words.
    pub lead: Vec<String>,
    /// Other ways, before the form.
    pub links: Vec<Action>,
    /// Where it is posted.
    pub action: &'static str,
    /// What goes with it unseen.
    pub hidden: Vec<(&'static str, String)>,
    /// What there is to look over: a name and a value each.
    pub summary: Vec<(String, String)>,
    /// What there is to fill in.
    pub fields: Vec<Field>,
    /// What to know before pressing a button, in words.
    pub notes: Vec<String>,
    /// The buttons, the one to press first.
    pub buttons: Vec<Button>,
}

/// A button of a form.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Button {
    /// The key of its text.
    pub label: &'static str,
    /// The field that it sends.
    pub name: &'static str,
    /// And its value.
    pub value: &'static str,
}

impl FormPage {
    /// A form with a title, posted to an address.
    pub(in crate::http) fn new(title: &'static str, action: &'static str) -> Self {
        Self {
            title,
            step: None,
            lead: Vec::new(),
            links: Vec::new(),
            action,
            hidden: Vec::new(),
            summary: Vec::new(),
            fields: Vec::new(),
            notes: Vec::new(),
            buttons: Vec::new(),
        }
    }

    /// The page: 422 where something that was filled in is wrong.
    pub(in crate::http) fn show(self, visit: &Visit) -> Response {
        let status = if has_faults(&self.fields) {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        let page = FormTemplate {
            layout: Layout::new(visit, visit.language.say(self.title)),
            step: self.step,
            lead: self.lead,
            links: self.links,
            action: self.action,
            hidden: self.hidden,
            summary: self.summary,
            fields: self.fields,
            notes: self.notes,
            buttons: self.buttons,
        };
        html(status, &page, PagePolicy::default())
    }
}

#[derive(askama::Template)]
#[template(path = "form.html")]
struct FormTemplate<'a> {
    layout: Layout<'a>,
    step: Option<String>,
    lead: Vec<String>,
    links: Vec<Action>,
    action: &'static str,
    hidden: Vec<(&'static str, String)>,
    summary: Vec<(String, String)>,
    fields: Vec<Field>,
    notes: Vec<String>,
    buttons: Vec<Button>,
}

impl FormTemplate<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }

    fn has_faults(&self) -> bool {
        has_faults(&self.fields)
    }
}

fn has_faults(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.error.is_some())
}

/// A page that says how something went and what comes next.
#[must_use]
pub(in crate::http) fn notice(
    visit: &Visit,
    title: &str,
    paragraphs: Vec<String>,
    actions: Vec<Action>,
) -> Response {
    let page = NoticeTemplate {
        layout: Layout::new(visit, visit.language.say(title)),
        paragraphs,
        actions,
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "notice.html")]
struct NoticeTemplate<'a> {
    layout: Layout<'a>,
    paragraphs: Vec<String>,
    actions: Vec<Action>,
}

impl NoticeTemplate<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
