//! The folder of our keys, looked at while the gateway runs: each step of a rotation is a command, and every node takes it up
//! by itself (rules on CIE, B2).

use std::path::PathBuf;
use std::sync::Arc;

use super::FederationSection;
use super::folder::{KeyFolder, STATE};
use crate::audit::{AuditError, AuditEvent, AuditLog, AuditRecord};
use crate::config::settled::{Movement, Stamp, Watched};
use crate::config::{Built, Config, ConfigErrors, Fault};
use crate::identity::Timestamp;
use crate::login::openid::OpenIdRelyingParty;
use crate::login::openid::entity::{EntityKeys, KeyUse, OwnEntity};

/// Watches the folder of our keys.
pub struct KeysWatch {
    section: FederationSection,
    state: PathBuf,
    entity: Arc<OwnEntity>,
    party: Option<Arc<OpenIdRelyingParty>>,
    audit: Arc<dyn AuditLog>,
    /// How far the rotations have come: the file that a step writes last of all it adds.
    steps: Watched<Option<Stamp>>,
    /// What it looked like when the folder was refused: that is told once, not at every look.
    refused: Option<Stamp>,
}

/// What came of a look at the folder.
#[derive(Debug)]
pub enum KeysLook {
    /// The keys are those that are used.
    Unchanged,
    /// It changed since the last look, so a step may still be under way: the next look will tell.
    Unsettled,
    /// Its keys are used and published.
    Replaced,
    /// Something is wrong in it: the old keys are still used.
    Refused(ConfigErrors),
    /// It is right, but that could not be written down: the old keys are still used, and the next look tries again.
    Unrecorded(AuditError),
}

impl KeysWatch {
    /// Watches the folder of a configuration; `None` where we are in no federation.
    #[must_use]
    pub fn new(config: &Config, built: &Built) -> Option<Self> {
        let section = config.federation.clone()?;
        Some(Self {
            state: section.keys.join(STATE),
            section,
            entity: Arc::clone(built.federation.as_ref()?),
            party: built.gateway.openid().map(Arc::clone),
            audit: Arc::clone(&built.durable) as Arc<dyn AuditLog>,
            // What it looked like when it was read for the start is not known: the first look reads it again.
            steps: Watched::read(None),
            refused: None,
        })
    }

    /// Looks whether a rotation went on since the folder was read, and takes that up once it has stood still from one look to
    /// the next. A folder that was refused is read at every look: where files are copied, keys may come after what names them.
    pub async fn look(&mut self, now: Timestamp) -> KeysLook {
        let stamp = Stamp::of(&self.state);
        match self.steps.look(stamp) {
            Movement::Same => return KeysLook::Unchanged,
            Movement::Moving => return KeysLook::Unsettled,
            Movement::Settled => {}
        }
        let is_told = stamp.is_some() && stamp == self.refused;
        match self.reload(now).await {
            KeysLook::Refused(_) if is_told => KeysLook::Unsettled,
            look => look,
        }
    }

    /// Reads the folder now, since somebody asked for it.
    pub async fn reload(&mut self, now: Timestamp) -> KeysLook {
        let stamp = Stamp::of(&self.state);
        let (keys, event) = match self.keys() {
            Ok(read) => read,
            Err(fault) => {
                self.refused = stamp;
                return KeysLook::Refused(ConfigErrors::one(fault));
            }
        };
        if keys.are_the_same_as(&self.entity.keys()) {
            self.steps.took(stamp);
            return KeysLook::Unchanged;
        }
        if let Err(error) = self.audit.record(AuditRecord::new(event, now)).await {
            return KeysLook::Unrecorded(error);
        }
        self.steps.took(stamp);
        if let Some(party) = &self.party {
            party.change_keys(keys.signer.clone(), keys.decryption.clone());
        }
        self.entity.change_keys(keys);
        KeysLook::Replaced
    }

    fn keys(&self) -> Result<(EntityKeys, AuditEvent), Fault> {
        let folder = KeyFolder::open(&self.section.keys);
        let read = folder.and_then(|folder| {
            let kept = |key_use| folder.kept(key_use).into_iter().map(str::to_owned);
            let event = AuditEvent::FederationKeysReplaced {
                federation: kept(KeyUse::Federation).collect(),
                signing: kept(KeyUse::Signing).collect(),
                encryption: kept(KeyUse::Encryption).collect(),
            };
            Ok((folder.keys(self.section.encryption.0)?, event))
        });
        read.map_err(|error| Fault::of_file(&self.section.keys, error.to_string()))
    }
}
