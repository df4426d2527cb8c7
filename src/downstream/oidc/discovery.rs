//! Discovery (OpenID Connect Discovery 1.0, 3) and authorization server metadata (RFC 8414), in one document.

use serde_json::{Value, json};

use super::claims::known_scopes;
use super::{Acr, ReleasedClaim};
use crate::protocol::jose::JwsAlgorithm;

/// The document of an issuer.
pub(super) fn document(issuer: &str, rs256: bool) -> Value {
    let at = |path: &str| format!("{issuer}{path}");
    let mut id_token_algorithms = vec![JwsAlgorithm::Es256.name()];
    if rs256 {
        id_token_algorithms.push(JwsAlgorithm::Rs256.name());
    }
    let mut claims = vec![
        "sub",
        "iss",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "at_hash",
        "sid",
    ];
    claims.extend(ReleasedClaim::ALL.map(ReleasedClaim::name));
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/jwks"),
        "end_session_endpoint": at("/logout"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": id_token_algorithms,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": JwsAlgorithm::ALL.map(JwsAlgorithm::name),
        "acr_values_supported": Acr::URIS,
        "scopes_supported": known_scopes(),
        "claims_supported": claims,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["it", "en"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_tells_what_is_built_and_nothing_else() {
        let document = document("https://varco.example", false);
        assert_eq!(document["issuer"], "https://varco.example");
        assert_eq!(document["jwks_uri"], "https://varco.example/jwks");
        assert_eq!(document["response_types_supported"], json!(["code"]));
        assert_eq!(
            document["id_token_signing_alg_values_supported"],
            json!(["ES256"])
        );
        assert_eq!(
            document["code_challenge_methods_supported"],
            json!(["S256"])
        );
        // Left out, RFC 8414 and Discovery would read these as `true` or as more than there is.
        assert_eq!(document["request_uri_parameter_supported"], false);
        assert!(document.get("registration_endpoint").is_none());
        assert!(document.get("introspection_endpoint").is_none());
    }

    #[test]
    fn rs256_is_told_only_when_there_is_a_key_for_it() {
        assert_eq!(
            document("https://varco.example", true)["id_token_signing_alg_values_supported"],
            json!(["ES256", "RS256"])
        );
    }
}
