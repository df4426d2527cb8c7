//! `varco idp refresh`: brings the providers' metadata anew from where the configuration says.
//!
//! What comes is looked at before it is kept: the pinned signature, whether there is anything in it that can be used, and
//! how many providers would be lost. It takes the place of the old file at one stroke, and the old one stays beside it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};

use super::super::download::download;
use super::super::{Ending, Output};
use super::ministry;
use crate::config::{Config, MetadataSource, Remote};
use crate::identity::{Clock as _, SystemClock};
use crate::protocol::saml::provider_metadata::{
    IdentityProviderMetadata, MetadataFile, read_metadata,
};

/// The longest list, in bytes: the registry's is a tenth of it.
const LONGEST: usize = 16 * 1024 * 1024;

/// What servers call SAML metadata.
pub(super) const KINDS: &[&str] = &[
    "application/samlmetadata+xml",
    "application/xml",
    "text/xml",
];

/// Brings every source that has an address; ends 1 if one of them could not be used.
pub(super) fn run(config: &Config, force: bool, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let mut ending = Ending::Good;
    let mut any = false;
    for source in &config.spid.metadata {
        let Some(remote) = &source.remote else {
            continue;
        };
        any = true;
        if let Err(error) = one(source, remote, force, output) {
            let path = source.path.display();
            writeln!(output.err, "{path}: {error:#}; it stays as it is")?;
            ending = Ending::NotGood;
        }
    }
    let cie = config.cie.as_ref().and_then(|cie| cie.saml.as_ref());
    if let Some(saml) = cie
        && let Some(remote) = &saml.remote
    {
        any = true;
        if let Err(error) = ministry::look(saml, remote, output) {
            let path = saml.metadata.display();
            writeln!(output.err, "{path}: {error:#}; it stays as it is")?;
            ending = Ending::NotGood;
        }
    }
    if !any {
        bail!(
            "no `[[spid.metadata]]` has a `url`, and `[cie.saml]` no `metadata_url`, to bring metadata from"
        );
    }
    Ok(ending)
}

fn one(
    source: &MetadataSource,
    remote: &Remote,
    force: bool,
    output: &mut Output<'_>,
) -> anyhow::Result<()> {
    let bytes = download(remote, KINDS, LONGEST)?;
    let now = SystemClock.now();
    let pinned = source.pinned()?;
    let brought = read_metadata(&bytes, pinned.as_deref(), now)
        .map_err(|refusal| anyhow!("what {} sent cannot be used: {refusal}", remote.url))?;
    if brought.providers.is_empty() {
        bail!("what {} sent has no provider that can be used", remote.url);
    }
    for (entity_id, refusal) in &brought.refused {
        writeln!(output.err, "{entity_id} is not used: {refusal}")?;
    }
    let path = &source.path;
    let before = match fs::read(path) {
        Ok(before) if before == bytes => {
            writeln!(output.out, "{}: as it was", path.display())?;
            return Ok(());
        }
        // What is there may have expired, or be broken: that is a reason to bring it anew.
        Ok(before) => read_metadata(&before, pinned.as_deref(), now).unwrap_or_default(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => MetadataFile::default(),
        Err(error) => return Err(error).context("cannot be read"),
    };
    let lost = compare(&before.providers, &brought.providers, output)?;
    let had = before.providers.len();
    // The federation loses a provider a year. Many at once are a mistake of somebody's, and people could not log in.
    if lost * 5 > had && !force {
        bail!("{lost} of {had} providers would be lost: if that is meant, say --force");
    }
    replace(path, &bytes)?;
    let count = brought.providers.len();
    writeln!(output.out, "{}: {count} providers", path.display())?;
    Ok(())
}

/// Prints what differs; tells how many providers are no longer there.
fn compare(
    before: &[IdentityProviderMetadata],
    after: &[IdentityProviderMetadata],
    output: &mut Output<'_>,
) -> std::io::Result<usize> {
    let find = |all: &[IdentityProviderMetadata], entity_id: &str| {
        all.iter().find(|one| one.entity_id == entity_id).cloned()
    };
    for provider in after {
        match find(before, &provider.entity_id) {
            None => writeln!(output.out, "+ {}", provider.entity_id)?,
            Some(old) if old == *provider => {}
            Some(old) if old.keys == provider.keys => {
                writeln!(output.out, "~ {}", provider.entity_id)?;
            }
            Some(_) => writeln!(output.out, "~ {} (other keys)", provider.entity_id)?,
        }
    }
    let mut lost = 0;
    for provider in before {
        if find(after, &provider.entity_id).is_none() {
            lost += 1;
            writeln!(output.out, "- {}", provider.entity_id)?;
        }
    }
    Ok(lost)
}

/// Puts the new file in the place of the old one, which stays beside it. Whoever reads meanwhile sees one of the two whole.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let (new, previous) = (beside(".new"), beside(".previous"));
    let write = || {
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        if path.exists() {
            fs::copy(path, &previous)?;
        }
        fs::rename(&new, path)
    };
    write().context("cannot be written")
}
