//! The embedded default: values in this process's memory, bounded.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{BoxFuture, ExpiringStore, Room, StoreError, StoreKey};
use crate::identity::{Clock, Timestamp};

/// How many bytes of keys and values are kept at most unless told otherwise.
const DEFAULT_BOUND: usize = 256 * 1024 * 1024;
/// The part of the bound that forgettable values may fill: a quarter.
const FORGETTABLE_PART: usize = 4;

/// An [`ExpiringStore`] in memory. Expired values are removed as others come in. When the bound of lasting values is
/// reached, new ones are refused rather than old ones dropped (a dropped replay id would let its message in again);
/// forgettable ones have a bound of their own, within which the oldest make place.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    bound: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    lasting: Part,
    forgettable: Part,
}

/// The values of one room.
#[derive(Default)]
struct Part {
    values: HashMap<StoreKey, (Vec<u8>, Timestamp)>,
    ends: BTreeSet<(Timestamp, StoreKey)>,
    bytes: usize,
}

impl MemoryStore {
    /// An empty store that ends values by `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::bounded(clock, DEFAULT_BOUND)
    }

    /// The same with another bound, in bytes of keys and values.
    #[must_use]
    pub fn bounded(clock: Arc<dyn Clock>, bound: usize) -> Self {
        Self {
            clock,
            bound,
            state: Mutex::default(),
        }
    }

    /// Runs `work` on the key's room with everything expired removed.
    fn with<R>(&self, key: &StoreKey, work: impl FnOnce(&mut Part, Timestamp) -> R) -> R {
        // A panic elsewhere cannot leave the maps half changed: each change below is complete before it returns.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let part = match key.room() {
            Room::Lasting => &mut state.lasting,
            Room::Forgettable => &mut state.forgettable,
        };
        part.expire(now);
        work(part, now)
    }

    /// Puts a value in place of any there was; when it does not fit, what was there stays.
    fn insert(
        &self,
        part: &mut Part,
        key: &StoreKey,
        value: Vec<u8>,
        end: Timestamp,
    ) -> Result<(), StoreError> {
        let forgettable = self.bound / FORGETTABLE_PART;
        let freed = part
            .values
            .get(key)
            .map_or(0, |(there, _)| size(key, there));
        let added = size(key, &value);
        match key.room() {
            Room::Lasting if part.bytes - freed + added > self.bound - forgettable => {
                return Err(StoreError::Full);
            }
            Room::Forgettable if added > forgettable => return Err(StoreError::Full),
            Room::Lasting | Room::Forgettable => {}
        }
        part.remove(key);
        while key.room() == Room::Forgettable && part.bytes + added > forgettable {
            part.forget_one();
        }
        part.bytes += added;
        part.ends.insert((end, *key));
        part.values.insert(*key, (value, end));
        Ok(())
    }
}

fn size(key: &StoreKey, value: &[u8]) -> usize {
    key.size() + value.len()
}

impl Part {
    fn remove(&mut self, key: &StoreKey) -> Option<Vec<u8>> {
        let (value, end) = self.values.remove(key)?;
        self.ends.remove(&(end, *key));
        self.bytes -= size(key, &value);
        Some(value)
    }

    /// Removes the value nearest to its end.
    fn forget_one(&mut self) {
        if let Some((_, key)) = self.ends.pop_first()
            && let Some((value, _)) = self.values.remove(&key)
        {
            self.bytes -= size(&key, &value);
        }
    }

    fn expire(&mut self, now: Timestamp) {
        while self.ends.first().is_some_and(|(end, _)| *end <= now) {
            self.forget_one();
        }
    }
}

fn after(now: Timestamp, life: Duration) -> Timestamp {
    chrono::Duration::from_std(life)
        .ok()
        .and_then(|life| now.checked_add_signed(life))
        .unwrap_or(Timestamp::MAX_UTC)
}

impl ExpiringStore for MemoryStore {
    fn put<'a>(
        &'a self,
        key: &'a StoreKey,
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.with(key, |part, now| {
                self.insert(part, key, value, after(now, life))
            })
        })
    }

    fn put_new<'a>(
        &'a self,
        key: &'a StoreKey,
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            self.with(key, |part, now| {
                if part.values.contains_key(key) {
                    return Ok(false);
                }
                self.insert(part, key, value, after(now, life))
                    .map(|()| true)
            })
        })
    }

    fn get<'a>(&'a self, key: &'a StoreKey) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>> {
        Box::pin(async move {
            Ok(self.with(key, |part, _| {
                part.values.get(key).map(|(value, _)| value.clone())
            }))
        })
    }

    fn take<'a>(&'a self, key: &'a StoreKey) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>> {
        Box::pin(async move { Ok(self.with(key, |part, _| part.remove(key))) })
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a [u8],
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            self.with(key, |part, now| {
                if part
                    .values
                    .get(key)
                    .is_none_or(|(there, _)| there != expected)
                {
                    return Ok(false);
                }
                self.insert(part, key, value, after(now, life))
                    .map(|()| true)
            })
        })
    }
}
