//! The token endpoint (RFC 6749, 4.1.3): a code for tokens.

use std::fmt;

use serde::Serialize;

use super::code::{IssuedCode, newest_login};
use super::grant::Unredeemed;
use super::provider::{OpenIdProvider, TOKEN_LIFE};
use super::{Client, ErrorCode, Parameters, ProtocolError};
use crate::audit::AuditEvent;
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

/// Tokens, and what must be written down before they are handed over.
#[derive(Debug)]
pub struct IssuedTokens {
    /// What the client gets.
    pub response: TokenResponse,
    /// What the audit log gets.
    pub event: AuditEvent,
}

/// A request at `/token` that gets nothing.
#[derive(Debug)]
pub struct TokenRefusal {
    /// What is wrong: a code of RFC 6749, 5.2.
    pub error: ProtocolError,
    /// What the audit log gets: nothing of those who did not prove which client they are, or strangers could fill it.
    pub event: Option<AuditEvent>,
}

impl TokenRefusal {
    fn new(client: Option<&Client>, error: ProtocolError) -> Self {
        let event = client.map(|client| AuditEvent::TokenRefused {
            client: client.id().to_owned(),
            code: error.reason.to_owned(),
        });
        Self { error, event }
    }

    fn unredeemed(client: &Client, why: Unredeemed) -> Self {
        match why {
            Unredeemed::Refused(error) => Self::new(Some(client), error),
            Unredeemed::Reused(used) => Self {
                error: ProtocolError::invalid_grant("code_reused"),
                event: Some(AuditEvent::CodeReused {
                    client: used.client_id,
                    session: used.session.to_string(),
                }),
            },
        }
    }
}

impl OpenIdProvider {
    /// Trades a code for tokens.
    ///
    /// # Errors
    /// [`TokenRefusal`].
    pub async fn token(
        &self,
        request: TokenRequest<'_>,
        sessions: &Sessions,
        now: Timestamp,
    ) -> Result<IssuedTokens, TokenRefusal> {
        let authenticated = self
            .authenticate_client(&request, now)
            .await
            .map_err(|error| TokenRefusal::new(None, error))?;
        let client = authenticated.client();
        self.trade(client, request.form, sessions, now)
            .await
            .map_err(|why| TokenRefusal::unredeemed(client, why))
    }

    async fn trade(
        &self,
        client: &Client,
        form: &Parameters,
        sessions: &Sessions,
        now: Timestamp,
    ) -> Result<IssuedTokens, Unredeemed> {
        authorization_code_only(form)?;
        let issued = self.redeem_for(client, form).await?;
        let session = self.session_of(&issued, sessions, now).await?;
        let response = self.make_tokens(&issued, client, &session, now).await?;
        Ok(IssuedTokens {
            response,
            event: AuditEvent::TokenIssued {
                session: session.handle().to_string(),
                client: client.id().to_owned(),
                level: issued.login.acr.asserted(),
            },
        })
    }

    /// Redeems the code and looks whether it was this client's, for this address, and for who holds the verifier.
    async fn redeem_for(
        &self,
        client: &Client,
        form: &Parameters,
    ) -> Result<IssuedCode, Unredeemed> {
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
        let fault = if issued.client_id != client.id() {
            "code_of_other_client"
        } else if issued.redirect_uri.as_str() != redirect_uri {
            "redirect_uri_differs"
        } else if !issued.challenge.is_met_by(verifier) {
            "code_verifier_wrong"
        } else {
            return Ok(issued);
        };
        Err(ProtocolError::invalid_grant(fault).into())
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
        let id_token = self.id_token(issued, client, person, &access_token, now);
        let id_token = id_token.await?;
        Ok(TokenResponse {
            access_token,
            token_type: "Bearer",
            expires_in: TOKEN_LIFE.as_secs(),
            id_token,
            scope: issued.claims.scopes.join(" "),
        })
    }
}

fn authorization_code_only(form: &Parameters) -> Result<(), ProtocolError> {
    match form.one("grant_type")? {
        Some("authorization_code") => Ok(()),
        None => Err(ProtocolError::invalid_request(
            "grant_type_missing",
            "grant_type is required",
        )),
        Some(_) => Err(ProtocolError::new(
            ErrorCode::UnsupportedGrantType,
            "grant_type_unsupported",
            "grant_type must be authorization_code",
        )),
    }
}
