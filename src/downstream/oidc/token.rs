//! The token endpoint (RFC 6749, 4.1.3): a code for tokens.

use std::fmt;

use serde::Serialize;

use super::client_authentication::AuthenticatedClient;
use super::code::{IssuedCode, newest_login};
use super::provider::{OpenIdProvider, TOKEN_LIFE};
use super::{Client, ErrorCode, Parameters, ProtocolError};
use crate::identity::Timestamp;
use crate::session::{Session, Sessions};

/// A request at `/token`.
pub struct TokenRequest<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The form.
    pub form: &'a Parameters,
}

/// What a code is worth. `Debug` shows no token.
#[derive(Serialize)]
pub struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    id_token: String,
    scope: String,
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl OpenIdProvider {
    /// Trades a code for tokens.
    ///
    /// # Errors
    /// [`ProtocolError`] with a code of RFC 6749, 5.2.
    pub async fn token(
        &self,
        request: TokenRequest<'_>,
        sessions: &Sessions,
        now: Timestamp,
    ) -> Result<TokenResponse, ProtocolError> {
        let client = self.authenticate_client(&request, now).await?;
        match request.form.one("grant_type")? {
            Some("authorization_code") => {}
            None => {
                return Err(ProtocolError::invalid_request(
                    "grant_type_missing",
                    "grant_type is required",
                ));
            }
            Some(_) => {
                return Err(ProtocolError::new(
                    ErrorCode::UnsupportedGrantType,
                    "grant_type_unsupported",
                    "grant_type must be authorization_code",
                ));
            }
        }
        let issued = self.redeem_for(&client, request.form).await?;
        let session = self.session_of(&issued, sessions, now).await?;
        self.make_tokens(&issued, client.client(), &session, now)
            .await
    }

    /// Redeems the code and looks whether it was this client's, for this address, and for who holds the verifier.
    async fn redeem_for(
        &self,
        client: &AuthenticatedClient<'_>,
        form: &Parameters,
    ) -> Result<IssuedCode, ProtocolError> {
        let required = |name, reason| {
            form.one(name)?.ok_or(ProtocolError::invalid_request(
                reason,
                "code, redirect_uri and code_verifier are required",
            ))
        };
        let code = required("code", "code_missing")?;
        let redirect_uri = required("redirect_uri", "redirect_uri_missing")?;
        let verifier = required("code_verifier", "code_verifier_missing")?;
        let issued = self.redeem(code).await?;
        if issued.client_id != client.client().id() {
            return Err(ProtocolError::invalid_grant("code_of_other_client"));
        }
        if issued.redirect_uri.as_str() != redirect_uri {
            return Err(ProtocolError::invalid_grant("redirect_uri_differs"));
        }
        if !issued.challenge.is_met_by(verifier) {
            return Err(ProtocolError::invalid_grant("code_verifier_wrong"));
        }
        Ok(issued)
    }

    /// The session that the code was issued from, if it is still there and still the same: a logout, or a further login,
    /// since then makes the code worthless.
    async fn session_of(
        &self,
        issued: &IssuedCode,
        sessions: &Sessions,
        now: Timestamp,
    ) -> Result<Session, ProtocolError> {
        let session = sessions
            .find_by_handle(&issued.session, now)
            .await?
            .ok_or(ProtocolError::invalid_grant("session_ended"))?;
        if newest_login(&session) != issued.newest.as_ref() {
            return Err(ProtocolError::invalid_grant("session_changed"));
        }
        Ok(session)
    }

    async fn make_tokens(
        &self,
        issued: &IssuedCode,
        client: &Client,
        session: &Session,
        now: Timestamp,
    ) -> Result<TokenResponse, ProtocolError> {
        let person = session.person();
        let access_token = self.access_token(issued, client, person, now).await?;
        let id_token = self.id_token(issued, client, person, &access_token, now)?;
        Ok(TokenResponse {
            access_token,
            token_type: "Bearer",
            expires_in: TOKEN_LIFE.as_secs(),
            id_token,
            scope: issued.claims.scopes.join(" "),
        })
    }
}
