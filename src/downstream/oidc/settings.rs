//! An application in the configuration, as it is written.

use serde::Deserialize;

use super::{EventsSettings, ReleasedClaim};
use crate::identity::AssuranceLevel;
use crate::policy::{ServiceId, Text};
use crate::protocol::jose::{JwkSet, JwsAlgorithm};

/// One `[[openid.client]]`: an application as it is registered. There is no dynamic registration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSettings {
    /// `client_id`: 1 to 64 letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// The name that people see.
    pub name: Text,
    /// Where codes may be sent: absolute `https` addresses, compared character by character. `http` is accepted for
    /// loopback addresses only.
    pub redirect_uris: Vec<String>,
    /// Where a person may be sent after a logout that the application began; the same rules.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// How its server proves itself at `/token`.
    pub authentication: AuthenticationSettings,
    /// The algorithm of its ID tokens: `ES256` (the default) or `RS256`.
    #[serde(default = "es256")]
    pub id_token_signed_response_alg: JwsAlgorithm,
    /// The services it may name in `resource`.
    #[serde(default)]
    pub services: Vec<ServiceId>,
    /// The lowest level it is ever answered with, whatever it asks for: `low`, `substantial` (the default) or `high`.
    #[serde(
        default = "substantial",
        deserialize_with = "AssuranceLevel::configured"
    )]
    pub minimum_level: AssuranceLevel,
    /// What it may learn of a person. Everything else, the fiscal code first of all, it never gets.
    #[serde(default)]
    pub claims: Vec<ReleasedClaim>,
    /// Where it hears of what it did not ask for; nowhere where it is left out.
    pub events: Option<EventsSettings>,
    /// Applications of one sector know a person by the same `sub`; by default each is a sector of its own.
    pub sector: Option<String>,
}

/// How a client proves itself at `/token`.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum AuthenticationSettings {
    /// A shared secret in the `Authorization` header (RFC 6749, 2.3.1).
    ClientSecretBasic {
        /// SHA-256 of the secret in lower-case hexadecimal. The secret must be random, of 128 bits or more: then a
        /// plain hash of it tells nothing, and it is not in the configuration.
        secret_sha256: String,
    },
    /// A token signed by the client (RFC 7523, 2.2; OpenID Connect Core, 9).
    PrivateKeyJwt {
        /// Its public keys, as a JSON Web Key Set. Nothing is fetched from an address.
        jwks: JwkSet,
    },
}

fn es256() -> JwsAlgorithm {
    JwsAlgorithm::Es256
}

fn substantial() -> AssuranceLevel {
    AssuranceLevel::Substantial
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: &str = r#"
        id = "portale-pensioni"
        name = { it = "Portale pensioni", en = "Pensions portal" }
        redirect_uris = ["https://pensioni.example/callback"]
        authentication = { method = "client_secret_basic", secret_sha256 = "00" }
    "#;

    #[test]
    fn what_is_left_out_takes_the_strict_default() {
        let client: ClientSettings = toml::from_str(CLIENT).unwrap();
        assert_eq!(client.id_token_signed_response_alg, JwsAlgorithm::Es256);
        assert_eq!(client.minimum_level, AssuranceLevel::Substantial);
        assert!(client.claims.is_empty());
        assert!(client.services.is_empty());
    }

    #[test]
    fn keys_are_read_in_place() {
        let text = CLIENT.replace(
            r#"{ method = "client_secret_basic", secret_sha256 = "00" }"#,
            r#"{ method = "private_key_jwt", jwks = { keys = [{ kty = "EC", crv = "P-256", x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }] } }"#,
        );
        let client: ClientSettings = toml::from_str(&text).unwrap();
        assert!(matches!(
            client.authentication,
            AuthenticationSettings::PrivateKeyJwt { .. }
        ));
    }

    #[test]
    fn an_unknown_key_anywhere_is_refused() {
        for text in [
            format!("{CLIENT}\nunknown = 1"),
            CLIENT.replace("it = ", "pt = \"x\", it = "),
            CLIENT.replace("secret_sha256", "secret = \"x\", secret_sha256"),
            CLIENT.replace("client_secret_basic", "none"),
            format!("{CLIENT}\nclaims = [\"everything\"]"),
            format!("{CLIENT}\nid_token_signed_response_alg = \"HS256\""),
        ] {
            assert!(toml::from_str::<ClientSettings>(&text).is_err(), "{text}");
        }
    }
}
