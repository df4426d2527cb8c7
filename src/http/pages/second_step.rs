//! The page that asks for the code of a second step.

use axum::response::Response;
use http::StatusCode;

use super::{Layout, PagePolicy, html};
use crate::http::flow::choose_address;
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::login::cns::second_step::{Again, Pending};

/// The field that names the step.
pub(in crate::http) const STEP_FIELD: &str = "step";
/// The field of the code.
pub(in crate::http) const CODE_FIELD: &str = "code";
/// The button for another code.
pub(in crate::http) const AGAIN_FIELD: &str = "again";

/// Where the code of a step is asked for.
pub(in crate::http) fn code_address(step: &str) -> String {
    format!("/login/cns/code?step={step}")
}

/// The page; `left` are the tries that are left after a wrong code.
#[must_use]
pub(in crate::http) fn code(
    visit: &Visit,
    step: &str,
    pending: &Pending,
    left: Option<u8>,
) -> Response {
    let texts = visit.language;
    let page = CodePage {
        layout: Layout::new(visit, texts.say("second-step-title")),
        lead: texts.say_with("second-step-sent", "ending", &pending.ending),
        wrong: left.map(|left| texts.say_with("second-step-wrong", "left", &left.to_string())),
        can_ask: pending.again == Again::Now,
        later: match pending.again {
            Again::In(wait) => {
                let begun = u64::from(wait.subsec_nanos() > 0);
                let seconds = wait.as_secs().saturating_add(begun).to_string();
                Some(texts.say_with("second-step-later", "seconds", &seconds))
            }
            Again::Now | Again::Never => None,
        },
        here: code_address(step),
        other: choose_address(Some(&pending.flow)),
        step,
    };
    let status = match left {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    html(status, &page, PagePolicy::of_login(visit))
}

#[derive(askama::Template)]
#[template(path = "second_step.html")]
struct CodePage<'a> {
    layout: Layout<'a>,
    lead: String,
    /// What to say of a wrong code.
    wrong: Option<String>,
    /// Whether another code may be asked for.
    can_ask: bool,
    /// When one may be, if not yet.
    later: Option<String>,
    here: String,
    other: String,
    step: &'a str,
}

impl CodePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
