//! What an application is told when something is wrong, and what only we are told.

use serde::Serialize;

/// The error codes that applications see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// RFC 6749, 4.1.2.1 and 5.2: a parameter is missing, malformed or there twice.
    InvalidRequest,
    /// RFC 6749, 5.2: the client did not authenticate.
    InvalidClient,
    /// RFC 6749, 5.2: the code is unknown, used, expired or somebody else's.
    InvalidGrant,
    /// RFC 6749, 5.2: only `authorization_code` exists here.
    UnsupportedGrantType,
    /// RFC 6749, 4.1.2.1: only `code` exists here.
    UnsupportedResponseType,
    /// RFC 6749, 4.1.2.1: `openid` is missing.
    InvalidScope,
    /// RFC 6749, 4.1.2.1: the person or the rules said no.
    AccessDenied,
    /// RFC 6749, 4.1.2.1: it is our fault.
    ServerError,
    /// RFC 6749, 4.1.2.1: it is our fault and will pass.
    TemporarilyUnavailable,
    /// OpenID Connect Core, 3.1.2.6: nobody is logged in, or not so that it suffices, and no page may be shown.
    LoginRequired,
    /// OpenID Connect Core, 3.1.2.6: the person must do something, and no page may be shown.
    InteractionRequired,
    /// OpenID Connect Core, 3.1.2.6: `request` is not supported.
    RequestNotSupported,
    /// OpenID Connect Core, 3.1.2.6: `request_uri` is not supported.
    RequestUriNotSupported,
    /// OpenID Connect Core, 3.1.2.6: `registration` is not supported.
    RegistrationNotSupported,
    /// RFC 8707, 2: the resource is unknown, or not for this client.
    InvalidTarget,
    /// OpenID Connect Core Error Code `unmet_authentication_requirements` 1.0; RFC 9470, 5.
    UnmetAuthenticationRequirements,
    /// RFC 6750, 3.1: the access token is unknown, expired or revoked.
    InvalidToken,
}

impl ErrorCode {
    /// The code as it is spelt on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidTarget => "invalid_target",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidToken => "invalid_token",
        }
    }
}

/// A refusal in its three parts. Nothing in it comes from the request, so all of it may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ProtocolError {
    /// What the application's program reads.
    pub code: ErrorCode,
    /// What the application's developer reads: an English sentence that gives nothing away.
    pub description: &'static str,
    /// The private detail: which rule was broken. For our log, never sent.
    pub reason: &'static str,
}

impl ProtocolError {
    /// A refusal whose reason says no more than its description may.
    pub(super) const fn new(
        code: ErrorCode,
        reason: &'static str,
        description: &'static str,
    ) -> Self {
        Self {
            code,
            description,
            reason,
        }
    }

    /// The most common one.
    #[must_use]
    pub const fn invalid_request(reason: &'static str, description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, reason, description)
    }

    /// Every way in which a code is no good: the client is not told which.
    pub(super) const fn invalid_grant(reason: &'static str) -> Self {
        Self::new(
            ErrorCode::InvalidGrant,
            reason,
            "the code is not valid for this request",
        )
    }

    /// Every way in which a client is not authenticated: it is not told which.
    pub(super) const fn invalid_client(reason: &'static str) -> Self {
        Self::new(
            ErrorCode::InvalidClient,
            reason,
            "client authentication failed",
        )
    }

    /// The store, or something else that the answer needs, failed.
    #[must_use]
    pub const fn unavailable(reason: &'static str) -> Self {
        Self::new(
            ErrorCode::TemporarilyUnavailable,
            reason,
            "try again in a moment",
        )
    }

    /// Whether the fault is ours: logged as an error, not as a warning.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(
            self.code,
            ErrorCode::ServerError | ErrorCode::TemporarilyUnavailable
        )
    }
}

impl From<crate::store::StoreError> for ProtocolError {
    fn from(_: crate::store::StoreError) -> Self {
        Self::unavailable("store_failed")
    }
}

impl From<crate::crypto::signer::CannotSign> for ProtocolError {
    fn from(_: crate::crypto::signer::CannotSign) -> Self {
        Self::new(
            ErrorCode::ServerError,
            "signer_failed",
            "the answer could not be signed",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_spelt_alike_in_json_and_in_a_redirect() {
        for code in [
            ErrorCode::InvalidRequest,
            ErrorCode::RequestUriNotSupported,
            ErrorCode::UnmetAuthenticationRequirements,
        ] {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
