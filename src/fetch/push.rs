//! What is handed over rather than asked for: the answer only says whether it was taken.

use http::StatusCode;

use super::{Ask, Fetch, FetchError, check_kind};

/// What a receiver said of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// It has it, and will not want it again (RFC 8935, 2.2: 202).
    Taken,
    /// It cannot take it as it is (RFC 8935, 2.3: 400). The content says why, in its own words.
    Refused(Vec<u8>),
}

impl Fetch {
    /// Hands something over. Only 202 says that it was taken: a page of a proxy that stands before the receiver does not.
    ///
    /// # Errors
    /// [`FetchError`] when it may not be sent, or neither of the two answers came.
    pub async fn push(&self, ask: Ask<'_>) -> Result<Pushed, FetchError> {
        self.admit(ask.url)?;
        self.in_turn(self.hand_over(ask)).await
    }

    async fn hand_over(&self, ask: Ask<'_>) -> Result<Pushed, FetchError> {
        let expected = ask.content_types;
        let response = self.response(ask).await?;
        match response.status() {
            StatusCode::ACCEPTED => Ok(Pushed::Taken),
            StatusCode::BAD_REQUEST => {
                check_kind(response.headers(), expected)?;
                Ok(Pushed::Refused(self.read(response).await?))
            }
            status if status.is_redirection() => Err(FetchError::Redirect),
            status => Err(FetchError::Status(status)),
        }
    }
}
