//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).

use super::parameters::extend_uri;
use super::provider::OpenIdProvider;
use super::{Client, Parameters, ProtocolError};
use crate::policy::Text;
use crate::session::Session;

/// The longest `state` that is sent back.
const MAX_STATE_BYTES: usize = 4096;

/// What a logout request leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogoutPlan {
    /// End the session, if there is one, and go on to an address of the application where it gave one.
    End {
        /// Where the browser goes afterwards; `None` for our own page.
        then: Option<String>,
    },
    /// Nothing proves that the person wants this: ask them (RP-Initiated Logout, 2 and 6).
    Ask {
        /// The application that asks, where it is known.
        client: Option<Text>,
        /// The parameters of the request, to be sent again with the person's yes.
        fields: Vec<(&'static str, String)>,
        /// Where the browser goes when they said yes.
        then: Option<String>,
    },
}

impl OpenIdProvider {
    /// Decides about a logout request. `session` is the one the browser has; `confirmed` says that the person pressed the
    /// button of our own page.
    ///
    /// # Errors
    /// [`ProtocolError`], for a page of ours: the request names an address that is not registered, a client that does not
    /// exist, or contradicts itself. Nothing is ended then, and nothing of the request is followed.
    pub fn plan_logout(
        &self,
        parameters: &Parameters,
        session: Option<&Session>,
        confirmed: bool,
    ) -> Result<LogoutPlan, ProtocolError> {
        let hint_text = parameters.one("id_token_hint")?;
        let hint = hint_text.and_then(|text| self.read_hint(text));
        let client = self.logout_client(parameters, hint.as_ref().map(|h| h.client_id.as_str()))?;
        let then = then(parameters, client)?;
        let Some(session) = session else {
            return Ok(LogoutPlan::End { then });
        };
        let of_this_session = hint.is_some_and(|hint| {
            hint.sid.as_deref()
                == Some(
                    self.subjects
                        .session(&hint.client_id, session.handle())
                        .as_str(),
                )
        });
        if of_this_session || confirmed {
            return Ok(LogoutPlan::End { then });
        }
        let mut fields = Vec::new();
        for name in [
            "client_id",
            "id_token_hint",
            "post_logout_redirect_uri",
            "state",
        ] {
            if let Some(value) = parameters.one(name)? {
                fields.push((name, value.to_owned()));
            }
        }
        Ok(LogoutPlan::Ask {
            client: client.map(|client| client.name().clone()),
            fields,
            then,
        })
    }

    /// The client that asks, by its hint or by its id; both must agree.
    fn logout_client(
        &self,
        parameters: &Parameters,
        hinted: Option<&str>,
    ) -> Result<Option<&Client>, ProtocolError> {
        let named = parameters.one("client_id")?;
        if named.is_some() && hinted.is_some() && named != hinted {
            return Err(ProtocolError::invalid_request(
                "logout_client_differs",
                "client_id is not the audience of id_token_hint",
            ));
        }
        named
            .or(hinted)
            .map(|id| {
                self.clients()
                    .find(id)
                    .ok_or(ProtocolError::invalid_request(
                        "client_unknown",
                        "client_id is not registered",
                    ))
            })
            .transpose()
    }
}

/// Where to go afterwards: exactly an address that the client registered for this.
fn then(parameters: &Parameters, client: Option<&Client>) -> Result<Option<String>, ProtocolError> {
    let Some(uri) = parameters.one("post_logout_redirect_uri")? else {
        return Ok(None);
    };
    let uri = client
        .and_then(|client| client.post_logout_redirect_uri(uri))
        .ok_or(ProtocolError::invalid_request(
            "post_logout_redirect_uri_unregistered",
            "post_logout_redirect_uri is not registered for a known client",
        ))?
        .as_str();
    match parameters.one("state")? {
        None => Ok(Some(uri.to_owned())),
        Some(state) if state.len() <= MAX_STATE_BYTES => {
            Ok(Some(extend_uri(uri, &[("state", state)])))
        }
        Some(_) => Err(ProtocolError::invalid_request(
            "parameter_too_long",
            "state is too long",
        )),
    }
}
