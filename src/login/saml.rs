//! What every login by SAML goes through, whichever federation it belongs to: a request is kept in the shared store, bound
//! to the browser that made it and good for one answer; every answered request goes into the register with its answer,
//! accepted or not; an assertion counts once.
//!
//! In: requests that were sent, and what comes to an assertion consumer service. Out: what a federation judged, or a
//! refusal with its code. What an answer must say to be believed is each federation's own: no check is shared.

pub(super) mod check;
mod exchange;
mod pending;
mod refusal;

use std::sync::Arc;

use crate::audit::AuthenticationRegister;
use crate::crypto::Random;
use crate::store::ExpiringStore;

pub use refusal::{LoginRefusal, ProviderError, RefusalKind};

pub use exchange::AcsForm;
pub(super) use exchange::{Accepted, Exchange, Federation, Judged};
pub(super) use pending::{PENDING_LIFE, PendingRequest, request_id};

/// What SAML logins need from outside.
#[derive(Clone)]
pub struct SamlPorts {
    /// Where pending requests live, shared by all nodes.
    pub store: Arc<dyn ExpiringStore>,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
    /// Where requests and answers are kept for 24 months.
    pub register: Arc<dyn AuthenticationRegister>,
}
