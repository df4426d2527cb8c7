//! Sessions of cards that were revoked.
//!
//! There are two ways to their end, and each covers what the other cannot. When a list names a card anew, the sessions that
//! it opened are looked up and ended at once, for all nodes, whether or not anybody uses them. And at every use a session's
//! cards are held against the lists in memory: a login that raced the list, a node that was down when it came, a list that
//! had nothing before it, all meet this.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Kept, Session, SessionHandle, Sessions};
use crate::identity::Card;
use crate::store::StoreError;

/// Who knows which cards prove nothing any more. It is asked at every use of a session, so it answers from memory. What
/// nobody knows is no revocation: a session does not end because a list is late.
pub trait RevokedCards: Send + Sync {
    /// Whether a card was revoked, or is held.
    fn is_revoked(&self, card: &Card) -> bool;
}

/// What sessions know of revoked cards.
#[derive(Default)]
pub(super) struct Revocation {
    cards: Option<Arc<dyn RevokedCards>>,
    /// Sessions that ended at their use, until somebody writes it down.
    ended: Mutex<Vec<Session>>,
}

impl Revocation {
    /// Whether a login of a session was made with a revoked card. One is enough: whoever raised the session with it may
    /// not be who began it.
    pub(super) fn meets(&self, kept: &Kept) -> bool {
        let Some(known) = &self.cards else {
            return false;
        };
        let events = kept.events.iter().chain(&kept.set_aside);
        events
            .filter_map(|event| event.card.as_ref())
            .any(|card| known.is_revoked(card))
    }
}

impl Sessions {
    /// The same sessions, which end when one of their cards is revoked.
    #[must_use]
    pub fn heeding(mut self, cards: Arc<dyn RevokedCards>) -> Self {
        self.revocation.cards = Some(cards);
        self
    }

    /// Ends the sessions that a card opened or raised, by what the lists call it: both texts as in
    /// [`Card`].
    ///
    /// # Errors
    /// [`StoreError`] when the store fails. Those that ended are given by
    /// [`take_ended_as_revoked`](Self::take_ended_as_revoked), in any case.
    pub async fn end_by_card(&self, issuer_id: &str, serial: &str) -> Result<(), StoreError> {
        for handle in self.index.of_card(issuer_id, serial).await? {
            self.end_as_revoked(&handle).await?;
        }
        Ok(())
    }

    /// The sessions that ended because a card of theirs was revoked, each once: for whoever writes it down.
    #[must_use]
    pub fn take_ended_as_revoked(&self) -> Vec<Session> {
        let mut ended = self.ended_as_revoked();
        std::mem::take(&mut *ended)
    }

    pub(super) async fn end_as_revoked(
        &self,
        handle: &SessionHandle,
    ) -> Result<Option<Session>, StoreError> {
        if let Some(session) = self.end(handle).await? {
            self.ended_as_revoked().push(session);
        }
        Ok(None)
    }

    fn ended_as_revoked(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        let ended = self.revocation.ended.lock();
        ended.unwrap_or_else(PoisonError::into_inner)
    }
}
