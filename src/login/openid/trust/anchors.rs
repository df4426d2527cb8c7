//! The configurations of the anchors, fetched once a round.

use std::collections::HashMap;

use super::TrustSettings;
use super::courier::Courier;
use super::failure::Failure;
use crate::protocol::federation::{AnchorConfiguration, EntityId, TrustAnchor};

/// An anchor's configuration, as it was received and as it was verified.
#[derive(Debug, Clone)]
pub(super) struct FetchedAnchor {
    pub(super) token: String,
    pub(super) configuration: AnchorConfiguration,
}

/// What each anchor has answered.
pub(super) struct Anchors(HashMap<EntityId, Result<FetchedAnchor, Failure>>);

impl Anchors {
    pub(super) async fn fetch(settings: &TrustSettings, courier: &Courier, now: i64) -> Self {
        let mut anchors = HashMap::new();
        for anchor in &settings.anchors {
            let fetched = fetch(anchor, settings, courier, now).await;
            match &fetched {
                // Whoever answers under the anchor's name has none of its keys: people must look at this.
                Err(failure) => {
                    let code = failure.code();
                    tracing::error!(anchor = %anchor.id, code, "federation-anchor-refused");
                }
                Ok(fetched) if fetched.configuration.keys_differ() => {
                    tracing::warn!(anchor = %anchor.id, "federation-anchor-keys-differ");
                }
                Ok(_) => {}
            }
            anchors.insert(anchor.id.clone(), fetched);
        }
        Self(anchors)
    }

    /// An anchor; `None` when the entity is none.
    pub(super) fn get(&self, id: &EntityId) -> Option<Result<&FetchedAnchor, Failure>> {
        let fetched = self.0.get(id)?;
        Some(fetched.as_ref().map_err(Clone::clone))
    }

    /// The anchors that failed.
    pub(super) fn failures(&self) -> impl Iterator<Item = (&EntityId, &Failure)> {
        self.0
            .iter()
            .filter_map(|(id, fetched)| Some((id, fetched.as_ref().err()?)))
    }
}

async fn fetch(
    anchor: &TrustAnchor,
    settings: &TrustSettings,
    courier: &Courier,
    now: i64,
) -> Result<FetchedAnchor, Failure> {
    let token = courier.configuration(&anchor.id).await?;
    let configuration = anchor.verify(&token, settings.chain, now)?;
    Ok(FetchedAnchor {
        token,
        configuration,
    })
}
