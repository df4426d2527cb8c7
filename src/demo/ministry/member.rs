//! A relying party as the provider meets it: its entity configuration, held against what the anchor enrolled.

use serde_json::{Map, Value};

use crate::identity::Timestamp;
use crate::protocol::jose::{
    ContentEncryption, EncryptionJwk, JwkRules, JwkSet, JwtProfile, KeyManagement, UnverifiedJwt,
};

/// Why a relying party is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the relying party's entity configuration: {0}")]
pub struct BadMember(pub &'static str);

/// What the anchor keeps of a member.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Its federation keys.
    pub federation: JwkSet,
    /// Its keys for protocol messages.
    pub core: JwkSet,
}

/// A relying party whose entity configuration is in order.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its entity id, which is its `client_id`.
    pub id: String,
    /// The name that people are shown.
    pub name: String,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// How it wants to be told of people.
    pub encryption: (KeyManagement, ContentEncryption),
    /// What it signed its configuration with, and the keys for messages that it shows: what the anchor keeps at the enrolment.
    pub shown: Registered,
}

impl Member {
    /// Reads an entity configuration. Before the enrolment it is believed on its own keys, as an operator who fetches it for
    /// the first time does; after that its signature must be of an enrolled key.
    ///
    /// # Errors
    /// [`BadMember`] says what is wrong.
    pub fn read(
        id: &str,
        configuration: &str,
        enrolled: Option<&Registered>,
        now: Timestamp,
    ) -> Result<Self, BadMember> {
        let profile = &JwtProfile::ENTITY_STATEMENT;
        let token = UnverifiedJwt::parse(configuration, profile.max_bytes)
            .map_err(|_| BadMember("not a token"))?;
        let own = token
            .unverified_claims()
            .get("jwks")
            .and_then(Value::as_object);
        let own = keys(own, "its federation keys")?;
        let believed = enrolled.map_or(&own, |enrolled| &enrolled.federation);
        let token = token
            .verify(profile, believed.keys())
            .map_err(|_| BadMember("not signed by a key that is enrolled"))?;
        if token.text("iss") != Some(id) || token.text("sub") != Some(id) {
            return Err(BadMember("about somebody else"));
        }
        let is_now = (token.time("iat").unwrap_or(i64::MAX) <= now.timestamp() + 60)
            && (token.time("exp").unwrap_or(i64::MIN) > now.timestamp());
        if !is_now {
            return Err(BadMember("not valid now"));
        }
        let metadata = token.claims().get("metadata");
        let metadata = metadata
            .and_then(|metadata| metadata.get(super::RELYING_PARTY)?.as_object())
            .ok_or(BadMember("not a relying party"))?;
        if metadata.get("client_id").and_then(Value::as_str) != Some(id) {
            return Err(BadMember("another client_id"));
        }
        let jwks = metadata.get("jwks").and_then(Value::as_object);
        let core = keys(jwks, "its core keys")?;
        Ok(Self {
            id: id.to_owned(),
            name: text(metadata, "client_name")?.to_owned(),
            redirect_uris: texts(metadata, "redirect_uris")?,
            encryption: (
                KeyManagement::from_name(text(metadata, "userinfo_encrypted_response_alg")?)
                    .ok_or(BadMember("an unknown encryption of keys"))?,
                ContentEncryption::from_name(text(metadata, "userinfo_encrypted_response_enc")?)
                    .ok_or(BadMember("an unknown encryption of content"))?,
            ),
            shown: Registered {
                federation: own,
                core,
            },
        })
    }

    /// The key that it is told of people with.
    #[must_use]
    pub fn encryption_key<'k>(&self, core: &'k JwkSet) -> Option<&'k EncryptionJwk> {
        let (management, _) = self.encryption;
        core.encryption_keys().iter().find(|key| {
            let own = key.algorithm();
            own.is_none_or(|own| own == management) && management.fits(key.key().kind())
        })
    }
}

fn keys(set: Option<&Map<String, Value>>, what: &'static str) -> Result<JwkSet, BadMember> {
    let set = set.ok_or(BadMember(what))?;
    JwkSet::read(JwkRules::Federation, set).map_err(|_| BadMember(what))
}

fn text<'m>(metadata: &'m Map<String, Value>, name: &'static str) -> Result<&'m str, BadMember> {
    let value = metadata.get(name).and_then(Value::as_str);
    value.ok_or(BadMember(name))
}

fn texts(metadata: &Map<String, Value>, name: &'static str) -> Result<Vec<String>, BadMember> {
    let values = metadata.get(name).and_then(Value::as_array);
    let values = values.ok_or(BadMember(name))?.iter();
    values
        .map(|value| value.as_str().map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or(BadMember(name))
}
