//! The embedded default: values in this process's memory, bounded.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{BoxFuture, ExpiringStore, StoreError, StoreKey};
use crate::identity::{Clock, Timestamp};

/// How many bytes of keys and values are kept at most unless told otherwise.
const DEFAULT_BOUND: usize = 256 * 1024 * 1024;

/// An [`ExpiringStore`] in memory. Expired values are removed as others come in; when the bound is reached, new
/// values are refused rather than old ones dropped (a dropped replay id would let its message in again).
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    bound: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    values: HashMap<StoreKey, (Vec<u8>, Timestamp)>,
    ends: BTreeSet<(Timestamp, String)>,
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

    /// Runs `work` on the state with everything expired removed.
    fn with<R>(&self, work: impl FnOnce(&mut State, Timestamp) -> R) -> R {
        // A panic elsewhere cannot leave the maps half changed: each change below is complete before it returns.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        state.expire(now);
        work(&mut state, now)
    }

    /// Puts a value in place of any there was; when it does not fit, what was there stays.
    fn insert(
        &self,
        state: &mut State,
        key: &StoreKey,
        value: Vec<u8>,
        end: Timestamp,
    ) -> Result<(), StoreError> {
        let size = |value: &[u8]| key.as_str().len() + value.len();
        let freed = state.values.get(key).map_or(0, |(there, _)| size(there));
        let added = size(&value);
        if state.bytes - freed + added > self.bound {
            return Err(StoreError::Full);
        }
        state.remove(key);
        state.bytes += added;
        state.ends.insert((end, key.as_str().to_owned()));
        state.values.insert(key.clone(), (value, end));
        Ok(())
    }
}

impl State {
    fn remove(&mut self, key: &StoreKey) -> Option<Vec<u8>> {
        let (value, end) = self.values.remove(key)?;
        self.ends.remove(&(end, key.as_str().to_owned()));
        self.bytes -= key.as_str().len() + value.len();
        Some(value)
    }

    fn expire(&mut self, now: Timestamp) {
        while let Some((end, key)) = self.ends.first() {
            if *end > now {
                break;
            }
            let key = StoreKey(key.clone());
            self.remove(&key);
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
        Box::pin(
            async move { self.with(|state, now| self.insert(state, key, value, after(now, life))) },
        )
    }

    fn put_new<'a>(
        &'a self,
        key: &'a StoreKey,
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            self.with(|state, now| {
                if state.values.contains_key(key) {
                    return Ok(false);
                }
                self.insert(state, key, value, after(now, life))
                    .map(|()| true)
            })
        })
    }

    fn get<'a>(&'a self, key: &'a StoreKey) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>> {
        Box::pin(async move {
            Ok(self.with(|state, _| state.values.get(key).map(|(value, _)| value.clone())))
        })
    }

    fn take<'a>(&'a self, key: &'a StoreKey) -> BoxFuture<'a, Result<Option<Vec<u8>>, StoreError>> {
        Box::pin(async move { Ok(self.with(|state, _| state.remove(key))) })
    }

    fn replace<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a [u8],
        value: Vec<u8>,
        life: Duration,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            self.with(|state, now| {
                if state
                    .values
                    .get(key)
                    .is_none_or(|(there, _)| there != expected)
                {
                    return Ok(false);
                }
                self.insert(state, key, value, after(now, life))
                    .map(|()| true)
            })
        })
    }
}
