//! OpenID Connect, relying party side: CIE and SPID under the Italian profile of OpenID Federation (rules on CIE, section B).
//!
//! In: a flow and a provider to [`start`](OpenIdRelyingParty::start) with, then what the provider sends the browser back
//! with, to [`callback`](OpenIdRelyingParty::callback). Out: an authorization request for the browser to carry, and a
//! verified identity or a refusal with the code of the check that failed; at the end of a session its tokens are given back
//! ([`revoke`](OpenIdRelyingParty::revoke)). Which providers are trusted, with which keys and until when, is told by
//! [`Providers`] from memory; nobody waits for a federation here. A request is kept in the shared store, bound to the
//! browser that made it and good for one answer; every answered request goes into the register with its answer, accepted
//! or not. No refresh token is ever asked for: nothing raises or extends a login but another one (B11). Uses
//! `protocol::jose`, `fetch`, the store's and the register's ports, and the ids of `session`.

mod answer;
mod back_channel;
mod callback;
pub mod entity;
mod error;
mod evidence;
mod exchange;
mod id_token;
mod level;
mod live;
mod pending;
mod profile;
mod proof;
mod provider;
mod refusal;
mod settings;
mod start;
mod token;
pub mod trust;
mod upstream;
mod userinfo;

use std::sync::{Arc, PoisonError, RwLock};

use crate::audit::AuthenticationRegister;
use crate::crypto::{Random, SealingKey};
use crate::identity::Timestamp;
use crate::protocol::jose::{JweKey, JweProfile, JwtSigner, decrypt_compact};
use crate::store::ExpiringStore;

pub use back_channel::{BackChannel, HttpBackChannel, Reach};
pub use callback::{CameBack, OpenIdLogin};
pub use error::{ErrorHelp, ProviderError};
pub use level::level_of;
pub use live::NotGivenBack;
pub use profile::Profile;
pub use provider::{Providers, Standing, TrustedProvider};
pub use refusal::{OpenIdRefusal, RefusalKind};
pub use settings::{
    AssertionAudience, CIE_CALLBACK, Habits, RelyingPartySettings, SPID_CALLBACK, TrustedLevelCap,
    place_of,
};
pub use start::{StartLogin, StartRefusal};
pub use upstream::{Upstream, UpstreamPorts, UpstreamSettings};

use live::LiveTokens;
use pending::PendingLogins;
use token::Which;

/// The relying party's own keys: those that the federation knows for it as a client (B2, the *core* keys).
pub struct RelyingPartyKeys {
    /// What signs requests and client assertions.
    pub signer: JwtSigner,
    /// What opens what is encrypted to us: the present key and those of the past that providers may still use.
    pub decryption: Vec<JweKey>,
    /// What tokens are sealed with until their session ends.
    pub sealing: SealingKey,
}

/// What signs and opens for us now.
struct CoreKeys {
    signer: JwtSigner,
    decryption: Vec<JweKey>,
}

/// What logins need from outside.
#[derive(Clone)]
pub struct OpenIdPorts {
    /// Where pending requests live, shared by all nodes.
    pub store: Arc<dyn ExpiringStore>,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
    /// Where requests and answers are kept for 24 months.
    pub register: Arc<dyn AuthenticationRegister>,
    /// How providers' endpoints are asked.
    pub back_channel: Arc<dyn BackChannel>,
    /// Who is trusted.
    pub providers: Arc<dyn Providers>,
}

/// The relying party.
pub struct OpenIdRelyingParty {
    settings: RelyingPartySettings,
    keys: RwLock<Arc<CoreKeys>>,
    ports: OpenIdPorts,
    pending: PendingLogins,
    live: LiveTokens,
}

impl OpenIdRelyingParty {
    /// Sets up the relying party.
    #[must_use]
    pub fn new(settings: RelyingPartySettings, keys: RelyingPartyKeys, ports: OpenIdPorts) -> Self {
        Self {
            settings,
            keys: RwLock::new(Arc::new(CoreKeys {
                signer: keys.signer,
                decryption: keys.decryption,
            })),
            pending: PendingLogins::new(&ports.store),
            live: LiveTokens::new(Arc::clone(&ports.store), keys.sealing),
            ports,
        }
    }

    /// Who is trusted.
    #[must_use]
    pub fn providers(&self) -> &dyn Providers {
        self.ports.providers.as_ref()
    }

    /// A provider, if it is trusted at `now`, as far as it is believed; whoever resolves it may err, the end of its chain may
    /// not.
    #[must_use]
    pub fn trusted(&self, issuer: &str, now: Timestamp) -> Option<Arc<TrustedProvider>> {
        let provider = self.ports.providers.provider(issuer, now);
        let provider =
            provider.filter(|provider| provider.issuer == issuer && provider.expires > now);
        provider.map(|provider| self.capped(provider))
    }

    /// Every provider of a profile that can be used at `now`, each as far as it is believed.
    #[must_use]
    pub fn trusted_of(&self, profile: Profile, now: Timestamp) -> Vec<Arc<TrustedProvider>> {
        let all = self.ports.providers.of_profile(profile, now).into_iter();
        all.map(|provider| self.capped(provider)).collect()
    }

    /// What a provider says of its own levels holds up to the cap of its profile.
    fn capped(&self, provider: Arc<TrustedProvider>) -> Arc<TrustedProvider> {
        let TrustedLevelCap(cap) = self.settings.habits(provider.profile).trusted_level_cap;
        if provider.highest <= cap {
            return provider;
        }
        Arc::new(TrustedProvider {
            highest: cap,
            ..TrustedProvider::clone(&provider)
        })
    }

    /// Signs with another key from now on, and opens with these: those of a rotation under way, so that what was encrypted to
    /// the key before still opens (B2).
    pub fn change_keys(&self, signer: JwtSigner, decryption: Vec<JweKey>) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        *keys = Arc::new(CoreKeys { signer, decryption });
    }

    fn keys(&self) -> Arc<CoreKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn random(&self) -> &dyn Random {
        self.ports.random.as_ref()
    }

    /// What is inside a token that was encrypted to us.
    fn opened(&self, message: &str, which: Which) -> Result<String, OpenIdRefusal> {
        let opened = decrypt_compact(message, &JweProfile::ITALIAN, &self.keys().decryption);
        let opened = opened.map_err(|refusal| which.refused_by(refusal.code()))?;
        let token = opened.token().map(str::to_owned);
        token.ok_or_else(|| which.refuse("form"))
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
