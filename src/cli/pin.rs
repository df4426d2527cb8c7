//! `varco pin`: take over the PINs that were there before Varco, and tell who still uses one.

mod import;
mod picture;
mod report;
mod row;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;

use super::{Configured, Ending, Output};
use crate::config::Config;
use crate::crypto::SystemRandom;
use crate::http::language::Language;
use crate::store::SqliteStore;

/// The institute's own PIN.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    configured: Configured,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Take over PINs that were there before Varco, from a CSV file: nothing when anything in it is wrong. Whoever has a PIN
    /// keeps it, so that an import that was interrupted goes on when it is started again
    #[command(after_help = import::COLUMNS_HELP)]
    Import {
        /// The file: UTF-8, with a header line; `,` or `;` between columns
        file: PathBuf,
        /// Only say what is wrong and what would be imported
        #[arg(long)]
        dry_run: bool,
    },
    /// Tell who uses a PIN: by month, grade and category, as CSV. Whoever is of several categories counts in each, and once in
    /// `all`
    Report {
        /// Where the CSV goes, in place of the output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Draws it, too: a picture for people (SVG)
        #[arg(long, value_name = "FILE.svg")]
        picture: Option<PathBuf>,
        /// The language of the picture
        #[arg(long, value_name = "CODE", default_value = "it", value_parser = language)]
        language: Language,
    },
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| {
        let codes: Vec<_> = Language::all().map(Language::code).collect();
        format!("there are {}", codes.join(", "))
    })
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.configured.config)?;
    let Some(pin) = &config.pin else {
        bail!("the configuration has no `[pin]`: nobody has one");
    };
    match &args.command {
        Command::Import { file, dry_run } => {
            let import = import::Import::new(open(&config)?, pin)?;
            import.run(file, *dry_run, output)
        }
        Command::Report {
            out,
            picture,
            language,
        } => {
            let report = report::Report::read(&open(&config)?)?;
            if let Some(file) = picture {
                report::write(file, |out| picture::draw(&report, *language, out))?;
            }
            match out {
                Some(file) => report::write(file, |out| report.csv(out))?,
                None => report.csv(output.out)?,
            }
            Ok(Ending::Good)
        }
    }
}

fn open(config: &Config) -> anyhow::Result<SqliteStore> {
    config.store.make_folder()?;
    let (file, keys) = (config.store.database(), config.store.keys()?);
    Ok(SqliteStore::open(&file, keys, Arc::new(SystemRandom))?)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
