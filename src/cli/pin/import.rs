//! `varco pin import`: reads the file twice. The first time everything in it is checked and nothing written; the second time it
//! is written, some hundred people a transaction, each with their audit record. Who was written has a PIN, and whoever has
//! one keeps it: that is all that an import which was interrupted needs to go on where it ended.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::bail;
use tokio::runtime::Runtime;

use super::{Ending, Output, row, runtime};
use crate::audit::PinActor;
use crate::cli::csv::{Faults, scan};
use crate::config::PinSection;
use crate::crypto::SystemRandom;
use crate::identity::{Clock as _, FiscalCode, SystemClock, Timestamp};
use crate::pin::{
    Context, Dossier, Imported, Pin, PinChannel, PinRefusal, PinRules, PinStore as _, Version,
    WriteError,
};
use crate::store::SqliteStore;

/// What the columns are, for `--help`.
pub(super) const COLUMNS_HELP: &str = "\
Columns, in any order:
  fiscal_code  whose PIN it is
  grade        `ordinary` or `dispositive`
  set_at       when it was set, as 2020-03-31 or 2020-03-31T10:20:30Z: from then on its months run
  used_at      when it was used last, written the same way
  pin_hash     pbkdf2-sha256$ITERATIONS$SALT$HASH: PBKDF2 with HMAC-SHA-256 over the PIN in upper case; salt and hash (32
               bytes) in base64url without padding. The first login makes a new hash in its place
and, where they are known:
  categories   what the holder is, as `varco explain --category` takes it, several with a space between; else citizen
  language     of what is sent to the holder, `it` or `en`; else it
  mobile, landline, email, pec
  name, surname, sex (F or M), birth_date, birth_place (the code of the place, as H501), street, addition, postal_code,
  city, province, country (as IT): all of a person's, or none of them";

/// How many people share a transaction: few enough that a gateway which serves meanwhile waits some milliseconds for it.
const CHUNK: usize = 500;
/// How often a chunk is tried that the gateway wrote into meanwhile.
const TRIES: u32 = 10;

/// An import under way.
pub(super) struct Import<'a> {
    store: SqliteStore,
    rules: &'a PinRules,
    now: Timestamp,
    runtime: Runtime,
}

/// What became of the people of a file.
#[derive(Debug, Default, Clone)]
struct Tally {
    /// How many were imported, by what their PIN is now.
    imported: BTreeMap<&'static str, u64>,
    /// How many an import brought before.
    before: u64,
    /// How many have a PIN that Varco gave them.
    own: u64,
}

impl<'a> Import<'a> {
    pub(super) fn new(store: SqliteStore, pin: &'a PinSection) -> anyhow::Result<Self> {
        Ok(Self {
            store,
            rules: &pin.rules,
            now: SystemClock.now(),
            runtime: runtime()?,
        })
    }

    pub(super) fn run(
        &self,
        file: &Path,
        dry_run: bool,
        output: &mut Output<'_>,
    ) -> anyhow::Result<Ending> {
        let faults = self.check(file, output)?;
        if !faults.is_empty() {
            faults.print(file, output)?;
            writeln!(output.err, "nothing was imported")?;
            return Ok(Ending::NotGood);
        }
        let tally = self.write(file, dry_run, output)?;
        let imported: u64 = tally.imported.values().sum();
        writeln!(
            output.out,
            "{imported} PINs imported, {} were imported before, {} people keep a PIN of here",
            tally.before, tally.own
        )?;
        for (status, count) in &tally.imported {
            writeln!(output.out, "{status:<12} {count}")?;
        }
        if dry_run {
            writeln!(output.out, "nothing was imported: this was a dry run")?;
        }
        Ok(Ending::Good)
    }

    /// Everything that is wrong in the file.
    fn check(&self, file: &Path, output: &mut Output<'_>) -> anyhow::Result<Faults> {
        let mut faults = Faults::default();
        let mut people = People::default();
        let file = (file, "checking ");
        scan(
            file,
            &row::COLUMNS,
            &mut faults,
            output,
            |number, fields, faults| {
                match row::read(&fields, self.now) {
                    Ok((person, _)) => people.add(&person, number),
                    Err(wrong) => {
                        for fault in wrong {
                            faults.add(number, fault.to_string());
                        }
                    }
                }
                Ok(())
            },
        )?;
        for (first, line) in people.twice() {
            faults.add(line, format!("this person is in line {first} already"));
        }
        Ok(faults)
    }

    /// Writes what the file says, a chunk after the other.
    fn write(&self, file: &Path, dry_run: bool, output: &mut Output<'_>) -> anyhow::Result<Tally> {
        let mut faults = Faults::default();
        let mut tally = Tally::default();
        let mut chunk = Vec::with_capacity(CHUNK);
        let named = (file, "importing");
        scan(
            named,
            &row::COLUMNS,
            &mut faults,
            output,
            |_, fields, faults| {
                match row::read(&fields, self.now) {
                    Ok(holder) if faults.is_empty() => chunk.push(holder),
                    _ => bail!(CHANGED),
                }
                if chunk.len() == CHUNK {
                    self.import(&chunk, dry_run, &mut tally)?;
                    chunk.clear();
                }
                Ok(())
            },
        )?;
        if !faults.is_empty() {
            bail!(CHANGED);
        }
        self.import(&chunk, dry_run, &mut tally)?;
        Ok(tally)
    }

    /// One chunk, in one transaction.
    fn import(
        &self,
        chunk: &[(FiscalCode, Imported)],
        dry_run: bool,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        for _ in 0..TRIES {
            let mut counted = tally.clone();
            let mut changes = Vec::with_capacity(chunk.len());
            for (person, imported) in chunk {
                let kept = self.runtime.block_on(self.store.load(person))?;
                let (dossier, version) = match kept {
                    Some(kept) => (kept.dossier, kept.version),
                    None => (Dossier::new(person.clone()), Version::NEW),
                };
                match dossier.pin() {
                    Some(Pin { channel, .. }) if *channel == PinChannel::Imported => {
                        counted.before += 1;
                    }
                    Some(_) => counted.own += 1,
                    None => {
                        let change = self.change(dossier, imported.clone())?;
                        let status = change.dossier().status(self.rules, self.now).name();
                        *counted.imported.entry(status).or_default() += 1;
                        changes.push((change, version));
                    }
                }
            }
            let written = if dry_run || changes.is_empty() {
                Ok(())
            } else {
                self.runtime.block_on(self.store.write_all(changes))
            };
            match written {
                Ok(()) => {
                    *tally = counted;
                    return Ok(());
                }
                // Somebody of the chunk was at the gateway meanwhile: what they did counts.
                Err(WriteError::Conflict) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
            }
        }
        bail!("people of this file are being written by others again and again: try later")
    }

    fn change(
        &self,
        dossier: Dossier,
        imported: Imported,
    ) -> Result<crate::pin::Change, PinRefusal> {
        let context = Context {
            now: self.now,
            random: &SystemRandom,
            rules: self.rules,
            by: &PinActor::Import,
            reference: None,
            client_address: None,
        };
        dossier.import(imported, &context)
    }
}

/// Somebody wrote to the file between the two readings.
const CHANGED: &str = "the file changed while it was read; what was imported of it stays, and the same command goes on";

/// Who is in a file, in what line. Sixteen bytes a person, so that a file of everybody who ever had a PIN fits in memory.
#[derive(Default)]
struct People(Vec<u128>);

impl People {
    fn add(&mut self, person: &FiscalCode, line: u32) {
        // 36 to the 16th is less than 2 to the 83rd: code and line fit, and no two codes are the same number.
        let code = person.expose().chars().fold(0_u128, |code, char| {
            code * 36 + u128::from(char.to_digit(36).unwrap_or_default())
        });
        self.0.push((code << 32) | u128::from(line));
    }

    /// The lines whose person stands in an earlier one, by line, each after that one.
    fn twice(mut self) -> Vec<(u32, u32)> {
        self.0.sort_unstable();
        let line = |entry: &u128| u32::try_from(entry & u128::from(u32::MAX)).unwrap_or_default();
        let same = self.0.chunk_by(|one, other| one >> 32 == other >> 32);
        let mut twice: Vec<_> = same
            .filter_map(|lines| lines.split_first())
            .flat_map(|(first, more)| more.iter().map(move |entry| (line(first), line(entry))))
            .collect();
        twice.sort_unstable_by_key(|(_, line)| *line);
        twice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_stands_in_a_file_twice_is_found_with_both_lines() {
        let person = |text| FiscalCode::parse(text).unwrap();
        let (mara, mario) = (person("RSSMRA80A01H501U"), person("SMPMRA70L02H501P"));
        let mut people = People::default();
        for (line, who) in [(2, &mara), (3, &mario), (7, &mara), (9, &mario), (8, &mara)] {
            people.add(who, line);
        }
        assert_eq!(people.twice(), [(2, 7), (2, 8), (3, 9)]);
    }

    #[test]
    fn the_help_names_every_column() {
        for column in row::COLUMNS.names {
            assert!(COLUMNS_HELP.contains(column), "{column}");
        }
    }
}
