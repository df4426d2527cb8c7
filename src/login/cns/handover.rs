//! From the main host to the card host and back.
//!
//! The card host has no cookies: what it does for whom is told by a *ticket* from the main host, good once. What it found
//! out waits under a *code* for the browser to bring back, and only the browser that the flow is bound to gets it. Neither
//! alone is worth anything: a ticket in somebody else's browser leads to a code that this browser cannot use, and whoever
//! sent the ticket never sees the code. A code that any browser brought is spent.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::crypto::Random;
use crate::identity::{AuthenticationEvent, AuthenticationProof, Person, VerifiedIdentity};
use crate::session::{BrowserDigest, FLOW_LIFE, FlowId};
use crate::store::{ExpiringStore, Shelf, StoreError};

/// How long a ticket lives: people may look for their card while the browser waits for its certificate.
const TICKET_LIFE: Duration = Duration::from_secs(5 * 60);
/// How long a code that logs somebody in lives: the time of one redirect.
const CODE_LIFE: Duration = Duration::from_secs(60);

/// What somebody is at the card host for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ticket {
    flow: FlowId,
    browser: BrowserDigest,
}

impl Ticket {
    /// The flow that the card is shown for.
    #[must_use]
    pub fn flow(&self) -> &FlowId {
        &self.flow
    }

    /// The browser that the flow is bound to.
    #[must_use]
    pub fn browser(&self) -> &BrowserDigest {
        &self.browser
    }
}

/// What a card proved, on its way to the main host. Nothing but this file makes or reads one.
#[derive(Serialize, Deserialize)]
struct Proved {
    ticket: Ticket,
    person: Person,
    event: AuthenticationEvent,
}

impl AuthenticationProof for Proved {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        (self.person, self.event)
    }
}

/// Why a card logged nobody in, for the page on the main host. It opens nothing, so it may be read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The reason code.
    pub code: String,
    /// The reference under which it is in the logs.
    pub reference: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    ticket: Ticket,
    refused: Refused,
}

/// A login that came back to the browser it was begun in.
#[derive(Debug)]
pub struct CardLogin {
    /// The flow it is for.
    pub flow: FlowId,
    /// Who.
    pub identity: VerifiedIdentity,
}

/// What a code is good for.
#[derive(Debug)]
pub enum Redeemed {
    /// A login.
    Login(Box<CardLogin>),
    /// Nothing, since another browser began the login: somebody was led into showing their card, or a code was copied. It is
    /// spent: whoever sees it after that, in a history or a log, may be the one whose browser it is for.
    OtherBrowser,
    /// Nothing: it is unknown, used or too old.
    Unknown,
}

/// The tickets and codes under way.
pub struct Handovers {
    tickets: Shelf<Ticket>,
    proved: Shelf<Proved>,
    refused: Shelf<Stored>,
    random: Arc<dyn Random>,
}

impl Handovers {
    /// Hand-overs in a store. What strangers can make at will, tickets and refusals, never takes the place of logins.
    #[must_use]
    pub fn new(store: &Arc<dyn ExpiringStore>, random: Arc<dyn Random>) -> Self {
        Self {
            tickets: Shelf::new(Arc::clone(store), "cns-ticket", TICKET_LIFE).forgettable(),
            proved: Shelf::new(Arc::clone(store), "cns-login", CODE_LIFE),
            refused: Shelf::new(Arc::clone(store), "cns-refused", FLOW_LIFE).forgettable(),
            random,
        }
    }

    /// Makes a ticket to the card host.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn ticket(
        &self,
        flow: &FlowId,
        browser: &BrowserDigest,
    ) -> Result<String, StoreError> {
        let id = self.random.token();
        let ticket = Ticket {
            flow: flow.clone(),
            browser: browser.clone(),
        };
        self.tickets.put(&id, &ticket).await?;
        Ok(id)
    }

    /// Uses a ticket up; `None` when it is unknown, used or too old.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn admit(&self, ticket: &str) -> Result<Option<Ticket>, StoreError> {
        self.tickets.take(ticket).await
    }

    /// Keeps what a card proved, and gives the code for it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn hand_over(
        &self,
        ticket: Ticket,
        proof: impl AuthenticationProof,
    ) -> Result<String, StoreError> {
        let code = self.random.token();
        let (person, event) = proof.into_parts();
        let proved = Proved {
            ticket,
            person,
            event,
        };
        self.proved.put(&code, &proved).await?;
        Ok(code)
    }

    /// Uses a code up, whoever brings it; its login is for the browser that the ticket was made for.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn redeem(
        &self,
        code: &str,
        browser: Option<&BrowserDigest>,
    ) -> Result<Redeemed, StoreError> {
        let Some(taken) = self.proved.take(code).await? else {
            return Ok(Redeemed::Unknown);
        };
        if !browser.is_some_and(|browser| taken.ticket.browser.matches(browser)) {
            return Ok(Redeemed::OtherBrowser);
        }
        Ok(Redeemed::Login(Box::new(CardLogin {
            flow: taken.ticket.flow.clone(),
            identity: VerifiedIdentity::from_proof(taken),
        })))
    }

    /// Keeps why a card was refused, and gives the id of it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn refuse(&self, ticket: Ticket, refused: Refused) -> Result<String, StoreError> {
        let id = self.random.token();
        self.refused.put(&id, &Stored { ticket, refused }).await?;
        Ok(id)
    }

    /// Why a card was refused, for the browser that showed it, and in which flow.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn refusal(
        &self,
        id: &str,
        browser: Option<&BrowserDigest>,
    ) -> Result<Option<(FlowId, Refused)>, StoreError> {
        let stored = self.refused.get(id).await?;
        let own =
            |stored: &Stored| browser.is_some_and(|browser| stored.ticket.browser.matches(browser));
        let stored = stored.filter(own);
        Ok(stored.map(|stored| (stored.ticket.flow, stored.refused)))
    }
}

#[cfg(test)]
mod tests;
