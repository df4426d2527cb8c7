//! The guided procedures that give a new PIN: at the first access, and once a PIN has expired.
//!
//! The new PIN is shown before it counts. It counts once the person has typed it, so that nobody is left with one that they
//! never saw. Between the two only its hash is kept, bound to the browser; a new showing is a new PIN.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::devices::Device;
use super::logins::{PinFailure, PinLogins, Procedure, Right};
use super::proof::VerifiedPin;
use super::typed::Proven;
use crate::crypto::PinHash;
use crate::crypto::encoding::from_base64url;
use crate::identity::{Categories, Category, FiscalCode};
use crate::pin::{Context, PinRefusal, WorkingPin};
use crate::session::{BrowserDigest, FlowId};

/// How many new PINs one procedure shows. Each takes a hash.
const MOST_SHOWN: u8 = 10;

/// Names a procedure under way. It opens nothing in another browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepId(String);

impl StepId {
    /// Reads an id as it comes back; `None` for what Varco did not make.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == 43 && from_base64url(text).is_some();
        is_token.then(|| Self(text.to_owned()))
    }

    /// The id as text, for a form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A procedure under way.
#[derive(Serialize, Deserialize)]
pub(super) struct Guided {
    procedure: Procedure,
    person: FiscalCode,
    categories: Vec<Category>,
    proven: Proven,
    device: Option<String>,
    flow: FlowId,
    browser: BrowserDigest,
    /// Of the PIN that was shown last.
    hash: Option<PinHash>,
    shown: u8,
}

/// A new PIN to be shown.
pub struct Offered {
    /// What it is for.
    pub procedure: Procedure,
    /// The PIN.
    pub pin: WorkingPin,
}

impl fmt::Debug for Offered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Offered({:?}, [redacted])", self.procedure)
    }
}

/// What came of typing the new PIN.
#[derive(Debug)]
pub enum Typed {
    /// It counts from now on, and its person is logged in to this flow.
    In(FlowId, Box<VerifiedPin>),
    /// It was not the one that was shown.
    Other,
    /// There is no such procedure in this browser (any more), or the PIN has become another meanwhile.
    Gone,
}

impl PinLogins {
    /// Begins a procedure.
    pub(super) async fn guide(
        &self,
        right: Right,
        procedure: Procedure,
        (flow, browser): (&FlowId, &BrowserDigest),
        categories: Categories,
    ) -> Result<StepId, PinFailure> {
        let id = self.random.token();
        let guided = Guided {
            procedure,
            person: right.person,
            categories: categories.iter().collect(),
            proven: right.proven,
            device: right.device.as_ref().map(Device::cookie_value),
            flow: flow.clone(),
            browser: browser.clone(),
            hash: None,
            shown: 0,
        };
        self.guided.put(&id, &guided).await?;
        Ok(StepId(id))
    }

    /// The flow that a procedure of this browser is for.
    ///
    /// # Errors
    /// [`PinFailure`] when the store fails.
    pub async fn flow_of(
        &self,
        step: &StepId,
        browser: &BrowserDigest,
    ) -> Result<Option<FlowId>, PinFailure> {
        let guided = self.of_browser(step, browser).await?;
        Ok(guided.map(|guided| guided.flow))
    }

    /// A new PIN for a procedure of this browser, in place of any that was shown before; `None` when there is no such
    /// procedure, or too many were shown.
    ///
    /// # Errors
    /// [`PinFailure`] when it cannot be made now.
    pub async fn offer(
        &self,
        step: &StepId,
        browser: &BrowserDigest,
    ) -> Result<Option<Offered>, PinFailure> {
        let place = self.pool.place().ok_or(PinFailure::Busy)?;
        let Some(guided) = self.of_browser(step, browser).await? else {
            return Ok(None);
        };
        let kept = self.pins.load(&guided.person).await?;
        let details = kept.as_ref().and_then(|kept| kept.dossier.details());
        let pin = WorkingPin::generate(&guided.person, details, self.random.as_ref());
        let (hashed, hasher) = (pin.clone(), Arc::clone(&self.hasher));
        let random = Arc::clone(&self.random);
        let hash = place.run(move || hashed.hash(&hasher, random.as_ref()));
        let hash = hash.await??;
        let mut is_shown = false;
        let changed = self.guided.update(step.as_str(), |guided| {
            is_shown = guided.shown < MOST_SHOWN;
            if is_shown {
                guided.shown += 1;
                guided.hash = Some(hash.clone());
            }
        });
        let changed = changed.await?.filter(|_| is_shown);
        Ok(changed.map(|guided| Offered {
            procedure: guided.procedure,
            pin,
        }))
    }

    /// Takes the new PIN as the person typed it, and puts it in force.
    ///
    /// # Errors
    /// [`PinFailure`] when it could not be looked at or written; nothing changed then.
    pub async fn put_in_force(
        &self,
        (step, browser): (&StepId, &BrowserDigest),
        typed: &str,
        context: &Context<'_>,
    ) -> Result<Typed, PinFailure> {
        let place = self.pool.place().ok_or(PinFailure::Busy)?;
        let Some(guided) = self.of_browser(step, browser).await? else {
            return Ok(Typed::Gone);
        };
        let (Ok(typed), Some(hash)) = (WorkingPin::parse(typed), guided.hash) else {
            return Ok(Typed::Other);
        };
        let (against, hasher) = (hash.clone(), Arc::clone(&self.hasher));
        let compare = move || hasher.verify(typed.expose().as_bytes(), Some(&against));
        let Some(matched) = place.run(compare).await??.matched() else {
            return Ok(Typed::Other);
        };
        // Of two that type it at the same moment one goes on; and nobody does with a PIN that was replaced meanwhile.
        let Some(guided) = self.guided.take(step.as_str()).await? else {
            return Ok(Typed::Gone);
        };
        match guided.hash.as_ref().filter(|hash| matched.is_of(hash)) {
            Some(hash) => self.put(&guided, hash, context).await,
            None => Ok(Typed::Gone),
        }
    }

    async fn put(
        &self,
        guided: &Guided,
        hash: &PinHash,
        context: &Context<'_>,
    ) -> Result<Typed, PinFailure> {
        let categories: Categories = guided.categories.iter().copied().collect();
        let put = self.write(&guided.person, |dossier| match &guided.proven {
            Proven::Pair(first, second) => {
                dossier.first_access(first, second, hash.clone(), categories, context)
            }
            Proven::Working { matched, .. } => {
                dossier.renew(matched, hash.clone(), categories, context)
            }
            // A half alone gives no new PIN.
            Proven::Half(_) => Err(PinRefusal::NotProven),
        });
        let device = guided.device.as_deref().and_then(Device::parse);
        let put = put.await?.ok();
        let proof = put.and_then(|dossier| self.proof(&dossier, device.as_ref(), context.now));
        Ok(match proof {
            Some(proof) => Typed::In(guided.flow.clone(), Box::new(proof)),
            None => Typed::Gone,
        })
    }

    async fn of_browser(
        &self,
        step: &StepId,
        browser: &BrowserDigest,
    ) -> Result<Option<Guided>, PinFailure> {
        let guided = self.guided.get(step.as_str()).await?;
        Ok(guided.filter(|guided| guided.browser.matches(browser)))
    }
}
