//! The institute's PIN as people meet it: logging in with it (`/login/pin`), and its life from request to end (`/pin`).
//!
//! What was typed at a login goes to [`login::pin`](crate::login::pin), which tells whether it is right; whether the person may use a
//! PIN at all is asked of the archives and the catalogue afterwards, so that a stranger learns neither.
//!
//! The forms of a PIN's life come from people who are mostly not logged in, and become commands of [`pin`](crate::pin). What
//! is answered is the same whatever the institute knows of the person; [`PinCare`] holds what they share.

mod again;
mod asked;
mod care;
mod convert;
mod guided;
mod keeper;
mod login;
mod mine;
mod openly;
pub(super) mod request;
mod restore;
mod revoke;
mod typed;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use http::StatusCode;
use tokio::time::Instant;

use super::pages::{self, Refusal};
use super::shares::Shares;
use super::state::Gateway;
use super::visit::Visit;
use crate::audit::{AuditEvent, PinActor};
use crate::identity::{AuthenticationMethod, Categories, FiscalCode, PersonKey, Timestamp};
use crate::login::pin::{PinFailure, PinLogins};
use crate::pin::{Context, PinRules, WriteError};
use crate::policy::Catalogue;

pub(super) use again::What;
pub(super) use care::care;
pub use care::{PinCare, PinCareSettings};
pub(super) use convert::{UPLOAD, broken, pdf};
pub(super) use guided::go_on;
pub use keeper::bring_pins_up_to_date;
pub(super) use login::{ask, enter};
pub(super) use openly::change;
pub(super) use typed::Typed;

/// The addresses of a PIN's life.
pub(super) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/pin", get(mine::show).post(mine::act))
        .route("/pin/request", get(request::ask).post(request::answer))
        .route("/pin/request/done", get(request::done))
        .route("/pin/again", get(again::ask).post(again::answer))
        .route("/pin/again/sent", get(again::sent))
        .route("/pin/restore", get(restore::ask).post(restore::answer))
        .route("/pin/restore/sent", get(restore::sent))
        .route("/pin/restore/link/{link}", get(restore::follow))
        .route("/pin/restore/followed", post(restore::restore))
        .route("/pin/revoke", get(revoke::ask).post(revoke::answer))
        .route("/pin/convert", get(convert::show).post(convert::begin))
        .route(UPLOAD, get(convert::form).post(convert::submit))
}

const PIN: AuthenticationMethod = AuthenticationMethod::Pin;

/// How many PINs from one client address are looked at at once: one that sends many takes no more than its part of the
/// queue.
const MOST_FROM_ONE: usize = 4;

/// Everything that a login with a PIN takes.
pub struct PinWay {
    logins: Arc<PinLogins>,
    shares: Shares,
    beat: Duration,
}

impl PinWay {
    /// Logins with a PIN. What was wrong is answered at a beat: at the end of a span of `beat`, or of several, since the
    /// request came. It has to be longer than a hash takes.
    #[must_use]
    pub fn new(logins: Arc<PinLogins>, beat: Duration) -> Self {
        Self {
            logins,
            shares: Shares::of(MOST_FROM_ONE),
            beat,
        }
    }

    /// What tells right PINs.
    #[must_use]
    pub fn logins(&self) -> &PinLogins {
        &self.logins
    }

    /// Whether anybody may log in with a PIN.
    #[must_use]
    pub fn is_open(&self, catalogue: &Catalogue, now: Timestamp) -> bool {
        catalogue.open_to(Categories::ALL, now).contains(PIN)
    }

    /// Waits for the next beat, so that the time of an answer does not tell what came before it.
    async fn next_beat(&self, since: Instant) {
        next_beat(self.beat, since).await;
    }
}

/// Waits for the end of the span of `beat`, counted from `since`, that is under way.
async fn next_beat(beat: Duration, since: Instant) {
    let beats = since.elapsed().as_nanos() / beat.as_nanos().max(1) + 1;
    let beats = u32::try_from(beats).unwrap_or(u32::MAX);
    tokio::time::sleep_until(since + beat.saturating_mul(beats)).await;
}

fn way(gateway: &Gateway) -> Result<&PinWay, Refusal> {
    let absent = || Refusal::new(StatusCode::NOT_FOUND, "not-found");
    gateway.pin().ok_or_else(absent)
}

/// Who acts on these pages.
static HOLDER: PinActor = PinActor::Holder;

/// What commands are told of a visit to these pages.
pub(super) fn context<'a>(visit: &'a Visit, rules: &'a PinRules) -> Context<'a> {
    Context {
        now: visit.gateway.now(),
        random: visit.gateway.random(),
        rules,
        by: &HOLDER,
        reference: Some(visit.reference.as_str()),
        client_address: visit.client.map(|client| client.0),
    }
}

/// The page for what is not the person's fault.
fn unavailable(failure: &PinFailure) -> Refusal {
    if matches!(failure, PinFailure::Busy) {
        return pages::pin_busy(None);
    }
    tracing::error!(%failure, "pin-not-looked-at");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").because("pin")
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Store(error) => error.into(),
            _ => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy").because("pin-conflicts"),
        }
    }
}

fn gone() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "flow-gone")
}

/// A PIN that logged nobody in, for the audit log.
fn refused(person: &FiscalCode, code: &'static str) -> AuditEvent {
    AuditEvent::LoginRefused {
        method: PIN,
        provider: None,
        code: code.to_owned(),
        anomaly: None,
        evidence: None,
        certificate: None,
        person: Some(PersonKey::FiscalCode(person.clone())),
    }
}
