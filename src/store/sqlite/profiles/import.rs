//! Filling the table: everything that was read takes the place of everything there was, in one transaction.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::schema;
use super::{Is, ProfileKeys};
use crate::archive::MOST_PROFILES;
use crate::crypto::Random;
use crate::identity::PersonKey;
use crate::store::StoreError;

/// How many conflicts are told; the others are of the same kind.
const CONFLICTS_TOLD: u32 = 100;

/// An import under way. Dropped before it is committed, it leaves the table as it was.
pub struct ProfileImport {
    connection: Connection,
    keys: ProfileKeys,
    random: Arc<dyn Random>,
}

/// Rows that are right each by itself and not together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// Two lines say of one person the same category for the same organisation.
    Twice {
        /// The first line.
        first: u32,
        /// The last one that says it.
        line: u32,
    },
    /// A person has more profiles than [`MOST_PROFILES`].
    TooMany {
        /// The last line of that person's.
        line: u32,
        /// How many they have.
        profiles: u32,
    },
}

/// What an import changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Rows there were.
    pub before: u32,
    /// Rows there will be.
    pub after: u32,
    /// Rows of people who were not of that category, or not for that organisation.
    pub added: u32,
    /// Rows whose organisation has another name.
    pub changed: u32,
    /// Rows that are no longer there.
    pub removed: u32,
}

impl ProfileImport {
    /// Opens the table and keeps other imports out until this one ends. Whoever asks the table goes on seeing it as it is.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened, is of a newer Varco, or another import is under way.
    pub fn begin(
        path: &Path,
        keys: ProfileKeys,
        random: Arc<dyn Random>,
    ) -> Result<Self, StoreError> {
        schema::create_private(path)?;
        let mut connection = Connection::open(path)?;
        schema::prepare(&mut connection, &schema::PROFILES)?;
        // What was read waits in a temporary file, under hashes and seals: memory stays small whatever the file's size.
        connection.execute_batch(
            "PRAGMA temp_store = FILE;
             PRAGMA cache_size = -65536;
             BEGIN IMMEDIATE;
             CREATE TEMP TABLE staged (
               line INTEGER NOT NULL, person BLOB NOT NULL, category TEXT NOT NULL,
               organisation BLOB NOT NULL, tag BLOB NOT NULL, sealed BLOB NOT NULL
             ) STRICT;",
        )?;
        Ok(Self {
            connection,
            keys,
            random,
        })
    }

    /// Takes what a line says.
    ///
    /// # Errors
    /// [`StoreError`] when the temporary file cannot be written.
    pub fn add(&mut self, line: u32, person: &PersonKey, is: &Is) -> Result<(), StoreError> {
        let kept = self.keys.row(person, is, self.random.as_ref());
        self.connection
            .prepare_cached("INSERT INTO staged VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                line,
                kept.person,
                kept.category,
                kept.organisation,
                kept.tag,
                kept.sealed
            ])?;
        Ok(())
    }

    /// Looks at all lines together, once the last was taken; gives the first conflicts, by line.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read.
    pub fn conflicts(&mut self) -> Result<Vec<Conflict>, StoreError> {
        self.connection.execute_batch(
            "CREATE INDEX temp.staged_key ON staged (person, category, organisation)",
        )?;
        let mut found = self.ask(
            "SELECT min(line), max(line) FROM staged
             GROUP BY person, category, organisation HAVING count(*) > 1 ORDER BY 2 LIMIT ?1",
            |first, line| Conflict::Twice { first, line },
        )?;
        let personal = crate::identity::Category::ALL
            .into_iter()
            .filter(|category| category.is_personal())
            .map(|category| format!("'{category}'"))
            .collect::<Vec<_>>()
            .join(", ");
        found.extend(self.ask(
            &format!(
                "SELECT max(line), count(*) FROM staged WHERE category NOT IN ({personal})
                 GROUP BY person HAVING count(*) > {MOST_PROFILES} ORDER BY 1 LIMIT ?1"
            ),
            |line, profiles| Conflict::TooMany { line, profiles },
        )?);
        Ok(found)
    }

    fn ask(
        &self,
        select: &str,
        conflict: fn(u32, u32) -> Conflict,
    ) -> Result<Vec<Conflict>, StoreError> {
        let mut statement = self.connection.prepare(select)?;
        let rows = statement.query_map([CONFLICTS_TOLD], |row| {
            Ok(conflict(row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What committing will change.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read.
    pub fn summary(&self) -> Result<Summary, StoreError> {
        let count = |from: &str| {
            let select = format!("SELECT count(*) FROM {from}");
            let found = self.connection.query_row(&select, [], |row| row.get(0));
            Ok::<u32, StoreError>(found.optional()?.unwrap_or_default())
        };
        let before = count("profile")?;
        let after = count("staged")?;
        let kept = count("staged JOIN profile USING (person, category, organisation)")?;
        let same = count(
            "staged JOIN profile USING (person, category, organisation) WHERE staged.tag = profile.tag",
        )?;
        Ok(Summary {
            before,
            after,
            added: after - kept,
            changed: kept - same,
            removed: before - kept,
        })
    }

    /// Puts what was read in the place of what there was.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be written: then nothing was changed.
    pub fn commit(self) -> Result<(), StoreError> {
        self.connection.execute_batch(
            "DELETE FROM profile WHERE NOT EXISTS (
               SELECT 1 FROM staged WHERE staged.person = profile.person
               AND staged.category = profile.category AND staged.organisation = profile.organisation
             );
             INSERT INTO profile SELECT person, category, organisation, tag, sealed FROM staged
             WHERE true ORDER BY person, category, organisation
             ON CONFLICT DO UPDATE SET tag = excluded.tag, sealed = excluded.sealed
             WHERE profile.tag <> excluded.tag;
             COMMIT;",
        )?;
        Ok(())
    }
}
