//! `varco keys federation`: the keys of our entity in a federation, and their rotation, which goes no faster than those who
//! keep them can follow.

mod superior;

use std::path::PathBuf;

use chrono::TimeDelta;

use super::{Ending, Output};
use crate::cli::Configured;
use crate::config::{Config, FederationSection, KeyFolder};
use crate::crypto::KeyKind;
use crate::identity::{Clock as _, SystemClock, Timestamp};
use crate::login::openid::entity::{KeyUse, NextStep, Phase, Rotation};
use crate::protocol::jose::{EncryptionJwk, Jwk, JwsAlgorithm, KeyManagement};
use superior::{Superior, all_show, ask_all};

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
    /// The keys of the configuration, how far each rotation has come, and whether the superiors keep what is used: ends 1 if
    /// they do not
    Status(Configured),
    /// Take the next step of a rotation, unless it is too early: make and announce a key, see that the superiors keep it, use
    /// it, drop the old one
    Next(Next),
}

#[derive(clap::Args)]
struct Next {
    #[command(flatten)]
    configured: Configured,
    /// Which key
    #[arg(long = "use", value_name = "USE")]
    key_use: Which,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Which {
    /// Signs our entity configuration
    Federation,
    /// Signs authorization requests
    Signing,
    /// Opens what providers tell of people
    Encryption,
}

impl From<Which> for KeyUse {
    fn from(which: Which) -> Self {
        match which {
            Which::Federation => Self::Federation,
            Which::Signing => Self::Signing,
            Which::Encryption => Self::Encryption,
        }
    }
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
        Command::Next(args) => return next(args, output),
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

/// Asks the superiors, and tells of those that cannot say or that keep what is not ours.
fn asked(
    section: &FederationSection,
    folder: &KeyFolder,
    output: &mut Output<'_>,
) -> anyhow::Result<Vec<Superior>> {
    let superiors = ask_all(section)?;
    let ours: Vec<&str> = KeyUse::ALL
        .into_iter()
        .flat_map(|key_use| folder.kept(key_use))
        .collect();
    for superior in &superiors {
        match &superior.kept {
            Ok(kept) => {
                for kid in kept.strange(&ours) {
                    writeln!(output.out, "{} keeps {kid}, which is not ours", superior.id)?;
                }
            }
            Err(error) => writeln!(output.err, "{}: {error:#}", superior.id)?,
        }
    }
    Ok(superiors)
}

fn status(args: &Configured, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.config)?;
    let Some(section) = &config.federation else {
        return no_section(output);
    };
    let mut folder = KeyFolder::open(&section.keys)?;
    let mut good = true;
    let superiors = asked(section, &folder, output)?;
    for key_use in KeyUse::ALL {
        let rotation = folder.rotation(key_use)?.clone();
        let said = said(&rotation, section.chain_life);
        writeln!(
            output.out,
            "{:<10}  {}  {said}",
            key_use.name(),
            rotation.current()
        )?;
        for superior in &superiors {
            let Ok(kept) = &superior.kept else {
                good = false;
                continue;
            };
            let shown = |kid: &&&str| kept.shows(key_use, kid);
            let missing = rotation.kept();
            // Whoever resolves us uses what the superior keeps: without the key that is used nobody can log in.
            good &= kept.shows(key_use, rotation.current());
            for kid in missing.iter().filter(|kid| !shown(kid)) {
                writeln!(
                    output.out,
                    "{:<10}  {kid}  {} does not keep it",
                    "", superior.id
                )?;
            }
        }
    }
    Ok(if good { Ending::Good } else { Ending::NotGood })
}

/// Where a rotation stands and what comes next.
fn said(rotation: &Rotation, chain_life: TimeDelta) -> String {
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

fn moment(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn next(args: &Next, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = Config::load(&args.configured.config)?;
    let Some(section) = &config.federation else {
        return no_section(output);
    };
    let mut folder = KeyFolder::open(&section.keys)?;
    let key_use = KeyUse::from(args.key_use);
    let (now, life) = (SystemClock.now(), section.chain_life);
    let name = key_use.name();
    match folder.rotation(key_use)?.next_step(life) {
        NextStep::Announce => {
            let kid = folder.another_key(key_use)?;
            folder.rotation(key_use)?.announce(kid.clone(), now)?;
            folder.save()?;
            writeln!(
                output.out,
                "{name}: {kid} is published as soon as every node has this folder, within seconds. Have every superior keep it beside the one that is used:\n{}",
                public_set(&folder, key_use, &kid)?
            )?;
        }
        NextStep::Register(kid) => {
            let superiors = asked(section, &folder, output)?;
            if !all_show(&superiors, key_use, &kid) {
                writeln!(output.err, "{name}: not every superior shows {kid} yet")?;
                return Ok(Ending::NotGood);
            }
            folder.rotation(key_use)?.registered(now)?;
            folder.save()?;
            writeln!(
                output.out,
                "{name}: every superior shows {kid}; it can be used from {} on",
                moment(now + life)
            )?;
        }
        NextStep::Switch(at) if now < at => return too_early(name, at, output),
        NextStep::Switch(_) => {
            folder.rotation(key_use)?.switch(now, life)?;
            folder.save()?;
            let kid = folder.rotation(key_use)?.current().to_owned();
            writeln!(
                output.out,
                "{name}: {kid} is used as soon as a node has this folder, within seconds; the old one can go from {} on",
                moment(now + life)
            )?;
        }
        NextStep::Retire(at) if now < at => return too_early(name, at, output),
        NextStep::Retire(_) => {
            let old = folder.rotation(key_use)?.retire(now, life)?;
            folder.save()?;
            folder.remove_key(key_use, &old)?;
            writeln!(
                output.out,
                "{name}: {old} is gone; the superiors need not keep it any more"
            )?;
        }
    }
    Ok(Ending::Good)
}

fn too_early(name: &str, at: Timestamp, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    writeln!(
        output.err,
        "{name}: chains that do not know of the last step may be in use until {}",
        moment(at)
    )?;
    Ok(Ending::NotGood)
}

fn no_section(output: &mut Output<'_>) -> anyhow::Result<Ending> {
    writeln!(output.err, "the configuration has no `[federation]`")?;
    Ok(Ending::NotGood)
}
