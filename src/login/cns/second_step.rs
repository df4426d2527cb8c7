//! A second step after a card, where policy wants one: a code of six digits that is sent to the telephone which the
//! institute knows to be the person's.
//!
//! Between the card and the code nobody is logged in: what the card proved waits here, bound to the browser and the flow it
//! was shown for. A code is good for five minutes and five tries; a few more may be asked for, not at once. Whoever fails
//! begins again with the card.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::handover::CardLogin;
use crate::crypto::encoding::hex;
use crate::crypto::{Random, constant_time_eq, sha256};
use crate::identity::{
    AuthenticationEvent, AuthenticationProof, Person, PhoneNumber, Redacted, SecondStep, Timestamp,
    VerifiedIdentity,
};
use crate::session::{BrowserDigest, FLOW_LIFE, FlowId};
use crate::store::{ExpiringStore, Shelf, StoreError};

/// How long a code is good.
pub const CODE_LIFE: Duration = Duration::from_secs(5 * 60);
/// How many wrong codes end the step.
const MOST_WRONG: u8 = 5;
/// How many codes are sent for one card.
const MOST_SENT: u8 = 3;
/// How long to wait before another code may be asked for.
const BETWEEN: TimeDelta = TimeDelta::seconds(60);

/// A person between their card and their code. Nothing but this file makes or reads one.
#[derive(Serialize, Deserialize)]
struct Waiting {
    flow: FlowId,
    browser: BrowserDigest,
    person: Person,
    event: AuthenticationEvent,
    step: SecondStep,
    to: PhoneNumber,
    code: Redacted<String>,
    sent: u8,
    sent_at: Timestamp,
    wrong: u8,
}

impl Waiting {
    fn code_is_good(&self, now: Timestamp) -> bool {
        (now - self.sent_at)
            .to_std()
            .is_ok_and(|age| age < CODE_LIFE)
    }

    fn next_code(&self, now: Timestamp) -> Again {
        let wait = self.sent_at + BETWEEN - now;
        match wait.to_std() {
            _ if self.sent >= MOST_SENT => Again::Never,
            Ok(wait) if !wait.is_zero() => Again::In(wait),
            _ => Again::Now,
        }
    }

    fn view(&self, now: Timestamp) -> Pending {
        Pending {
            flow: self.flow.clone(),
            ending: self.to.ending().to_owned(),
            again: self.next_code(now),
        }
    }
}

/// What waited, once the code was right.
struct Confirmed {
    person: Person,
    event: AuthenticationEvent,
}

impl AuthenticationProof for Confirmed {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        (self.person, self.event)
    }
}

/// When another code may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// At once.
    Now,
    /// After this.
    In(Duration),
    /// Not any more: the person begins again with the card.
    Never,
}

/// What a page may know of a step that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The flow it is for.
    pub flow: FlowId,
    /// The last digits of the telephone.
    pub ending: String,
    /// When another code may be asked for.
    pub again: Again,
}

/// A code to be sent.
#[derive(Debug)]
pub struct Code {
    /// The step that it is for.
    pub id: String,
    /// To whom it is sent.
    pub to: PhoneNumber,
    /// Six digits.
    pub digits: Redacted<String>,
    /// Names the message.
    pub reference: String,
}

/// What came of a typed code.
#[derive(Debug)]
pub enum Typed {
    /// It was right.
    Right(Box<CardLogin>),
    /// It was not, or too late. So many tries are left.
    Wrong {
        /// The tries, one at least.
        left: u8,
    },
    /// It was the last wrong one, or there is no such step (any more) in this browser.
    Over,
}

/// The second steps under way.
pub struct SecondSteps {
    waiting: Shelf<Waiting>,
    random: Arc<dyn Random>,
}

impl SecondSteps {
    /// Second steps in a store.
    #[must_use]
    pub fn new(store: &Arc<dyn ExpiringStore>, random: Arc<dyn Random>) -> Self {
        Self {
            waiting: Shelf::new(Arc::clone(store), "cns-second-step", FLOW_LIFE),
            random,
        }
    }

    /// Lets a card wait for its second step, and gives the code to be sent.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn begin(
        &self,
        login: CardLogin,
        browser: &BrowserDigest,
        (step, to): (SecondStep, PhoneNumber),
        now: Timestamp,
    ) -> Result<Code, StoreError> {
        let id = self.random.token();
        let (person, event) = login.identity.into_parts();
        let waiting = Waiting {
            flow: login.flow,
            browser: browser.clone(),
            person,
            event,
            step,
            to,
            code: self.digits(),
            sent: 1,
            sent_at: now,
            wrong: 0,
        };
        self.waiting.put(&id, &waiting).await?;
        Ok(code(id, &waiting))
    }

    /// A step of this browser that waits.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn find(
        &self,
        id: &str,
        browser: &BrowserDigest,
        now: Timestamp,
    ) -> Result<Option<Pending>, StoreError> {
        let waiting = self.of_browser(id, browser).await?;
        Ok(waiting.map(|waiting| waiting.view(now)))
    }

    /// Another code for a step of this browser, in place of the one before; `None` when it is too early or there were enough.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn again(
        &self,
        id: &str,
        browser: &BrowserDigest,
        now: Timestamp,
    ) -> Result<Option<Code>, StoreError> {
        if self.of_browser(id, browser).await?.is_none() {
            return Ok(None);
        }
        let digits = self.digits();
        let mut is_new = false;
        let changed = self.waiting.update(id, |waiting| {
            is_new = waiting.next_code(now) == Again::Now;
            if is_new {
                waiting.code = digits.clone();
                waiting.sent += 1;
                waiting.sent_at = now;
            }
        });
        let changed = changed.await?.filter(|_| is_new);
        Ok(changed.map(|waiting| code(id.to_owned(), &waiting)))
    }

    /// Looks at a code that was typed.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn typed(
        &self,
        id: &str,
        browser: &BrowserDigest,
        typed: &str,
        now: Timestamp,
    ) -> Result<Typed, StoreError> {
        if self.of_browser(id, browser).await?.is_none() {
            return Ok(Typed::Over);
        }
        let typed: String = typed.chars().filter(|char| !char.is_whitespace()).collect();
        let mut is_right = false;
        let counted = self.waiting.update(id, |waiting| {
            // Once there were too many wrong ones, the right one comes too late even for whoever was faster than the removal.
            is_right = waiting.wrong < MOST_WRONG
                && waiting.code_is_good(now)
                && constant_time_eq(typed.as_bytes(), waiting.code.expose().as_bytes());
            if !is_right {
                waiting.wrong = waiting.wrong.saturating_add(1);
            }
        });
        let Some(counted) = counted.await? else {
            return Ok(Typed::Over);
        };
        let left = MOST_WRONG.saturating_sub(counted.wrong);
        if !is_right && left > 0 {
            return Ok(Typed::Wrong { left });
        }
        match self.waiting.take(id).await? {
            Some(taken) if is_right => Ok(Typed::Right(Box::new(taken.confirmed()))),
            _ => Ok(Typed::Over),
        }
    }

    async fn of_browser(
        &self,
        id: &str,
        browser: &BrowserDigest,
    ) -> Result<Option<Waiting>, StoreError> {
        let waiting = self.waiting.get(id).await?;
        Ok(waiting.filter(|waiting| waiting.browser.matches(browser)))
    }

    /// Six digits, each as likely as any other.
    fn digits(&self) -> Redacted<String> {
        loop {
            let mut bytes = [0; 4];
            self.random.fill(&mut bytes);
            let drawn = u32::from_be_bytes(bytes);
            // The last incomplete million would make small numbers likelier.
            if drawn < u32::MAX - u32::MAX % 1_000_000 {
                return format!("{:06}", drawn % 1_000_000).into();
            }
        }
    }
}

impl Waiting {
    fn confirmed(self) -> CardLogin {
        let mut event = self.event;
        if let Some(card) = &mut event.card {
            card.second_step = Some(self.step);
        }
        CardLogin {
            flow: self.flow,
            identity: VerifiedIdentity::from_proof(Confirmed {
                person: self.person,
                event,
            }),
        }
    }
}

fn code(id: String, waiting: &Waiting) -> Code {
    let digest = hex(&sha256(format!("{id}:{}", waiting.sent).as_bytes()));
    Code {
        to: waiting.to.clone(),
        digits: waiting.code.clone(),
        reference: digest.chars().take(32).collect(),
        id,
    }
}

#[cfg(test)]
mod tests;
