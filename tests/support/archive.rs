//! Archives that say what a test tells them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use varco::archive::{Archive, ArchiveError, Organisation, Profile, Standing};
use varco::identity::{Category, Person, PersonKey, PhoneNumber, Timestamp};
use varco::store::BoxFuture;

/// The archives; at first they know nobody. Clones are the same archives.
#[derive(Clone, Default)]
pub struct TestArchive(Arc<Inner>);

#[derive(Default)]
struct Inner {
    known: Mutex<HashMap<PersonKey, Standing>>,
    down: Mutex<bool>,
    asked: AtomicUsize,
}

impl TestArchive {
    /// From now on a person is this.
    pub fn know(
        &self,
        person: &Person,
        personal: impl IntoIterator<Item = Category>,
        profiles: impl IntoIterator<Item = Profile>,
    ) {
        let standing = Standing::new(personal, profiles);
        let mut known = self.0.known.lock().unwrap();
        known.insert(person.key.clone(), standing);
    }

    /// From now on a person's telephone is this.
    pub fn reach(&self, person: &Person, mobile: Option<PhoneNumber>) {
        let mut known = self.0.known.lock().unwrap();
        let standing = known.remove(&person.key).unwrap_or_else(Standing::citizen);
        known.insert(person.key.clone(), standing.reached_at(mobile));
    }

    /// From now on they answer, or not.
    pub fn set_down(&self, down: bool) {
        *self.0.down.lock().unwrap() = down;
    }

    /// How often they were asked.
    pub fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }
}

impl Archive for TestArchive {
    fn standing<'a>(
        &'a self,
        person: &'a PersonKey,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Standing, ArchiveError>> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            if *self.0.down.lock().unwrap() {
                return Err(ArchiveError::Unavailable("test"));
            }
            let known = self.0.known.lock().unwrap().get(person).cloned();
            Ok(known.unwrap_or_else(Standing::citizen))
        })
    }
}

/// A profile for an organisation.
pub fn acts_for(category: Category, code: &str, name: &str) -> Profile {
    Profile::new(category, Some(Organisation::new(code, name).unwrap())).unwrap()
}

/// A profile of somebody's trade.
pub fn trade(category: Category) -> Profile {
    Profile::new(category, None).unwrap()
}
