//! How a client proves itself at `/token`: by the one method it is registered for.

use super::provider::{ASSERTION_LIFE, CLOCK_SKEW, OpenIdProvider};
use super::{Client, ClientAuthentication, Parameters, ProtocolError, TokenRequest};
use crate::crypto::encoding::{from_base64, hex};
use crate::crypto::{constant_time_eq, sha256};
use crate::identity::Timestamp;
use crate::protocol::jose::{JwsAlgorithm, JwtProfile, KidRule, UnverifiedJwt, VerifiedJwt};

/// RFC 7523, 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The longest `Authorization` header.
const MAX_HEADER_BYTES: usize = 1024;
/// The longest id of an assertion, which is kept until the assertion expires.
const MAX_JTI_BYTES: usize = 256;

/// What is accepted as a client's assertion. Its algorithm is the registered key's.
const ASSERTION: JwtProfile = JwtProfile {
    algorithms: &JwsAlgorithm::ALL,
    types: &["jwt", "client-authentication+jwt"],
    may_be_untyped: true,
    kid: KidRule::Optional,
    max_bytes: 4096,
};

/// A client that has proved itself. Only [`OpenIdProvider::authenticate_client`] makes one.
pub(super) struct AuthenticatedClient<'p>(&'p Client);

impl<'p> AuthenticatedClient<'p> {
    pub(super) fn client(&self) -> &'p Client {
        self.0
    }
}

impl OpenIdProvider {
    pub(super) async fn authenticate_client(
        &self,
        request: &TokenRequest<'_>,
        now: Timestamp,
    ) -> Result<AuthenticatedClient<'_>, ProtocolError> {
        let form = request.form;
        let assertion = form.one("client_assertion")?;
        if form.one("client_secret")?.is_some() {
            return Err(ProtocolError::invalid_client("secret_in_the_form"));
        }
        let client = match (request.authorization, assertion) {
            (Some(_), Some(_)) => {
                return Err(ProtocolError::invalid_request(
                    "client_authenticates_twice",
                    "the client authenticates in more than one way",
                ));
            }
            (Some(header), None) => self.by_secret(header)?,
            (None, Some(assertion)) => self.by_assertion(form, assertion, now).await?,
            (None, None) => return Err(ProtocolError::invalid_client("no_authentication")),
        };
        if form.one("client_id")?.is_some_and(|id| id != client.id()) {
            return Err(ProtocolError::invalid_client("client_id_differs"));
        }
        Ok(AuthenticatedClient(client))
    }

    /// `client_secret_basic`. A client that does not exist costs the same as a wrong secret.
    fn by_secret(&self, header: &str) -> Result<&Client, ProtocolError> {
        let (id, secret) =
            basic_credentials(header).ok_or(ProtocolError::invalid_client("basic_form"))?;
        let client = self.clients().find(&id);
        let expected = match client.map(Client::authentication) {
            Some(ClientAuthentication::SecretBasic { secret_sha256 }) => secret_sha256.as_str(),
            _ => "",
        };
        let shown = hex(&sha256(secret.as_bytes()));
        client
            .filter(|_| constant_time_eq(shown.as_bytes(), expected.as_bytes()))
            .ok_or(ProtocolError::invalid_client("secret_wrong"))
    }

    /// `private_key_jwt` (RFC 7523, 3).
    async fn by_assertion(
        &self,
        form: &Parameters,
        assertion: &str,
        now: Timestamp,
    ) -> Result<&Client, ProtocolError> {
        if form.one("client_assertion_type")? != Some(ASSERTION_TYPE) {
            return Err(ProtocolError::invalid_client("assertion_type"));
        }
        let token = UnverifiedJwt::parse(assertion, ASSERTION.max_bytes)
            .map_err(|_| ProtocolError::invalid_client("assertion_form"))?;
        let client = token
            .claimed_issuer()
            .and_then(|id| self.clients().find(id))
            .ok_or(ProtocolError::invalid_client("assertion_client_unknown"))?;
        let ClientAuthentication::PrivateKeyJwt { jwks } = client.authentication() else {
            return Err(ProtocolError::invalid_client("assertion_not_registered"));
        };
        let token = token
            .verify(&ASSERTION, jwks.keys())
            .map_err(|_| ProtocolError::invalid_client("assertion_unverified"))?;
        let id = self.check_assertion(&token, client, now)?;
        // Client ids have no colon, so no two pairs meet in one key.
        let key = format!("{}:{id}", client.id());
        if !self.assertions.put_new(&key, &()).await? {
            return Err(ProtocolError::invalid_client("assertion_replayed"));
        }
        Ok(client)
    }

    /// The claims of RFC 7523, 3, each mandatory here but `iat` and `nbf`. Gives the assertion's id.
    fn check_assertion<'t>(
        &self,
        token: &'t VerifiedJwt,
        client: &Client,
        now: Timestamp,
    ) -> Result<&'t str, ProtocolError> {
        let refuse = ProtocolError::invalid_client;
        if token.text("iss") != Some(client.id()) || token.text("sub") != Some(client.id()) {
            return Err(refuse("assertion_subject"));
        }
        // Every audience must be us: an assertion that is good elsewhere could be replayed from there.
        let endpoint = self.token_endpoint();
        let ours = |audience: &&str| *audience == self.issuer() || *audience == endpoint;
        let audiences = token.audiences().unwrap_or_default();
        if audiences.is_empty() || !audiences.iter().all(ours) {
            return Err(refuse("assertion_audience"));
        }
        let seconds = |life: std::time::Duration| i64::try_from(life.as_secs()).unwrap_or(0);
        let (now, skew) = (now.timestamp(), seconds(CLOCK_SKEW));
        let end = token.time("exp").ok_or(refuse("assertion_exp"))?;
        if end <= now - skew {
            return Err(refuse("assertion_expired"));
        }
        if end > now + seconds(ASSERTION_LIFE) + skew {
            return Err(refuse("assertion_lives_too_long"));
        }
        for name in ["iat", "nbf"] {
            if token.has(name) && token.time(name).is_none_or(|begin| begin > now + skew) {
                return Err(refuse("assertion_not_yet"));
            }
        }
        token
            .text("jti")
            .filter(|id| (1..=MAX_JTI_BYTES).contains(&id.len()))
            .ok_or(refuse("assertion_jti"))
    }
}

/// Id and secret of a Basic header, each form-encoded beneath the base64 (RFC 6749, 2.3.1).
fn basic_credentials(header: &str) -> Option<(String, String)> {
    if header.len() > MAX_HEADER_BYTES {
        return None;
    }
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(from_base64(encoded)?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decoded = |text: &str| super::parameters::decode(text.as_bytes());
    Some((decoded(id)?, decoded(secret)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::encoding::base64;

    #[test]
    fn basic_credentials_are_form_encoded_beneath_the_base64() {
        let header = format!("basic {}", base64(b"a%20pp:s%3Ae+c%25ret:x"));
        assert_eq!(
            basic_credentials(&header),
            Some(("a pp".to_owned(), "s:e c%ret:x".to_owned()))
        );
        for bad in [
            String::new(),
            "Basic".to_owned(),
            "Basic !".to_owned(),
            format!("Bearer {}", base64(b"a:b")),
            format!("Basic {}", base64(b"ab")),
            format!("Basic {}", base64(b"a:\xff")),
            format!("Basic {}", base64("a:b".repeat(1000).as_bytes())),
        ] {
            assert_eq!(basic_credentials(&bad), None, "{bad}");
        }
    }
}
