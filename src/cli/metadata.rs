//! `varco metadata`: what others are given of this gateway.

use std::sync::Arc;

use super::{Configured, Ending, Output};
use crate::config::{Config, Ports, build};
use crate::crypto::SystemRandom;
use crate::identity::SystemClock;

/// Whose metadata, and of which gateway.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    configured: Configured,
    #[command(subcommand)]
    kind: Kind,
}

#[derive(clap::Subcommand)]
enum Kind {
    /// The signed metadata of the SPID service provider, for AgID
    Spid,
    /// The signed metadata of the CIE service provider, for the portal of the Ministry of the Interior
    Cie,
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.configured.config)?;
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let built = build(&config, ports)?;
    match args.kind {
        Kind::Spid => writeln!(output.out, "{}", built.spid.metadata())?,
        Kind::Cie => match &built.cie {
            Some(cie) => writeln!(output.out, "{}", cie.metadata())?,
            None => {
                writeln!(output.err, "the configuration has no `[cie.saml]`")?;
                return Ok(Ending::NotGood);
            }
        },
    }
    Ok(Ending::Good)
}
