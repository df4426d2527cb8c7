//! Keeps up what is known of ordinary OpenID Connect providers while the gateway serves.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::turns;
use crate::http::state::Gateway;

/// How often it is looked whether something is due.
const TURN_EVERY: Duration = Duration::from_secs(15);

/// Asks each provider for its metadata and keys, now and whenever they are due. A provider that does not answer holds up
/// neither the others nor anybody who logs in.
pub(super) fn keep(gateway: &Gateway) -> Vec<JoinHandle<()>> {
    let keep_one = |upstream: &Arc<_>| {
        let (upstream, gateway) = (Arc::clone(upstream), gateway.clone());
        let turn = async move || refresh(&upstream, &gateway).await;
        tokio::spawn(turns::take(TURN_EVERY, turn))
    };
    gateway.upstreams().iter().map(keep_one).collect()
}

async fn refresh(upstream: &crate::login::openid::Upstream, gateway: &Gateway) {
    if let Err(code) = upstream.refresh(gateway.now()).await {
        let provider = upstream.settings().id.as_str();
        tracing::warn!(provider, code, "upstream-not-discovered");
    }
}
