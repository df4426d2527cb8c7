//! `/`: who am I, how did I prove it, in which profile do I act, what opens.

use axum::response::Response;

use super::flow::{CurrentSession, see_other};
use super::visit::Visit;
use super::{pages, profile};
use crate::archive::Capacity;
use crate::session::Actor;

/// `GET /`. Who has several profiles chooses one first; the archives may have taken back the one that was chosen.
pub(super) async fn show(visit: Visit, current: CurrentSession) -> Response {
    let Some(session) = current.session() else {
        return pages::welcome(&visit);
    };
    let standing = visit.gateway.standing(session).await.ok();
    let capacity = standing.as_ref().map_or(Capacity::Unavailable, |standing| {
        standing.capacity(session.profile())
    });
    if capacity == Capacity::Undecided {
        return see_other(&profile::address(None));
    }
    let actor = Actor {
        session,
        capacity: &capacity,
    };
    let several = standing.is_some_and(|standing| !standing.profiles().is_empty());
    pages::portal(&visit, actor, several)
}
