//! `varco metadata`: what others are given of this gateway.

use std::sync::Arc;

use super::{Configured, Ending, Output};
use crate::config::{Config, Ports, build};
use crate::crypto::SystemRandom;
use crate::identity::{Clock as _, SystemClock};

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
    /// The entity configuration in the federation of OpenID providers, for its portal
    Federation {
        /// What it says, as JSON, in place of the signed token
        #[arg(long)]
        decoded: bool,
    },
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.configured.config)?;
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let built = build(&config, ports)?;
    match &args.kind {
        Kind::Federation { decoded } => match &built.federation {
            Some(entity) if *decoded => {
                let claims = entity.claims(SystemClock.now());
                writeln!(output.out, "{}", serde_json::to_string_pretty(&claims)?)?;
            }
            Some(entity) => writeln!(output.out, "{}", entity.configuration(SystemClock.now())?)?,
            None => {
                writeln!(output.err, "the configuration has no `[federation]`")?;
                return Ok(Ending::NotGood);
            }
        },
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
