//! `varco cns`: whom cards are trusted from.

mod import;
mod table;

use super::{Configured, Ending, Output};
use crate::config::{CnsSection, Config};
use crate::identity::{Clock as _, SystemClock};

/// Logins with a smart card.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    configured: Configured,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// The authorities whose cards are good
    Trust {
        #[command(subcommand)]
        command: Trust,
    },
}

#[derive(clap::Subcommand)]
enum Trust {
    /// Put another issue of the national trusted list in the place of the one that is kept. What cannot be trusted changes
    /// nothing; a gateway that runs takes it up by itself
    Import {
        /// The list's file or its https address; the configured `url` if left out
        source: Option<String>,
        /// Go on even if more authorities would go than `max_removed_percent` allows
        #[arg(long)]
        accept_removals: bool,
    },
    /// The authorities in force: whose they are, the kind of their cards, until when, and the id by which the configuration
    /// names them
    List,
    /// What importing a list would change, and whether it would be refused (then it ends 1)
    Diff {
        /// The list's file or its https address; the configured `url` if left out
        source: Option<String>,
    },
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.configured.config)?;
    let Some(cns) = &config.cns else {
        anyhow::bail!("the configuration has no `[cns]`: there are no logins with cards");
    };
    let Command::Trust { command } = &args.command;
    match command {
        Trust::Import {
            source,
            accept_removals,
        } => import::import(
            &config,
            &cns.trust,
            source.as_deref(),
            *accept_removals,
            output,
        ),
        Trust::List => list(&config, cns, output),
        Trust::Diff { source } => import::diff(&config, &cns.trust, source.as_deref(), output),
    }
}

fn list(config: &Config, cns: &CnsSection, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let loaded = cns
        .trust
        .load(&config.store.list_mark(), SystemClock.now())?;
    table::write(&loaded.anchors, output.out)?;
    let hints = loaded.anchors.hints();
    let bytes: usize = hints.iter().map(|name| name.len() + 2).sum();
    writeln!(
        output.out,
        "{} authorities; browsers are told {} names in {bytes} bytes",
        loaded.anchors.len(),
        hints.len()
    )?;
    if let Some(list) = &loaded.list {
        let candidate = &list.candidate;
        writeln!(
            output.out,
            "trusted list {} of {}, imported on {}",
            candidate.sequence,
            candidate.issued.format("%Y-%m-%d"),
            list.kept.imported.format("%Y-%m-%d")
        )?;
    }
    for note in &loaded.notes {
        writeln!(output.err, "note: {note}")?;
    }
    Ok(Ending::Good)
}
