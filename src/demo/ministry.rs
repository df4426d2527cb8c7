//! The Ministry of the Interior for tests: a trust anchor of OpenID Federation and the provider of "Entra con CIE" under it,
//! by the Italian profile (rules on CIE, section B).
//!
//! In: relying parties that come to be enrolled and then log people in. Out: what the real ones publish and answer, right
//! for people who log in, and any error on demand. Both verify what they are sent as strictly as they may, so a gateway
//! that signs badly is found out here. Everything signed is a [`Draft`] before it is, so that tests can spoil it. May use
//! everything below.

pub mod draft;
mod joined;
pub mod member;
pub mod outcome;
mod pages;
pub mod provider;
pub mod request;
pub mod service;
pub mod statements;

use std::sync::Arc;

use serde_json::{Value, json};

use self::draft::Draft;
use super::DemoError;
use super::folder::DataFolder;
use crate::crypto::signer::CannotSign;
use crate::crypto::{KeyKind, Signer};
use crate::identity::Timestamp;
use crate::protocol::jose::{JwsAlgorithm, JwtSigner};

pub(super) use joined::configuration;

/// The kinds of members, as the federation calls them.
pub const PROVIDER: &str = "openid_provider";
/// See [`PROVIDER`].
pub const RELYING_PARTY: &str = "openid_relying_party";

/// Where the anchor and the provider live under the address of the test providers.
const ANCHOR_PATH: &str = "federazione";
const PROVIDER_PATH: &str = "cie-openid";

/// The Ministry: who it is and what it signs with.
pub struct Ministry {
    /// Entity id of the trust anchor.
    pub anchor: String,
    /// Entity id of the provider, which is its issuer.
    pub provider: String,
    /// What the anchor signs statements and trust marks with.
    pub anchor_signer: JwtSigner,
    /// What the provider signs its entity configuration with.
    pub federation_signer: JwtSigner,
    /// What the provider signs tokens with.
    pub core_signer: JwtSigner,
    /// What pairwise subjects are drawn from.
    subject_secret: [u8; 32],
}

/// A key of the Ministry cannot be used for what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key of the test Ministry is for no algorithm of the profile")]
pub struct UnfitKey;

impl Ministry {
    /// The Ministry under an address without a slash at its end.
    ///
    /// # Errors
    /// [`UnfitKey`] when a key is for no algorithm of the profile.
    pub fn new(
        base: &str,
        [anchor, federation, core]: [Arc<dyn Signer>; 3],
        subject_secret: [u8; 32],
    ) -> Result<Self, UnfitKey> {
        let signer = |key: Arc<dyn Signer>| {
            let algorithm = JwsAlgorithm::usual(key.public_key().kind());
            JwtSigner::new(key, algorithm).map_err(|_| UnfitKey)
        };
        Ok(Self {
            anchor: format!("{base}/{ANCHOR_PATH}"),
            provider: format!("{base}/{PROVIDER_PATH}"),
            anchor_signer: signer(anchor)?,
            federation_signer: signer(federation)?,
            core_signer: signer(core)?,
            subject_secret,
        })
    }

    /// The Ministry with the keys of a folder, which are made at the first start. What relying parties are told is signed with
    /// RS256, which all of them ask for.
    ///
    /// # Errors
    /// [`DemoError`] when a key cannot be read, written or used.
    pub fn open(base: &str, folder: &DataFolder) -> Result<Self, DemoError> {
        let folder = folder.folder("ministry")?;
        let key = |name: &str, kind| -> Result<Arc<dyn Signer>, DemoError> {
            Ok(Arc::new(folder.key(name, kind)?))
        };
        let keys = [
            key("anchor.key.pem", KeyKind::P256)?,
            key("federation.key.pem", KeyKind::P256)?,
            key("core.key.pem", KeyKind::Rsa(2048))?,
        ];
        // The subjects stay those of the first start because the key does.
        let secret = crate::crypto::sha256(keys[2].public_key().spki());
        Ok(Self::new(base, keys, secret)?)
    }

    /// The anchor's federation keys, as whoever trusts it pins them.
    #[must_use]
    pub fn anchor_keys(&self) -> Value {
        json!({ "keys": [published(&self.anchor_signer)] })
    }

    /// The trust marks that a relying party has to show (rules on CIE, B2).
    ///
    /// # Errors
    /// [`CannotSign`] when the key's holder fails.
    pub fn trust_marks(&self, relying_party: &str, now: Timestamp) -> Result<Value, CannotSign> {
        let mark = self.trust_mark(relying_party, RELYING_PARTY, now);
        self.shown(&mark, RELYING_PARTY)
    }

    /// A signed trust mark as an entity shows it, with its id spelled for old readers and new.
    fn shown(&self, mark: &Draft, kind: &str) -> Result<Value, CannotSign> {
        let id = self.mark_id(kind);
        let token = mark.sign(&self.anchor_signer)?;
        Ok(json!([{ "id": id, "trust_mark_type": id, "iss": self.anchor, "trust_mark": token }]))
    }

    /// The id of the trust mark of a kind of members: without a slash at its end, as in production.
    #[must_use]
    pub fn mark_id(&self, kind: &str) -> String {
        format!("{}/{kind}/public", self.anchor)
    }
}

/// A key as a set shows it.
fn published(signer: &JwtSigner) -> Value {
    signer.jwk().to_json()
}

#[cfg(test)]
mod tests;
