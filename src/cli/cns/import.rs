//! `varco cns trust import` and `diff`: another issue of the trusted list.
//!
//! What comes is looked at before it is kept: the pinned signature, the territory, the number, whether the set with it could be
//! used at all, and how much of what is trusted would go.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};

use super::super::download::download;
use super::super::{Ending, Output};
use super::table::shown;
use crate::audit::{AuditEvent, AuditLog as _, AuditRecord};
use crate::config::{Config, ConfigErrors, ListSection, Remote, TrustSection};
use crate::crypto::SystemRandom;
use crate::identity::{Clock as _, SystemClock, Timestamp};
use crate::login::cns::trust::{Anchors, Candidate, Change, Kept, ListRules};
use crate::protocol::xml::Limits;
use crate::store::SqliteStore;

/// What servers call a trusted list.
const KINDS: &[&str] = &[
    "application/vnd.etsi.tsl+xml",
    "application/xml",
    "text/xml",
];

pub(super) fn import(
    config: &Config,
    trust: &TrustSection,
    source: Option<&str>,
    accept_removals: bool,
    output: &mut Output<'_>,
) -> anyhow::Result<Ending> {
    let list = list_of(trust)?;
    let now = SystemClock.now();
    let rules = list.rules(&trust.overrides)?;
    let (bytes, candidate) = brought(list, source, &rules, now)?;
    let lock = list.folder.lock()?;
    let before = Before::read(list, &rules, now)?;
    if let Some(kept) = &before.kept {
        if kept.sha256 == candidate.sha256 && before.unreadable.is_none() {
            warn_if_overdue(&candidate, now, output)?;
            writeln!(output.out, "trusted list {}: as it was", kept.sequence)?;
            return Ok(Ending::Good);
        }
        candidate.may_follow(kept.sequence, &kept.sha256)?;
    }
    let mark = config.store.list_mark();
    mark.admit(&candidate)?;
    let after = Anchors::new(candidate.gathered.anchors.clone());
    let change = after.compared_with(&before.anchors);
    write_change(&change, output)?;
    trust
        .set(Some(candidate.gathered.clone()), now)
        .map_err(ConfigErrors::from_faults)?;
    if let Some(refusal) = before.refusal(trust, &change)
        && !accept_removals
    {
        bail!("{refusal}: if that is meant, say --accept-removals; nothing was changed");
    }
    // Not before the log has it: what cannot be proved afterwards does not happen.
    let event = AuditEvent::TrustedListImported {
        sequence: candidate.sequence,
        digest: candidate.sha256.clone(),
        added: change.added.len(),
        removed: change.removed.len(),
        removals_accepted: accept_removals,
    };
    record(config, event, now)?;
    let kept = before.kept.as_ref();
    list.folder
        .keep(&lock, &candidate, &bytes, kept, accept_removals, now)?;
    mark.raise(&candidate)?;
    warn_if_overdue(&candidate, now, output)?;
    for one in &candidate.gathered.passed_over {
        writeln!(
            output.err,
            "not trusted: {}: {}",
            shown(&one.name),
            one.reason
        )?;
    }
    writeln!(
        output.out,
        "trusted list {} of {}: {} authorities of cards, {} added, {} removed",
        candidate.sequence,
        candidate.issued.format("%Y-%m-%d"),
        after.len(),
        change.added.len(),
        change.removed.len()
    )?;
    Ok(Ending::Good)
}

pub(super) fn diff(
    config: &Config,
    trust: &TrustSection,
    source: Option<&str>,
    output: &mut Output<'_>,
) -> anyhow::Result<Ending> {
    let list = list_of(trust)?;
    let now = SystemClock.now();
    let rules = list.rules(&trust.overrides)?;
    let (_, candidate) = brought(list, source, &rules, now)?;
    let before = Before::read(list, &rules, now)?;
    let after = Anchors::new(candidate.gathered.anchors.clone());
    let change = after.compared_with(&before.anchors);
    write_change(&change, output)?;
    writeln!(
        output.out,
        "trusted list {} of {}: {} added, {} removed, {} as they were",
        candidate.sequence,
        candidate.issued.format("%Y-%m-%d"),
        change.added.len(),
        change.removed.len(),
        after.len() - change.added.len()
    )?;
    warn_if_overdue(&candidate, now, output)?;
    let kept = before.kept.as_ref();
    let follows = kept.map(|kept| candidate.may_follow(kept.sequence, &kept.sha256));
    let older = match follows.unwrap_or(Ok(())) {
        Ok(()) => config
            .store
            .list_mark()
            .admit(&candidate)
            .err()
            .map(|refusal| refusal.to_string()),
        Err(refusal) => Some(refusal.to_string()),
    };
    let unusable = trust
        .set(Some(candidate.gathered.clone()), now)
        .map_err(|faults| ConfigErrors::from_faults(faults).to_string())
        .err();
    let refusals = [older, unusable, before.refusal(trust, &change)];
    let mut ending = Ending::Good;
    for refusal in refusals.into_iter().flatten() {
        writeln!(output.err, "it would be refused: {refusal}")?;
        ending = Ending::NotGood;
    }
    Ok(ending)
}

fn list_of(trust: &TrustSection) -> anyhow::Result<&ListSection> {
    trust.list.as_ref().ok_or_else(|| {
        anyhow!("`[cns.trust]` has no `list`: cards are trusted from PEM files alone")
    })
}

/// A list from where the command line or the configuration says, verified and read.
fn brought(
    list: &ListSection,
    source: Option<&str>,
    rules: &ListRules,
    now: Timestamp,
) -> anyhow::Result<(Vec<u8>, Candidate)> {
    let longest = Limits::LIST.max_bytes;
    let remote = match source {
        Some(source) if source.contains("://") => {
            let remote = match &list.remote {
                Some(configured) => configured.at(source),
                None => Remote::public(source),
            };
            Some(remote.ok_or_else(|| anyhow!("{source} is not an https address"))?)
        }
        Some(_) => None,
        None => Some(list.remote.clone().ok_or_else(|| {
            anyhow!("name the list's file or address, or configure `url` in `[cns.trust]`")
        })?),
    };
    let (name, bytes) = match (remote, source) {
        (Some(remote), _) => (remote.url.to_string(), download(&remote, KINDS, longest)?),
        (None, source) => {
            let path = source.unwrap_or_default();
            let mut bytes = Vec::new();
            // One byte more shows that it is too long.
            let most = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
            File::open(path)
                .and_then(|file| file.take(most).read_to_end(&mut bytes))
                .with_context(|| format!("cannot read {path}"))?;
            (path.to_owned(), bytes)
        }
    };
    let candidate = Candidate::read(&bytes, rules, now)
        .map_err(|refusal| anyhow!("{name} cannot be trusted: {refusal}; nothing was changed"))?;
    Ok((bytes, candidate))
}

/// The list that is kept.
struct Before {
    kept: Option<Kept>,
    anchors: Anchors,
    /// Why it can no longer be verified: another signer is pinned now, most likely.
    unreadable: Option<String>,
}

impl Before {
    fn read(list: &ListSection, rules: &ListRules, now: Timestamp) -> anyhow::Result<Self> {
        let Some((kept, bytes)) = list.folder.current()? else {
            return Ok(Self {
                kept: None,
                anchors: Anchors::default(),
                unreadable: None,
            });
        };
        let (anchors, unreadable) = match Candidate::read(&bytes, rules, now) {
            Ok(candidate) => (Anchors::new(candidate.gathered.anchors), None),
            Err(refusal) => (Anchors::default(), Some(refusal.to_string())),
        };
        Ok(Self {
            kept: Some(kept),
            anchors,
            unreadable,
        })
    }

    /// Why a person must approve the change.
    fn refusal(&self, trust: &TrustSection, change: &Change<'_>) -> Option<String> {
        if let Some(reason) = &self.unreadable {
            return Some(format!(
                "the list that is kept cannot be verified any more ({reason}), so nobody can tell what would go"
            ));
        }
        let (gone, of) = (change.removed.len(), self.anchors.len());
        (!trust.may_remove(gone, of)).then(|| format!("{gone} of {of} authorities would go"))
    }
}

/// Prints who comes and who goes, by name.
fn write_change(change: &Change<'_>, output: &mut Output<'_>) -> std::io::Result<()> {
    for (sign, anchors) in [('+', &change.added), ('-', &change.removed)] {
        for anchor in anchors {
            let (name, provider) = (shown(anchor.name()), shown(anchor.provider()));
            writeln!(output.out, "{sign} {name} ({provider})")?;
        }
    }
    Ok(())
}

fn warn_if_overdue(
    candidate: &Candidate,
    now: Timestamp,
    output: &mut Output<'_>,
) -> std::io::Result<()> {
    match candidate.next_update.filter(|_| candidate.is_overdue(now)) {
        Some(next) => writeln!(
            output.err,
            "note: this list should have been followed by another on {}",
            next.format("%Y-%m-%d")
        ),
        None => Ok(()),
    }
}

/// Writes to the audit log what is done here.
fn record(config: &Config, event: AuditEvent, now: Timestamp) -> anyhow::Result<()> {
    config.store.make_folder()?;
    let database = config.store.database();
    let store = SqliteStore::open(&database, config.store.keys()?, Arc::new(SystemRandom))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(store.record(AuditRecord::new(event, now)))?;
    Ok(())
}
