//! Our own entity in a federation: what it publishes of itself, and the keys that it has over time (rules on CIE, B2).
//!
//! In: the facts of the configuration, the keys of its folder, our trust marks, and at each call the present moment. Out: the
//! signed entity configuration, and the answers of our resolve endpoint, which come from what is known already: a stranger's
//! question never makes us ask anybody. [`Rotation`] says which key is used and which are published while one takes the
//! place of another, [`KeptKeys`] what a superior keeps of them. Uses `protocol::jose` and `protocol::federation`.

mod configuration;
mod marks;
mod resolve;
mod rotation;
mod superior;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use url::Url;

use resolve::Answers;

use crate::identity::Timestamp;
use crate::protocol::jose::{ContentEncryption, JweKey, JwkSet, JwtSigner, KeyManagement};

pub use marks::{BadMark, OwnMark};
pub use resolve::{FederationError, KnownChain, KnownChains, ResolveQuestion};
pub use rotation::{KeyUse, NextStep, NotYet, Phase, Rotation};
pub use superior::KeptKeys;

/// What the configuration says of us.
#[derive(Debug, Clone)]
pub struct EntityFacts {
    /// The entity id, which is our `client_id`: compared letter by letter by whoever registers us.
    pub entity_id: String,
    /// Scheme, host and port of the gateway.
    pub origin: String,
    /// The full name of the body.
    pub organization_name: String,
    /// The name that people see.
    pub client_name: String,
    /// The body's site.
    pub homepage: Url,
    /// Where it says what becomes of people's data.
    pub policy: Url,
    /// Its logo, SVG.
    pub logo: Url,
    /// Where it is written to: certified mail.
    pub contacts: Vec<String>,
    /// Its superiors.
    pub authority_hints: Vec<String>,
    /// Where providers send people back to.
    pub redirect_uris: Vec<String>,
    /// How long an entity configuration is valid.
    pub lifetime: Duration,
    /// How the userinfo answer is to be encrypted.
    pub userinfo_encryption: (KeyManagement, ContentEncryption),
    /// Whether the ID token is to be encrypted too, in the same way.
    pub encrypted_id_token: bool,
}

/// Our keys as they are published and used.
#[derive(Clone)]
pub struct EntityKeys {
    /// What signs entity configurations and resolve answers.
    pub federation: JwtSigner,
    /// The federation keys that are published.
    pub federation_set: JwkSet,
    /// What signs authorization requests and client assertions: a *core* key.
    pub signer: JwtSigner,
    /// What opens what is encrypted to us, a key that is on its way in or out too.
    pub decryption: Vec<JweKey>,
    /// The core keys that are published, for signatures and for encryption.
    pub core_set: JwkSet,
}

impl fmt::Debug for EntityKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntityKeys")
            .field("federation", &self.federation_set)
            .field("core", &self.core_set)
            .finish_non_exhaustive()
    }
}

impl EntityKeys {
    /// Whether these are the same keys, and the same of them are used.
    #[must_use]
    pub fn are_the_same_as(&self, other: &Self) -> bool {
        self.federation_set == other.federation_set
            && self.core_set == other.core_set
            && self.federation.jwk() == other.federation.jwk()
            && self.signer.jwk() == other.signer.jwk()
    }
}

/// An entity configuration that was signed, when, and with which keys.
struct Signed {
    token: Arc<str>,
    at: Timestamp,
    keys: Arc<EntityKeys>,
}

/// The trust marks that we show, and the configuration that was signed with them.
struct Shown {
    marks: Vec<OwnMark>,
    signed: Option<Signed>,
}

/// Our entity.
pub struct OwnEntity {
    facts: EntityFacts,
    keys: RwLock<Arc<EntityKeys>>,
    shown: Mutex<Shown>,
    chains: Option<Arc<dyn KnownChains>>,
    answers: Mutex<Answers>,
}

impl OwnEntity {
    /// Our entity with its trust marks. It knows of no chains until it is told of them.
    #[must_use]
    pub fn new(facts: EntityFacts, keys: EntityKeys, marks: Vec<OwnMark>) -> Self {
        Self {
            facts,
            keys: RwLock::new(Arc::new(keys)),
            shown: Mutex::new(Shown {
                marks,
                signed: None,
            }),
            chains: None,
            answers: Mutex::default(),
        }
    }

    /// The same with whoever knows the chains of others.
    #[must_use]
    pub fn knowing(mut self, chains: Arc<dyn KnownChains>) -> Self {
        self.chains = Some(chains);
        self
    }

    /// Shows these trust marks from now on, in a configuration that is signed anew; tells whether they are others than
    /// before. A superior gives the first one after it has read our configuration, and gives others before they end.
    pub fn show(&self, marks: Vec<OwnMark>) -> bool {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let are_others = shown.marks != marks;
        if are_others {
            *shown = Shown {
                marks,
                signed: None,
            };
        }
        are_others
    }

    /// The trust marks that we were given, those that have ended too.
    #[must_use]
    pub fn marks(&self) -> Vec<OwnMark> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.marks.clone()
    }

    /// What the configuration says of us.
    #[must_use]
    pub fn facts(&self) -> &EntityFacts {
        &self.facts
    }

    /// Our keys.
    #[must_use]
    pub fn keys(&self) -> Arc<EntityKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Uses and publishes these keys from now on, those of the next step of a rotation. What was signed with others is signed
    /// anew when it is asked for.
    pub fn change_keys(&self, keys: EntityKeys) {
        let mut place = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        *place = Arc::new(keys);
    }
}

#[cfg(test)]
mod tests;
