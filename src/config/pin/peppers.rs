//! The keys that PINs are hashed with, outside the database.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use crate::config::reader::Reader;
use crate::config::{Fault, files};
use crate::crypto::{Pepper, PinHashCost, PinHasher};

/// One of `peppers`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPepper {
    number: Spanned<u32>,
    file: PathBuf,
}

/// The files of the peppers, each with its number: the one in force, then those before it.
#[derive(Debug, Clone)]
pub(super) struct Peppers(Vec<(u32, PathBuf)>);

impl Peppers {
    /// The list, if there is one in force and no two have one number.
    pub(super) fn read(raw: Spanned<Vec<RawPepper>>, reader: &mut Reader<'_>) -> Option<Self> {
        let span = raw.span();
        let mut peppers: Vec<(u32, PathBuf)> = Vec::new();
        let mut are_valid = true;
        for pepper in raw.into_inner() {
            let number = *pepper.number.get_ref();
            if peppers.iter().any(|(other, _)| *other == number) {
                let message = "two peppers have this number: the hashes of one could not be told from those of the other";
                reader.fault(pepper.number.span(), message);
                are_valid = false;
            }
            peppers.push((number, reader.path(pepper.file)));
        }
        if peppers.is_empty() {
            let message =
                "`peppers` is empty: name the file of one at least; `varco keys secret` makes one";
            reader.fault(span, message);
            are_valid = false;
        }
        are_valid.then_some(Self(peppers))
    }

    /// Reads the files. Nothing is hashed yet.
    ///
    /// # Errors
    /// [`Fault`] names the file that cannot be used.
    pub(super) fn hasher(&self, cost: PinHashCost) -> Result<PinHasher, Fault> {
        let mut peppers = self
            .0
            .iter()
            .map(|(number, file)| Ok((file, Pepper::new(*number, *files::secret(file)?))))
            .collect::<Result<Vec<_>, Fault>>()?
            .into_iter();
        // There is one: that was looked at when the section was read.
        let (file, current) = peppers
            .next()
            .ok_or_else(|| Fault::of_file(&PathBuf::new(), "`[pin] peppers` names no file"))?;
        let previous = peppers.map(|(_, pepper)| pepper).collect();
        PinHasher::new(cost, current, previous)
            .map_err(|error| Fault::of_file(file, error.to_string()))
    }
}
