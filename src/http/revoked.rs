//! Keeps what is known of revoked cards, and ends the sessions that they opened.

use std::collections::VecDeque;

use super::flow;
use super::state::Gateway;
use crate::audit::{AuditRecord, EndReason};
use crate::login::cns::revocation::{Lists, Refresher, Round};
use crate::protocol::x509::{IssuerId, Serial};

/// How many cards are looked up before others get their turn.
const BEFORE_OTHERS: usize = 256;

/// Turns again and again: brings lists, ends the sessions of the cards that they name anew, and writes that down. What fails is
/// done in the next turn.
pub struct RevocationKeeper {
    refresher: Refresher,
    lists: Lists,
    /// Cards whose sessions are still to be looked up.
    revoked: VecDeque<(IssuerId, Serial)>,
    /// Ends of sessions that are still to be written down.
    unwritten: Vec<AuditRecord>,
}

impl RevocationKeeper {
    /// A keeper of these lists.
    #[must_use]
    pub fn new(refresher: Refresher, lists: Lists) -> Self {
        Self {
            refresher,
            lists,
            revoked: VecDeque::new(),
            unwritten: Vec::new(),
        }
    }

    /// Takes in the lists that are in files, before the first card is shown. Asks nobody.
    pub async fn begin(&mut self, gateway: &Gateway) {
        let round = self.refresher.look(gateway.now()).await;
        self.note(gateway, round);
    }

    /// What brings the lists.
    #[must_use]
    pub fn refresher(&mut self) -> &mut Refresher {
        &mut self.refresher
    }

    /// One turn. It takes as long as the slowest server may.
    pub async fn turn(&mut self, gateway: &Gateway) {
        let round = self.refresher.look(gateway.now()).await;
        self.note(gateway, round);
        let round = self.refresher.fetch_due(gateway.now()).await;
        self.note(gateway, round);
        self.end_sessions(gateway).await;
    }

    fn note(&mut self, gateway: &Gateway, round: Round) {
        self.revoked.extend(round.newly_revoked);
        for failure in &round.failures {
            gateway.metrics().crl_failure(failure.code);
        }
        gateway.metrics().crls(&self.lists.held());
    }

    async fn end_sessions(&mut self, gateway: &Gateway) {
        let sessions = gateway.sessions();
        let mut since = 0;
        while let Some((issuer, serial)) = self.revoked.front() {
            if let Err(error) = sessions.end_by_card(&issuer.hex(), &serial.hex()).await {
                tracing::error!(%error, left = self.revoked.len(), "revoked-cards-not-looked-up");
                break;
            }
            self.revoked.pop_front();
            since += 1;
            if since % BEFORE_OTHERS == 0 {
                tokio::task::yield_now().await;
            }
        }
        let now = gateway.now();
        for session in sessions.take_ended_as_revoked() {
            let events = flow::ended_alone(&session, EndReason::CardRevoked);
            self.unwritten
                .extend(events.map(|event| AuditRecord::new(event, now)));
        }
        if self.unwritten.is_empty() {
            return;
        }
        match gateway.audit().record_all(self.unwritten.clone()).await {
            Ok(()) => self.unwritten.clear(),
            Err(error) => {
                tracing::error!(%error, left = self.unwritten.len(), "ends-not-recorded");
            }
        }
    }
}
