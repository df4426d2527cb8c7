//! The Ministry's metadata, which are held to a digest: what they say, and whether what the Ministry publishes is still that.

use std::fs;

use anyhow::{Context as _, anyhow, bail};

use super::refresh::{KINDS, replace};
use crate::cli::Output;
use crate::cli::download::download;
use crate::config::{CieSamlSection, Remote};
use crate::identity::{Clock as _, SystemClock};
use crate::login::cie::{Fingerprint, Ministry};

/// The longest metadata, in bytes: the real ones are a hundredth of it.
const LONGEST: usize = 1024 * 1024;

/// Prints the Ministry as the configuration has it.
pub(super) fn list(section: &CieSamlSection, output: &mut Output<'_>) -> anyhow::Result<()> {
    let ministry = section.ministry(SystemClock.now())?;
    writeln!(
        output.out,
        "{:<20}  {:<11}  {:<24}  {}",
        "CIE",
        section.trusted_level_cap,
        "metadata",
        ministry.entity_id()
    )?;
    writeln!(output.out, "  SHA-256 {}", ministry.fingerprint())?;
    Ok(())
}

/// Looks whether what the Ministry publishes is the file that is in use, or the next one that is pinned, which then takes
/// its place. Anything else is an alarm: the file stays, and what differs is told.
pub(super) fn look(
    section: &CieSamlSection,
    remote: &Remote,
    output: &mut Output<'_>,
) -> anyhow::Result<()> {
    let bytes = download(remote, KINDS, LONGEST)?;
    let path = section.metadata.display();
    let before = match fs::read(&section.metadata) {
        Ok(before) if before == bytes => {
            writeln!(output.out, "{path}: as it was")?;
            return Ok(());
        }
        Ok(before) => Some(before),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).context("cannot be read"),
    };
    let now = SystemClock.now();
    let brought = Ministry::look_at(&bytes, now)
        .map_err(|refusal| anyhow!("what {} sent cannot be used: {refusal}", remote.url))?;
    let known = before.and_then(|before| Ministry::look_at(&before, now).ok());
    compare(known.as_ref(), &brought, output)?;
    let found = Fingerprint::of(&bytes);
    if !section.fingerprints.contains(&found) {
        bail!(
            "ALARM: the Ministry publishes other metadata, SHA-256 {found}. Ask the Ministry; if they are its own, put this \
             digest beside the one in `fingerprint` and run this again"
        );
    }
    replace(&section.metadata, &bytes)?;
    writeln!(output.out, "{path}: {}", brought.entity_id())?;
    Ok(())
}

/// Prints in what the metadata differ.
fn compare(
    known: Option<&Ministry>,
    brought: &Ministry,
    output: &mut Output<'_>,
) -> std::io::Result<()> {
    let Some(known) = known else {
        return writeln!(output.out, "+ {}", brought.entity_id());
    };
    let (old, new) = (known.metadata(), brought.metadata());
    for (what, same) in [
        ("entityID", old.entity_id == new.entity_id),
        ("signing keys", old.keys == new.keys),
        (
            "addresses of login",
            old.single_sign_on == new.single_sign_on,
        ),
        (
            "addresses of logout",
            old.single_logout == new.single_logout,
        ),
    ] {
        if !same {
            writeln!(output.out, "~ {what}")?;
        }
    }
    Ok(())
}
