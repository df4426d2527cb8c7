//! What the provider tells of people: tokens and userinfo (rules on CIE, B9 and B10).

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Ministry;
use super::draft::Draft;
use super::request::LoginRequest;
use crate::crypto::encoding::base64url;
use crate::crypto::hmac_sha256;
use crate::demo::people::{MOBILE, PEOPLE, TestPerson};
use crate::identity::Timestamp;
use crate::protocol::saml::names;

/// How long tokens may be used.
pub const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(5);

const FISCAL_NUMBER: &str = "https://attributes.eid.gov.it/fiscal_number";

/// A login that a person agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What was asked.
    pub request: LoginRequest,
    /// Who logged in.
    pub username: String,
    /// The level that the login had, 1 to 3.
    pub level: u8,
}

impl Grant {
    /// Who logged in.
    #[must_use]
    pub fn person(&self) -> Option<&'static TestPerson> {
        PEOPLE
            .iter()
            .find(|person| person.username == self.username)
    }

    /// What the relying party is told of the person: what goes with the scopes, and what it asked for by name.
    #[must_use]
    pub fn attributes(&self) -> Map<String, Value> {
        let has = |scope: &str| self.request.scope.iter().any(|one| one == scope);
        let profile = ["given_name", "family_name", "birthdate", FISCAL_NUMBER];
        let by_scope = profile
            .into_iter()
            .filter(|_| has("profile"))
            .chain(["email"].into_iter().filter(|_| has("email")));
        let names = by_scope.chain(self.request.asked.iter().map(String::as_str));
        let person = self.person();
        names
            .filter_map(|name| Some((name.to_owned(), json!(attribute(person?, name)?))))
            .collect()
    }
}

/// An attribute as the profiles of OpenID Connect name it; `None` where this person has none.
fn attribute(person: &TestPerson, name: &str) -> Option<String> {
    Some(match name {
        "given_name" => person.given_name.to_owned(),
        "family_name" => person.family_name.to_owned(),
        "birthdate" => person.birth_date.to_owned(),
        "gender" => match person.gender {
            "F" => "female".to_owned(),
            _ => "male".to_owned(),
        },
        "email" => format!("{}@example.org", person.username),
        "phone_number" => MOBILE.to_owned(),
        FISCAL_NUMBER => format!("TINIT-{}", person.fiscal_code?),
        _ => return None,
    })
}

impl Ministry {
    /// The person's name toward one relying party.
    #[must_use]
    pub fn subject(&self, grant: &Grant) -> String {
        let whom = format!("{} {}", grant.request.client_id, grant.username);
        base64url(&hmac_sha256(&self.subject_secret, whom.as_bytes()))
    }

    /// The access token of a login; `id` names it.
    #[must_use]
    pub fn access_token(&self, grant: &Grant, id: &str, now: Timestamp) -> Draft {
        let claims = json!({
            "iss": self.provider,
            "sub": self.subject(grant),
            "aud": [format!("{}/userinfo", self.provider)],
            "client_id": grant.request.client_id,
            "scope": grant.request.scope.join(" "),
            "iat": now.timestamp(),
            "exp": (now + TOKEN_LIFE).timestamp(),
            "jti": id,
        });
        Draft::new("at+jwt", claims)
    }

    /// The ID token beside an access token.
    #[must_use]
    pub fn id_token(&self, grant: &Grant, access_token: &str, id: &str, now: Timestamp) -> Draft {
        let claims = json!({
            "iss": self.provider,
            "sub": self.subject(grant),
            "aud": [grant.request.client_id],
            "nonce": grant.request.nonce,
            "acr": names::spid_class(grant.level),
            "at_hash": self.core_signer.algorithm().half_hash(access_token),
            "iat": now.timestamp(),
            "nbf": now.timestamp(),
            "exp": (now + TOKEN_LIFE).timestamp(),
            "jti": id,
        });
        Draft::new("JWT", claims)
    }

    /// What userinfo says, before it is encrypted.
    #[must_use]
    pub fn userinfo(&self, grant: &Grant, now: Timestamp) -> Draft {
        let mut draft = Draft::new(
            "JWT",
            json!({
                "iss": self.provider,
                "sub": self.subject(grant),
                "aud": grant.request.client_id,
                "iat": now.timestamp(),
                "exp": (now + TOKEN_LIFE).timestamp(),
            }),
        );
        draft.claims.extend(grant.attributes());
        draft
    }
}
