//! What the provider makes of one request: right in everything until a test spoils it.

use std::sync::LazyLock;

use serde_json::{Value, json};
use varco::crypto::{KeyKind, Random, SigningKey, SystemRandom};
use varco::protocol::jose::JwsAlgorithm;

use super::sealed;
use crate::support::federation::{Draft, provider_core_key};
use crate::support::gateway::ISSUER;
use crate::support::http_server::Reply;
use crate::support::keys;

static CORE_P521: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(KeyKind::P521).unwrap());

/// A further key that the provider signs tokens with.
pub fn core_p521() -> &'static SigningKey {
    &CORE_P521
}

/// Takes a claim or a header member away.
pub fn unset(members: &mut Value, name: &str) {
    members.as_object_mut().unwrap().remove(name);
}

/// The provider's work.
pub struct Made {
    /// The provider's entity id.
    pub op: String,
    /// The time, in seconds since 1970.
    pub now: i64,
    /// What the browser comes back with.
    pub answer: Vec<(&'static str, String)>,
    pub access_token: Draft,
    /// An access token that is no token in itself, in the place of that one.
    pub opaque: Option<&'static str>,
    pub id_token: Draft,
    /// Whether `at_hash` is put into the ID token.
    pub with_at_hash: bool,
    /// What becomes of the signed ID token.
    pub id_token_as: fn(&str) -> String,
    /// Members of the token answer that take the place of the right ones.
    pub token_more: Value,
    pub userinfo: Draft,
    /// What becomes of the signed userinfo.
    pub userinfo_as: fn(&str) -> String,
    /// How it is sent.
    pub userinfo_reply: fn(String) -> Reply,
}

impl Made {
    /// What answers a request as the profile says.
    pub(super) fn new(op: &str, asked: &Value, now: i64) -> Self {
        let random: &dyn Random = &SystemRandom;
        let draft = |typ, claims| Draft::new(typ, "core", provider_core_key(), claims);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            op: op.to_owned(),
            now,
            answer: vec![
                ("code", random.token()),
                ("state", text(&asked["state"])),
                ("iss", op.to_owned()),
            ],
            access_token: draft(
                "at+jwt",
                json!({
                    "iss": op, "sub": "pairwise", "aud": [format!("{op}/userinfo")],
                    "client_id": ISSUER, "iat": now, "exp": now + 300, "jti": random.token(),
                }),
            ),
            opaque: None,
            id_token: draft(
                "JWT",
                json!({
                    "iss": op, "sub": "pairwise", "aud": [ISSUER], "nonce": asked["nonce"],
                    "acr": asked["acr_values"], "iat": now, "nbf": now, "exp": now + 300,
                    "jti": random.token(),
                }),
            ),
            with_at_hash: true,
            id_token_as: str::to_owned,
            token_more: json!({}),
            userinfo: draft(
                "JWT",
                json!({
                    "iss": op, "sub": "pairwise", "aud": ISSUER, "iat": now, "exp": now + 300,
                    "given_name": "Mario", "family_name": "Rossi", "birthdate": "1980-01-01",
                    "https://attributes.eid.gov.it/fiscal_number": "TINIT-RSSMRA80A01H501U",
                }),
            ),
            userinfo_as: sealed,
            userinfo_reply: |body| Reply::of(200, "application/jose", body),
        }
    }

    /// Another value for a parameter of the answer.
    pub fn say(&mut self, name: &str, value: impl Into<String>) {
        let mut pairs = self.answer.iter_mut();
        pairs.find(|(there, _)| *there == name).unwrap().1 = value.into();
    }

    /// An answer without a parameter.
    pub fn hush(&mut self, name: &str) {
        self.answer.retain(|(there, _)| *there != name);
    }

    /// A time of a draft, in seconds from now.
    pub fn shift(draft: &mut Draft, name: &str, now: i64, seconds: i64) {
        draft.claims[name] = json!(now + seconds);
    }

    /// Signs a draft by another algorithm, with the provider's key for it.
    pub fn by(draft: &mut Draft, algorithm: JwsAlgorithm) {
        let (key, kid) = match algorithm {
            JwsAlgorithm::Es256 => (provider_core_key(), "core"),
            JwsAlgorithm::Es512 => (core_p521(), "p521"),
            _ => (keys::provider_rsa(), "rsa"),
        };
        draft.key = key;
        draft.header["alg"] = json!(algorithm.name());
        draft.header["kid"] = json!(kid);
    }

    /// The access token, and the answers of the token and the userinfo endpoint.
    pub(super) fn finish(&self) -> (String, Reply, Reply) {
        let access_token = match self.opaque {
            Some(opaque) => opaque.to_owned(),
            None => self.access_token.signed(),
        };
        let mut id_token = self.id_token.clone();
        if self.with_at_hash {
            let named = id_token.header["alg"].as_str();
            let algorithm = named.and_then(JwsAlgorithm::from_name);
            let algorithm = algorithm.unwrap_or(JwsAlgorithm::Es256);
            id_token.claims["at_hash"] = json!(algorithm.half_hash(&access_token));
        }
        let mut answer = json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 300,
            "id_token": (self.id_token_as)(&id_token.signed()),
        });
        for (name, value) in self.token_more.as_object().unwrap() {
            answer[name] = value.clone();
        }
        let told = (self.userinfo_as)(&self.userinfo.signed());
        let token = Reply::of(200, "application/json", answer.to_string());
        (access_token, token, (self.userinfo_reply)(told))
    }
}
