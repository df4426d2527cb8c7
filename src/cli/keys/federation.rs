//! `varco keys federation`: the keys of our entity in a federation, and their rotation, which goes no faster than those who
//! keep them can follow.

use std::path::PathBuf;

use chrono::TimeDelta;

use super::{Ending, Output};
use crate::cli::Configured;
use crate::config::{Config, KeyFolder};
use crate::crypto::KeyKind;
use crate::identity::Timestamp;
use crate::login::openid::entity::{KeyUse, NextStep, Phase, Rotation};
use crate::protocol::jose::{EncryptionJwk, Jwk, JwsAlgorithm, KeyManagement};

/// The keys of our entity in a federation
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make the folder with a first key for each use: federation, signing, encryption
    New {
        /// Where to: `keys` of `[federation]`
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// RSA bits: 2048, 3072 or 4096
        #[arg(long, default_value_t = 3072, value_name = "BITS")]
        bits: usize,
        /// P-256 in place of RSA, which every provider must know and this one only should
        #[arg(long, conflicts_with = "bits")]
        p256: bool,
    },
    /// The keys of the configuration, and how far each rotation has come
    Status(Configured),
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    match &args.command {
        Command::New { out, bits, p256 } => {
            let kind = if *p256 {
                KeyKind::P256
            } else {
                KeyKind::Rsa(*bits)
            };
            let mut folder = KeyFolder::make(out, kind)?;
            for key_use in KeyUse::ALL {
                let kid = folder.rotation(key_use)?.current().to_owned();
                writeln!(output.out, "{:<10}  {kid}", key_use.name())?;
            }
            writeln!(
                output.out,
                "{}: keep a copy where the data are not; the superior registers the federation key:",
                out.display()
            )?;
            let kid = folder.rotation(KeyUse::Federation)?.current().to_owned();
            writeln!(
                output.out,
                "{}",
                public_set(&folder, KeyUse::Federation, &kid)?
            )?;
        }
        Command::Status(args) => return status(args, output),
    }
    Ok(Ending::Good)
}

/// A key as a superior is given it: a set of one, with no more than it needs.
fn public_set(folder: &KeyFolder, key_use: KeyUse, kid: &str) -> anyhow::Result<String> {
    let key = folder.public_key(key_use, kid)?;
    let kind = key.kind();
    let jwk = match key_use {
        KeyUse::Federation | KeyUse::Signing => Jwk::new(key, JwsAlgorithm::usual(kind))?.to_json(),
        KeyUse::Encryption => {
            let of_rsa = KeyManagement::RsaOaep256;
            let fitting = if of_rsa.fits(kind) {
                of_rsa
            } else {
                KeyManagement::EcdhEsA256Kw
            };
            EncryptionJwk::new(key, fitting)?.to_json()
        }
    };
    Ok(serde_json::json!({"keys": [jwk]}).to_string())
}

fn status(args: &Configured, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.config)?;
    let Some(section) = &config.federation else {
        writeln!(output.err, "the configuration has no `[federation]`")?;
        return Ok(Ending::NotGood);
    };
    let mut folder = KeyFolder::open(&section.keys)?;
    for key_use in KeyUse::ALL {
        let rotation = folder.rotation(key_use)?;
        writeln!(
            output.out,
            "{:<10}  {}  {}",
            key_use.name(),
            rotation.current(),
            said(rotation, section.chain_life)
        )?;
    }
    Ok(Ending::Good)
}

/// Where a rotation stands and what comes next.
fn said(rotation: &Rotation, chain_life: TimeDelta) -> String {
    let moment = |at: Timestamp| at.format("%Y-%m-%d %H:%M UTC").to_string();
    match (rotation.phase(), rotation.next_step(chain_life)) {
        (Phase::Announced { next, .. }, _) => {
            format!("is used; {next} is published and waits for the superior")
        }
        (Phase::Registered { next, .. }, NextStep::Switch(at)) => {
            format!("is used; {next} takes its place from {} on", moment(at))
        }
        (Phase::Switched { old, .. }, NextStep::Retire(at)) => {
            format!("is used; {old} can go from {} on", moment(at))
        }
        _ => "is used".to_owned(),
    }
}
