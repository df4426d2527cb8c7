//! How often one client may start a login. Each start costs an RSA signature and a line of the audit log, and strangers
//! can ask for it; of a login with a card, the latter.

use std::net::IpAddr;
use std::time::Duration;

use http::StatusCode;

use crate::http::pages::Refusal;
use crate::http::shares::network;
use crate::http::visit::Visit;
use crate::store::Admission;

/// Lets a client start one more login.
///
/// # Errors
/// "Too many logins", with the time to wait, when its address had its share; "unavailable" when the store fails.
pub(super) async fn admit(visit: &Visit) -> Result<(), Refusal> {
    let gateway = &visit.gateway;
    // What comes from this machine comes from a proxy, or from whoever runs it.
    let elsewhere = |client: &IpAddr| !client.to_canonical().is_loopback();
    let client = visit.client.map(|client| client.0).filter(elsewhere);
    let (Some(limit), Some(client)) = (gateway.login_starts(), client) else {
        return Ok(());
    };
    let name = network(client).to_string();
    match limit.admit(&name, gateway.now()).await? {
        Admission::Admitted => Ok(()),
        Admission::Wait(wait) => Err(too_many(wait)),
    }
}

/// The refusal of who began too many logins: not before this has passed.
pub(super) fn too_many(wait: Duration) -> Refusal {
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too-many-logins");
    refusal.retry_after(wait.as_secs().saturating_add(1))
}
