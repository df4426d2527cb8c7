//! What the pages of a PIN's life share: where dossiers are, how one is changed, and what strangers may do how often.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use super::typed::Typed;
use super::{context, next_beat};
use crate::archive::Registers;
use crate::crypto::{PinHasher, Random};
use crate::http::form;
use crate::http::pages::Refusal;
use crate::http::shares::network;
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::identity::{FiscalCode, PersonKey, Timestamp};
use crate::login::pin::HashPool;
use crate::pin::{
    Change, Context, Dossier, Kept, MOST_DECISIONS, MintedHalf, MintedPin, PinRefusal, PinRules,
    PinStore, decide_if, dossier_of,
};
use crate::store::{Admission, ExpiringStore, RateLimit};

/// How many forms a minute strangers may send from one network: each costs two hashes.
const FORMS_PER_MINUTE: u32 = 10;

/// How many files a minute one person may have looked at: drawing pages takes the time of operators, who have them drawn too.
const UPLOADS_PER_MINUTE: u32 = 6;

/// How often a minute something is sent to one person because strangers ask for it.
const SENT_PER_MINUTE: u32 = 3;

/// How many proofs a minute are tried on one person from one network.
const TRIES_PER_MINUTE: u32 = 3;

/// How many from everywhere. It is so much more that nobody alone keeps the right person from trying.
const TRIES_FROM_EVERYWHERE: u32 = 30;

/// What the pages of a PIN's life take.
pub struct PinCareSettings {
    /// Where dossiers are kept.
    pub pins: Arc<dyn PinStore>,
    /// The rules in force.
    pub rules: Arc<PinRules>,
    /// What makes hashes.
    pub hasher: Arc<PinHasher>,
    /// Where it does. It is not that of logins: who asks for a PIN keeps nobody from logging in.
    pub pool: HashPool,
    /// What confirms what people say of themselves.
    pub registers: Arc<dyn Registers>,
    /// A form is answered at the end of a span of so long, or of several, since it came: the time tells nothing of the person
    /// it is about. It has to be longer than the work for one takes.
    pub beat: Duration,
}

/// The care for a PIN from its request to its end, where there are PINs.
pub struct PinCare {
    settings: PinCareSettings,
    random: Arc<dyn Random>,
    forms: RateLimit,
    sent: RateLimit,
    tries: RateLimit,
    tries_from_everywhere: RateLimit,
    uploads: RateLimit,
}

/// What came of a command: it is done, or it changed nothing. Why it did not is in the log, and nobody else's business.
pub(in crate::http) type Commanded = Result<(), Unchanged>;

/// A command changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Unchanged;

impl PinCare {
    /// The care that these settings tell of.
    #[must_use]
    pub fn new(
        settings: PinCareSettings,
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
    ) -> Self {
        let limit = |kind, most| RateLimit::new(Arc::clone(store), kind, most);
        Self {
            settings,
            random,
            forms: limit("pin-forms", FORMS_PER_MINUTE),
            sent: limit("pin-sent", SENT_PER_MINUTE),
            tries: limit("pin-tries", TRIES_PER_MINUTE),
            tries_from_everywhere: limit("pin-tries-everywhere", TRIES_FROM_EVERYWHERE),
            uploads: limit("pin-uploads", UPLOADS_PER_MINUTE),
        }
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> &PinRules {
        &self.settings.rules
    }

    /// What confirms what people say of themselves.
    #[must_use]
    pub fn registers(&self) -> &dyn Registers {
        self.settings.registers.as_ref()
    }

    /// Where dossiers are kept, for whoever keeps it too.
    #[must_use]
    pub fn store(&self) -> Arc<dyn PinStore> {
        Arc::clone(&self.settings.pins)
    }

    /// Where dossiers are kept.
    #[must_use]
    pub fn pins(&self) -> &dyn PinStore {
        self.settings.pins.as_ref()
    }

    /// Lets one more form in from a visitor's network.
    ///
    /// # Errors
    /// "Too many", with the time to wait.
    pub(in crate::http) async fn admit(&self, visit: &Visit) -> Result<(), Refusal> {
        match source(visit) {
            Some(source) => admitted(&self.forms, &source, visit.gateway.now()).await,
            None => Ok(()),
        }
    }

    /// Lets one more proof be tried on a person: it counts before it is looked at.
    ///
    /// # Errors
    /// "Too many", with the time to wait. It is no news of the person: it comes whether or not there is something to prove.
    pub(in crate::http) async fn admit_try(
        &self,
        visit: &Visit,
        person: &FiscalCode,
    ) -> Result<(), Refusal> {
        let (now, person) = (visit.gateway.now(), name(person));
        let source = source(visit).unwrap_or_default();
        admitted(&self.tries, &format!("{source} {person}"), now).await?;
        admitted(&self.tries_from_everywhere, &person, now).await
    }

    /// Lets one more file of somebody who is logged in be looked at.
    ///
    /// # Errors
    /// "Too many", with the time to wait.
    pub(in crate::http) async fn admit_upload(
        &self,
        visit: &Visit,
        person: &FiscalCode,
    ) -> Result<(), Refusal> {
        admitted(&self.uploads, &name(person), visit.gateway.now()).await
    }

    /// Does some work with the hasher, on the threads for it.
    ///
    /// # Errors
    /// "Busy" when too many wait.
    pub(in crate::http) async fn hash<R: Send + 'static>(
        &self,
        work: impl FnOnce(&PinHasher, &dyn Random) -> R + Send + 'static,
    ) -> Result<R, Refusal> {
        let busy = || Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy").retry_after(5);
        let place = self.settings.pool.place().ok_or_else(busy)?;
        let (hasher, random) = (Arc::clone(&self.settings.hasher), Arc::clone(&self.random));
        let done = place.run(move || work(&hasher, random.as_ref())).await;
        done.map_err(|_| broken())
    }

    /// Two new halves.
    ///
    /// # Errors
    /// As [`hash`](Self::hash).
    pub(in crate::http) async fn mint(&self) -> Result<MintedPin, Refusal> {
        let minted = self.hash(MintedPin::mint).await?;
        minted.map_err(|_| broken())
    }

    /// A new first half.
    ///
    /// # Errors
    /// As [`hash`](Self::hash).
    pub(in crate::http) async fn mint_half(&self) -> Result<MintedHalf, Refusal> {
        let minted = self.hash(MintedHalf::mint).await?;
        minted.map_err(|_| broken())
    }

    /// A person's dossier; a new one, where there is none.
    ///
    /// # Errors
    /// "Unavailable" when the store fails.
    pub(in crate::http) async fn dossier(&self, person: &FiscalCode) -> Result<Kept, Refusal> {
        Ok(dossier_of(self.pins(), person).await?)
    }

    /// Changes a person's dossier by a command, decided anew when somebody else wrote it meanwhile. The change is on disk when
    /// this returns; sessions that end with it do so at their next use.
    ///
    /// # Errors
    /// "Unavailable" when the store fails.
    pub(in crate::http) async fn change(
        &self,
        visit: &Visit,
        person: &FiscalCode,
        command: impl Fn(Dossier, &Context<'_>) -> Result<Change, PinRefusal> + Send,
    ) -> Result<Commanded, Refusal> {
        self.write(visit, person, command, None).await
    }

    /// The same for a command that a stranger may have asked for, and that sends something: only so often a minute. What sends
    /// nothing does not count, so that who knows no more than a fiscal code uses nothing up.
    ///
    /// # Errors
    /// "Unavailable" when the store fails.
    pub(in crate::http) async fn change_for_strangers(
        &self,
        visit: &Visit,
        person: &FiscalCode,
        command: impl Fn(Dossier, &Context<'_>) -> Result<Change, PinRefusal> + Send,
    ) -> Result<Commanded, Refusal> {
        self.write(visit, person, command, Some(&self.sent)).await
    }

    async fn write(
        &self,
        visit: &Visit,
        person: &FiscalCode,
        command: impl Fn(Dossier, &Context<'_>) -> Result<Change, PinRefusal> + Send,
        limit: Option<&RateLimit>,
    ) -> Result<Commanded, Refusal> {
        let context = context(visit, self.rules());
        let admission = async {
            let Some(limit) = limit else {
                return Ok(Ok(()));
            };
            let admission = limit.admit(&name(person), context.now).await?;
            let admitted = admission == Admission::Admitted;
            Ok(admitted.then_some(()).ok_or("too-many"))
        };
        let command = |kept: Kept| {
            let change = command(kept.dossier, &context);
            change.map_err(|refusal| refusal.code())
        };
        let decided = decide_if(self.pins(), person, MOST_DECISIONS, admission, command);
        match decided.await? {
            Ok(_) => Ok(Ok(())),
            Err(code) => self.unchanged(code, visit.reference.as_str()).await,
        }
    }

    /// Nothing changes, and it takes as long as if something had.
    async fn unchanged(&self, code: &'static str, reference: &str) -> Result<Commanded, Refusal> {
        tracing::info!(code, reference, "pin-unchanged");
        self.settings.pins.write_for_nothing().await?;
        Ok(Err(Unchanged))
    }
}

/// A form that somebody sent who may be anybody.
pub(super) struct Sent<'a> {
    /// The care for it.
    pub(super) care: &'a PinCare,
    /// What was typed.
    pub(super) typed: Typed,
    since: Instant,
}

impl<'a> Sent<'a> {
    /// Reads it, if it comes from a page of ours.
    ///
    /// # Errors
    /// "Not found" where there are no PINs, "forged", or the refusal of a form that cannot be read.
    pub(super) fn read(
        visit: &'a Visit,
        headers: &HeaderMap,
        body: &[u8],
        fields: impl IntoIterator<Item = &'static str>,
    ) -> Result<Self, Refusal> {
        let since = Instant::now();
        let care = care(&visit.gateway)?;
        form::check_origin(&visit.gateway, headers)?;
        let typed = Typed::read(body, fields)?;
        Ok(Self { care, typed, since })
    }

    /// Waits for the next beat since it came.
    pub(super) async fn next_beat(&self) {
        next_beat(self.care.settings.beat, self.since).await;
    }
}

/// The care for PINs, where there are any.
///
/// # Errors
/// "Not found" where there are none.
pub(in crate::http) fn care(gateway: &Gateway) -> Result<&PinCare, Refusal> {
    let absent = || Refusal::new(StatusCode::NOT_FOUND, "not-found");
    gateway.pin_care().ok_or_else(absent)
}

/// A person as limits know them.
fn name(person: &FiscalCode) -> String {
    PersonKey::FiscalCode(person.clone()).canonical()
}

/// The network that a visitor comes from. What comes from this machine comes from a proxy, or from whoever runs it.
fn source(visit: &Visit) -> Option<String> {
    let elsewhere = |client: &IpAddr| !client.to_canonical().is_loopback();
    let client = visit.client.map(|client| client.0).filter(elsewhere);
    client.map(|client| network(client).to_string())
}

async fn admitted(limit: &RateLimit, name: &str, now: Timestamp) -> Result<(), Refusal> {
    match limit.admit(name, now).await? {
        Admission::Admitted => Ok(()),
        Admission::Wait(wait) => {
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "pin-too-many");
            Err(refusal.retry_after(wait.as_secs().saturating_add(1)))
        }
    }
}

fn broken() -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "broken").because("pin")
}
