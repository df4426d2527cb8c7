//! `varco profiles`: fill the table of who people are in the institute's archives, and look one person up.

mod row;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use super::csv::{Faults, scan};
use super::{Configured, Ending, Output};
use crate::archive::{MOST_PROFILES, ProfileChoice};
use crate::audit::{AuditEvent, AuditLog as _, AuditRecord};
use crate::config::{ArchivesSection, Config};
use crate::crypto::SystemRandom;
use crate::identity::{Clock as _, FiscalCode, PersonKey, SystemClock};
use crate::store::SqliteStore;
use crate::store::sqlite::profiles::{Conflict, ProfileImport, Summary};

/// Who people are in the institute's archives.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    configured: Configured,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Replace the whole table by a CSV file with the columns `fiscal_code`, `category`, `organisation_code`,
    /// `organisation_name`: all of it, or nothing when anything in it is wrong
    Import {
        /// The file: UTF-8, with a header line; `,` or `;` between columns
        file: PathBuf,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// Go on even if more than half of what there is would be removed
        #[arg(long)]
        force: bool,
    },
    /// Print what the archives of the configuration say of a person
    Show {
        /// Whom
        #[arg(value_parser = FiscalCode::parse)]
        fiscal_code: FiscalCode,
    },
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.configured.config)?;
    match &args.command {
        Command::Import {
            file,
            dry_run,
            force,
        } => import(&config, file, *dry_run, *force, output),
        Command::Show { fiscal_code } => show(&config, fiscal_code, output),
    }
}

fn import(
    config: &Config,
    file: &Path,
    dry_run: bool,
    force: bool,
    output: &mut Output<'_>,
) -> anyhow::Result<Ending> {
    config.store.make_folder()?;
    let keys = config.store.profile_keys()?;
    let mut import = ProfileImport::begin(&config.store.profiles(), keys, Arc::new(SystemRandom))?;
    let mut faults = Faults::default();
    read(file, &mut import, &mut faults, output)?;
    if faults.is_empty() {
        for conflict in import.conflicts()? {
            note(&mut faults, &conflict);
        }
    }
    if !faults.is_empty() {
        faults.print(file, output)?;
        writeln!(output.err, "nothing was changed")?;
        return Ok(Ending::NotGood);
    }
    let summary = import.summary()?;
    let Summary {
        after,
        added,
        changed,
        removed,
        ..
    } = summary;
    writeln!(
        output.out,
        "{after} rows: {added} added, {changed} changed, {removed} removed"
    )?;
    if summary.removed > summary.before / 2 && !force {
        writeln!(
            output.err,
            "{removed} of {} rows would go: if that is meant, say --force; nothing was changed",
            summary.before
        )?;
        return Ok(Ending::NotGood);
    }
    if dry_run {
        writeln!(output.out, "nothing was changed")?;
        return Ok(Ending::Good);
    }
    // Not before the log has it: what cannot be proved afterwards does not happen.
    record(
        config,
        AuditEvent::ProfilesImported {
            added,
            changed,
            removed,
        },
    )?;
    import.commit()?;
    if !matches!(config.archives, ArchivesSection::Table) {
        writeln!(
            output.err,
            "note: the configuration does not use the table; `[archives] table = true` does"
        )?;
    }
    Ok(Ending::Good)
}

/// Reads the whole file. After the first fault lines are looked at, and no longer taken.
fn read(
    file: &Path,
    import: &mut ProfileImport,
    faults: &mut Faults,
    output: &mut Output<'_>,
) -> anyhow::Result<()> {
    scan(
        (file, "reading"),
        &row::COLUMNS,
        faults,
        output,
        |number, fields, faults| {
            match row::read(&fields) {
                Ok((code, is)) if faults.is_empty() => {
                    import.add(number, &PersonKey::FiscalCode(code), &is)?;
                }
                Ok(_) => {}
                Err(fault) => faults.add(number, fault.to_string()),
            }
            Ok(())
        },
    )
}

fn note(faults: &mut Faults, conflict: &Conflict) {
    match conflict {
        Conflict::Twice { first, line } => {
            faults.add(*line, format!("says again what line {first} says"));
        }
        Conflict::TooMany { line, profiles } => faults.add(
            *line,
            format!("this person has {profiles} profiles; at most {MOST_PROFILES} can be"),
        ),
    }
}

fn show(config: &Config, code: &FiscalCode, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    if matches!(config.archives, ArchivesSection::None) {
        bail!("the configuration has no `[archives]`: everybody is a citizen");
    }
    config.store.make_folder()?;
    let person = PersonKey::FiscalCode(code.clone());
    record(
        config,
        AuditEvent::ProfilesRead {
            person: person.clone(),
        },
    )?;
    let archive = config.archives.open(&config.store)?;
    let standing = runtime()?.block_on(archive.standing(&person, SystemClock.now()))?;
    writeln!(output.out, "personal  {}", standing.personal())?;
    for choice in standing.choices() {
        let ProfileChoice::Professional(profile) = choice else {
            continue;
        };
        match profile.organisation() {
            Some(organisation) => writeln!(
                output.out,
                "profile   {}  {}  {}",
                profile.category(),
                organisation.code(),
                organisation.name()
            )?,
            None => writeln!(output.out, "profile   {}", profile.category())?,
        }
    }
    Ok(Ending::Good)
}

/// Writes to the audit log what is done here.
fn record(config: &Config, event: AuditEvent) -> anyhow::Result<()> {
    let database = config.store.database();
    let store = SqliteStore::open(&database, config.store.keys()?, Arc::new(SystemRandom))?;
    runtime()?.block_on(store.record(AuditRecord::new(event, SystemClock.now())))?;
    Ok(())
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
