//! A federation of three: an anchor, a provider below it, and where wanted an intermediate between them. Every statement is
//! JSON until it is signed, so that a test can write whatever it likes into it.

use std::sync::LazyLock;

use serde_json::{Value, json};
use varco::crypto::encoding::base64url;
use varco::crypto::{KeyKind, Signer as _, SigningKey};
use varco::protocol::federation::{EntityId, TrustAnchor};
use varco::protocol::jose::{JwkRules, JwkSet, JwsAlgorithm};

pub const ANCHOR: &str = "https://registry.federation.example.it";
pub const INTERMEDIATE: &str = "https://aggregator.example.it/sa";
pub const PROVIDER: &str = "https://oidc.idserver.example.it";
/// A kind of trust mark, spelt as production does, without a slash at the end.
pub const MARK: &str = "https://registry.federation.example.it/openid_provider/public";

static KEYS: LazyLock<[SigningKey; 5]> =
    LazyLock::new(|| std::array::from_fn(|_| SigningKey::generate(KeyKind::P256).unwrap()));

/// The keys of the federation, and the one that the provider signs tokens with.
pub fn anchor_key() -> &'static SigningKey {
    &KEYS[0]
}
pub fn intermediate_key() -> &'static SigningKey {
    &KEYS[1]
}
pub fn provider_key() -> &'static SigningKey {
    &KEYS[2]
}
pub fn provider_core_key() -> &'static SigningKey {
    &KEYS[3]
}
/// A key that nobody has vouched for.
pub fn stranger_key() -> &'static SigningKey {
    &KEYS[4]
}

/// A public key as an entity shows it, without `alg` as production does.
pub fn jwk(key: &SigningKey, kid: &str) -> Value {
    let algorithm = JwsAlgorithm::usual(key.public_key().kind());
    let jwk = varco::protocol::jose::Jwk::new(key.public_key().clone(), algorithm).unwrap();
    let mut jwk = jwk.to_json();
    jwk["kid"] = json!(kid);
    jwk.as_object_mut().unwrap().remove("alg");
    jwk
}

pub fn jwks(keys: &[(&SigningKey, &str)]) -> Value {
    let keys: Vec<Value> = keys.iter().map(|(key, kid)| jwk(key, kid)).collect();
    json!({ "keys": keys })
}

/// Something to be signed.
#[derive(Clone)]
pub struct Draft {
    pub header: Value,
    pub claims: Value,
    pub key: &'static SigningKey,
}

impl Draft {
    pub fn new(typ: &str, kid: &str, key: &'static SigningKey, claims: Value) -> Self {
        let algorithm = JwsAlgorithm::usual(key.public_key().kind()).name();
        Self {
            header: json!({ "typ": typ, "alg": algorithm, "kid": kid }),
            claims,
            key,
        }
    }

    /// By the algorithm that the header names where it is one of this key's, and otherwise as the key usually signs.
    pub fn signed(&self) -> String {
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let input = format!("{}.{}", part(&self.header), part(&self.claims));
        let kind = self.key.public_key().kind();
        let named = self.header["alg"].as_str();
        let named = named.and_then(JwsAlgorithm::from_name);
        let named = named.filter(|named| named.fits(kind));
        let algorithm = named.unwrap_or_else(|| JwsAlgorithm::usual(kind));
        let signature = self
            .key
            .sign(algorithm.signature(), input.as_bytes())
            .unwrap();
        format!("{input}.{}", base64url(&signature))
    }
}

/// The metadata of a provider with everything that the profile of CIE demands (B5).
pub fn provider_metadata(id: &str) -> Value {
    json!({
        "issuer": id,
        "op_name": "Ministero di prova",
        "authorization_endpoint": format!("{id}/authorize"),
        "token_endpoint": format!("{id}/token"),
        "userinfo_endpoint": format!("{id}/userinfo"),
        "introspection_endpoint": format!("{id}/introspect"),
        "revocation_endpoint": format!("{id}/revoke"),
        "jwks": jwks(&[(provider_core_key(), "core")]),
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "acr_values_supported": [
            "https://www.spid.gov.it/SpidL1",
            "https://www.spid.gov.it/SpidL2",
            "https://www.spid.gov.it/SpidL3",
        ],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "userinfo_signing_alg_values_supported": ["RS256", "ES256"],
        "userinfo_encryption_alg_values_supported": ["RSA-OAEP", "RSA-OAEP-256"],
        "userinfo_encryption_enc_values_supported": ["A128CBC-HS256", "A256CBC-HS512"],
        "request_object_signing_alg_values_supported": ["RS256", "ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "request_parameter_supported": true,
        "claims_parameter_supported": true,
        "authorization_response_iss_parameter_supported": true,
        "client_registration_types_supported": ["automatic"],
        "request_authentication_methods_supported": { "ar": ["request_object"] },
    })
}

/// The statements of a federation, to be changed and signed.
#[derive(Clone)]
pub struct Federation {
    /// The anchor's configuration.
    pub anchor: Draft,
    /// What each superior says, from the provider's immediate one upwards.
    pub statements: Vec<Draft>,
    /// The intermediate's configuration.
    pub intermediate: Draft,
    /// The provider's configuration. Its trust mark is [`Self::mark`], signed with it.
    pub provider: Draft,
    /// The provider's trust mark, and what its entry has beside it.
    pub mark: Draft,
    pub mark_entry: Value,
}

impl Federation {
    /// Anchor and provider, nobody between: as the profile has it for providers.
    pub fn flat(now: i64) -> Self {
        let day = json!({ "iat": now - 60, "exp": now + 86_400 });
        let half_hour = json!({ "iat": now - 60, "exp": now + 1800 });
        let with = |times: &Value, claims: Value| {
            let mut all = times.clone();
            let members = all.as_object_mut().unwrap();
            members.extend(claims.as_object().unwrap().clone());
            all
        };
        let statement = "entity-statement+jwt";
        Self {
            anchor: Draft::new(
                statement,
                "anchor",
                anchor_key(),
                with(
                    &day,
                    json!({
                        "iss": ANCHOR,
                        "sub": ANCHOR,
                        "jwks": jwks(&[(anchor_key(), "anchor")]),
                        "metadata": { "federation_entity": {
                            "federation_fetch_endpoint": format!("{ANCHOR}/fetch"),
                            "federation_list_endpoint": format!("{ANCHOR}/list"),
                            "federation_trust_mark_status_endpoint": format!("{ANCHOR}/trust_mark_status"),
                        } },
                        "constraints": { "max_path_length": 1 },
                        "trust_mark_issuers": { MARK: [ANCHOR] },
                    }),
                ),
            ),
            statements: vec![Draft::new(
                statement,
                "anchor",
                anchor_key(),
                with(
                    &half_hour,
                    json!({
                        "iss": ANCHOR,
                        "sub": PROVIDER,
                        "jwks": jwks(&[(provider_key(), "provider")]),
                        "metadata_policy": { "openid_provider": {
                            "subject_types_supported": { "value": ["pairwise"] },
                            "code_challenge_methods_supported": { "subset_of": ["S256"], "essential": true },
                        } },
                    }),
                ),
            )],
            intermediate: Draft::new(
                statement,
                "intermediate",
                intermediate_key(),
                with(
                    &half_hour,
                    json!({
                        "iss": INTERMEDIATE,
                        "sub": INTERMEDIATE,
                        "jwks": jwks(&[(intermediate_key(), "intermediate")]),
                        "authority_hints": [ANCHOR],
                        "metadata": { "federation_entity": {
                            "federation_fetch_endpoint": format!("{INTERMEDIATE}/fetch"),
                        } },
                    }),
                ),
            ),
            provider: Draft::new(
                statement,
                "provider",
                provider_key(),
                with(
                    &half_hour,
                    json!({
                        "iss": PROVIDER,
                        "sub": PROVIDER,
                        "jwks": jwks(&[(provider_key(), "provider")]),
                        "authority_hints": [ANCHOR],
                        "metadata": {
                            "federation_entity": { "organization_name": "Ministero di prova" },
                            "openid_provider": provider_metadata(PROVIDER),
                        },
                    }),
                ),
            ),
            mark: Draft::new(
                "trust-mark+jwt",
                "anchor",
                anchor_key(),
                with(
                    &json!({ "iat": now - 60, "exp": now + 365 * 86_400 }),
                    json!({ "iss": ANCHOR, "sub": PROVIDER, "id": MARK }),
                ),
            ),
            mark_entry: json!({ "id": MARK }),
        }
    }

    /// Anchor, intermediate, provider.
    pub fn deep(now: i64) -> Self {
        let mut federation = Self::flat(now);
        let mut of_intermediate = federation.statements[0].clone();
        of_intermediate.claims["sub"] = json!(INTERMEDIATE);
        of_intermediate.claims["jwks"] = jwks(&[(intermediate_key(), "intermediate")]);
        let of_provider = &mut federation.statements[0];
        of_provider.claims["iss"] = json!(INTERMEDIATE);
        of_provider.claims["metadata_policy"] = json!({});
        of_provider.header["kid"] = json!("intermediate");
        of_provider.key = intermediate_key();
        federation.statements.push(of_intermediate);
        federation.provider.claims["authority_hints"] = json!([INTERMEDIATE]);
        federation
    }

    /// The parameters of the provider.
    pub fn metadata(&mut self) -> &mut Value {
        &mut self.provider.claims["metadata"]["openid_provider"]
    }

    /// The provider's configuration with its trust mark, signed.
    pub fn provider_signed(&self) -> String {
        let mut provider = self.provider.clone();
        if !self.mark_entry.is_null() {
            let mut entry = self.mark_entry.clone();
            entry["trust_mark"] = json!(self.mark.signed());
            provider.claims["trust_marks"] = json!([entry]);
        }
        provider.signed()
    }

    /// The chain.
    pub fn chain(&self) -> Vec<String> {
        let mut chain = vec![self.provider_signed()];
        chain.extend(self.statements.iter().map(Draft::signed));
        chain.push(self.anchor.signed());
        chain
    }
}

/// The anchor as our operator has pinned it.
pub fn pinned() -> TrustAnchor {
    let keys = jwks(&[(anchor_key(), "anchor")]);
    TrustAnchor {
        id: EntityId::parse(ANCHOR).unwrap(),
        keys: JwkSet::read(JwkRules::Federation, keys.as_object().unwrap()).unwrap(),
    }
}

impl Draft {
    /// The same with every name of the federation at another place.
    fn moved(&self, base: &str) -> Self {
        Self {
            claims: moved(&self.claims, base),
            ..self.clone()
        }
    }
}

/// A document whose entities are below an address: `/ta`, `/sa`, `/op`.
fn moved(document: &Value, base: &str) -> Value {
    let places = [(ANCHOR, "/ta"), (INTERMEDIATE, "/sa"), (PROVIDER, "/op")];
    let text = places
        .iter()
        .fold(document.to_string(), |text, (id, place)| {
            text.replace(id, &format!("{base}{place}"))
        });
    serde_json::from_str(&text).unwrap()
}

impl Federation {
    /// The same federation with its entities below an address.
    pub fn moved(&self, base: &str) -> Self {
        Self {
            anchor: self.anchor.moved(base),
            statements: self.statements.iter().map(|one| one.moved(base)).collect(),
            intermediate: self.intermediate.moved(base),
            provider: self.provider.moved(base),
            mark: self.mark.moved(base),
            mark_entry: moved(&self.mark_entry, base),
        }
    }
}
