//! The pages of the desk: what they share, and one file a page.

mod case;
mod form;
mod home;
mod queue;
mod rows;
mod task;
mod words;

use http::StatusCode;

use crate::desk::OnDuty;
use crate::http::language::Language;
use crate::http::pages::Fault;
use crate::http::visit::Visit;

pub(in crate::http) use case::{Open, case};
pub(in crate::http) use form::{Form, NO_REASON, PRINT, REASON, THEN};
pub(in crate::http) use home::{FISCAL_CODE, Search, home};
pub(in crate::http) use queue::{PERSON_FIELD, Waiting, queue};
pub(in crate::http) use rows::{Row, contact_rows, day, details_rows};
pub(in crate::http) use task::{Picture, TaskPage};
pub(in crate::http) use words::{document_key, exception_key, hours_key, name_of, why_not};

/// An operator's request, as pages see it.
#[derive(Clone, Copy)]
pub(in crate::http) struct AtWork<'a> {
    /// The request.
    pub(in crate::http) visit: &'a Visit,
    /// The operator.
    pub(in crate::http) on_duty: &'a OnDuty,
}

/// What stands in the head of every page of the desk: who is at work.
pub(in crate::http) struct Operator {
    name: String,
    role: String,
}

impl Operator {
    fn new(on_duty: &OnDuty, texts: Language) -> Self {
        let operator = on_duty.operator();
        Self {
            name: operator.name().to_owned(),
            role: texts.say(words::role_key(operator.role())),
        }
    }
}

/// The status of a page with a form: of one that comes back for what is wrong in it, or of a new one.
fn status(faults: &[Fault]) -> StatusCode {
    if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}
