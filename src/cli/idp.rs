//! `varco idp`: which identity providers there are, and what metadata files hold.

mod ministry;
mod refresh;

use std::path::PathBuf;

use anyhow::{Context as _, anyhow};

use super::{Configured, Ending, Output};
use crate::config::Config;
use crate::crypto::{PublicKey, certificate};
use crate::identity::{AssuranceLevel, Clock as _, SystemClock};
use crate::login::spid::load_metadata;

/// Identity providers.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    configured: Configured,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// The providers of the configuration: name, highest level, metadata, entity id
    List,
    /// Bring metadata anew from the addresses that the configuration names; what cannot be trusted changes nothing, and
    /// other metadata of the Ministry of the Interior than the pinned ones are an alarm
    Refresh {
        /// Go on even if many providers would be lost
        #[arg(long)]
        force: bool,
    },
    /// What files or folders of metadata hold, without a configuration: ends 1 if anything in them cannot be used
    Verify {
        /// Files, or folders of `.xml` files
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// The certificate, PEM, that must have signed each file as a whole; again for each one that may
        #[arg(long, value_name = "FILE")]
        signed_by: Vec<PathBuf>,
    },
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    match &args.command {
        Command::List => list(&Config::load(&args.configured.config)?, output),
        Command::Refresh { force } => {
            refresh::run(&Config::load(&args.configured.config)?, *force, output)
        }
        Command::Verify { paths, signed_by } => verify(paths, signed_by, output),
    }
}

fn list(config: &Config, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let (providers, notes) = config.spid.identity_providers(SystemClock.now())?;
    for provider in providers.all() {
        let metadata = match &provider.metadata {
            Some(_) => "metadata",
            None => "no metadata: not offered",
        };
        writeln!(
            output.out,
            "{:<20}  {:<11}  {metadata:<24}  {}",
            provider.name, provider.highest, provider.entity_id
        )?;
    }
    if let Some(saml) = config.cie.as_ref().and_then(|cie| cie.saml.as_ref()) {
        ministry::list(saml, output)?;
    }
    for note in notes {
        writeln!(output.err, "{note}")?;
    }
    Ok(Ending::Good)
}

fn verify(
    paths: &[PathBuf],
    signed_by: &[PathBuf],
    output: &mut Output<'_>,
) -> anyhow::Result<Ending> {
    let pinned = signed_by
        .iter()
        .map(pinned_key)
        .collect::<Result<Vec<_>, _>>()?;
    let pinned = (!pinned.is_empty()).then_some(pinned.as_slice());
    let loaded = match load_metadata(paths, pinned, SystemClock.now()) {
        Ok(loaded) => loaded,
        Err(errors) => {
            for error in errors {
                writeln!(output.err, "{error}")?;
            }
            return Ok(Ending::NotGood);
        }
    };
    for provider in &loaded.providers {
        let level = provider
            .highest_level
            .and_then(AssuranceLevel::from_digit)
            .map_or("not said", AssuranceLevel::name);
        writeln!(
            output.out,
            "{}  keys {}  highest level {level}",
            provider.entity_id,
            provider.keys.len()
        )?;
    }
    for (path, entity_id, refusal) in &loaded.refused {
        writeln!(output.err, "{}: {entity_id}: {refusal}", path.display())?;
    }
    Ok(if loaded.refused.is_empty() {
        Ending::Good
    } else {
        Ending::NotGood
    })
}

fn pinned_key(path: &PathBuf) -> anyhow::Result<PublicKey> {
    let pem = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let der = certificate::from_pem(&pem)
        .ok_or_else(|| anyhow!("{} is not a certificate in PEM", path.display()))?;
    Ok(PublicKey::from_certificate(&der)?)
}
