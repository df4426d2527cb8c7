//! Requests for a login, held against everything that the profile asks of them (rules on CIE, B7).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::member::{Member, Registered};
use crate::identity::Timestamp;
use crate::protocol::jose::{JwtProfile, VerifiedJwt, verify_compact};
use crate::protocol::saml::names::spid_level;

/// The longest that a request may be used, in seconds.
const LONGEST_LIFE: i64 = 5 * 60;

/// A request that is in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// Who asks.
    pub client_id: String,
    /// Where the person goes back to.
    pub redirect_uri: String,
    /// Goes back as it came.
    pub state: String,
    /// Goes into the ID token.
    pub nonce: String,
    /// What the code's redeemer must know the source of.
    pub code_challenge: String,
    /// The lowest level that was asked for, 1 to 3.
    pub level: u8,
    /// The scopes.
    pub scope: Vec<String>,
    /// The attributes that are asked for by name.
    pub asked: Vec<String>,
    /// The request's own id, good once.
    pub id: String,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRequest {
    /// The error of the profile.
    pub error: &'static str,
    /// What is wrong.
    pub why: &'static str,
    /// Where the person can be sent back to, with the state: known only when who asks is.
    pub back: Option<(String, String)>,
}

fn refused(error: &'static str, why: &'static str) -> BadRequest {
    BadRequest {
        error,
        why,
        back: None,
    }
}

/// Reads a request of this member.
///
/// # Errors
/// [`BadRequest`] names the first rule that it breaks.
pub fn read(
    fields: &HashMap<String, String>,
    member: &Member,
    enrolled: &Registered,
    provider: &str,
    now: Timestamp,
) -> Result<LoginRequest, BadRequest> {
    let object = fields.get("request");
    let object = object.ok_or_else(|| refused("invalid_request", "request is missing"))?;
    let token = verify_compact(object, &JwtProfile::REQUEST_OBJECT, &enrolled.core)
        .map_err(|_| refused("invalid_request_object", "not signed by an enrolled key"))?;
    let reader = Reader { token: &token };
    let redirect_uri = reader.text("redirect_uri")?;
    if !member.redirect_uris.iter().any(|uri| uri == redirect_uri) {
        return Err(refused("invalid_request", "redirect_uri is not registered"));
    }
    let state = reader.unguessable("state")?;
    reader
        .request(fields, member, provider, now)
        .map_err(|refused| BadRequest {
            back: Some((redirect_uri.to_owned(), state.to_owned())),
            ..refused
        })
}

struct Reader<'t> {
    token: &'t VerifiedJwt,
}

impl<'t> Reader<'t> {
    fn request(
        &self,
        fields: &HashMap<String, String>,
        member: &Member,
        provider: &str,
        now: Timestamp,
    ) -> Result<LoginRequest, BadRequest> {
        for (name, value) in [
            ("iss", member.id.as_str()),
            ("client_id", &member.id),
            ("response_type", "code"),
            ("code_challenge_method", "S256"),
        ] {
            if self.text(name)? != value {
                return Err(refused("invalid_request_object", name));
            }
        }
        // One audience: what is for two could be replayed at the other.
        if self.token.audiences().as_deref() != Some(&[provider]) {
            return Err(refused("invalid_request_object", "aud"));
        }
        if self.token.has("sub") {
            return Err(refused(
                "invalid_request_object",
                "sub: it could be shown as a client assertion",
            ));
        }
        for name in [
            "client_id",
            "response_type",
            "scope",
            "code_challenge",
            "code_challenge_method",
        ] {
            if fields.get(name).map(String::as_str) != self.token.text(name) {
                return Err(refused(
                    "invalid_request",
                    "not the same outside and inside",
                ));
            }
        }
        self.time(now)?;
        if !matches!(self.text("prompt")?, "consent" | "consent login") {
            return Err(refused("invalid_request", "prompt"));
        }
        let scope: Vec<String> = words(self.text("scope")?);
        let known = ["openid", "profile", "email", "offline_access"];
        if !scope.iter().any(|one| one == "openid")
            || !scope.iter().all(|one| known.contains(&one.as_str()))
        {
            return Err(refused("invalid_scope", "scope"));
        }
        let levels = words(self.text("acr_values")?);
        let levels = levels.iter().map(|class| spid_level(class));
        let levels: Option<Vec<u8>> = levels.collect();
        let lowest = levels.and_then(|levels| levels.into_iter().min());
        Ok(LoginRequest {
            client_id: member.id.clone(),
            redirect_uri: self.text("redirect_uri")?.to_owned(),
            state: self.text("state")?.to_owned(),
            nonce: self.unguessable("nonce")?.to_owned(),
            code_challenge: self.text("code_challenge")?.to_owned(),
            level: lowest.ok_or_else(|| refused("invalid_request", "acr_values"))?,
            scope,
            asked: self.asked(),
            id: self.text("jti")?.to_owned(),
        })
    }

    fn time(&self, now: Timestamp) -> Result<(), BadRequest> {
        let now = now.timestamp();
        match (self.token.time("iat"), self.token.time("exp")) {
            (Some(begin), Some(end))
                if begin <= now + 60 && end > now && end - begin <= LONGEST_LIFE =>
            {
                Ok(())
            }
            _ => Err(refused("invalid_request_object", "not valid now")),
        }
    }

    /// The names in `claims`, wherever they are wanted.
    fn asked(&self) -> Vec<String> {
        let claims = self.token.claims().get("claims").and_then(Value::as_object);
        let places = claims.into_iter().flat_map(|claims| claims.values());
        places
            .filter_map(Value::as_object)
            .flat_map(|names| names.keys().cloned())
            .collect()
    }

    fn text(&self, name: &'static str) -> Result<&'t str, BadRequest> {
        let value = self.token.text(name);
        value.ok_or_else(|| refused("invalid_request_object", name))
    }

    /// Thirty-two letters and digits at least.
    fn unguessable(&self, name: &'static str) -> Result<&'t str, BadRequest> {
        let value = self.text(name)?;
        let is_long = value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_long {
            Ok(value)
        } else {
            Err(refused("invalid_request", name))
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}
