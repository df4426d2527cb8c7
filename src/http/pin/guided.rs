//! `/login/pin/new`: the guided procedures that give a new PIN, at the first access and once a PIN has expired.
//!
//! The new PIN is shown once, in the answer to what the person typed, and counts once they have typed it: a page that got lost
//! on the way leaves the old one as it was.

use axum::body::Bytes;
use axum::response::Response;
use http::HeaderMap;

use super::login::logged_in;
use super::{context, gone, unavailable, way};
use crate::http::flow::Browser;
use crate::http::form;
use crate::http::oidc::{read, unusable};
use crate::http::pages::{self, Refusal};
use crate::http::visit::Visit;
use crate::login::pin::{Offered, Procedure, StepId, Typed};
use crate::session::LoginFlow;

/// Begins a procedure for somebody whose PIN was right: with the new PIN, or after an expiry with what is better than one.
pub(super) async fn begin(
    visit: &Visit,
    browser: &Browser,
    flow: &LoginFlow,
    (procedure, step): (Procedure, StepId),
) -> Result<Response, Refusal> {
    match procedure {
        Procedure::FirstAccess => offer(visit, browser, &step, false).await,
        Procedure::Renewal => Ok(pages::pin_expired(visit, step.as_str(), flow)),
    }
}

/// Shows a new PIN.
async fn offer(
    visit: &Visit,
    browser: &Browser,
    step: &StepId,
    again: bool,
) -> Result<Response, Refusal> {
    let logins = way(&visit.gateway)?.logins();
    let offered = logins.offer(step, &browser.digest()).await;
    match offered.map_err(|failure| unavailable(&failure))? {
        Some(Offered { procedure, pin }) => {
            let what = (procedure, step.as_str());
            Ok(pages::new_pin(visit, what, pin.expose(), again))
        }
        None => Err(gone()),
    }
}

/// `POST /login/pin/new`: the wish for the new PIN, or the new PIN as the person kept it.
pub(in crate::http) async fn go_on(
    visit: Visit,
    browser: Browser,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let way = way(gateway)?;
    form::check_origin(gateway, &headers)?;
    let form = read(&body)?;
    let field = |name| form.one(name).map_err(|error| unusable(&error));
    let step = field(pages::PROCEDURE_FIELD)?.and_then(StepId::parse);
    let step = step.ok_or_else(gone)?;
    let Some(typed) = field(pages::PIN_FIELD)? else {
        return offer(&visit, &browser, &step, false).await;
    };
    let digest = browser.digest();
    let context = context(&visit, way.logins().rules());
    let put = way.logins().put_in_force((&step, &digest), typed, &context);
    match put.await.map_err(|failure| unavailable(&failure))? {
        Typed::In(flow, proof) => logged_in(&visit, &browser, &flow, *proof).await,
        Typed::Other => offer(&visit, &browser, &step, true).await,
        Typed::Gone => Err(gone()),
    }
}
