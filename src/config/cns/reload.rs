//! Other authorities of cards while the gateway runs: only a whole valid set is put in force, and never silently.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::trust::{ListInForce, TrustSection};
use crate::audit::{AuditError, AuditEvent, AuditLog, AuditRecord};
use crate::config::settled::{Movement, Stamp, Watched};
use crate::config::{Built, Config, ConfigErrors, LoadedTrust};
use crate::crypto::encoding::hex;
use crate::identity::Timestamp;
use crate::login::cns::trust::{ListMark, LiveAnchors};

/// The set is made anew at least so often: authorities expire.
const MADE_ANEW: chrono::Duration = chrono::Duration::hours(24);

/// Watches what `[cns.trust]` names for a gateway that runs.
pub struct AnchorsWatch {
    section: TrustSection,
    live: LiveAnchors,
    list: Option<ListInForce>,
    mark: ListMark,
    audit: Arc<dyn AuditLog>,
    files: Watched<Stamps>,
    made: Timestamp,
    notes: Vec<String>,
}

/// What the files of a set look like from outside.
type Stamps = Vec<(PathBuf, Option<Stamp>)>;

/// What came of a look.
#[derive(Debug)]
pub enum TrustLook {
    /// The same authorities are trusted.
    Unchanged,
    /// Something changed since the last look, so somebody may still be writing: the next look will tell.
    Unsettled,
    /// Another set is in force.
    Replaced {
        /// How many authorities there are now.
        authorities: usize,
        /// Its digest.
        digest: String,
    },
    /// Something is wrong with it: the set before stays in force.
    Refused(ConfigErrors),
    /// It is right, but that could not be written down: the set before stays in force, and the next look tries again.
    Unrecorded(AuditError),
}

impl AnchorsWatch {
    /// Watches what a configuration names; `None` when there are no logins with cards.
    #[must_use]
    pub fn new(config: &Config, built: &Built, now: Timestamp) -> Option<Self> {
        let section = config.cns.as_ref()?.trust.clone();
        let stamps = stamps(&section);
        let mark = config.store.list_mark();
        let raised = built.list.as_ref().map(|list| mark.raise(&list.candidate));
        // What cannot be marked now is told now, and counts all the same: it is no older than what was marked.
        let unmarked = raised.and_then(Result::err);
        Some(Self {
            live: built.anchors.clone(),
            list: built.list.clone(),
            audit: Arc::clone(&built.durable) as Arc<dyn AuditLog>,
            files: Watched::read(stamps),
            made: now,
            section,
            mark,
            notes: unmarked.iter().map(ToString::to_string).collect(),
        })
    }

    /// The list in force.
    #[must_use]
    pub fn list(&self) -> Option<&ListInForce> {
        self.list.as_ref()
    }

    /// How many authorities are in force.
    #[must_use]
    pub fn authorities(&self) -> usize {
        self.live.current().len()
    }

    /// What the last reading found worth knowing; told once.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// Looks whether anything changed since it was read, and takes a change up once it has stood still from one look to the
    /// next: half of the files may be a valid set too.
    pub async fn look(&mut self, now: Timestamp) -> TrustLook {
        if now - self.made >= MADE_ANEW {
            return self.reload(now).await;
        }
        match self.files.look(stamps(&self.section)) {
            Movement::Same => TrustLook::Unchanged,
            Movement::Moving => TrustLook::Unsettled,
            Movement::Settled => self.reload(now).await,
        }
    }

    fn took(&mut self, stamps: Stamps, now: Timestamp) {
        self.files.took(stamps);
        self.made = now;
    }

    /// Reads everything now, since somebody asked for it or time has passed.
    pub async fn reload(&mut self, now: Timestamp) -> TrustLook {
        let stamps = stamps(&self.section);
        let (section, mark) = (self.section.clone(), self.mark.clone());
        // Two megabytes are verified: not where people's requests are answered.
        let loaded = tokio::task::spawn_blocking(move || section.load(&mark, now)).await;
        let loaded = match loaded {
            Ok(loaded) => loaded.and_then(|loaded| self.follows(loaded, now)),
            Err(_) => Err(ConfigErrors::one(
                self.section.fault("reading it broke off"),
            )),
        };
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(errors) => {
                // Told once, not at every look; once a day again.
                self.took(stamps, now);
                return TrustLook::Refused(errors);
            }
        };
        let digest = loaded.anchors.digest();
        let replaces = digest != self.live.current().digest();
        let authorities = loaded.anchors.len();
        if replaces {
            let event = AuditEvent::CardAuthoritiesReplaced {
                authorities,
                digest: hex(&digest),
                list: loaded.list.as_ref().map(|list| list.kept.sequence),
            };
            if let Err(error) = self.audit.record(AuditRecord::new(event, now)).await {
                return TrustLook::Unrecorded(error);
            }
            self.live.replace(loaded.anchors);
        }
        self.notes = loaded.notes;
        let raised = loaded
            .list
            .as_ref()
            .map(|list| self.mark.raise(&list.candidate));
        let unmarked = raised.and_then(Result::err);
        self.notes
            .extend(unmarked.map(|refusal| refusal.to_string()));
        self.list = loaded.list;
        self.took(stamps, now);
        if replaces {
            let digest = hex(&digest);
            TrustLook::Replaced {
                authorities,
                digest,
            }
        } else {
            TrustLook::Unchanged
        }
    }

    /// Whether what was read may follow what is in force: the list no older, and not too much gone that a person has not
    /// approved. Whoever can write the folder could otherwise bring a withdrawn authority back, or lock everybody out.
    fn follows(&self, loaded: LoadedTrust, now: Timestamp) -> Result<LoadedTrust, ConfigErrors> {
        let refuse = |message: String| ConfigErrors::one(self.section.fault(&message));
        let mut approved = false;
        if let (Some(offered), Some(before)) = (&loaded.list, &self.list) {
            offered
                .candidate
                .may_follow(before.kept.sequence, &before.kept.sha256)
                .map_err(|refusal| refuse(refusal.to_string()))?;
            let is_other = offered.kept.sha256 != before.kept.sha256;
            approved = is_other && offered.kept.removals_accepted;
        }
        let current = self.live.current();
        let change = loaded.anchors.compared_with(&current);
        // Those that expired go without saying.
        let gone = change.removed.iter();
        let gone = gone.filter(|anchor| anchor.certificate().is_valid_at(now));
        let (gone, of) = (gone.count(), current.len());
        if approved || self.section.may_remove(gone, of) {
            return Ok(loaded);
        }
        Err(refuse(format!(
            "{gone} of {of} authorities of cards would go: for a list, `varco cns trust import --accept-removals` approves it; PEM files are taken as they are at a start"
        )))
    }
}

/// The list's pointer and every file of the folders, with what they look like.
fn stamps(section: &TrustSection) -> Stamps {
    let pointer = section.list.as_ref().map(|list| list.folder.pointer());
    let mut files: Vec<PathBuf> = pointer.into_iter().collect();
    for folder in &section.pem {
        files.push(folder.clone());
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        files.extend(entries.map(|entry| entry.path()));
    }
    files.sort();
    let stamped = files.into_iter().map(|file| {
        let stamp = Stamp::of(&file);
        (file, stamp)
    });
    stamped.collect()
}
