//! A client for each server that is met, where the servers are not known beforehand.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use url::{Origin, Url};

use super::{Fetch, NoAuthorities, Rules};

/// How many servers have a client of their own; one more, and all begin anew.
const MOST: usize = 64;

/// Clients that keep the same rules, each of which reaches one origin and no other. Which servers may be asked at all is
/// decided by whoever has their addresses from something verified.
pub struct Clients {
    rules: Rules,
    known: Mutex<HashMap<Origin, Arc<Fetch>>>,
}

impl Clients {
    /// Clients that keep these rules, but for the origins.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            known: Mutex::default(),
        }
    }

    /// The client that reaches the server of an address.
    ///
    /// # Errors
    /// [`NoAuthorities`] when nobody could vouch for a server.
    pub fn reaching(&self, url: &Url) -> Result<Arc<Fetch>, NoAuthorities> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = known.get(&url.origin()) {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(Fetch::new(Rules {
            origins: vec![url.clone()],
            ..self.rules.clone()
        })?);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(url.origin(), Arc::clone(&client));
        Ok(client)
    }
}
