//! Tokens of providers, given back when the session that came with them ends (B11).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use crate::audit::{AuditEvent, AuditRecord};
use crate::http::flow;
use crate::http::pages::Refusal;
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::identity::{AuthenticationEvent, AuthenticationMethod, EvidenceId, Timestamp};
use crate::session::{Session, SessionHandle};
use crate::store::StoreError;

/// How long a person who logs out waits for their providers at most.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// Whether a login may have left tokens: those by OpenID have no session of SAML's and no card.
fn has_left_tokens(event: &AuthenticationEvent) -> bool {
    let by_provider = [AuthenticationMethod::Cie, AuthenticationMethod::Spid];
    by_provider.contains(&event.method) && event.saml.is_none()
}

/// The logins of a session that may have left tokens.
fn logins(session: &Session) -> Vec<(String, EvidenceId)> {
    let events = session.all_events().filter(|event| has_left_tokens(event));
    events
        .map(|event| (event.provider.clone(), event.evidence.clone()))
        .collect()
}

/// Gives back the tokens of a session that has just ended, while its person waits. Whoever does not take theirs is named in
/// the audit log; tells whether all did.
///
/// # Errors
/// "Unavailable" when the audit log fails.
pub(in crate::http) async fn give_back(visit: &Visit, session: &Session) -> Result<bool, Refusal> {
    let gateway = &visit.gateway;
    let Some(party) = gateway.openid() else {
        return Ok(true);
    };
    let (now, logins) = (gateway.now(), logins(session));
    let mut giving = JoinSet::new();
    for (provider, evidence) in logins.clone() {
        let party = Arc::clone(party);
        giving.spawn(async move {
            let given = party.revoke(&evidence, now).await;
            given.is_ok().then_some((provider, evidence))
        });
    }
    let mut given = Vec::new();
    let hearing = async {
        while let Some(done) = giving.join_next().await {
            given.extend(done.ok().flatten());
        }
    };
    // Whoever is slower than that may still take theirs.
    let _ = tokio::time::timeout(LONGEST_WAIT, hearing).await;
    giving.detach_all();
    let not_given = logins.into_iter().filter(|login| !given.contains(login));
    let mut missed: Vec<String> = not_given.map(|(provider, _)| provider).collect();
    missed.dedup();
    if missed.is_empty() {
        return Ok(true);
    }
    let event = AuditEvent::LogoutPartial {
        session: session.handle().to_string(),
        missed,
    };
    flow::record(visit, event).await?;
    Ok(false)
}

/// The same for a session that ended without its person waiting for it.
pub(in crate::http) fn give_back_later(gateway: &Gateway, session: &Session) {
    for (provider, evidence) in logins(session) {
        let handle = session.handle().clone();
        give_one_back_later(gateway, handle, provider, evidence);
    }
}

fn give_one_back_later(
    gateway: &Gateway,
    session: SessionHandle,
    provider: String,
    evidence: EvidenceId,
) {
    let Some(party) = gateway.openid().map(Arc::clone) else {
        return;
    };
    let (gateway, now) = (gateway.clone(), gateway.now());
    tokio::spawn(async move {
        if party.revoke(&evidence, now).await.is_ok() {
            return;
        }
        tracing::warn!(code = "tokens-not-given-back");
        let event = AuditEvent::LogoutPartial {
            session: session.to_string(),
            missed: vec![provider],
        };
        if let Err(error) = gateway.audit().record(AuditRecord::new(event, now)).await {
            tracing::error!(%error, "tokens-not-given-back-not-recorded");
        }
    });
}

/// Logins whose tokens may still live, and the sessions that they are for: the provider must hear of a session's end however
/// it ends, and when one expires nobody is there (B11: SPID at expiry).
#[derive(Debug, Default)]
pub(in crate::http) struct Watched(Mutex<Vec<Watch>>);

#[derive(Debug)]
struct Watch {
    session: SessionHandle,
    provider: String,
    evidence: EvidenceId,
    /// After it the tokens are dead by themselves.
    until: Timestamp,
}

impl Watched {
    fn all(&self) -> MutexGuard<'_, Vec<Watch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches the session that has taken a login, as long as the login's tokens may live. The node that took it does: should it
/// stop, they live on until their own end, which is near.
pub(in crate::http) fn watch(gateway: &Gateway, session: &Session) {
    let (Some(party), Some(event)) = (gateway.openid(), session.events().last()) else {
        return;
    };
    if has_left_tokens(event) {
        let now = gateway.now();
        let until = now + party.longest_kept();
        let mut watched = gateway.watched().all();
        if watched.len() == watched.capacity() {
            watched.retain(|watch| now < watch.until);
        }
        watched.push(Watch {
            session: session.handle().clone(),
            provider: event.provider.clone(),
            evidence: event.evidence.clone(),
            until,
        });
    }
}

/// One turn: gives back the tokens whose sessions are there no more. Whose session was ended by somebody who has given them
/// back has none left.
///
/// # Errors
/// [`StoreError`] when the store fails; the next turn looks again.
pub async fn give_back_expired(gateway: &Gateway) -> Result<(), StoreError> {
    let now = gateway.now();
    let handles: Vec<SessionHandle> = {
        let mut watched = gateway.watched().all();
        watched.retain(|watch| now < watch.until);
        watched.iter().map(|watch| watch.session.clone()).collect()
    };
    let mut over = HashSet::new();
    for handle in handles {
        let found = gateway.sessions().find_by_handle(&handle, now).await?;
        if found.is_none() {
            over.insert(handle);
        }
    }
    let ended = {
        let mut watched = gateway.watched().all();
        let all = std::mem::take(&mut *watched);
        let (ended, living) = all
            .into_iter()
            .partition::<Vec<_>, _>(|watch| over.contains(&watch.session));
        *watched = living;
        ended
    };
    for watch in ended {
        give_one_back_later(gateway, watch.session, watch.provider, watch.evidence);
    }
    Ok(())
}
