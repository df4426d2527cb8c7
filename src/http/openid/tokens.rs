//! Tokens of providers, given back when the session that came with them ends (B11).

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::audit::AuditEvent;
use crate::http::flow;
use crate::http::pages::Refusal;
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::identity::{AuthenticationMethod, EvidenceId};
use crate::session::Session;

/// How long a person who logs out waits for their providers at most.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// The logins of a session that may have left tokens: those by OpenID have no session of SAML's and no card.
fn logins(session: &Session) -> Vec<(String, EvidenceId)> {
    let events = session.all_events().filter(|event| {
        let by_provider = [AuthenticationMethod::Cie, AuthenticationMethod::Spid];
        by_provider.contains(&event.method) && event.saml.is_none()
    });
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
    let Some(party) = gateway.openid().cloned() else {
        return;
    };
    let (now, logins) = (gateway.now(), logins(session));
    if logins.is_empty() {
        return;
    }
    tokio::spawn(async move {
        for (_, evidence) in logins {
            if Arc::clone(&party).revoke(&evidence, now).await.is_err() {
                tracing::warn!(code = "tokens-not-given-back");
            }
        }
    });
}
