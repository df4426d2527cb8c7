//! `varco keys`: make keys, secrets and certificates. A file that is there is never overwritten, and what is private is
//! readable by its owner only.

mod cie;
mod federation;
mod spid;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Ending, Output};
use crate::crypto::{KeyKind, Random, SigningKey, SystemRandom};

/// Make keys, secrets and certificates
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a private key that signs tokens: P-256, or RSA for applications that want RS256
    Openid {
        /// Where to: PEM
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// RSA of 3072 bits in place of P-256
        #[arg(long)]
        rsa: bool,
    },
    Spid(spid::Args),
    Cie(cie::Args),
    Federation(federation::Args),
    /// Make a secret of 256 bits: the store's key, or the secret behind `sub`
    Secret {
        /// Where to
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    match &args.command {
        Command::Openid { out, rsa } => {
            let kind = if *rsa {
                KeyKind::Rsa(3072)
            } else {
                KeyKind::P256
            };
            write_private(out, SigningKey::generate(kind)?.to_pem().as_bytes())?;
            writeln!(output.out, "{}: a {kind:?} key", out.display())?;
        }
        Command::Spid(args) => return spid::run(args, output),
        Command::Cie(args) => return cie::run(args, output),
        Command::Federation(args) => return federation::run(args, output),
        Command::Secret { out } => {
            let random: &dyn Random = &SystemRandom;
            let secret = zeroize::Zeroizing::new(format!("{}\n", random.token()));
            write_private(out, secret.as_bytes())?;
            writeln!(
                output.out,
                "{}: a secret; keep a copy where the data are not",
                out.display()
            )?;
        }
    }
    Ok(Ending::Good)
}

/// Writes a new file that its owner alone can read.
fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_new(&options, path, content)
}

/// Writes a new file that everybody may read.
fn write_public(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    write_new(
        OpenOptions::new().write(true).create_new(true),
        path,
        content,
    )
}

fn write_new(options: &OpenOptions, path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(content)
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))
}
