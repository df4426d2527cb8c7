//! From what was typed to a proof.
//!
//! An attempt takes a place in the queue of hashes, then a turn; it is counted as a failure, and only then looked at. What is
//! right proves something ([`Right`]) and changes nothing yet: whether the person may use a PIN at all is for others to say.
//! [`PinLogins::enter`] then writes the use down, or begins the guided procedure that gives a new PIN first.

use std::sync::Arc;

use super::alarm::Alarm;
use super::attempt::{Attempt, Checked, PinRefused};
use super::devices::{Device, Devices};
use super::guided::{Guided, StepId};
use super::pool::{BrokeOff, HashPool, Place};
use super::proof::VerifiedPin;
use super::typed::{Against, Proven, TypedPin};
use super::waits::{Counted, Waits};
use crate::crypto::{PinHash, PinHashError, PinHasher, Random};
use crate::identity::{Categories, FiscalCode, Timestamp};
use crate::pin::{
    self, Change, Context, Dossier, MOST_DECISIONS, PinRefusal, PinRules, PinStatus, PinStore,
    Version, WriteError, decide,
};
use crate::session::{BrowserDigest, FLOW_LIFE, FlowId};
use crate::store::{ExpiringStore, Shelf, StoreError};

/// What logins with a PIN take.
pub struct PinPorts {
    /// Where dossiers are kept.
    pub pins: Arc<dyn PinStore>,
    /// What makes and compares hashes.
    pub hasher: Arc<PinHasher>,
    /// Where it does.
    pub pool: HashPool,
    /// The rules in force.
    pub rules: Arc<PinRules>,
    /// Where counts and procedures are kept.
    pub store: Arc<dyn ExpiringStore>,
    /// Where unguessable bytes come from.
    pub random: Arc<dyn Random>,
    /// By which devices and people are marked: it outlives the process, or every device would be forgotten with it.
    pub secret: [u8; 32],
}

/// Logins with a PIN.
pub struct PinLogins {
    pub(super) pins: Arc<dyn PinStore>,
    pub(super) hasher: Arc<PinHasher>,
    pub(super) pool: HashPool,
    pub(super) rules: Arc<PinRules>,
    pub(super) random: Arc<dyn Random>,
    pub(super) guided: Shelf<Guided>,
    pub(super) devices: Devices,
    waits: Waits,
    alarm: Alarm,
}

/// A PIN that was right. Nothing has changed yet.
#[derive(Debug)]
pub struct Right {
    pub(super) person: FiscalCode,
    pub(super) typed: TypedPin,
    pub(super) proven: Proven,
    pub(super) device: Option<Device>,
}

/// What a right PIN leads to.
#[derive(Debug)]
pub enum Entered {
    /// Into the house.
    In(Box<VerifiedPin>),
    /// First to a new PIN.
    Guided(Procedure, StepId),
    /// Nowhere: since it was looked at, the PIN has become another.
    Changed,
}

/// A guided procedure that gives a new PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Procedure {
    /// After the initial PIN.
    FirstAccess,
    /// After one that has expired.
    Renewal,
}

/// We are broken, not the person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinFailure {
    /// A store does not do what it should.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A hash cannot be made or read.
    #[error(transparent)]
    Hash(#[from] PinHashError),
    /// The work broke off.
    #[error(transparent)]
    BrokeOff(#[from] BrokeOff),
    /// Others wrote the dossier again and again.
    #[error("the dossier is written too often")]
    Conflict,
    /// Too many PINs wait to be hashed.
    #[error("too many PINs wait to be hashed")]
    Busy,
}

impl PinLogins {
    /// Logins with a PIN.
    #[must_use]
    pub fn new(ports: PinPorts) -> Self {
        let PinPorts {
            pins,
            hasher,
            pool,
            rules,
            store,
            random,
            secret,
        } = ports;
        Self {
            waits: Waits::new(&store, secret, &rules),
            alarm: Alarm::new(&store, secret, rules.alarm_people),
            guided: Shelf::new(store, "pin-guided", FLOW_LIFE).forgettable(),
            devices: Devices::new(secret),
            pins,
            hasher,
            pool,
            rules,
            random,
        }
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> &PinRules {
        &self.rules
    }

    /// Looks at an attempt, if it is its turn.
    ///
    /// # Errors
    /// [`PinFailure`] when it could not be looked at; it does not count then.
    pub async fn check(
        &self,
        attempt: Attempt<'_>,
        context: &Context<'_>,
    ) -> Result<Checked, PinFailure> {
        // The place first: who finds none was not counted.
        let Some(place) = self.pool.place() else {
            return Ok(Checked::Refused(PinRefused::Busy));
        };
        let known = self.devices.known(attempt.device.as_ref(), attempt.person);
        let source = attempt.source.as_deref();
        let turn = self
            .waits
            .admit(attempt.person, known.as_ref(), source, context.now);
        let counted = match turn.await? {
            Ok(counted) => counted,
            Err(wait) => return Ok(Checked::Refused(PinRefused::Wait(wait))),
        };
        match self.look(&attempt, place, &counted, context).await {
            Ok(Ok(proven)) => {
                self.waits.was_right(counted, context.now).await?;
                Ok(Checked::Right(Box::new(Right {
                    person: attempt.person.clone(),
                    typed: attempt.secret,
                    proven,
                    device: attempt.device,
                })))
            }
            Ok(Err(refused)) => Ok(Checked::Refused(refused)),
            Err(failure) => {
                self.waits.was_nothing(counted, context.now).await?;
                Err(failure)
            }
        }
    }

    /// Compares what was typed with what is kept. For everybody the same hashes are made.
    async fn look(
        &self,
        attempt: &Attempt<'_>,
        place: Place,
        counted: &Counted,
        context: &Context<'_>,
    ) -> Result<Result<Proven, PinRefused>, PinFailure> {
        let place_of = match counted.is_known() {
            true => pin::Device::Familiar,
            false => pin::Device::Strange,
        };
        let secret = &attempt.secret;
        let counting = self.write(attempt.person, |dossier| match secret {
            TypedPin::Working(_) if attempt.is_half_of(&dossier) => dossier.try_pair(context),
            TypedPin::Working(_) => dossier.try_pin(place_of, context),
            TypedPin::Initial(_) => dossier.try_pair(context),
        });
        let (dossier, code) = match counting.await? {
            Ok(dossier) => (Some(dossier), "wrong"),
            Err(code) => {
                // Where no try is to be counted, the disk is waited for all the same.
                self.pins.write_for_nothing().await?;
                (None, code)
            }
        };
        let kept = dossier.as_ref().and_then(Dossier::pin);
        let against = kept.map_or(Against::Nothing, |pin| {
            secret.against(&pin.state, attempt.takes_half)
        });
        let (typed, hasher) = (secret.clone(), Arc::clone(&self.hasher));
        let compared = place.run(move || typed.compare(&against, &hasher)).await?;
        let guess = self.alarm.guess(&secret.text(), attempt.person);
        let code = match compared? {
            // It has found its person, rather than the other way round.
            Some(_) if !counted.is_known() && self.alarm.is_widespread(&guess).await? => {
                "widespread"
            }
            Some(proven) => return Ok(Ok(proven)),
            None => code,
        };
        // Only at a limit there is anything to write.
        if let Some(dossier) = dossier {
            let failed = |dossier: Dossier| match secret {
                TypedPin::Working(_) if attempt.is_half_of(&dossier) => {
                    dossier.pair_failed(context)
                }
                TypedPin::Working(_) => dossier.pin_failed(place_of, context),
                TypedPin::Initial(_) => dossier.pair_failed(context),
            };
            if failed(dossier).is_ok() {
                self.write(attempt.person, failed).await?.ok();
            }
        }
        // It was wrong, whether or not that can be noted.
        let is_alarm = self.alarm.wrong(&guess).await.unwrap_or_else(|error| {
            tracing::error!(%error, "pin-alarm-not-noted");
            false
        });
        Ok(Err(PinRefused::Wrong { code, is_alarm }))
    }

    /// Goes on with a right PIN, typed by somebody of these categories who may use one: writes its use down, or begins the
    /// procedure that it needs first.
    ///
    /// # Errors
    /// [`PinFailure`] when it could not be written; nobody is in then.
    pub async fn enter(
        &self,
        right: Right,
        at: (&FlowId, &BrowserDigest),
        categories: Categories,
        context: &Context<'_>,
    ) -> Result<Entered, PinFailure> {
        let begin = async |procedure, right| {
            let step = self.guide(right, procedure, at, categories).await?;
            Ok(Entered::Guided(procedure, step))
        };
        let (matched, is_old) = match &right.proven {
            Proven::Pair(first, second) => {
                let matched = |dossier: Dossier| dossier.pair_matched(first, second, context);
                return match self.write(&right.person, matched).await? {
                    Ok(_) => begin(Procedure::FirstAccess, right).await,
                    Err(_) => Ok(Entered::Changed),
                };
            }
            Proven::Half(matched) => {
                let matched = |dossier: Dossier| dossier.half_matched(matched, context);
                let used = self.write(&right.person, matched).await?.ok();
                // A device becomes known to somebody by their whole PIN.
                let proof = used.and_then(|dossier| VerifiedPin::of_half(&dossier, context.now));
                return Ok(proof.map_or(Entered::Changed, |proof| Entered::In(Box::new(proof))));
            }
            Proven::Working { matched, is_old } => (matched, *is_old),
        };
        let kept = self.pins.load(&right.person).await?;
        let status = kept.as_ref();
        let status = status.map(|kept| kept.dossier.status(context.rules, context.now));
        if let Some(PinStatus::Expired(working)) = status
            && matched.is_of(&working.hash)
        {
            return begin(Procedure::Renewal, right).await;
        }
        let rehashed = match is_old {
            true => self.rehashed(&right.typed).await?,
            false => None,
        };
        let used = self.write(&right.person, |dossier| {
            dossier.pin_matched(matched, rehashed.clone(), categories, context)
        });
        let used = used.await?.ok();
        Ok(
            match used.and_then(|dossier| self.proof(&dossier, right.device.as_ref(), context.now))
            {
                Some(proof) => Entered::In(Box::new(proof)),
                None => Entered::Changed,
            },
        )
    }

    /// The proof of a dossier whose change was just written.
    pub(super) fn proof(
        &self,
        dossier: &Dossier,
        device: Option<&Device>,
        now: Timestamp,
    ) -> Option<VerifiedPin> {
        let random = self.random.as_ref();
        let device = self.devices.remember(device, dossier.person(), random);
        VerifiedPin::new(dossier, device, now)
    }

    /// The hash that is in force now of a PIN that was right under one of before. When many wait, the next login has it made.
    async fn rehashed(&self, typed: &TypedPin) -> Result<Option<PinHash>, PinFailure> {
        let (TypedPin::Working(pin), Some(place)) = (typed, self.pool.place()) else {
            return Ok(None);
        };
        let (pin, hasher) = (pin.clone(), Arc::clone(&self.hasher));
        let random = Arc::clone(&self.random);
        let hash = place.run(move || pin.hash(&hasher, random.as_ref()));
        Ok(Some(hash.await??))
    }

    /// Writes what a command makes of a person's dossier, decided anew as long as others write it meanwhile. The code says
    /// why nothing was written: there is no dossier, or the command refuses.
    pub(super) async fn write(
        &self,
        person: &FiscalCode,
        command: impl Fn(Dossier) -> Result<Change, PinRefusal>,
    ) -> Result<Result<Dossier, &'static str>, PinFailure> {
        let decided = decide(self.pins.as_ref(), person, MOST_DECISIONS, |kept| {
            if kept.version == Version::NEW {
                return Err("unknown");
            }
            command(kept.dossier).map_err(|refusal| refusal.code())
        });
        decided.await.map_err(|error| match error {
            WriteError::Store(error) => error.into(),
            _ => PinFailure::Conflict,
        })
    }
}
