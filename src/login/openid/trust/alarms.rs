//! What somebody must look at: told once when it begins, and once when it is over, however often it is seen meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use super::anchors::{Anchors, FetchedAnchor};
use super::failure::Failure;
use super::live::{All, Last};
use crate::audit::{AuditEvent, TrustChange};
use crate::identity::Timestamp;

/// What stands, by entity, and what is still to be told.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    anchors: BTreeMap<String, TrustChange>,
    refused: BTreeMap<String, TrustChange>,
    ended: BTreeSet<String>,
    untold: Vec<AuditEvent>,
}

impl Alarms {
    /// How many stand.
    pub(super) fn standing(&self) -> usize {
        self.anchors.len() + self.refused.len() + self.ended.len()
    }

    /// What is to be told now.
    pub(super) fn take(&mut self) -> Vec<AuditEvent> {
        std::mem::take(&mut self.untold)
    }

    /// The anchors of a round. That one does not answer is no alarm: it may at the next.
    pub(super) fn see_anchors(&mut self, anchors: &Anchors) {
        for (id, fetched) in anchors.all() {
            let id = id.as_str();
            match fetched {
                Err(failure) if !failure.is_refusal() => {}
                fetched => match wrong_with(fetched) {
                    Some(change) => raise(&mut self.anchors, &mut self.untold, id, change),
                    None if self.anchors.remove(id).is_some() => {
                        self.tell(id, TrustChange::Restored);
                    }
                    None => {}
                },
            }
        }
    }

    /// A provider that the federation does not vouch for, or not as it must.
    pub(super) fn refuse(&mut self, provider: &str, code: &str, until: Option<Timestamp>) {
        let code = code.to_owned();
        let change = TrustChange::ProviderRefused { code, until };
        raise(&mut self.refused, &mut self.untold, provider, change);
    }

    /// A provider that was resolved.
    pub(super) fn resolve(&mut self, provider: &str) {
        let was_refused = self.refused.remove(provider).is_some();
        if self.ended.remove(provider) || was_refused {
            self.tell(provider, TrustChange::Restored);
        }
    }

    /// The chains that have ended by `now`.
    pub(super) fn see_ends(&mut self, all: &All, now: Timestamp) {
        for (issuer, known) in all {
            let ended = known.ends().is_some_and(|end| end <= now);
            if ended && self.ended.insert(issuer.clone()) {
                let code = match known.last {
                    Last::Refused(code) => Some(code.to_owned()),
                    Last::None | Last::Good | Last::NoAnswer => None,
                };
                self.tell(issuer, TrustChange::Ended { code });
            }
        }
    }

    /// Providers that are no longer wanted raise no alarm, and none has to be called off.
    pub(super) fn keep_only(&mut self, all: &All) {
        self.refused
            .retain(|provider, _| all.contains_key(provider));
        self.ended.retain(|provider| all.contains_key(provider));
    }

    fn tell(&mut self, entity: &str, change: TrustChange) {
        self.untold.push(event(entity, change));
    }
}

/// What is wrong with an anchor that answered.
fn wrong_with(fetched: Result<&FetchedAnchor, &Failure>) -> Option<TrustChange> {
    match fetched {
        Err(failure) => Some(TrustChange::AnchorRefused {
            code: failure.code().to_owned(),
        }),
        Ok(fetched) => {
            let shown = fetched.configuration.other_keys()?.to_vec();
            Some(TrustChange::AnchorKeysDiffer { shown })
        }
    }
}

fn raise(
    standing: &mut BTreeMap<String, TrustChange>,
    untold: &mut Vec<AuditEvent>,
    entity: &str,
    change: TrustChange,
) {
    if standing.get(entity) != Some(&change) {
        standing.insert(entity.to_owned(), change.clone());
        untold.push(event(entity, change));
    }
}

fn event(entity: &str, change: TrustChange) -> AuditEvent {
    let entity = entity.to_owned();
    AuditEvent::TrustChanged { entity, change }
}
