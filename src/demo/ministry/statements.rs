//! What anchor and provider say of themselves and of others (rules on CIE, B1, B2, B5), with the lifetimes that those in
//! production have.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::draft::{Draft, with};
use super::{Ministry, PROVIDER, RELYING_PARTY, published};
use crate::crypto::signer::CannotSign;
use crate::identity::Timestamp;
use crate::protocol::saml::names;

/// How long the anchor's own configuration may be used.
const ANCHOR_LIFE: TimeDelta = TimeDelta::hours(24);
/// The same of the provider's, and of what the anchor says of a member.
const STATEMENT_LIFE: TimeDelta = TimeDelta::minutes(30);
const MARK_LIFE: TimeDelta = TimeDelta::days(365);

const STATEMENT: &str = "entity-statement+jwt";

/// A member of the federation, as the anchor enrolled it.
#[derive(Debug, Clone, Copy)]
pub struct Enrolled<'a> {
    /// Its entity id.
    pub id: &'a str,
    /// What it is: [`PROVIDER`] or [`RELYING_PARTY`].
    pub kind: &'a str,
    /// Its federation keys, a set.
    pub federation_keys: &'a Value,
    /// The keys that it signs protocol messages with, a set: members cannot change them by themselves.
    pub core_keys: &'a Value,
}

impl Ministry {
    /// What the anchor says of itself.
    #[must_use]
    pub fn anchor_configuration(&self, now: Timestamp) -> Draft {
        let id = &self.anchor;
        let issuers = json!({
            self.mark_id(PROVIDER): [id],
            self.mark_id(RELYING_PARTY): [id],
        });
        let endpoints = ["fetch", "list", "trust_mark_status"].map(|path| {
            let name = format!("federation_{path}_endpoint");
            (name, json!(format!("{id}/{path}")))
        });
        let entity = self.federation_entity(id, "Ministero dell'Interno (prova)");
        let entity = with(entity, endpoints);
        Draft::new(
            STATEMENT,
            json!({
                "iss": id,
                "sub": id,
                "iat": now.timestamp(),
                "exp": (now + ANCHOR_LIFE).timestamp(),
                "jwks": self.anchor_keys(),
                "metadata": { "federation_entity": entity },
                "constraints": { "max_path_length": 1 },
                // The name of the standard, and the one that production has besides.
                "trust_mark_issuers": issuers,
                "trust_marks_issuers": issuers,
            }),
        )
    }

    /// What the provider says of itself.
    ///
    /// # Errors
    /// [`CannotSign`] when its trust mark cannot be signed.
    pub fn provider_configuration(&self, now: Timestamp) -> Result<Draft, CannotSign> {
        let id = &self.provider;
        let mark = self.trust_mark(id, PROVIDER, now);
        let claims = json!({
            "iss": id,
            "sub": id,
            "iat": now.timestamp(),
            "exp": (now + STATEMENT_LIFE).timestamp(),
            "jwks": { "keys": [published(&self.federation_signer)] },
            "authority_hints": [self.anchor],
            "trust_marks": self.shown(&mark, PROVIDER)?,
            "metadata": {
                "federation_entity": self.federation_entity(id, "Ministero dell'Interno (prova)"),
                PROVIDER: self.provider_metadata(),
            },
        });
        Ok(Draft::new(STATEMENT, claims))
    }

    /// The provider as the anchor enrolled it.
    #[must_use]
    pub fn provider_keys(&self) -> (Value, Value) {
        let set = |signer| json!({ "keys": [published(signer)] });
        (set(&self.federation_signer), set(&self.core_signer))
    }

    /// What the anchor says of a member.
    #[must_use]
    pub fn statement(&self, member: &Enrolled<'_>, now: Timestamp) -> Draft {
        let algorithms = json!(["RS256", "RS512", "ES256", "ES512", "PS256", "PS512"]);
        let policy = match member.kind {
            PROVIDER => json!({
                "jwks": { "value": member.core_keys },
                "subject_types_supported": { "value": ["pairwise"] },
                "token_endpoint_auth_methods_supported": { "value": ["private_key_jwt"] },
                "id_token_signing_alg_values_supported": { "subset_of": algorithms },
            }),
            _ => json!({
                "jwks": { "value": member.core_keys },
                "client_registration_types": { "subset_of": ["automatic"], "essential": true },
                "grant_types": { "subset_of": ["authorization_code", "refresh_token"] },
                "id_token_signed_response_alg": { "one_of": algorithms },
            }),
        };
        Draft::new(
            STATEMENT,
            json!({
                "iss": self.anchor,
                "sub": member.id,
                "iat": now.timestamp(),
                "exp": (now + STATEMENT_LIFE).timestamp(),
                "jwks": member.federation_keys,
                "metadata_policy": { member.kind: policy },
                "source_endpoint": format!("{}/fetch", self.anchor),
            }),
        )
    }

    /// That an entity is a member of a kind.
    #[must_use]
    pub fn trust_mark(&self, member: &str, kind: &str, now: Timestamp) -> Draft {
        let id = self.mark_id(kind);
        Draft::new(
            "trust-mark+jwt",
            json!({
                "iss": self.anchor,
                "sub": member,
                "id": id,
                "trust_mark_type": id,
                "iat": now.timestamp(),
                "exp": (now + MARK_LIFE).timestamp(),
                "organization_type": "public",
                "organization_name": "Istituto di Prova",
                "id_code": { "ipa_code": "prova" },
                "email": "federazione@ministero.example",
                "ref": self.anchor,
                "logo_uri": format!("{}/logo.svg", self.anchor),
            }),
        )
    }

    fn federation_entity(&self, id: &str, name: &str) -> Value {
        json!({
            "organization_name": name,
            "homepage_uri": id,
            "organization_uri": id,
            "policy_uri": format!("{}/policy", self.anchor),
            "logo_uri": format!("{}/logo.svg", self.anchor),
            "contacts": ["federazione@pec.ministero.example"],
        })
    }

    /// What relying parties must know to use the provider (rules on CIE, B5).
    fn provider_metadata(&self) -> Value {
        let id = &self.provider;
        let signatures = ["RS256", "RS512", "ES256", "ES512", "PS256", "PS512"];
        let management = [
            "RSA-OAEP",
            "RSA-OAEP-256",
            "ECDH-ES",
            "ECDH-ES+A128KW",
            "ECDH-ES+A256KW",
        ];
        let content = ["A128CBC-HS256", "A256CBC-HS512"];
        let classes: Vec<&str> = (1..=3).filter_map(names::spid_class).collect();
        let metadata = json!({
            "issuer": id,
            "organization_name": "Ministero dell'Interno (prova)",
            "jwks": { "keys": [published(&self.core_signer)] },
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "acr_values_supported": classes,
            "subject_types_supported": ["pairwise"],
            "code_challenge_methods_supported": ["S256"],
            "client_registration_types_supported": ["automatic"],
            "request_authentication_methods_supported": { "authorization_endpoint": ["request_object"] },
            "request_authentication_signing_alg_values_supported": signatures,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": signatures,
            "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
            "claims_parameter_supported": true,
            "request_parameter_supported": true,
            "authorization_response_iss_parameter_supported": true,
            "tls_client_certificate_bound_access_tokens": false,
            "claims_supported": [
                "given_name", "family_name", "birthdate", "https://attributes.eid.gov.it/fiscal_number",
            ],
        });
        let endpoints = [
            "authorization",
            "token",
            "userinfo",
            "introspection",
            "revocation",
        ];
        let endpoints = endpoints.map(|endpoint| {
            let name = format!("{endpoint}_endpoint");
            (name, json!(format!("{id}/{endpoint}")))
        });
        let signed = ["id_token", "userinfo", "request_object"];
        let algorithms = signed.into_iter().flat_map(|token| {
            [
                ("signing_alg", json!(signatures)),
                ("encryption_alg", json!(management)),
                ("encryption_enc", json!(content)),
            ]
            .map(|(kind, names)| (format!("{token}_{kind}_values_supported"), names))
        });
        with(metadata, endpoints.into_iter().chain(algorithms))
    }
}
