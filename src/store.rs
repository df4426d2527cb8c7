//! Where Varco keeps things: ports first, adapters beneath.
//!
//! Short-lived things (sessions, flows, pending requests, codes, replay ids) go through [`ExpiringStore`], whose few
//! verbs any shared cache can offer: nodes hold nothing else, so any node can take any request. Each consumer wraps it
//! in a typed [`Shelf`].

mod memory;
mod rate;
pub mod sqlite;

use std::future::Future;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::crypto::sha256;

pub use memory::MemoryStore;
pub use rate::{Admission, RateLimit};
pub use sqlite::SqliteStore;

/// What the methods of a port return: a future that can cross threads, so that ports stay usable as `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The store did not do what was asked. The caller answers "unavailable" and never goes on without it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be reached, or refused.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// A value that is there cannot be read: written by another version, or damaged.
    #[error("a stored value cannot be read")]
    Unreadable,
    /// The store is full: a bound that protects memory was reached.
    #[error("the store is full")]
    Full,
}

/// The key of a stored value: a kind, and the SHA-256 of an id. Ids may come from strangers and may be secrets, so
/// neither an injection nor a look at the store's keys gains anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreKey {
    digest: [u8; 32],
    kind: &'static str,
    room: Room,
}

/// Which part of a store a value may fill. Strangers can make values of one part at will; they must not be able to take
/// the place of the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Room {
    /// What must stay its whole life: sessions, codes, replay ids, revocations. When the room is full, new ones are
    /// refused.
    Lasting,
    /// What anybody may begin before they prove who they are, and whose loss only means to begin again. When the room is
    /// full, those nearest to their end make place.
    Forgettable,
}

impl StoreKey {
    /// The key for an id of a kind whose values must stay.
    #[must_use]
    pub fn new(kind: &'static str, id: &str) -> Self {
        Self::within(Room::Lasting, kind, id)
    }

    /// The key for an id of a kind in a room.
    #[must_use]
    pub fn within(room: Room, kind: &'static str, id: &str) -> Self {
        Self {
            digest: sha256(id.as_bytes()),
            kind,
            room,
        }
    }

    /// How much room the key takes, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.kind.len() + self.digest.len()
    }

    /// The part of the store that the value may fill.
    #[must_use]
    pub fn room(&self) -> Room {
        self.room
    }
}

impl Hash for StoreKey {
    /// The first half of the digest spreads as well as the whole.
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(half) = self.digest.first_chunk() {
            state.write_u128(u128::from_ne_bytes(*half));
        }
    }
}

/// A store whose every value ends by itself. Adapters must make each method atomic.
pub trait ExpiringStore: Send + Sync {
    /// Keeps a value for `life`, in place of any there was.
    fn put<'a>(
        &'a self,
        key: &'a StoreKey,
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Keeps a value for `life` only if the key is free; tells whether it was.
    fn put_new<'a>(
        &'a self,
        key: &'a StoreKey,
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Reads a value.
    fn get<'a>(&'a self, key: &'a StoreKey) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>>;

    /// Reads a value and removes it: of several takers, exactly one gets it.
    fn take<'a>(&'a self, key: &'a StoreKey) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>>;

    /// Changes a value only if it is still `expected`; tells whether it was. Its life starts anew.
    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a [u8],
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;
}

/// A place for values of one type and kind, each of which lives equally long.
pub struct Shelf<T> {
    store: Arc<dyn ExpiringStore>,
    kind: &'static str,
    room: Room,
    life: Duration,
    values: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Shelf<T> {
    /// A shelf in a store. No two shelves may share a kind.
    #[must_use]
    pub fn new(store: Arc<dyn ExpiringStore>, kind: &'static str, life: Duration) -> Self {
        Self {
            store,
            kind,
            room: Room::Lasting,
            life,
            values: PhantomData,
        }
    }

    /// The same shelf with values that may be forgotten when strangers make too many.
    #[must_use]
    pub fn forgettable(self) -> Self {
        Self {
            room: Room::Forgettable,
            ..self
        }
    }

    /// How long a value stays.
    #[must_use]
    pub fn life(&self) -> Duration {
        self.life
    }

    /// Keeps a value, in place of any there was.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn put(&self, id: &str, value: &T) -> Result<(), StoreError> {
        self.store
            .put(&self.key(id), encode(value)?, self.life)
            .await
    }

    /// Keeps a value only if the id is free; tells whether it was.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn put_new(&self, id: &str, value: &T) -> Result<bool, StoreError> {
        self.store
            .put_new(&self.key(id), encode(value)?, self.life)
            .await
    }

    /// Reads a value.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or the value cannot be read.
    pub async fn get(&self, id: &str) -> Result<Option<T>, StoreError> {
        self.store
            .get(&self.key(id))
            .await?
            .as_deref()
            .map(decode)
            .transpose()
    }

    /// Reads a value and removes it: of several takers, exactly one gets it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or the value cannot be read.
    pub async fn take(&self, id: &str) -> Result<Option<T>, StoreError> {
        self.store
            .take(&self.key(id))
            .await?
            .as_deref()
            .map(decode)
            .transpose()
    }

    /// Removes a value that was read before: of several removers, exactly one is told that it removed it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn remove(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.store.take(&self.key(id)).await?.is_some())
    }

    /// Changes a value in place by `change`, again and again until nobody else changed it meanwhile; `None` when there
    /// is no such value.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails or the value cannot be read.
    pub async fn update(
        &self,
        id: &str,
        mut change: impl FnMut(&mut T),
    ) -> Result<Option<T>, StoreError> {
        let key = self.key(id);
        while let Some(before) = self.store.get(&key).await? {
            let mut value = decode(&before)?;
            change(&mut value);
            if self
                .store
                .replace(&key, &before, encode(&value)?, self.life)
                .await?
            {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn key(&self, id: &str) -> StoreKey {
        StoreKey::within(self.room, self.kind, id)
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_allocvec(value).map_err(|_| StoreError::Unreadable)
}

fn decode<T: DeserializeOwned>(bytes: impl AsRef<[u8]>) -> Result<T, StoreError> {
    match postcard::take_from_bytes(bytes.as_ref()) {
        Ok((value, [])) => Ok(value),
        _ => Err(StoreError::Unreadable),
    }
}
