//! One key after another, where a superior pins them (rules on CIE, B2, "Key rotation trap").
//!
//! Whoever resolves us uses the keys that our superior keeps of us, whatever we publish. So a new key is first published and
//! handed to the superior; when the superior's statement shows it, the longest life of a chain passes until everybody has
//! seen that; then it is used; and when as much time has passed again, nobody can hold anything that needs the old one.
//!
//! ```text
//! Steady --announce--> Announced --registered--> Registered --(a chain's life) switch--> Switched --(again) retire--> Steady
//! ```

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::identity::Timestamp;

/// What a key is for. Each use has its own key and its own rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyUse {
    /// Entity configurations and resolve answers.
    Federation,
    /// Authorization requests and client assertions.
    Signing,
    /// What is encrypted to us.
    Encryption,
}

impl KeyUse {
    /// Every use.
    pub const ALL: [Self; 3] = [Self::Federation, Self::Signing, Self::Encryption];

    /// As the command line and the names of files have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Federation => "federation",
            Self::Signing => "signing",
            Self::Encryption => "encryption",
        }
    }
}

/// How far a rotation has come. Keys are named by their thumbprints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "phase")]
pub enum Phase {
    /// There is one key.
    Steady,
    /// The next key is published; the superior does not keep it yet, as far as we know.
    Announced {
        /// The next key.
        next: String,
        /// Since when.
        since: Timestamp,
    },
    /// The superior's statement has shown the next key.
    Registered {
        /// The next key.
        next: String,
        /// When that was seen.
        since: Timestamp,
    },
    /// The new key is used; the old one is still published, and still decrypts.
    Switched {
        /// The key before.
        old: String,
        /// Since when.
        since: Timestamp,
    },
}

/// The keys of one use: the one that is used, and the one on its way in or out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    current: String,
    #[serde(flatten)]
    phase: Phase,
}

/// The step cannot be taken now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// Another step comes first.
    #[error("the rotation is not at this step")]
    OtherStep,
    /// Chains may still be in use that do not know of the last step.
    #[error("chains that do not know of the last step may be in use until {0}")]
    Until(Timestamp),
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Making and publishing a new key.
    Announce,
    /// The superior must keep this key: hand it over, and look again.
    Register(String),
    /// Using the next key, from this moment on.
    Switch(Timestamp),
    /// Dropping the old key, from this moment on.
    Retire(Timestamp),
}

impl Rotation {
    /// The first key of a use.
    #[must_use]
    pub fn first(kid: String) -> Self {
        Self {
            current: kid,
            phase: Phase::Steady,
        }
    }

    /// The key that is used.
    #[must_use]
    pub fn current(&self) -> &str {
        &self.current
    }

    /// How far the rotation has come.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The keys that are published and kept, the one that is used first.
    #[must_use]
    pub fn kept(&self) -> Vec<&str> {
        let other = match &self.phase {
            Phase::Steady => None,
            Phase::Announced { next, .. } | Phase::Registered { next, .. } => Some(next.as_str()),
            Phase::Switched { old, .. } => Some(old.as_str()),
        };
        [Some(self.current.as_str()), other]
            .into_iter()
            .flatten()
            .collect()
    }

    /// What comes next, where chains live for `life` at most.
    #[must_use]
    pub fn next_step(&self, life: TimeDelta) -> NextStep {
        match &self.phase {
            Phase::Steady => NextStep::Announce,
            Phase::Announced { next, .. } => NextStep::Register(next.clone()),
            Phase::Registered { since, .. } => NextStep::Switch(*since + life),
            Phase::Switched { since, .. } => NextStep::Retire(*since + life),
        }
    }

    /// Publishes a new key beside the one that is used.
    ///
    /// # Errors
    /// [`NotYet::OtherStep`] while another rotation is under way, or for the same key.
    pub fn announce(&mut self, next: String, now: Timestamp) -> Result<(), NotYet> {
        if self.phase != Phase::Steady || next == self.current {
            return Err(NotYet::OtherStep);
        }
        self.phase = Phase::Announced { next, since: now };
        Ok(())
    }

    /// The superior's statement has shown the next key.
    ///
    /// # Errors
    /// [`NotYet::OtherStep`] when none was announced.
    pub fn registered(&mut self, now: Timestamp) -> Result<(), NotYet> {
        let Phase::Announced { next, .. } = &self.phase else {
            return Err(NotYet::OtherStep);
        };
        self.phase = Phase::Registered {
            next: next.clone(),
            since: now,
        };
        Ok(())
    }

    /// Uses the next key, once every chain that does not know of it has ended.
    ///
    /// # Errors
    /// [`NotYet`] before that.
    pub fn switch(&mut self, now: Timestamp, life: TimeDelta) -> Result<(), NotYet> {
        let Phase::Registered { next, since } = &self.phase else {
            return Err(NotYet::OtherStep);
        };
        after(*since + life, now)?;
        let old = std::mem::replace(&mut self.current, next.clone());
        self.phase = Phase::Switched { old, since: now };
        Ok(())
    }

    /// Drops the old key, and gives its name.
    ///
    /// # Errors
    /// [`NotYet`] before everything that needs it has ended.
    pub fn retire(&mut self, now: Timestamp, life: TimeDelta) -> Result<String, NotYet> {
        let Phase::Switched { old, since } = &self.phase else {
            return Err(NotYet::OtherStep);
        };
        after(*since + life, now)?;
        let old = old.clone();
        self.phase = Phase::Steady;
        Ok(old)
    }
}

fn after(moment: Timestamp, now: Timestamp) -> Result<(), NotYet> {
    if now < moment {
        return Err(NotYet::Until(moment));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: TimeDelta = TimeDelta::hours(24);

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn announced() -> Rotation {
        let mut rotation = Rotation::first("old".to_owned());
        rotation.announce("new".to_owned(), at(0)).unwrap();
        rotation
    }

    #[test]
    fn a_new_key_is_used_only_after_the_superior_and_every_chain_know_it() {
        let mut rotation = announced();
        assert_eq!(rotation.kept(), ["old", "new"]);
        // However long it waits: without the superior nothing is used.
        assert_eq!(rotation.switch(at(1000), LIFE), Err(NotYet::OtherStep));
        assert_eq!(
            rotation.next_step(LIFE),
            NextStep::Register("new".to_owned())
        );
        rotation.registered(at(10)).unwrap();
        assert_eq!(rotation.next_step(LIFE), NextStep::Switch(at(34)));
        let early = at(34) - TimeDelta::seconds(1);
        assert_eq!(rotation.switch(early, LIFE), Err(NotYet::Until(at(34))));
        assert_eq!(rotation.current(), "old");
        rotation.switch(at(34), LIFE).unwrap();
        assert_eq!(rotation.current(), "new");
    }

    #[test]
    fn an_old_key_is_dropped_only_when_nothing_can_need_it_any_more() {
        let mut rotation = announced();
        rotation.registered(at(0)).unwrap();
        rotation.switch(at(24), LIFE).unwrap();
        assert_eq!(rotation.kept(), ["new", "old"]);
        assert_eq!(rotation.retire(at(47), LIFE), Err(NotYet::Until(at(48))));
        assert_eq!(rotation.retire(at(48), LIFE), Ok("old".to_owned()));
        assert_eq!(rotation.kept(), ["new"]);
        assert_eq!(rotation.next_step(LIFE), NextStep::Announce);
    }

    #[test]
    fn no_step_is_taken_twice_or_out_of_its_order() {
        let mut rotation = announced();
        assert!(rotation.announce("third".to_owned(), at(1)).is_err());
        assert!(rotation.retire(at(1000), LIFE).is_err());
        rotation.registered(at(1)).unwrap();
        assert!(rotation.registered(at(2)).is_err());
        rotation.switch(at(1000), LIFE).unwrap();
        assert!(rotation.switch(at(2000), LIFE).is_err());
        let mut same = Rotation::first("old".to_owned());
        assert!(same.announce("old".to_owned(), at(0)).is_err());
    }

    #[test]
    fn what_is_written_down_reads_back() {
        let mut rotation = announced();
        let written = serde_json::to_string(&rotation).unwrap();
        assert_eq!(
            written,
            r#"{"current":"old","phase":"announced","next":"new","since":"1970-01-01T00:00:00Z"}"#
        );
        rotation.registered(at(3)).unwrap();
        let written = serde_json::to_string(&rotation).unwrap();
        assert_eq!(
            serde_json::from_str::<Rotation>(&written).unwrap(),
            rotation
        );
        let steady = r#"{"current":"old","phase":"steady"}"#;
        assert!(serde_json::from_str::<Rotation>(steady).is_ok());
        assert!(serde_json::from_str::<Rotation>(r#"{"current":"old"}"#).is_err());
    }
}
