//! Access tokens: signed (RFC 9068), short-lived, and revocable because each has a record in the store.

use serde_json::json;

use super::code::IssuedCode;
use super::grant::AccessGrant;
use super::provider::OpenIdProvider;
use super::{Client, ErrorCode, ProtocolError};
use crate::identity::{Person, Timestamp};
use crate::protocol::jose::{JwsAlgorithm, JwtProfile, KidRule, UnverifiedJwt};

/// What is accepted as an access token of ours: ID tokens, codes and other people's tokens are not.
const ACCESS_TOKEN: JwtProfile = JwtProfile {
    algorithms: &[JwsAlgorithm::Es256],
    types: &["at+jwt"],
    may_be_untyped: false,
    kid: KidRule::Optional,
    max_bytes: 8192,
};

/// An access token was shown that is not good. The client is not told why (RFC 6750, 3.1).
pub(super) const fn invalid_token(reason: &'static str) -> ProtocolError {
    ProtocolError::new(
        ErrorCode::InvalidToken,
        reason,
        "the access token is unknown, expired or revoked",
    )
}

impl OpenIdProvider {
    /// Makes an access token and its record. Its audience is this issuer, for `/userinfo`, and the service asked for.
    pub(super) async fn access_token(
        &self,
        issued: &IssuedCode,
        client: &Client,
        person: &Person,
        now: Timestamp,
    ) -> Result<String, ProtocolError> {
        let id = self.random.token();
        let mut audiences = vec![self.issuer().to_owned()];
        if let Some((service, _)) = &issued.service {
            audiences.push(format!("{}/services/{service}", self.issuer()));
        }
        let mut claims = self.common_claims(issued, client, person, now);
        claims.insert("jti".to_owned(), json!(id));
        claims.insert("aud".to_owned(), json!(audiences));
        claims.insert("client_id".to_owned(), json!(client.id()));
        claims.insert("scope".to_owned(), json!(issued.claims.scopes.join(" ")));
        let token = self.access_signer().sign("at+jwt", &claims)?;
        let record = AccessGrant {
            grant: issued.grant.clone(),
            client_id: client.id().to_owned(),
            session: issued.session.clone(),
            claims: issued.claims.clone(),
            acts_as: issued.acts_as.clone(),
        };
        self.access.put(&id, &record).await?;
        Ok(token)
    }

    /// The record of an access token that is ours, alive and not revoked.
    pub(super) async fn read_access_token(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<AccessGrant, ProtocolError> {
        let token = UnverifiedJwt::parse(token, ACCESS_TOKEN.max_bytes)
            .and_then(|token| token.verify(&ACCESS_TOKEN, self.jwks().keys()))
            .map_err(|_| invalid_token("access_token_unverified"))?;
        let ours = token.text("iss") == Some(self.issuer())
            && token
                .audiences()
                .is_some_and(|audiences| audiences.contains(&self.issuer()));
        if !ours {
            return Err(invalid_token("access_token_foreign"));
        }
        if token.time("exp").is_none_or(|end| end <= now.timestamp()) {
            return Err(invalid_token("access_token_expired"));
        }
        let id = token
            .text("jti")
            .ok_or(invalid_token("access_token_foreign"))?;
        let record = self
            .access
            .get(id)
            .await?
            .ok_or(invalid_token("access_token_gone"))?;
        if !self.holds(&record.grant).await? {
            return Err(invalid_token("access_token_revoked"));
        }
        Ok(record)
    }
}
