//! One operation of a service: whether it is open to who asks, and why.

use axum::response::Response;
use http::StatusCode;

use super::explanation::methods_in_words;
use super::{Explained, Layout, PagePolicy, html};
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::policy::{Decision, Operation, ServiceId};

/// The page of an operation of a service, as it was decided for whoever visits.
#[must_use]
pub fn service(
    visit: &Visit,
    id: &ServiceId,
    operation: Operation,
    decision: &Decision,
) -> Response {
    let texts = visit.language;
    let explained = Explained::new(visit, id, operation, decision);
    let (answer, way_on) = match decision {
        Decision::Permit { .. } => (texts.say("decision-permit"), None),
        Decision::Provisional { .. } => (texts.say("decision-provisional"), None),
        Decision::StepUp { to, methods, .. } => {
            let level = &to.0.digit().to_string();
            let methods = &methods_in_words(*methods, texts);
            let answer = texts.say_all(
                "decision-step-up",
                &[("level", level), ("methods", methods)],
            );
            let way_on = format!("/login?service={id}&operation={operation}");
            (answer, Some(way_on))
        }
        Decision::Deny { .. } => (texts.say("decision-deny"), None),
    };
    let page = ServicePage {
        layout: Layout::new(visit, explained.service.clone()),
        answer,
        way_on,
        explained,
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "service.html")]
struct ServicePage<'a> {
    layout: Layout<'a>,
    /// What was decided.
    answer: String,
    /// Where the login begins that would open it.
    way_on: Option<String>,
    explained: Explained,
}

impl ServicePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
