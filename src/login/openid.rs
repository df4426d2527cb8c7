//! OpenID Connect, relying party side: CIE and SPID under the Italian profile of OpenID Federation, and ordinary upstream
//! providers (rules on CIE, section B).
//!
//! In: a flow and a provider to start with, then what the provider sends the browser back with. Out: an authorization
//! request for the browser to carry, and a verified identity or a refusal with the code of the check that failed. Which
//! providers are trusted, with which keys and until when, is told by [`Providers`]; nobody waits for it here. A
//! request is kept in the shared store, bound to the browser that made it and good for one answer; every answered
//! request goes into the register with its answer, accepted or not. Uses `protocol::jose`, `fetch`, the store's and the
//! register's ports, and the ids of `session`.

pub mod entity;
mod level;
mod profile;
mod provider;
pub mod trust;

pub use level::level_of;
pub use profile::Profile;
pub use provider::{Providers, Standing, TrustedProvider};
