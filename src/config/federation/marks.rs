//! Our trust marks: the file, and a look at it while the gateway runs. An entity is published first and given its mark
//! afterwards, and a mark ends and is given again: neither is worth a restart.

use std::path::PathBuf;
use std::sync::Arc;

use super::FederationSection;
use crate::config::settled::{Movement, Stamp, Watched};
use crate::config::{Built, Config, ConfigErrors, Fault, files};
use crate::identity::Timestamp;
use crate::login::openid::entity::{OwnEntity, OwnMark};

impl FederationSection {
    /// Reads our trust marks, one a line; none where no file is named.
    pub(super) fn marks(&self) -> Result<Vec<OwnMark>, Vec<Fault>> {
        let Some(path) = &self.trust_marks else {
            return Ok(Vec::new());
        };
        let text = files::text(path).map_err(|fault| vec![fault])?;
        let (mut marks, mut faults) = (Vec::new(), Vec::new());
        let lines = text.lines().enumerate();
        for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            match OwnMark::read(line.trim(), &self.entity_id) {
                Ok(mark) => marks.push(mark),
                Err(error) => faults.push(Fault {
                    file: path.clone(),
                    line: Some(index + 1),
                    message: format!("the trust mark {error}"),
                }),
            }
        }
        if faults.is_empty() {
            Ok(marks)
        } else {
            Err(faults)
        }
    }
}

/// Watches the file of our trust marks.
pub struct MarksWatch {
    section: FederationSection,
    path: PathBuf,
    entity: Arc<OwnEntity>,
    file: Watched<Option<Stamp>>,
}

/// What came of a look at the file.
#[derive(Debug)]
pub enum MarksLook {
    /// It says what it said.
    Unchanged,
    /// It changed since the last look, so somebody may still be writing: the next look will tell.
    Unsettled,
    /// These are shown from now on.
    Replaced {
        /// How many there are.
        marks: usize,
    },
    /// Something is wrong in it: the old ones are still shown.
    Refused(ConfigErrors),
}

impl MarksWatch {
    /// Watches the file that a configuration names; `None` when it names none.
    #[must_use]
    pub fn new(config: &Config, built: &Built) -> Option<Self> {
        let section = config.federation.clone()?;
        let path = section.trust_marks.clone()?;
        Some(Self {
            section,
            path,
            entity: Arc::clone(built.federation.as_ref()?),
            // What it looked like when it was read for the start is not known: the first look reads it again.
            file: Watched::read(None),
        })
    }

    /// When the first of the marks that are shown ends, of those that do.
    #[must_use]
    pub fn first_end(&self) -> Option<Timestamp> {
        let marks = self.entity.marks();
        marks.iter().filter_map(OwnMark::expires).min()
    }

    /// Looks whether the file changed since it was read, and takes up a change once it has stood still from one look to
    /// the next: half a file may be right too.
    pub fn look(&mut self) -> MarksLook {
        match self.file.look(Stamp::of(&self.path)) {
            Movement::Same => MarksLook::Unchanged,
            Movement::Moving => MarksLook::Unsettled,
            Movement::Settled => self.reload(),
        }
    }

    /// Reads the file now, since somebody asked for it.
    pub fn reload(&mut self) -> MarksLook {
        // Told once, not at every look.
        self.file.took(Stamp::of(&self.path));
        match self.section.marks() {
            Ok(marks) => {
                let count = marks.len();
                match self.entity.show(marks) {
                    true => MarksLook::Replaced { marks: count },
                    false => MarksLook::Unchanged,
                }
            }
            Err(faults) => MarksLook::Refused(ConfigErrors::from_faults(faults)),
        }
    }
}
