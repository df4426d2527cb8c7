//! Why there is no answer.

use std::error::Error;

use http::StatusCode;

use super::address::NoAddress;

/// There is no answer that can be used. No variant holds a text of the other side's: all of them can be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The rules do not name this origin, or the address has credentials in it.
    #[error("this address is not among those that may be asked")]
    NotAllowed,
    /// Plain HTTP, where it is not allowed.
    #[error("plain HTTP is not allowed")]
    Insecure,
    /// The name resolves to addresses of the inside only, which the configuration does not name.
    #[error(
        "the name leads to addresses that are not public and that the configuration does not name"
    )]
    PrivateAddress,
    /// There is no such name, nobody listens, or the certificate is not vouched for.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// It took too long.
    #[error("it took too long")]
    TooSlow,
    /// The server sends us elsewhere; we do not go.
    #[error("the server redirects, which is not followed")]
    Redirect,
    /// The server answers with an error.
    #[error("the server answers {0}")]
    Status(StatusCode),
    /// The content type or encoding is not what was asked for.
    #[error("the answer is of another kind than was asked for")]
    WrongKind,
    /// The answer is too long.
    #[error("the answer is too long")]
    TooLarge,
    /// The connection broke, or what came is no HTTP.
    #[error("the connection broke off")]
    Broken,
}

impl FetchError {
    /// The reason code, for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not-allowed",
            Self::Insecure => "insecure",
            Self::PrivateAddress => "private-address",
            Self::NoConnection(_) => "no-connection",
            Self::TooSlow => "too-slow",
            Self::Redirect => "redirect",
            Self::Status(_) => "status",
            Self::WrongKind => "wrong-kind",
            Self::TooLarge => "too-large",
            Self::Broken => "broken",
        }
    }

    pub(super) fn from_client(error: &hyper_util::client::legacy::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        let mut innermost = None;
        while let Some(error) = cause {
            if error.downcast_ref::<NoAddress>() == Some(&NoAddress::Private) {
                return Self::PrivateAddress;
            }
            innermost = Some(error);
            cause = error.source();
        }
        if !error.is_connect() {
            return Self::Broken;
        }
        // The causes of a failed connection are this machine's words, not the server's: the system's, rustls's, ours.
        Self::NoConnection(innermost.map_or_else(String::new, ToString::to_string))
    }
}
