//! How the relying party presents itself, and what federations do otherwise than they write.

use std::time::Duration;

use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::identity::{AssuranceLevel, RequiredAssurance};

use super::Profile;

/// How the relying party presents itself.
#[derive(Debug, Clone)]
pub struct RelyingPartySettings {
    /// Its entity id in the federation, which is its `client_id`.
    pub client_id: String,
    /// Scheme, host and port of the gateway, where people come back to.
    pub origin: String,
    /// No request asks for less.
    pub minimum_level: RequiredAssurance,
    /// After how long without use a session ends: no access token is kept for longer.
    pub shortest_session: Duration,
    /// What the Ministry does otherwise than the documents say.
    pub cie: Habits,
    /// What SPID providers do otherwise.
    pub spid: Habits,
}

impl RelyingPartySettings {
    /// What the providers of a profile do otherwise than the documents say.
    #[must_use]
    pub fn habits(&self, profile: Profile) -> Habits {
        match profile {
            Profile::Cie => self.cie,
            Profile::Spid => self.spid,
        }
    }

    /// Where a provider sends people back to. Each has an address of its own, so that the answer of one is never taken
    /// for another's (B8; RFC 9700, 4.4).
    #[must_use]
    pub fn redirect_uri(&self, profile: Profile, issuer: &str) -> String {
        let origin = &self.origin;
        match profile {
            // There is one Ministry.
            Profile::Cie => format!("{origin}{CIE_CALLBACK}"),
            Profile::Spid => format!("{origin}{SPID_CALLBACK}{}", place_of(issuer)),
        }
    }
}

/// Where the Ministry sends people back to.
pub const CIE_CALLBACK: &str = "/cie/callback";
/// Where SPID providers send people back to: the [place](place_of) of each follows.
pub const SPID_CALLBACK: &str = "/spid/callback/";

/// The last part of a provider's redirect address: half the digest of its entity id.
#[must_use]
pub fn place_of(issuer: &str) -> String {
    let digest = sha256(issuer.as_bytes());
    hex(digest.first_chunk::<16>().unwrap_or(&[0; 16]))
}

/// What providers do otherwise than the documents say, and how far they are believed. The default is what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Habits {
    /// Whom a client assertion names as its audience (B9).
    pub assertion_audience: AssertionAudience,
    /// The token inside the userinfo answer may lack `iss`, `aud`, `iat` and `exp` (B10: the reference provider's does).
    /// Where they are there they are checked all the same.
    pub bare_userinfo: bool,
    /// An access token need not name the userinfo endpoint as its audience (B9: the reference provider names a path).
    pub any_access_token_audience: bool,
    /// ID tokens come encrypted, as our metadata ask for them; a plain one is then refused, and otherwise an encrypted one.
    pub encrypted_id_token: bool,
    /// `ui_locales` in a request is an array, where OpenID Connect Core, 3.1.2.1, wants a text (the reference provider refuses
    /// texts).
    pub languages_as_list: bool,
    /// No login is believed above this level, whatever metadata and tokens say.
    pub trusted_level_cap: TrustedLevelCap,
}

/// The highest level that is believed: high unless told otherwise (rules on CIE, A4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct TrustedLevelCap(
    #[serde(deserialize_with = "AssuranceLevel::configured")] pub AssuranceLevel,
);

impl Default for TrustedLevelCap {
    fn default() -> Self {
        Self(AssuranceLevel::High)
    }
}

/// Whom a client assertion names as its audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssertionAudience {
    /// The endpoint that it is sent to (Italian profile).
    #[default]
    Endpoint,
    /// The issuer (OpenID Federation 1.0; FAPI 2).
    Issuer,
}
