//! `[cns.trust]`: whom cards are trusted from. A folder in which `varco cns trust import` keeps the national trusted list, folders
//! of PEM files, or both.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::super::files;
use crate::config::reader::Reader;
use crate::config::remote::{self, Remote};
use crate::config::{ConfigErrors, Fault};
use crate::identity::{CardKind, Timestamp};
use crate::login::cns::trust::{
    Anchors, Candidate, FolderError, Gathered, HintPolicy, Kept, ListFolder, ListRules,
    NotAnAnchor, Override, Overrides, PassedOver,
};
use crate::protocol::xml::ListSigner;

/// How much of a set may go at once without a person's approval, in percent.
const REMOVED_PERCENT: u8 = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    list: Option<Spanned<PathBuf>>,
    #[serde(default)]
    signers: Vec<PathBuf>,
    territory: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    ca: Option<PathBuf>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
    #[serde(default)]
    danger_allow_http: bool,
    max_removed_percent: Option<Spanned<u8>>,
    #[serde(default)]
    pem: Vec<PathBuf>,
    #[serde(default)]
    hints: RawHints,
    #[serde(default)]
    issuer: Vec<RawIssuer>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawHints {
    #[default]
    Names,
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIssuer {
    id: Spanned<String>,
    kind: Option<Spanned<String>>,
    lombardy: Option<bool>,
}

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
    /// Reads the list and the folders.
    ///
    /// # Errors
    /// [`ConfigErrors`] with everything that cannot be used: then nothing of it is.
    pub fn load(&self, now: Timestamp) -> Result<LoadedTrust, ConfigErrors> {
        let mut faults = Vec::new();
        let mut list = None;
        if let Some(section) = &self.list {
            match section.in_force(&self.overrides, now) {
                Ok(Some(in_force)) => list = Some(in_force),
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
                let notes = overdue.into_iter().chain(unused).chain(told(&passed_over));
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
pub(crate) fn overdue(list: &Candidate, now: Timestamp) -> Option<String> {
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

pub(super) fn read(reader: &mut Reader<'_>, raw: Spanned<Raw>) -> Option<TrustSection> {
    let whole = raw.span();
    let raw = raw.into_inner();
    if raw.list.is_none() && raw.pem.is_empty() {
        let message = "`[cns.trust]` needs `list`, the folder of the trusted list, or `pem`, folders of PEM files";
        reader.fault(whole, message);
        return None;
    }
    let percent = match raw.max_removed_percent {
        Some(percent) if *percent.get_ref() > 100 => {
            reader.fault(percent.span(), "`max_removed_percent` is 0 to 100");
            return None;
        }
        percent => percent.map_or(REMOVED_PERCENT, Spanned::into_inner),
    };
    let overrides = overrides(reader, raw.issuer);
    let remote = raw.url.as_ref().map(|url| {
        let server = remote::Raw {
            ca: raw.ca,
            networks: &raw.networks,
            danger_allow_http: raw.danger_allow_http,
        };
        remote::read(reader, url, server)
    });
    let remote = match remote {
        Some(remote) => Some(remote?),
        None => None,
    };
    let territory = territory(reader, raw.territory)?;
    let list = match raw.list {
        Some(list) if raw.signers.is_empty() => {
            let message = "a trusted list needs `signers`, the certificates that may have signed it: nothing else says that it is right";
            reader.fault(list.span(), message);
            return None;
        }
        Some(list) => Some(ListSection {
            folder: ListFolder::new(reader.path(list.into_inner())),
            signers: paths(reader, &raw.signers),
            territory,
            remote,
        }),
        None => None,
    };
    Some(TrustSection {
        list,
        pem: paths(reader, &raw.pem),
        max_removed_percent: percent,
        hints: match raw.hints {
            RawHints::Names => HintPolicy::Names,
            RawHints::None => HintPolicy::None,
        },
        overrides: overrides?,
    })
}

fn paths(reader: &Reader<'_>, paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().map(|path| reader.path(path)).collect()
}

fn territory(reader: &mut Reader<'_>, raw: Option<Spanned<String>>) -> Option<String> {
    let Some(raw) = raw else {
        return Some("IT".to_owned());
    };
    let code = raw.get_ref();
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        reader.fault(raw.span(), "`territory` is a country's code, as in `IT`");
        return None;
    }
    Some(raw.into_inner())
}

fn overrides(reader: &mut Reader<'_>, raw: Vec<RawIssuer>) -> Option<Overrides> {
    let mut overrides = Overrides::new();
    let mut valid = true;
    for issuer in raw {
        let mut fault = |span, message| {
            reader.fault(span, message);
            valid = false;
        };
        let id = issuer.id.get_ref();
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if id.len() != 64 || !id.bytes().all(is_digit) {
            fault(
                issuer.id.span(),
                "`id` is what `varco cns trust list` prints: 64 hexadecimal digits",
            );
        }
        let kind = issuer
            .kind
            .as_ref()
            .map(|kind| CardKind::from_name(kind.get_ref()));
        if let (Some(None), Some(kind)) = (kind, &issuer.kind) {
            let message = "`kind` is `health`, `professional`, `public_servant` or `other`";
            fault(kind.span(), message);
        }
        let told = Override {
            kind: kind.flatten(),
            lombardy: issuer.lombardy,
        };
        let span = issuer.id.span();
        if overrides.insert(issuer.id.into_inner(), told).is_some() {
            fault(span, "this authority is there twice");
        }
    }
    valid.then_some(overrides)
}
