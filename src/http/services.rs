//! `/services/ID/OPERATION`: whether a service is open to who asks, and why. The address is the one that applications name
//! the service by (RFC 8707).

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::flow::{Acting, CurrentSession, see_other};
use super::pages::{self, Refusal};
use super::profile;
use super::visit::Visit;
use crate::archive::Capacity;
use crate::policy::{Facts, Operation, ServiceId, decide};
use crate::session::Freshness;

/// `GET /services/{id}/{operation}`.
pub(super) async fn show(
    visit: Visit,
    current: CurrentSession,
    Path((id, operation)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let (catalogue, now) = (gateway.catalogue(), gateway.now());
    let unknown = || Refusal::new(StatusCode::NOT_FOUND, "denied-unknown");
    let id = ServiceId::parse(&id).map_err(|_| unknown())?;
    let operation = Operation::from_name(&operation).ok_or_else(unknown)?;
    let offers = catalogue
        .get(&id)
        .is_some_and(|service| service.rule(operation).is_some());
    if !offers {
        return Err(unknown());
    }
    let session = current.session();
    let logins = session
        .map(|session| session.logins(Freshness::default(), now))
        .unwrap_or_default();
    let acting = Acting::of(gateway, session).await;
    let facts = match acting.actor() {
        // Nothing can be told to somebody who has not chosen in which profile they ask.
        Some(actor) if *actor.capacity == Capacity::Undecided => {
            return Ok(see_other(&profile::address(None)));
        }
        Some(actor) => actor.facts(&logins),
        None => Facts::default(),
    };
    let decision = decide(&catalogue, &id, operation, &facts, now);
    Ok(pages::service(&visit, &id, operation, &decision))
}
