//! UserInfo (OpenID Connect Core, 5.3).

use serde_json::{Map, Value, json};

use super::bearer::invalid_token;
use super::provider::OpenIdProvider;
use super::{Parameters, ProtocolError};
use crate::identity::Timestamp;
use crate::session::Sessions;

/// A request for UserInfo. A token in the query is never looked at: addresses end up in logs (RFC 9700, 4.3.2).
pub struct UserInfoRequest<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The form of a POST (RFC 6750, 2.2).
    pub form: Option<&'a Parameters>,
}

/// Why there is no UserInfo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserInfoRefusal {
    /// No token was shown: the answer says only that one is wanted (RFC 6750, 3.1).
    NoToken,
    /// The request or its token is no good.
    Refused(ProtocolError),
}

impl<E: Into<ProtocolError>> From<E> for UserInfoRefusal {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

impl OpenIdProvider {
    /// Tells what the client asked to learn, is registered to learn, and is known of the person whose session the token
    /// belongs to, and the profile that they acted in. A session that has ended tells nothing.
    ///
    /// # Errors
    /// [`UserInfoRefusal`].
    pub async fn user_info(
        &self,
        request: UserInfoRequest<'_>,
        sessions: &Sessions,
        now: Timestamp,
    ) -> Result<Map<String, Value>, UserInfoRefusal> {
        let token = shown_token(&request)?.ok_or(UserInfoRefusal::NoToken)?;
        let record = self.read_access_token(token, now).await?;
        let session = sessions
            .find_by_handle(&record.session, now)
            .await
            .map_err(ProtocolError::from)?
            .ok_or(invalid_token("session_ended"))?;
        let client = self
            .clients()
            .find(&record.client_id)
            .ok_or(invalid_token("client_gone"))?;
        let mut claims = record
            .claims
            .for_user_info(client.released(), session.person());
        let subject = self
            .subjects
            .subject(client.sector(), &session.person().key);
        claims.insert("sub".to_owned(), json!(subject));
        if let Some(acts_as) = &record.acts_as {
            claims.extend(acts_as.claims(self.issuer()));
        }
        Ok(claims)
    }
}

/// The one token that is shown (RFC 6750, 2: not in two ways at once).
fn shown_token<'a>(request: &UserInfoRequest<'a>) -> Result<Option<&'a str>, ProtocolError> {
    let in_header = request.authorization.and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    });
    let in_form = match request.form {
        Some(form) => form.one("access_token")?,
        None => None,
    };
    match (in_header, in_form) {
        (Some(_), Some(_)) => Err(ProtocolError::invalid_request(
            "token_shown_twice",
            "the access token is shown in more than one way",
        )),
        (header, form) => Ok(header.or(form)),
    }
}
