//! Another catalogue while the gateway runs: only a complete valid one is put in force, and never silently.

use std::sync::Arc;

use super::services::ServicesFile;
use super::settled::{Movement, Stamp, Watched};
use super::{Built, Config, ConfigErrors, Source};
use crate::audit::{AuditError, AuditEvent, AuditLog, AuditRecord};
use crate::identity::Timestamp;
use crate::policy::LiveCatalogue;

/// Watches the services file of a gateway that runs. What the file names is checked against the configuration that the
/// gateway was started with, as at the start.
pub struct ServicesWatch {
    source: Source,
    /// The file as it was when it was last read.
    read: ServicesFile,
    watched: Watched<Option<Stamp>>,
    catalogue: LiveCatalogue,
    audit: Arc<dyn AuditLog>,
}

/// What came of a look at the services file.
#[derive(Debug)]
pub enum Look {
    /// It says what it said.
    Unchanged,
    /// It changed since the last look, so somebody may still be writing: the next look will tell.
    Unsettled,
    /// Its catalogue is in force.
    Replaced {
        /// How many services there are now.
        services: usize,
    },
    /// Something is wrong in it: the old catalogue stays in force.
    Refused(ConfigErrors),
    /// It is right, but that could not be written down: the old catalogue stays in force, and the next look tries again.
    Unrecorded(AuditError),
}

impl ServicesWatch {
    /// Watches the file that a configuration names; `None` when it names none.
    #[must_use]
    pub fn new(config: &Config, built: &Built) -> Option<Self> {
        let read = config.services_file.clone()?;
        Some(Self {
            source: config.source.clone(),
            watched: Watched::read(read.stamp),
            read,
            catalogue: built.catalogue.clone(),
            audit: Arc::clone(&built.durable) as Arc<dyn AuditLog>,
        })
    }

    /// Looks whether the file changed since it was read, and takes up a change once it has stood still from one look to
    /// the next: half a file may be a valid catalogue too.
    pub async fn look(&mut self, now: Timestamp) -> Look {
        match self.watched.look(Stamp::of(&self.read.path)) {
            Movement::Same => Look::Unchanged,
            Movement::Moving => Look::Unsettled,
            Movement::Settled => self.reload(now).await,
        }
    }

    /// Reads the file now, since somebody asked for it.
    pub async fn reload(&mut self, now: Timestamp) -> Look {
        let stamp = Stamp::of(&self.read.path);
        let config = match self.source.read() {
            Ok(config) => config,
            Err(errors) => {
                // Told once, not at every look.
                self.watched.took(stamp);
                return Look::Refused(errors);
            }
        };
        let Some(file) = config.services_file else {
            return Look::Unchanged;
        };
        if file.digest == self.read.digest {
            self.took(file);
            return Look::Unchanged;
        }
        let services = config.catalogue.services().count();
        let event = AuditEvent::CatalogueReplaced {
            services,
            digest: file.digest.clone(),
        };
        if let Err(error) = self.audit.record(AuditRecord::new(event, now)).await {
            return Look::Unrecorded(error);
        }
        self.catalogue.replace(config.catalogue);
        self.took(file);
        Look::Replaced { services }
    }

    fn took(&mut self, file: ServicesFile) {
        self.watched.took(file.stamp);
        self.read = file;
    }
}
