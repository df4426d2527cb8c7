//! How named checks are kept and run. Which there are, and the clause that each holds, is each federation's own.

use super::{LoginRefusal, PendingRequest, ProviderError};
use crate::identity::Timestamp;
use crate::protocol::saml::assertion::Assertion;
use crate::protocol::saml::response::ResponseHeader;

/// What a response is compared with.
pub(in crate::login) struct Expected<'a, S> {
    /// The request that it answers.
    pub(in crate::login) request: &'a PendingRequest,
    /// We.
    pub(in crate::login) settings: &'a S,
    /// The present moment.
    pub(in crate::login) now: Timestamp,
}

/// One check: its reason code when it fails, the clause it holds, and whether it holds.
pub(in crate::login) struct Check<F> {
    pub(in crate::login) code: &'static str,
    pub(in crate::login) clause: &'static str,
    pub(in crate::login) holds: F,
}

/// A check of a response's header.
pub(in crate::login) type HeaderCheck<S> = Check<fn(&ResponseHeader<'_>, &Expected<'_, S>) -> bool>;
/// A check of a verified assertion.
pub(in crate::login) type AssertionCheck<S> = Check<fn(&Assertion<'_>, &Expected<'_, S>) -> bool>;

/// Runs checks in their order; the first that fails refuses.
pub(in crate::login) fn run<F, E: ProviderError>(
    checks: &[Check<F>],
    holds: impl Fn(&F) -> bool,
) -> Result<(), LoginRefusal<E>> {
    match checks.iter().find(|check| !holds(&check.holds)) {
        Some(failed) => Err(LoginRefusal::check(failed.code, failed.clause)),
        None => Ok(()),
    }
}
