//! `/desk`: the pages that operators work with.
//!
//! In: requests of people whose session is at the highest level and who are on the list of operators: every handler takes
//! [`guard::AtDesk`], which is only there for them. Everybody else is sent to log in, or refused. Out: pages that are complete
//! without JavaScript. Whatever changes something or shows a person's data is a form that was posted from a page of the
//! desk, with a reason; no fiscal code is ever part of an address.

mod again;
mod call;
mod case;
mod contacts;
mod conversion;
mod convert;
mod guard;
mod home;
mod issue;
mod paper;
mod person;
mod queues;
mod recognise;
mod restore;
mod revoke;

use axum::Router;
use axum::routing::{get, post};

use super::state::Gateway;

use crate::desk::CaseId;
pub(super) use queues::Line;

/// Where operators begin.
pub(super) const HOME: &str = "/desk";

/// The page of an open case.
fn case_address(case: &CaseId) -> String {
    format!("/desk/case/{}", case.as_str())
}

/// The addresses of the desk.
pub(super) fn router() -> Router<Gateway> {
    Router::new()
        .route(HOME, get(home::show))
        .route("/desk/search", post(home::search))
        .route("/desk/calls", get(queues::calls))
        .route("/desk/calls/take", post(queues::take_call))
        .route("/desk/conversions", get(queues::conversions))
        .route("/desk/conversions/take", post(queues::take_conversion))
        .route("/desk/case/{id}", get(case::show))
        .route("/desk/case/{id}/call", get(call::show).post(call::decide))
        .route(
            "/desk/case/{id}/conversion",
            get(conversion::show).post(conversion::decide),
        )
        .route(
            "/desk/case/{id}/conversion/page/{number}",
            get(conversion::picture),
        )
        .route(
            "/desk/case/{id}/issue",
            get(issue::ask_at_office).post(issue::issue_at_office),
        )
        .route(
            "/desk/case/{id}/register",
            get(issue::ask_by_telephone).post(issue::register),
        )
        .route(
            "/desk/case/{id}/convert",
            get(convert::show).post(convert::convert),
        )
        .route(
            "/desk/case/{id}/recognise",
            get(recognise::show).post(recognise::recognise),
        )
        .route(
            "/desk/case/{id}/restore",
            get(restore::show).post(restore::restore),
        )
        .route("/desk/case/{id}/again", get(again::show).post(again::send))
        .route(
            "/desk/case/{id}/contacts",
            get(contacts::show).post(contacts::change),
        )
        .route(
            "/desk/case/{id}/revoke",
            get(revoke::show).post(revoke::revoke),
        )
}
