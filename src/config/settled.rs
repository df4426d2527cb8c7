//! When files that somebody may be writing are read: once they have changed and stood still from one look to the next.

use std::path::Path;
use std::time::SystemTime;

/// What a file looks like from outside. A file whose stamp has not changed has not changed, or somebody took pains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: SystemTime,
    length: u64,
}

impl Stamp {
    /// The stamp of a file; `None` while there is none that can be looked at.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok()?,
            length: metadata.len(),
        })
    }
}

/// How far what is watched has come, by what it looks like.
pub(super) struct Watched<S> {
    /// What it looked like when it was last read.
    read: S,
    /// What it looked like at the last look.
    seen: S,
}

/// What a look tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Movement {
    /// It is as it was read.
    Same,
    /// It changed since the last look, so somebody may still be writing: half of it may be right too.
    Moving,
    /// It changed since it was read, and stands still.
    Settled,
}

impl<S: PartialEq> Watched<S> {
    /// What was read when it looked like this.
    pub(super) fn read(looks: S) -> Self
    where
        S: Clone,
    {
        Self {
            seen: looks.clone(),
            read: looks,
        }
    }

    /// Looks at it.
    pub(super) fn look(&mut self, looks: S) -> Movement {
        let movement = if looks == self.read {
            Movement::Same
        } else if looks == self.seen {
            Movement::Settled
        } else {
            Movement::Moving
        };
        self.seen = looks;
        movement
    }

    /// It was read when it looked like this: that is not told again.
    pub(super) fn took(&mut self, looks: S) {
        self.read = looks;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_taken_up_once_it_stands_still() {
        let mut watched = Watched::read(1);
        assert_eq!(watched.look(1), Movement::Same);
        assert_eq!(watched.look(2), Movement::Moving);
        assert_eq!(watched.look(3), Movement::Moving);
        assert_eq!(watched.look(3), Movement::Settled);
        // Not before somebody says that it was read.
        assert_eq!(watched.look(3), Movement::Settled);
        watched.took(3);
        assert_eq!(watched.look(3), Movement::Same);
        // Back again before it was read is nothing.
        assert_eq!(watched.look(4), Movement::Moving);
        assert_eq!(watched.look(3), Movement::Same);
    }
}
