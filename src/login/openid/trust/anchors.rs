//! The configurations of the anchors, fetched once a round.

use std::collections::HashMap;

use super::TrustSettings;
use super::courier::Courier;
use super::failure::Failure;
use crate::identity::Clock;
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
    pub(super) async fn fetch(
        settings: &TrustSettings,
        courier: &Courier,
        clock: &dyn Clock,
    ) -> Self {
        let mut anchors = HashMap::new();
        for anchor in &settings.anchors {
            let fetched = fetch(anchor, settings, courier, clock).await;
            anchors.insert(anchor.id.clone(), fetched);
        }
        Self(anchors)
    }

    /// An anchor; `None` when the entity is none.
    pub(super) fn get(&self, id: &EntityId) -> Option<Result<&FetchedAnchor, Failure>> {
        let fetched = self.0.get(id)?;
        Some(fetched.as_ref().map_err(Clone::clone))
    }

    /// What became of each.
    pub(super) fn all(
        &self,
    ) -> impl Iterator<Item = (&EntityId, Result<&FetchedAnchor, &Failure>)> {
        self.0.iter().map(|(id, fetched)| (id, fetched.as_ref()))
    }
}

async fn fetch(
    anchor: &TrustAnchor,
    settings: &TrustSettings,
    courier: &Courier,
    clock: &dyn Clock,
) -> Result<FetchedAnchor, Failure> {
    let token = courier.configuration(&anchor.id).await?;
    let now = clock.now().timestamp();
    let configuration = anchor.verify(&token, settings.chain, now)?;
    Ok(FetchedAnchor {
        token,
        configuration,
    })
}
