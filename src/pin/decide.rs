//! A command carried out on what is kept.

use std::future::{Future, ready};
use std::pin::pin;

use super::change::Change;
use super::dossier::Dossier;
use super::store::{Kept, PinStore, Version, WriteError};
use crate::identity::FiscalCode;
use crate::store::StoreError;

/// How often a change is decided anew when somebody else wrote the dossier meanwhile, where nothing else is said.
pub const MOST_DECISIONS: u32 = 8;

/// A person's dossier; a new one, where there is none.
///
/// # Errors
/// [`StoreError`] when the store fails.
pub async fn dossier_of(pins: &dyn PinStore, person: &FiscalCode) -> Result<Kept, StoreError> {
    let kept = pins.load(person).await?;
    Ok(kept.unwrap_or_else(|| Kept {
        dossier: Dossier::new(person.clone()),
        version: Version::NEW,
    }))
}

/// Writes what a command makes of a person's dossier. It is asked again, with what was written meanwhile, when somebody else was
/// faster: of two who decide the same, the second sees that it was decided. The dossier as it is on disk then, or why the
/// command made nothing of it.
///
/// # Errors
/// [`WriteError`] when the store fails, or others wrote all of `most` times.
pub async fn decide<E>(
    pins: &dyn PinStore,
    person: &FiscalCode,
    most: u32,
    command: impl FnMut(Kept) -> Result<Change, E>,
) -> Result<Result<Dossier, E>, WriteError> {
    decide_if(pins, person, most, ready(Ok(Ok(()))), command).await
}

/// The same where a change has to be admitted once more before it is written. What makes no change is not asked about.
///
/// # Errors
/// As [`decide`].
pub async fn decide_if<E>(
    pins: &dyn PinStore,
    person: &FiscalCode,
    most: u32,
    admission: impl Future<Output = Result<Result<(), E>, StoreError>>,
    mut command: impl FnMut(Kept) -> Result<Change, E>,
) -> Result<Result<Dossier, E>, WriteError> {
    let mut admission = Some(pin!(admission));
    for _ in 0..most {
        let kept = dossier_of(pins, person).await?;
        let version = kept.version;
        let change = match command(kept) {
            Ok(change) => change,
            Err(why) => return Ok(Err(why)),
        };
        if let Some(admission) = admission.take()
            && let Err(why) = admission.await?
        {
            return Ok(Err(why));
        }
        let dossier = change.dossier().clone();
        match pins.write(change, version).await {
            Ok(_) => return Ok(Ok(dossier)),
            Err(WriteError::Conflict) => {}
            Err(error @ WriteError::Store(_)) => return Err(error),
        }
    }
    Err(WriteError::Conflict)
}
