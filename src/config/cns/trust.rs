//! `[cns.trust]`: whom cards are trusted from. A folder in which `varco cns trust import` keeps the national trusted list, folders
//! of PEM files, or both.

mod section;

use std::path::PathBuf;

use crate::config::files;
use crate::config::remote::Remote;
use crate::config::{ConfigErrors, Fault};
use crate::crypto::certificate::validity;
use crate::identity::Timestamp;
use crate::login::cns::trust::{
    Anchors, Candidate, FolderError, Gathered, HintPolicy, Kept, ListFolder, ListMark, ListRules,
    NotAnAnchor, Overrides, PassedOver,
};
use crate::protocol::xml::ListSigner;

pub(super) use section::{Raw, read};

/// `[cns.trust]`.
#[derive(Debug, Clone)]
pub struct TrustSection {
    /// The trusted list.
    pub list: Option<ListSection>,
    /// Folders of PEM files.
    pub pem: Vec<PathBuf>,
    /// How much of the authorities may go at once without a person's approval, in percent.
    pub max_removed_percent: u8,
    /// Which names browsers are told.
    pub hints: HintPolicy,
    /// What is said of authorities against their names.
    pub overrides: Overrides,
}

/// The trusted list of `[cns.trust]`.
#[derive(Debug, Clone)]
pub struct ListSection {
    /// Where it is kept.
    pub folder: ListFolder,
    /// The pinned certificates of its signers, PEM files.
    pub signers: Vec<PathBuf>,
    /// Whose it is.
    pub territory: String,
    /// Where it is brought from.
    pub remote: Option<Remote>,
}

/// The list in force.
#[derive(Debug, Clone)]
pub struct ListInForce {
    /// What is kept of its import.
    pub kept: Kept,
    /// The list, read again.
    pub candidate: Candidate,
}

/// Everything that `[cns.trust]` names, as it is now.
#[derive(Debug)]
pub struct LoadedTrust {
    /// Whom cards are trusted from.
    pub anchors: Anchors,
    /// The list that some of them come from.
    pub list: Option<ListInForce>,
    /// Authorities that are not trusted.
    pub passed_over: Vec<PassedOver>,
    /// What is no fault and yet worth knowing.
    pub notes: Vec<String>,
}

impl ListSection {
    /// What is wanted of a list.
    ///
    /// # Errors
    /// [`Fault`] when a signer's certificate cannot be used.
    pub fn rules(&self, overrides: &Overrides) -> Result<ListRules, Fault> {
        let mut signers = Vec::new();
        for path in &self.signers {
            for der in files::certificates(path)? {
                let signer = ListSigner::from_certificate(der)
                    .map_err(|error| Fault::of_file(path, error.to_string()))?;
                signers.push(signer);
            }
        }
        Ok(ListRules {
            signers,
            territory: self.territory.clone(),
            overrides: overrides.clone(),
        })
    }

    /// The pinned signers whose certificates have expired. Their signatures count on, for they are pinned; a key that is no longer
    /// used should not be.
    fn expired_signers(&self, now: Timestamp) -> Vec<String> {
        let until = |path: &PathBuf| {
            let all = files::certificates(path).unwrap_or_default();
            let ends = all.iter().filter_map(|der| validity(der));
            ends.map(|(_, until)| until).max()
        };
        let expired = self.signers.iter().filter_map(|path| {
            let until = until(path).filter(|until| *until < now)?;
            let until = until.format("%Y-%m-%d");
            Some(format!(
                "{}: the signer of the trusted list has expired on {until}: pin the one that came after",
                path.display()
            ))
        });
        expired.collect()
    }

    /// Reads the list that is kept, and verifies it again; `None` before the first import.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be used.
    pub fn in_force(
        &self,
        overrides: &Overrides,
        now: Timestamp,
    ) -> Result<Option<ListInForce>, Fault> {
        let rules = self.rules(overrides)?;
        let Some((kept, bytes)) = self.folder.current().map_err(of_folder)? else {
            return Ok(None);
        };
        let candidate = Candidate::read(&bytes, &rules, now)
            .map_err(|refusal| Fault::of_file(&self.folder.pointer(), refusal.to_string()))?;
        Ok(Some(ListInForce { kept, candidate }))
    }
}

impl TrustSection {
    /// Reads the list and the folders. A list below the mark was put back by somebody.
    ///
    /// # Errors
    /// [`ConfigErrors`] with everything that cannot be used: then nothing of it is.
    pub fn load(&self, mark: &ListMark, now: Timestamp) -> Result<LoadedTrust, ConfigErrors> {
        let mut faults = Vec::new();
        let mut list = None;
        if let Some(section) = &self.list {
            match section.in_force(&self.overrides, now) {
                Ok(Some(in_force)) => match mark.admit(&in_force.candidate) {
                    Ok(()) => list = Some(in_force),
                    Err(refusal) => faults.push(self.fault(&refusal.to_string())),
                },
                Ok(None) => {
                    let message =
                        "no trusted list was imported yet: `varco cns trust import` does it";
                    faults.push(Fault::of_file(&section.folder.pointer(), message));
                }
                Err(fault) => faults.push(fault),
            }
        }
        let of_list = list.as_ref().map(|list| list.candidate.gathered.clone());
        match self.set(of_list, now) {
            Ok((anchors, passed_over)) if faults.is_empty() => {
                let overdue = list.as_ref().and_then(|list| overdue(&list.candidate, now));
                let unused = self.unused_overrides(&anchors);
                let signers = self.list.iter().flat_map(|list| list.expired_signers(now));
                let notes = overdue.into_iter().chain(signers).chain(unused);
                let notes = notes.chain(told(&passed_over));
                Ok(LoadedTrust {
                    notes: notes.collect(),
                    anchors,
                    list,
                    passed_over,
                })
            }
            Ok(_) => Err(ConfigErrors::from_faults(faults)),
            Err(more) => {
                // Without the list it goes without saying that nobody is left.
                if faults.is_empty() {
                    faults = more;
                }
                Err(ConfigErrors::from_faults(faults))
            }
        }
    }

    /// Puts together what a list gives and what is in the folders, and who of them is passed over.
    ///
    /// # Errors
    /// Every [`Fault`]: of a file, of a set without anybody, or of one whose names do not fit into a handshake.
    pub fn set(
        &self,
        of_list: Option<Gathered>,
        now: Timestamp,
    ) -> Result<(Anchors, Vec<PassedOver>), Vec<Fault>> {
        let mut gathered = of_list.unwrap_or_default();
        let mut faults = Vec::new();
        for folder in &self.pem {
            match Gathered::from_pem_folder(folder, &self.overrides, now) {
                Ok(found) => gathered.extend(found),
                Err(errors) => faults.extend(errors.into_iter().map(of_folder)),
            }
        }
        let anchors = Anchors::new(gathered.anchors);
        if faults.is_empty() && anchors.is_empty() {
            faults.push(self.fault("no authority of cards is left that can be trusted"));
        }
        match anchors.hinting(self.hints) {
            Ok(anchors) if faults.is_empty() => Ok((anchors, gathered.passed_over)),
            Ok(_) => Err(faults),
            Err(error) => {
                faults.push(self.fault(&error.to_string()));
                Err(faults)
            }
        }
    }

    /// Whether so many of a set may go without a person's approval.
    #[must_use]
    pub fn may_remove(&self, removed: usize, of: usize) -> bool {
        removed * 100 <= of * usize::from(self.max_removed_percent)
    }

    /// A fault of the set as a whole, at the place that it comes from.
    pub(super) fn fault(&self, message: &str) -> Fault {
        let pointer = self.list.as_ref().map(|list| list.folder.pointer());
        let place = pointer.or_else(|| self.pem.first().cloned());
        Fault::of_file(&place.unwrap_or_default(), message)
    }

    fn unused_overrides(&self, anchors: &Anchors) -> Vec<String> {
        let is_there = |id: &&String| anchors.iter().any(|anchor| anchor.id().hex() == **id);
        let unused = self.overrides.keys().filter(|id| !is_there(id));
        unused
            .map(|id| {
                format!("`[[cns.trust.issuer]]`: no authority that is trusted has the id {id}")
            })
            .collect()
    }
}

/// The alarm of a list whose successor did not come. Cards are served on: its authorities are as good as they were.
fn overdue(list: &Candidate, now: Timestamp) -> Option<String> {
    let next = list.next_update.filter(|_| list.is_overdue(now))?;
    Some(format!(
        "the trusted list {} should have been followed by another on {}: import it (`varco cns trust import`)",
        list.sequence,
        next.format("%Y-%m-%d")
    ))
}

/// Those that expired are counted, for that happens to all; the others are named.
fn told(passed_over: &[PassedOver]) -> Vec<String> {
    let is_expired = |one: &&PassedOver| matches!(one.reason, NotAnAnchor::Expired(_));
    let expired = passed_over.iter().filter(is_expired).count();
    let mut notes: Vec<String> = passed_over
        .iter()
        .filter(|one| !is_expired(one))
        .map(|one| format!("not trusted: {}: {}", one.name, one.reason))
        .collect();
    if expired > 0 {
        notes.push(format!("{expired} authorities of cards have expired"));
    }
    notes
}

fn of_folder(error: FolderError) -> Fault {
    Fault::of_file(&error.path, error.reason)
}
