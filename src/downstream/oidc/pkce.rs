//! Proof Key for Code Exchange (RFC 7636): S256 only.

use serde::{Deserialize, Serialize};

use super::{Parameters, ProtocolError};
use crate::crypto::encoding::{base64url, from_base64url};
use crate::crypto::{constant_time_eq, sha256};

/// The challenge a code is bound to: SHA-256 of a secret that only the client's own session holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct CodeChallenge(String);

impl CodeChallenge {
    /// Reads `code_challenge` and `code_challenge_method`. A missing method means `plain` (RFC 7636, 4.3), which shows
    /// the secret in the address bar: refused like every method but `S256`.
    pub(super) fn read(parameters: &Parameters) -> Result<Self, ProtocolError> {
        let challenge = parameters
            .one("code_challenge")?
            .ok_or(ProtocolError::invalid_request(
                "pkce_missing",
                "code_challenge is required",
            ))?;
        if parameters.one("code_challenge_method")? != Some("S256") {
            return Err(ProtocolError::invalid_request(
                "pkce_not_s256",
                "code_challenge_method must be S256",
            ));
        }
        if from_base64url(challenge).is_none_or(|digest| digest.len() != 32) {
            return Err(ProtocolError::invalid_request(
                "pkce_challenge_form",
                "code_challenge is not a SHA-256 digest in base64url",
            ));
        }
        Ok(Self(challenge.to_owned()))
    }

    /// Whether a verifier of legal form (RFC 7636, 4.1) belongs to the challenge.
    pub(super) fn is_met_by(&self, verifier: &str) -> bool {
        let unreserved =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && constant_time_eq(
                base64url(&sha256(verifier.as_bytes())).as_bytes(),
                self.0.as_bytes(),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn read(query: &str) -> Result<CodeChallenge, ProtocolError> {
        CodeChallenge::read(&Parameters::parse(query.as_bytes()).unwrap())
    }

    #[test]
    fn the_example_of_rfc_7636_is_met() {
        let query = format!("code_challenge={CHALLENGE}&code_challenge_method=S256");
        let challenge = read(&query).unwrap();
        assert!(challenge.is_met_by(VERIFIER));
    }

    #[test]
    fn a_missing_or_plain_challenge_is_refused() {
        for (query, reason) in [
            ("", "pkce_missing"),
            ("code_challenge_method=S256", "pkce_missing"),
            (&format!("code_challenge={CHALLENGE}"), "pkce_not_s256"),
            (
                &format!("code_challenge={VERIFIER}&code_challenge_method=plain"),
                "pkce_not_s256",
            ),
            (
                &format!("code_challenge={CHALLENGE}&code_challenge_method=s256"),
                "pkce_not_s256",
            ),
            (
                "code_challenge=short&code_challenge_method=S256",
                "pkce_challenge_form",
            ),
            (
                &format!("code_challenge={CHALLENGE}%3D&code_challenge_method=S256"),
                "pkce_challenge_form",
            ),
        ] {
            assert_eq!(read(query).unwrap_err().reason, reason, "{query}");
        }
    }

    #[test]
    fn a_verifier_that_is_wrong_or_of_illegal_form_does_not_meet_the_challenge() {
        let challenge = CodeChallenge(CHALLENGE.to_owned());
        assert!(!challenge.is_met_by(""));
        assert!(!challenge.is_met_by(CHALLENGE));
        assert!(!challenge.is_met_by(&VERIFIER.replace('d', "e")));
        for illegal in ["a".repeat(42), "a".repeat(129), "é".repeat(43)] {
            let own = CodeChallenge(base64url(&sha256(illegal.as_bytes())));
            assert!(!own.is_met_by(&illegal), "{illegal}");
        }
    }
}
