//! Who people are in the institute's archives, in a table that `varco profiles import` fills.
//!
//! In: rows of people, categories and organisations, all at once or not at all ([`ProfileImport`]). Out: one person's
//! standing through the port of [`archive`](crate::archive) ([`ProfileTable`]). The table names nobody: people and codes
//! stand in it as keyed hashes, organisations sealed, and a row that was made without the store's key does not open.

mod import;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use super::queue::SharedRounds;
use super::schema;
use crate::archive::{Archive, ArchiveError, Organisation, Profile, Standing};
use crate::crypto::{Random, SealingKey, hmac_sha256};
use crate::identity::{Category, PersonKey, Timestamp};
use crate::store::{BoxFuture, StoreError};

pub use import::{Conflict, ProfileImport, Summary};

/// How many questions may wait for the reader; more wait in their callers.
const QUEUE: usize = 1024;
/// How many questions the reader takes at once: it is woken for many as for one.
const BATCH: usize = 256;
/// How long after a round of answers the next begins at the earliest: an answer takes some microseconds, and to wake the reader
/// for it and put it to sleep again takes more.
const PAUSE: Duration = Duration::from_millis(2);

/// The keys of the table, which follow from the store's key.
pub struct ProfileKeys {
    people: [u8; 32],
    tags: [u8; 32],
    sealing: SealingKey,
}

impl ProfileKeys {
    /// Derives them from 256 bits of key.
    #[must_use]
    pub fn derive(key: &[u8; 32]) -> Self {
        Self {
            people: hmac_sha256(key, b"varco profiles: people"),
            tags: hmac_sha256(key, b"varco profiles: tags"),
            sealing: SealingKey::new(&hmac_sha256(key, b"varco profiles: sealing")),
        }
    }

    /// A person as the table knows them. Fiscal codes can be guessed one by one: a plain hash would name people.
    fn person(&self, person: &PersonKey) -> [u8; 32] {
        hmac_sha256(&self.people, person.canonical().as_bytes())
    }

    /// A row as it is kept.
    fn row(&self, person: &PersonKey, is: &Is, random: &dyn Random) -> Kept {
        let person = self.person(person);
        let name = is.category.name();
        let (organisation, sealed) = match &is.organisation {
            Some(organisation) => {
                let code = hmac_sha256(
                    &self.people,
                    format!("code:{}", organisation.code()).as_bytes(),
                );
                let text = serde_json::to_vec(&Sealed {
                    code: organisation.code().to_owned(),
                    name: organisation.name().to_owned(),
                });
                (code.to_vec(), text.unwrap_or_default())
            }
            None => (Vec::new(), Vec::new()),
        };
        let said = [person.as_slice(), name.as_bytes(), b"\0", &sealed].concat();
        Kept {
            person,
            category: name,
            organisation,
            tag: hmac_sha256(&self.tags, &said),
            sealed: self.sealing.seal(random, &context(&person, name), &sealed),
        }
    }

    /// What a row says of a person.
    fn open(&self, person: &[u8; 32], category: &str, sealed: &[u8]) -> Result<Is, ArchiveError> {
        const CHANGED: ArchiveError = ArchiveError::Unusable("table-changed");
        let text = self
            .sealing
            .open(&context(person, category), sealed)
            .map_err(|_| CHANGED)?;
        let organisation = if text.is_empty() {
            None
        } else {
            let sealed: Sealed = serde_json::from_slice(&text).map_err(|_| CHANGED)?;
            Some(Organisation::new(sealed.code, sealed.name).map_err(|_| CHANGED)?)
        };
        Ok(Is {
            category: Category::from_name(category)
                .ok_or(ArchiveError::Unusable("table-of-another-version"))?,
            organisation,
        })
    }
}

impl std::fmt::Debug for ProfileKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProfileKeys([redacted])")
    }
}

/// What a seal is bound to: it opens for its own person and category only.
fn context(person: &[u8; 32], category: &str) -> Vec<u8> {
    [b"profile ", person.as_slice(), category.as_bytes()].concat()
}

/// What a row says a person is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Is {
    category: Category,
    organisation: Option<Organisation>,
}

impl Is {
    /// Somebody in their own affairs: `None` for a category that is not personal.
    #[must_use]
    pub fn personal(category: Category) -> Option<Self> {
        category.is_personal().then_some(Self {
            category,
            organisation: None,
        })
    }

    /// Somebody in a professional profile.
    #[must_use]
    pub fn professional(profile: &Profile) -> Self {
        Self {
            category: profile.category(),
            organisation: profile.organisation().cloned(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    code: String,
    name: String,
}

struct Kept {
    person: [u8; 32],
    category: &'static str,
    organisation: Vec<u8>,
    tag: [u8; 32],
    sealed: Vec<u8>,
}

/// The table, to ask. One thread reads: an answer takes it some microseconds, less than it would take to find a thread that
/// is free.
pub struct ProfileTable {
    keys: Arc<ProfileKeys>,
    questions: mpsc::Sender<Question>,
}

/// Whom to look up, and whom to tell.
struct Question {
    person: [u8; 32],
    reply: oneshot::Sender<Result<Standing, ArchiveError>>,
}

impl ProfileTable {
    /// Opens the table; makes it, empty, if it is not there. Starts the reader, which ends with the table.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened or is of a newer Varco.
    pub fn open(path: &Path, keys: ProfileKeys) -> Result<Self, StoreError> {
        schema::create_private(path)?;
        let mut connection = Connection::open(path)?;
        schema::prepare(&mut connection, &schema::PROFILES)?;
        let keys = Arc::new(keys);
        let (questions, queue) = mpsc::channel(QUEUE);
        let reader = Reader {
            connection,
            keys: Arc::clone(&keys),
        };
        std::thread::Builder::new()
            .name("varco-profiles".to_owned())
            .spawn(move || reader.run(queue))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { keys, questions })
    }
}

impl Archive for ProfileTable {
    fn standing<'a>(
        &'a self,
        person: &'a PersonKey,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, ArchiveError>> {
        const STOPPED: ArchiveError = ArchiveError::Unavailable("table-stopped");
        let person = self.keys.person(person);
        Box::pin(async move {
            let (reply, answer) = oneshot::channel();
            let question = Question { person, reply };
            self.questions.send(question).await.map_err(|_| STOPPED)?;
            answer.await.map_err(|_| STOPPED)?
        })
    }
}

/// The one thread that reads.
struct Reader {
    connection: Connection,
    keys: Arc<ProfileKeys>,
}

impl Reader {
    fn run(self, queue: mpsc::Receiver<Question>) {
        let mut rounds = SharedRounds::new(queue, BATCH, PAUSE);
        let mut batch = Vec::with_capacity(BATCH);
        while rounds.next(&mut batch) {
            // Several look at one state of the table: its locks are taken once. Without a transaction each takes its own.
            let together = (batch.len() > 1).then(|| self.connection.unchecked_transaction());
            for Question { person, reply } in batch.drain(..) {
                // Whoever no longer waits needs no answer.
                drop(reply.send(self.look_up(&person)));
            }
            drop(together);
        }
    }

    fn look_up(&self, person: &[u8; 32]) -> Result<Standing, ArchiveError> {
        let rows = read(&self.connection, person);
        let (mut personal, mut profiles) = (Vec::new(), Vec::new());
        for (category, sealed) in rows.map_err(|error| unreadable(error.into()))? {
            let is = self.keys.open(person, &category, &sealed)?;
            match Profile::new(is.category, is.organisation) {
                Ok(profile) => profiles.push(profile),
                Err(_) => personal.push(is.category),
            }
        }
        Ok(Standing::new(personal, profiles))
    }
}

fn unreadable(error: StoreError) -> ArchiveError {
    tracing::error!(code = "profiles-unreadable", %error);
    ArchiveError::Unavailable("table-unreadable")
}

fn read(connection: &Connection, person: &[u8; 32]) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
    connection
        .prepare_cached("SELECT category, sealed FROM profile WHERE person = ?1")?
        .query_map([person], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

#[cfg(test)]
mod tests;
