//! `varco audit`: prove that the audit log and the register are whole, and look something up in them. Who looks
//! something up is written to the log in turn (SPID technical rules, Log: access to the register is traced).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::{Configured, Ending, Output};
use crate::audit::{AuditEvent, AuditLog as _, AuditRecord, RegisterEntry};
use crate::config::Config;
use crate::crypto::SystemRandom;
use crate::identity::{Clock as _, FiscalCode, PersonKey, SystemClock, Timestamp};
use crate::store::SqliteStore;
use crate::store::sqlite::{Anchor, Ledger, Ledgers, Row};

/// The audit log and the register.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    configured: Configured,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Follow both chains from the first row to the last: ends 1 if a row was changed, removed or moved
    Verify {
        /// What an earlier run printed, as LEDGER=ROW:HASH; again for each ledger. Finds a whole file put back
        #[arg(long, value_name = "ANCHOR", value_parser = anchor)]
        anchor: Vec<(Ledger, Anchor)>,
    },
    /// Print the events that fit, as JSON, one a line
    Find(Filter),
    /// Print one login's register entry, both messages included
    Evidence {
        /// The evidence id that the event of the login names
        id: i64,
    },
    /// Write a whole ledger as JSON, one record a line
    Export {
        /// Which: audit or register
        #[arg(long, value_parser = ledger)]
        ledger: Ledger,
        /// Where to; the output if left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Which events fit: all that are given must.
#[derive(clap::Args)]
struct Filter {
    /// The event's type, as in `login_refused`
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// From this moment on, as in 2026-11-21T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Before this moment
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// The session's handle
    #[arg(long)]
    session: Option<String>,
    /// The reference that the person was shown
    #[arg(long)]
    reference: Option<String>,
    /// The person's fiscal code
    #[arg(long, value_name = "FISCAL_CODE", value_parser = FiscalCode::parse)]
    person: Option<FiscalCode>,
}

impl Filter {
    fn fits(&self, record: &AuditRecord) -> bool {
        fn is<T: PartialEq + ?Sized>(asked: Option<&T>, had: Option<&T>) -> bool {
            asked.is_none_or(|asked| had == Some(asked))
        }
        let event = &record.event;
        let person = event.person().and_then(|person| match person {
            PersonKey::FiscalCode(code) => Some(code),
            PersonKey::SpidCode(_) => None,
        });
        is(self.kind.as_deref(), Some(event.name()))
            && is(self.session.as_deref(), event.session())
            && is(self.reference.as_deref(), record.reference.as_deref())
            && is(self.person.as_ref(), person)
            && self.until.is_none_or(|until| record.at < until)
    }
}

fn ledger(text: &str) -> Result<Ledger, String> {
    Ledger::ALL
        .into_iter()
        .find(|ledger| ledger.table() == text)
        .ok_or_else(|| "no such ledger; there is audit or register".to_owned())
}

fn anchor(text: &str) -> Result<(Ledger, Anchor), String> {
    let (name, place) = text.split_once('=').unwrap_or((text, ""));
    let place = Anchor::parse(place).ok_or("an anchor is written LEDGER=ROW:HASH")?;
    Ok((ledger(name)?, place))
}

/// A record as it is printed.
#[derive(Serialize)]
struct Line<'a, T> {
    row: i64,
    at: Timestamp,
    record: &'a T,
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.configured.config)?;
    let ledgers = Ledgers::open(&config.store.database(), config.store.keys()?)?;
    match &args.command {
        Command::Verify { anchor } => return verify(&ledgers, anchor, output),
        Command::Find(filter) => {
            trace(&config, "find")?;
            let since = filter.since;
            ledgers.visit(Ledger::Audit, since, |row: Row<AuditRecord>| {
                if filter.fits(&row.record) {
                    print(output.out, &row)?;
                }
                anyhow::Ok(())
            })?;
        }
        Command::Evidence { id } => {
            trace(&config, "evidence")?;
            let Some(row) = ledgers.get::<RegisterEntry>(Ledger::Register, *id)? else {
                bail!("the register has no entry {id}, or its 24 months are over");
            };
            evidence(&row.record, output.out)?;
        }
        Command::Export { ledger, out } => {
            trace(&config, "export")?;
            let mut file;
            let out: &mut dyn Write = match out {
                Some(path) => {
                    let created = File::create_new(path)
                        .with_context(|| format!("cannot make {}", path.display()))?;
                    file = BufWriter::new(created);
                    &mut file
                }
                None => &mut *output.out,
            };
            match ledger {
                Ledger::Audit => {
                    ledgers.visit(*ledger, None, |row: Row<AuditRecord>| print(out, &row))?;
                }
                Ledger::Register => {
                    ledgers.visit(*ledger, None, |row: Row<RegisterEntry>| print(out, &row))?;
                }
            }
            out.flush()?;
        }
    }
    Ok(Ending::Good)
}

fn verify(
    ledgers: &Ledgers,
    anchors: &[(Ledger, Anchor)],
    output: &mut Output<'_>,
) -> anyhow::Result<Ending> {
    let now = SystemClock.now();
    let mut ending = Ending::Good;
    for ledger in Ledger::ALL {
        let noted = anchors.iter().find(|(of, _)| *of == ledger);
        let verified = ledgers.verify(ledger, noted.map(|(_, anchor)| anchor), now)?;
        let name = ledger.table();
        writeln!(
            output.out,
            "{name}: {} rows, {} of them past their 24 months, {} faults",
            verified.rows,
            verified.forgotten,
            verified.faults.len()
        )?;
        for fault in &verified.faults {
            writeln!(output.out, "{name}: {fault}")?;
            ending = Ending::NotGood;
        }
        if verified.faults.is_empty() {
            writeln!(
                output.out,
                "{name}: note down outside this machine: --anchor {name}={}",
                verified.head
            )?;
        }
    }
    Ok(ending)
}

/// Writes to the log that somebody looks at it.
fn trace(config: &Config, command: &str) -> anyhow::Result<()> {
    let store = SqliteStore::open(
        &config.store.database(),
        config.store.keys()?,
        Arc::new(SystemRandom),
    )?;
    let event = AuditEvent::LedgerRead {
        command: command.to_owned(),
    };
    let record = AuditRecord::new(event, SystemClock.now());
    tokio::runtime::Builder::new_current_thread()
        .build()?
        .block_on(store.record(record))?;
    Ok(())
}

/// One record a line.
fn print(out: &mut dyn Write, row: &Row<impl Serialize>) -> anyhow::Result<()> {
    let line = Line {
        row: row.seq,
        at: row.at,
        record: &row.record,
    };
    writeln!(out, "{}", serde_json::to_string(&line)?)?;
    Ok(())
}

/// The index as JSON, then both messages as they went over the wire.
fn evidence(entry: &RegisterEntry, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut index = serde_json::to_value(entry)?;
    if let Some(index) = index.as_object_mut() {
        index.remove("request_raw");
        index.remove("response_raw");
    }
    writeln!(out, "{}", serde_json::to_string_pretty(&index)?)?;
    for (name, raw) in [
        ("request", &entry.request_raw),
        ("response", &entry.response_raw),
    ] {
        writeln!(out, "\n{name}:")?;
        out.write_all(raw.expose())?;
        writeln!(out)?;
    }
    Ok(())
}
