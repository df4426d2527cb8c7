//! `/`: who am I, how did I prove it, what opens.

use axum::response::Response;

use super::flow::CurrentSession;
use super::pages;
use super::visit::Visit;

/// `GET /`.
pub(super) async fn show(visit: Visit, current: CurrentSession) -> Response {
    match current.session() {
        Some(session) => pages::portal(&visit, session),
        None => pages::welcome(&visit),
    }
}
